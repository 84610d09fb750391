"""The IRIs, names and literals of a file as they stand in it, each with its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.rdf.parser import format_of
from msme_kg.rdf.terms import parts
from msme_kg.rdf.turtle_lexer import tokens, unescaped
from msme_kg.storage.dataset import GraphFile

_OF_TURTLE = {
    ox.RdfFormat.TURTLE,
    ox.RdfFormat.N_TRIPLES,
    ox.RdfFormat.N_QUADS,
    ox.RdfFormat.TRIG,
}

_MISSES = 100
"""How often a term may be written otherwise than it reads before no more are looked for."""


@dataclass(frozen=True)
class Written:
    """A word of a file.

    Attributes:
        kind: ``iri``, ``name`` (with a prefix, or a keyword), ``literal`` or ``mark``.
        text: what it stands for, escapes resolved; a name as it is written, with its prefix.
        line: where it begins, from 1; 0 where that cannot be told.
        iri: what it names; empty for a literal, a keyword or a blank node.
        spans: whether its line breaks are those of the file.
    """

    kind: str
    text: str
    line: int
    iri: str = ""
    spans: bool = False

    def line_at(self, offset: int) -> int:
        """Return the line of one of its characters."""
        return self.line + (self.text.count("\n", 0, offset) if self.spans else 0)


def is_of_turtle(file: GraphFile) -> bool:
    """Tell whether a file is in one of the languages of which Turtle's words are a superset."""
    return format_of(file.path) in _OF_TURTLE


def written(file: GraphFile) -> Iterator[Written]:
    """Yield the words of a well-formed file; of RDF/XML and JSON-LD each term once."""
    if not is_of_turtle(file):
        yield from _terms(file)
        return
    prefixes: dict[str, str] = {}
    last: list[str] = ["", ""]
    for token in tokens(file.content.decode("utf-8-sig")):
        if token.kind == "iri":
            iri = unescaped(token.text[1:-1])
            yield Written("iri", iri, token.line, iri)
            if last[0].lstrip("@").lower() == "prefix":
                prefixes[last[1].removesuffix(":")] = iri
        elif token.kind == "string":
            long = token.text[:3] in {'"""', "'''"} and len(token.text) >= 6
            inner = token.text[3:-3] if long else token.text[1:-1]
            yield Written("literal", unescaped(inner), token.line, spans=long and "\\n" not in inner)
        elif token.kind in {"word", "at"}:
            prefix, colon, local = token.text.partition(":")
            iri = prefixes[prefix] + unescaped(local) if colon and prefix in prefixes else ""
            yield Written("name", token.text, token.line, iri)
        elif token.kind == "mark":
            yield Written("mark", token.text, token.line)
        last = [last[1], token.text]


def lines_of_blanks(file: GraphFile) -> dict[tuple[str, str], int]:
    """Return the line on which each blank node with a label first has each property."""
    found: dict[tuple[str, str], int] = {}
    subject, begins, directive = "", True, False
    for word in written(file) if is_of_turtle(file) else ():
        if word.kind == "mark":
            begins = word.text in {".", "{", "}"}
            subject = "" if begins else subject
        elif directive:  # without a dot at its end, as SPARQL has it
            directive, begins = word.kind != "iri", word.kind == "iri"
        elif begins:
            directive = word.text.lower().lstrip("@") in {"prefix", "base"}
            subject = word.text.removeprefix("_:") if word.text.startswith("_:") else ""
            begins = False
        elif subject and word.iri:
            found.setdefault((subject, word.iri), word.line)
    return found


def _terms(file: GraphFile) -> Iterator[Written]:
    """Yield the terms of another syntax; where each stands is searched from the last one on."""
    text = file.content.decode("utf-8-sig")
    seen: set[ox.NamedNode | ox.Literal] = set()
    at, line, missed = 0, 1, 0
    for quad in file.quads():
        for term in parts(quad):
            if isinstance(term, ox.BlankNode) or term in seen:
                continue
            seen.add(term)
            found = text.find(term.value, at) if missed < _MISSES else -1
            if found < 0 and missed < _MISSES:
                missed += 1
                found = text.find(term.value)
            if found >= 0:
                line = text.count("\n", 0, found) + 1 if found < at else line + text.count("\n", at, found)
                at = found
            iri = term.value if isinstance(term, ox.NamedNode) else ""
            kind = "iri" if iri else "literal"
            yield Written(kind, term.value, line if found >= 0 else 0, iri, spans=found >= 0)
