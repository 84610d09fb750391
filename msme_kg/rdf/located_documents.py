"""Lines of the triples of RDF/XML and JSON-LD, for messages with locations."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

import pyoxigraph as ox

from msme_kg.namespaces import RDF
from msme_kg.rdf.bnode_labels import is_anonymous
from msme_kg.rdf.characters import escape_xml
from msme_kg.rdf.line_reader import LineReader
from msme_kg.rdf.parser_guards import JSON_TOKEN
from msme_kg.rdf.terms import Term, split_quad
from msme_kg.rdf.turtle_source import AnonymousNode, LocatedTriple, SourceTerm


def locate_rdfxml(content: bytes, base: str | None) -> Iterator[LocatedTriple]:
    """Yield the triples of a well-formed RDF/XML document: the parser yields each where its element ends."""
    reader, lines = LineReader(content), content.split(b"\n")
    naming = _SourceNaming()
    subject_lines: dict[SourceTerm, int] = {}
    last = 1
    for quad in ox.parse(cast("IO[bytes]", reader), format=ox.RdfFormat.RDF_XML, base_iri=base):
        subject, predicate, value = split_quad(quad)
        end = max(reader.line_count, last)
        text = value.value if isinstance(value, ox.Literal) else ""
        line = max(end - text.count("\n"), last)
        node = naming.name(subject, line)
        if node not in subject_lines:
            written = escape_xml(subject.value).encode()
            earlier = range(last, line) if isinstance(subject, ox.NamedNode) else ()
            subject_lines[node] = next((at for at in earlier if written in lines[at - 1]), line)
        yield LocatedTriple(node, predicate, naming.name(value, line), line, line, subject_lines[node])
        last = end


def locate_jsonld(content: bytes, base: str | None) -> Iterator[LocatedTriple]:
    """Yield the triples of a well-formed JSON-LD document; a line is 0 if the term is written otherwise."""
    document, naming = _JsonDocument(content), _SourceNaming()
    # A type is parsed before what may precede it in the text, so its position does not count for the rest.
    key, key_at, last, last_type = None, 0, 0, 0
    for quad in ox.parse(content, format=ox.RdfFormat.JSON_LD, base_iri=base):
        subject, predicate, value = split_quad(quad)
        is_type = predicate.value == f"{RDF}type"
        if (subject, predicate) != key:
            start = max(last, last_type) if is_type else last
            key, key_at = (subject, predicate), document.find("@type" if is_type else predicate.value, start)
        at = document.find(_format_token(value), max(key_at, last))
        at = at if at >= 0 else key_at
        line, key_line = document.get_line(at), document.get_line(key_at) or document.get_line(at)
        subject_line = document.get_line(document.find(_format_token(subject), 0)) or key_line
        yield LocatedTriple(
            naming.name(subject, key_line), predicate, naming.name(value, line), line, key_line, subject_line
        )
        if is_type:
            last_type = max(at + 1, last_type)
        else:
            last = max(at + 1, last)


def _format_token(term: Term) -> str:
    return str(term) if isinstance(term, ox.BlankNode) else term.value


class _SourceNaming:
    """Numbers of blank nodes without a label, in the order of the parser."""

    def __init__(self) -> None:
        self._nodes: dict[ox.BlankNode, AnonymousNode] = {}

    def name(self, term: Term, line: int) -> SourceTerm:
        """Return a term, or the source node of a blank node without a label."""
        if not isinstance(term, ox.BlankNode) or not is_anonymous(term):
            return term
        return self._nodes.setdefault(term, AnonymousNode(len(self._nodes) + 1, line))


class _JsonDocument:
    """Index of the strings and numbers of a JSON-LD document, by their text and by the IRI that they mean."""

    def __init__(self, content: bytes) -> None:
        self._lines: list[int] = []
        self._positions: dict[str, list[int]] = defaultdict(list)
        # As lenient as the parser before, and without Python's limit of digits.
        decode = json.JSONDecoder(parse_int=str, parse_float=str, strict=False).decode
        terms = dict(_read_terms(decode(content.decode())))
        line, offset, in_context, depth = 1, 0, False, 0
        for match in JSON_TOKEN.finditer(content):
            token = match[0]
            line += content.count(b"\n", offset, match.start())
            offset = match.start()
            if in_context:
                depth += (token in {b"{", b"["}) - (token in {b"}", b"]"})
                in_context = depth > 0 or token == b":"
                continue
            in_context = token == b'"@context"'
            text = decode(token.decode()) if token.startswith(b'"') else token.decode()
            for meaning in {text, _expand(text, terms)}:
                self._positions[meaning].append(len(self._lines))
            self._lines.append(line)

    def find(self, text: str, start: int) -> int:
        """Return the position of the first token with a text, from one on if possible; -1 if none."""
        positions = self._positions.get(text, [])
        at = bisect_left(positions, start)
        return positions[at if at < len(positions) else 0] if positions else -1

    def get_line(self, position: int) -> int:
        """Return the line of a token; 0 for the position -1."""
        return self._lines[position] if position >= 0 else 0


def _read_terms(node: Any) -> Iterator[tuple[str, str]]:
    """Yield the terms that the contexts of a document define, with their IRIs (JSON-LD 1.1 §4.1)."""
    if isinstance(node, list):
        for part in node:
            yield from _read_terms(part)
    elif isinstance(node, Mapping):
        contexts = node.get("@context")
        for context in contexts if isinstance(contexts, list) else [contexts]:
            for term, definition in context.items() if isinstance(context, Mapping) else ():
                iri = definition.get("@id") if isinstance(definition, Mapping) else definition
                if isinstance(iri, str):
                    yield term, iri
        for key, part in node.items():
            if key != "@context":
                yield from _read_terms(part)


def _expand(text: str, terms: Mapping[str, str]) -> str:
    """Return the IRI of a term or compact IRI (JSON-LD 1.1 API §5.2), else the text."""
    for _ in range(2):  # a term may be defined by a compact IRI
        prefix, colon, local = text.partition(":")
        if text in terms and not text.startswith("@"):
            text = terms[text]
        elif colon and prefix in terms and not local.startswith("//"):
            text = terms[prefix] + local
        elif not colon and "@vocab" in terms and not text.startswith("@"):
            text = terms["@vocab"] + text
    return text
