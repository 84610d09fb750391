"""Source tokens: the IRIs, prefixed names and literals of an RDF file with their lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.rdf.parser import get_format_for_path
from msme_kg.rdf.turtle_lexer import tokenize, unescape
from msme_kg.rdf.turtle_source import SourceTerm
from msme_kg.storage.dataset import GraphFile


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
    """Yield each term of a file in RDF/XML or JSON-LD once, with the line of its first statement."""
    seen: set[SourceTerm] = set()
    is_xml = get_format_for_path(file.path) == ox.RdfFormat.RDF_XML
    for triple in file.parse_located():
        for term, line in (
            (triple.subject, triple.subject_line),
            (triple.predicate, triple.predicate_line),
            (triple.value, triple.line),
        ):
            if isinstance(term, ox.NamedNode | ox.Literal) and term not in seen:
                iri = term.value if isinstance(term, ox.NamedNode) else ""
                yield SourceToken("iri" if iri else "literal", term.value, line, iri, is_xml and not iri)
            seen.add(term)
