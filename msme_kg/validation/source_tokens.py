"""Source tokens: the IRIs, prefixed names and literals of an RDF file with their lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.rdf.terms import split_quad
from msme_kg.rdf.turtle_lexer import tokenize, unescape
from msme_kg.storage.dataset import GraphFile

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


def read_source_tokens(file: GraphFile) -> Iterator[SourceToken]:
    """Yield the tokens of a well-formed file; of RDF/XML and JSON-LD each term once."""
    if file.is_turtle_family:
        yield from resolve_tokens(file.content.decode("utf-8-sig"), {})
    else:
        yield from _locate_terms(file)


def resolve_tokens(text: str, known_prefixes: Mapping[str, str]) -> Iterator[SourceToken]:
    """Yield the tokens of a text in Turtle, TriG, N-Quads or SPARQL with resolved names.

    Args:
        text: the text, well-formed.
        known_prefixes: prefixes that hold without a declaration in the text.
    """
    prefixes = dict(known_prefixes)
    previous: list[str] = ["", ""]
    for token in tokenize(text):
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
