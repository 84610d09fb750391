"""Blocks of statements in canonical Turtle, and their text in the n-th copy.

Canonical files have a block for each subject and a line for each statement, so that they are read by lines,
and a copy only appends to names and texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path

_PREFIX = re.compile(r"@prefix ([^:]*): <([^>]*)> \.")
_ADDRESSES = ("schema:url", "foaf:homepage")
_CODES = ("msme:symbol", "msme:alpha-2", "msme:alpha-3")
_NAMES = ("foaf:name", "msme:laureate")
_IDENTIFIERS = ("dcterms:identifier", "skos:notation")


def marks(copy: int) -> Mapping[str, str]:
    """Return the suffixes of a copy by kind of text; the first copy has none."""
    if copy == 1:
        return dict.fromkeys(("", "iri", "code", "en", "zh-Hant", "address", "anchored"), "")
    return {
        "": "",
        "iri": f"-c{copy}",
        "code": f"-C{copy}",
        "en": f" (copy {copy})",
        "zh-Hant": f"（副本 {copy}）",
        "address": f"#c{copy}",
        "anchored": f"-c{copy}",
    }


@dataclass(frozen=True)
class Statement:
    """A predicate and an object as Turtle, split at the position of the suffix of a copy.

    Attributes:
        predicate: a CURIE, or ``a``.
        head: the text of the object before the suffix.
        tail: its text after the suffix.
        kind: kind of its suffix; empty if it has none.
        key: sort key of objects of one predicate, before the suffix: as in N-Triples.
        language: language of the text, sorted before its key.
    """

    predicate: str
    head: str
    tail: str
    kind: str
    key: str
    language: str = ""

    @property
    def text(self) -> str:
        """The object in the first copy."""
        return self.head + self.tail

    def line(self, mark: Mapping[str, str]) -> str:
        """Return predicate and object in a copy."""
        return f"{self.predicate} {self.head}{mark[self.kind]}{self.tail} ;"

    def sort_key(self, mark: Mapping[str, str]) -> tuple[str, str, str]:
        """Return the sort key among the objects of one predicate in a copy."""
        end = '"' if self.head.startswith('"') else ">"
        return self.language, self.key + mark[self.kind] + end, self.tail


@dataclass(frozen=True)
class Block:
    """A subject with its statements in canonical order.

    Attributes:
        subject: subject as written.
        iri: full IRI.
        statements: its statements.
        copied: each copy has an entity of its own.
    """

    subject: str
    iri: str
    statements: tuple[Statement, ...]
    copied: bool

    @cached_property
    def _groups(self) -> tuple[tuple[tuple[Statement, ...], bool], ...]:
        groups = (tuple(found) for _, found in groupby(self.statements, key=lambda one: one.predicate))
        return tuple((group, len(group) > 1 and any(one.kind for one in group)) for group in groups)

    def render(self, mark: Mapping[str, str]) -> str:
        """Return the block of a copy as Turtle, with a blank line after it."""
        subject = self.subject + mark["iri"] if self.copied else self.subject
        lines: list[str] = []
        for group, mixed in self._groups:
            ordered = sorted(group, key=lambda one: one.sort_key(mark)) if mixed else group
            lines += [one.line(mark) for one in ordered]
        return f"{subject} " + "\n    ".join(lines) + "\n.\n"

    def values(self, predicate: str) -> list[str]:
        """Return the objects of a predicate, as written in the first copy."""
        return [one.text for one in self.statements if one.predicate == predicate]

    def having(self, statements: list[Statement]) -> Block:
        """Return the block with other statements, sorted canonically."""
        mark = marks(1)
        ordered = sorted(statements, key=lambda one: (_rank(one.predicate), one.sort_key(mark)))
        return replace(self, statements=tuple(ordered))


def _rank(predicate: str) -> tuple[int, str]:
    first = ("a", "rdfs:label", "skos:prefLabel", "skos:altLabel")
    return (first.index(predicate), "") if predicate in first else (9, predicate)


class Reader:
    """Reads canonical Turtle files that share one list of prefixes.

    Attributes:
        head: prefix lines at the beginning of each file.
    """

    def __init__(self, sample: Path) -> None:
        text = sample.read_text(encoding="utf-8")
        self._prefixes: dict[str, str] = dict(_PREFIX.findall(text))
        self.head = "".join(f"{line}\n" for line in text.splitlines() if line.startswith("@prefix"))
        self._copied: frozenset[str] = frozenset()

    def copy_things(self, subjects: frozenset[str]) -> None:
        """Set the subjects that are copied."""
        self._copied = subjects

    def iri(self, written: str) -> str:
        """Return an IRI in full that is written as a CURIE or in angle brackets."""
        if written.startswith("<"):
            return written[1:-1]
        prefix, _, local = written.partition(":")
        return self._prefixes[prefix] + local

    def subjects(self, path: Path) -> Iterator[str]:
        """Yield the subjects of a file, as written."""
        for text in self._texts(path):
            yield text.split(" ", 1)[0]

    def blocks(self, path: Path) -> Iterator[Block]:
        """Yield the blocks of a file."""
        for text in self._texts(path):
            subject, rest = text.split(" ", 1)
            statements = [self.statement(line.strip()[:-2]) for line in rest.split("\n")[:-1]]
            yield Block(subject, self.iri(subject), tuple(statements), subject in self._copied)

    def _texts(self, path: Path) -> Iterator[str]:
        text = path.read_text(encoding="utf-8")
        if not text.startswith(self.head):
            raise SystemExit(f"{path}: not canonical Turtle with the prefixes of the other files")
        for block in text[len(self.head) :].split("\n.\n"):
            # Axioms without an IRI come last, each on one line; nothing that is read here is among them.
            if block.strip() and not block.lstrip().startswith("["):
                yield block.strip("\n") + "\n."

    def statement(self, written: str) -> Statement:
        """Return a statement from ``predicate object`` in canonical Turtle."""
        predicate, value = written.split(" ", 1)
        if value.startswith('"'):
            return self._literal(predicate, value)
        if value[0] in "[(":
            return Statement(predicate, value, "", "", value)
        if value.startswith("<"):
            kind = "" if predicate not in _ADDRESSES else "anchored" if "#" in value else "address"
            return Statement(predicate, value[:-1], ">", kind, value[:-1])
        if predicate != "a" and value in self._copied:
            return Statement(predicate, value, "", "iri", f"<{self.iri(value)}")
        key = f"<{self.iri(value)}" if ":" in value else value
        return Statement(predicate, value, "", "", key)

    def _literal(self, predicate: str, value: str) -> Statement:
        end = value.rindex('"')
        tail = value[end + 1 :]
        language = tail[1:] if tail.startswith("@") else ""
        if language:
            kind = language if language in ("en", "zh-Hant") else "en"
        elif predicate in _CODES or tail[2:] in _CODES:
            kind = "code"
        elif predicate in _NAMES:
            kind = "en"
        else:
            kind = "iri" if predicate in _IDENTIFIERS else ""
        return Statement(predicate, value[:end], value[end:], kind, value[:end], language)
