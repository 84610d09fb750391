"""SPARQL Updates that only insert and delete data: read as they are written, without an engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.sparql.local_engine import TOKEN_PATTERN

_DECLARATION = r"PREFIX\s+[\w.-]*:\s*<[^<>\s]*>"
_SEPARATOR_PATTERN = re.compile(rf"(?:[\s;]|#[^\n]*\n|{_DECLARATION})*", re.IGNORECASE)
_DECLARATION_PATTERN = re.compile(_DECLARATION, re.IGNORECASE)


@dataclass(frozen=True)
class DataOperation:
    """An operation on data.

    Attributes:
        is_insert: whether it inserts them.
        quads: the data; those without a graph are to stand wherever their things live.
    """

    is_insert: bool
    quads: tuple[ox.Quad, ...]


def parse_data_operations(text: str, prefixes: Mapping[str, str]) -> list[DataOperation] | None:
    """Return what an update inserts and deletes, in order and with literals as written.

    Args:
        text: an update that is well-formed.
        prefixes: those that it may use without declaring them.

    Returns:
        None if an operation is of another kind, or is written in a way that only SPARQL reads.
    """
    declared = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes.items())
    found = []
    end = 0
    for comes, start, opening, closing in _scan_operations(text):
        between = text[end:start]
        if not _SEPARATOR_PATTERN.fullmatch(between):
            return None
        declared += "".join(f"{one}\n" for one in _DECLARATION_PATTERN.findall(between))
        inside = text[opening + 1 : closing]
        # The last statement needs no dot in SPARQL; a comment may follow it.
        dot = "\n." if _find_last_token(inside) not in {"", ".", "}"} else ""
        try:
            quads = tuple(ox.parse(f"{declared}{inside}{dot}", format=ox.RdfFormat.TRIG))
        except SyntaxError:
            return None
        found.append(DataOperation(comes, quads))
        end = closing + 1
    return found if found and _SEPARATOR_PATTERN.fullmatch(text[end:] + "\n") else None


def _scan_operations(text: str) -> Iterator[tuple[bool, int, int, int]]:
    """Yield for each operation on data whether it inserts, where it begins and where its braces stand."""
    depth = start = opening = 0
    words: list[tuple[str, int]] = []
    for match in TOKEN_PATTERN.finditer(text):
        token = match[0]
        if token.startswith("#"):
            continue
        if token == "}":
            depth -= 1
            kind = [word for word, _ in words[-2:]]
            if depth == 0 and kind in (["INSERT", "DATA"], ["DELETE", "DATA"]):
                yield kind[0] == "INSERT", start, opening, match.start()
                words = []
        elif token == "{":
            if depth == 0:
                opening = match.start()
                start = words[-2][1] if len(words) > 1 else opening
            depth += 1
        elif depth == 0:
            words.append((token.upper(), match.start()))


def _find_last_token(text: str) -> str:
    """Return the last token that is no comment."""
    found = [match[0] for match in TOKEN_PATTERN.finditer(text) if not match[0].startswith("#")]
    return found[-1] if found else ""
