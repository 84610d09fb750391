"""Source tokens: the IRIs, prefixed names and literals of an RDF file with their lines."""

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
"""Number of terms not found literally in a file after which the search for lines stops."""


@dataclass(frozen=True)
class SourceToken:
    """A token of an RDF file.

    Attributes:
        kind: ``iri``, ``name`` (prefixed name, keyword or blank node label), ``literal`` or ``mark``.
        text: the text with escapes resolved; a name as it is written.
        line: the line where it begins, from 1; 0 if unknown.
        iri: the IRI; empty for a literal, keyword or blank node.
        has_source_line_breaks: whether its line breaks are those of the file.
    """

    kind: str
    text: str
    line: int
    iri: str = ""
    has_source_line_breaks: bool = False

    def find_line(self, offset: int) -> int:
        """Return the line of the character at an offset."""
        return self.line + (self.text.count("\n", 0, offset) if self.has_source_line_breaks else 0)


def is_turtle_family(file: GraphFile) -> bool:
    """Tell whether a file is in Turtle, TriG, N-Triples or N-Quads, which share Turtle's tokens."""
    return get_format_for_path(file.path) in _TURTLE_FAMILY


def read_source_tokens(file: GraphFile) -> Iterator[SourceToken]:
    """Yield the tokens of a well-formed file; of RDF/XML and JSON-LD each term once."""
    if not is_turtle_family(file):
        yield from _locate_terms(file)
        return
    prefixes: dict[str, str] = {}
    previous: list[str] = ["", ""]
    for token in tokenize(file.content.decode("utf-8-sig")):
        if token.kind == "iri":
            iri = unescape(token.text[1:-1])
            yield SourceToken("iri", iri, token.line, iri)
            if previous[0].lstrip("@").lower() == "prefix":
                prefixes[previous[1].removesuffix(":")] = iri
        elif token.kind == "string":
            is_long = token.text[:3] in {'"""', "'''"} and len(token.text) >= 6
            inner = token.text[3:-3] if is_long else token.text[1:-1]
            yield SourceToken(
                "literal", unescape(inner), token.line, has_source_line_breaks=is_long and "\\n" not in inner
            )
        elif token.kind in {"word", "at"}:
            prefix, colon, local = token.text.partition(":")
            iri = prefixes[prefix] + unescape(local) if colon and prefix in prefixes else ""
            yield SourceToken("name", token.text, token.line, iri)
        elif token.kind == "mark":
            yield SourceToken("mark", token.text, token.line)
        previous = [previous[1], token.text]


def find_bnode_lines(file: GraphFile) -> dict[tuple[str, str], int]:
    """Return the first line of each property of each labelled blank node."""
    lines: dict[tuple[str, str], int] = {}
    subject, starts_statement, is_directive = "", True, False
    for token in read_source_tokens(file) if is_turtle_family(file) else ():
        if token.kind == "mark":
            starts_statement = token.text in {".", "{", "}"}
            subject = "" if starts_statement else subject
        elif is_directive:  # in SPARQL syntax, which has no full stop at the end
            is_directive, starts_statement = token.kind != "iri", token.kind == "iri"
        elif starts_statement:
            is_directive = token.text.lower().lstrip("@") in {"prefix", "base"}
            subject = token.text.removeprefix("_:") if token.text.startswith("_:") else ""
            starts_statement = False
        elif subject and token.iri:
            lines.setdefault((subject, token.iri), token.line)
    return lines


def _locate_terms(file: GraphFile) -> Iterator[SourceToken]:
    """Yield the terms of a file in another syntax; each is searched for from the last one on."""
    text = file.content.decode("utf-8-sig")
    seen: set[ox.NamedNode | ox.Literal] = set()
    last, line, misses = 0, 1, 0
    for quad in file.parse_quads():
        for term in split_quad(quad):
            if isinstance(term, ox.BlankNode) or term in seen:
                continue
            seen.add(term)
            offset = text.find(term.value, last) if misses < _MAX_MISSES else -1
            if offset < 0 and misses < _MAX_MISSES:
                misses += 1
                offset = text.find(term.value)
            if offset >= 0:
                is_earlier = offset < last
                line = (
                    text.count("\n", 0, offset) + 1 if is_earlier else line + text.count("\n", last, offset)
                )
                last = offset
            iri = term.value if isinstance(term, ox.NamedNode) else ""
            kind = "iri" if iri else "literal"
            yield SourceToken(
                kind, term.value, line if offset >= 0 else 0, iri, has_source_line_breaks=offset >= 0
            )
