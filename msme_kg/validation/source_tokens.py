"""The IRIs, names and literals of a file as they stand in it, each with its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.rdf.parser import get_format_for_path
from msme_kg.rdf.terms import split_quad
from msme_kg.rdf.turtle_lexer import tokenize, unescape
from msme_kg.storage.dataset import GraphFile

_TURTLE_FAMILY = {
    ox.RdfFormat.TURTLE,
    ox.RdfFormat.N_TRIPLES,
    ox.RdfFormat.N_QUADS,
    ox.RdfFormat.TRIG,
}

_MAX_MISSES = 100
"""How often a term may be written otherwise than it reads before no more are looked for."""


@dataclass(frozen=True)
class SourceToken:
    """A word of a file.

    Attributes:
        kind: ``iri``, ``name`` (with a prefix, or a keyword), ``literal`` or ``mark``.
        text: what it stands for, escapes resolved; a name as it is written, with its prefix.
        line: where it begins, from 1; 0 where that cannot be told.
        iri: what it names; empty for a literal, a keyword or a blank node.
        has_source_line_breaks: whether its line breaks are those of the file.
    """

    kind: str
    text: str
    line: int
    iri: str = ""
    has_source_line_breaks: bool = False

    def find_line(self, offset: int) -> int:
        """Return the line of one of its characters."""
        return self.line + (self.text.count("\n", 0, offset) if self.has_source_line_breaks else 0)


def is_turtle_family(file: GraphFile) -> bool:
    """Tell whether a file is in one of the languages of which Turtle's words are a superset."""
    return get_format_for_path(file.path) in _TURTLE_FAMILY


def read_source_tokens(file: GraphFile) -> Iterator[SourceToken]:
    """Yield the words of a well-formed file; of RDF/XML and JSON-LD each term once."""
    if not is_turtle_family(file):
        yield from _locate_terms(file)
        return
    prefixes: dict[str, str] = {}
    last: list[str] = ["", ""]
    for token in tokenize(file.content.decode("utf-8-sig")):
        if token.kind == "iri":
            iri = unescape(token.text[1:-1])
            yield SourceToken("iri", iri, token.line, iri)
            if last[0].lstrip("@").lower() == "prefix":
                prefixes[last[1].removesuffix(":")] = iri
        elif token.kind == "string":
            long = token.text[:3] in {'"""', "'''"} and len(token.text) >= 6
            inner = token.text[3:-3] if long else token.text[1:-1]
            yield SourceToken(
                "literal", unescape(inner), token.line, has_source_line_breaks=long and "\\n" not in inner
            )
        elif token.kind in {"word", "at"}:
            prefix, colon, local = token.text.partition(":")
            iri = prefixes[prefix] + unescape(local) if colon and prefix in prefixes else ""
            yield SourceToken("name", token.text, token.line, iri)
        elif token.kind == "mark":
            yield SourceToken("mark", token.text, token.line)
        last = [last[1], token.text]


def find_bnode_lines(file: GraphFile) -> dict[tuple[str, str], int]:
    """Return the line on which each blank node with a label first has each property."""
    found: dict[tuple[str, str], int] = {}
    subject, begins, directive = "", True, False
    for word in read_source_tokens(file) if is_turtle_family(file) else ():
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


def _locate_terms(file: GraphFile) -> Iterator[SourceToken]:
    """Yield the terms of another syntax; where each stands is searched from the last one on."""
    text = file.content.decode("utf-8-sig")
    seen: set[ox.NamedNode | ox.Literal] = set()
    at, line, missed = 0, 1, 0
    for quad in file.parse_quads():
        for term in split_quad(quad):
            if isinstance(term, ox.BlankNode) or term in seen:
                continue
            seen.add(term)
            found = text.find(term.value, at) if missed < _MAX_MISSES else -1
            if found < 0 and missed < _MAX_MISSES:
                missed += 1
                found = text.find(term.value)
            if found >= 0:
                line = text.count("\n", 0, found) + 1 if found < at else line + text.count("\n", at, found)
                at = found
            iri = term.value if isinstance(term, ox.NamedNode) else ""
            kind = "iri" if iri else "literal"
            yield SourceToken(
                kind, term.value, line if found >= 0 else 0, iri, has_source_line_breaks=found >= 0
            )
