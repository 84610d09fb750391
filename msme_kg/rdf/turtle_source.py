"""Parser of Turtle, TriG and N-Quads that keeps the line of each triple, for messages with locations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import pyoxigraph as ox

from msme_kg.errors import SourceLocation
from msme_kg.namespaces import RDF, XSD
from msme_kg.rdf.parser_guards import MAX_NESTING_DEPTH, build_nesting_error
from msme_kg.rdf.terms import build_named_node
from msme_kg.rdf.turtle_lexer import Token, tokenize, unescape

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NUMBER = re.compile(
    r"(?P<double>[+-]?[0-9.]+[eE][+-]?[0-9]+)|(?P<decimal>[+-]?[0-9]*\.[0-9]+)|(?P<integer>[+-]?[0-9]+)"
)
_FIRST, _REST, _NIL = (ox.NamedNode(f"{RDF}{name}") for name in ("first", "rest", "nil"))


@dataclass(frozen=True)
class AnonymousNode:
    """A blank node without a label: ``[ ]``, or a cell of a collection.

    Attributes:
        number: from 1, in the order of the opening brackets.
        line: of the opening bracket, or of the member of the cell.
        is_cell: True for a cell of a collection.
    """

    number: int
    line: int
    is_cell: bool = False


SourceTerm = ox.NamedNode | ox.Literal | ox.BlankNode | AnonymousNode | None
"""A term in a source text; None for a name that cannot be resolved."""


@dataclass(frozen=True)
class LocatedTriple:
    """A triple with its lines in the source text.

    Attributes:
        subject: the subject.
        predicate: the predicate.
        value: the object.
        line: of the object, from 1.
        predicate_line: of the predicate.
        subject_line: of the subject.
    """

    subject: SourceTerm
    predicate: SourceTerm
    value: SourceTerm
    line: int
    predicate_line: int
    subject_line: int


def is_bnode(node: SourceTerm) -> bool:
    """Return True for a blank node, with or without a label."""
    return isinstance(node, AnonymousNode | ox.BlankNode)


def is_list_cell(node: SourceTerm) -> bool:
    """Return True for a cell of a collection."""
    return isinstance(node, AnonymousNode) and node.is_cell


def parse_located(content: bytes, base: str | None = None, name: str = "") -> list[LocatedTriple]:
    """Return the triples of a well-formed file with their lines; graph names are left out.

    Args:
        content: the bytes of the file.
        base: the base IRI of relative IRIs.
        name: the file's name, for messages.

    Raises:
        msme_kg.errors.SafetyError: brackets nest deeper than ``MAX_NESTING_DEPTH``.
    """
    return list(LocatedTurtleParser(content.decode("utf-8-sig"), base, name=name).parse())


@lru_cache(maxsize=1024)
def _resolve_relative_iri(text: str, base: str) -> str:
    """Return a relative IRI resolved by pyoxigraph, as it does when it parses the file."""
    document = f"<{text}> a <> ."
    try:
        (quad,) = ox.parse(document.encode(), format=ox.RdfFormat.TURTLE, base_iri=base or None)
    except (SyntaxError, ValueError):
        return text
    return getattr(quad.subject, "value", text)


class LocatedTurtleParser:
    """Recursive-descent parser of well-formed Turtle, TriG or N-Quads that records lines.

    Attributes:
        prefixes: the prefixes declared so far.
    """

    def __init__(
        self,
        text: str,
        base: str | None = None,
        prefixes: Mapping[str, str] | None = None,
        first_line: int = 1,
        name: str = "",
    ) -> None:
        """Tokenize the text.

        Args:
            text: a well-formed text, or complete statements of one.
            base: the base IRI of relative IRIs.
            prefixes: the prefixes declared before the text.
            first_line: the line on which the text begins.
            name: the file's name, for messages.
        """
        self.prefixes = dict(prefixes or {})
        self._tokens = [token for token in tokenize(text) if token.kind != "comment"]
        self._position = 0
        self._base = base or ""
        self._line_offset = first_line - 1
        self._name = name
        self._bnode_count = 0
        self._depth = 0

    def parse(self) -> Iterator[LocatedTriple]:
        """Yield the triples; those within brackets precede the triple that contains the brackets."""
        while (token := self._read_token()) is not None:
            keyword = token.text.lstrip("@").lower()
            if keyword in {"prefix", "base"}:
                self._parse_directive(keyword)
            elif keyword == "graph":
                continue
            elif token.kind != "mark" or token.text in {"[", "("}:
                subject, inner = self._parse_object(token)
                yield from inner
                if self._peek_text() != "{":  # otherwise it was a graph name
                    yield from self._parse_predicate_objects(subject, ".", self._compute_line(token))

    def _read_token(self) -> Token | None:
        self._position += 1
        return self._tokens[self._position - 1] if self._position <= len(self._tokens) else None

    def _compute_line(self, token: Token) -> int:
        return token.line + self._line_offset

    def _peek_text(self) -> str:
        return self._tokens[self._position].text if self._position < len(self._tokens) else ""

    def _parse_directive(self, directive: str) -> None:
        prefix = self._read_token() if directive == "prefix" else None
        token = self._read_token()
        if token is not None:
            iri = self._resolve_iri_token(token)
            if prefix is None:
                self._base = iri
            else:
                self.prefixes[prefix.text.removesuffix(":")] = iri

    def _resolve_iri_token(self, token: Token) -> str:
        text = token.text[1:-1]
        return unescape(text) if _SCHEME.match(text) else _resolve_relative_iri(text, self._base)

    def _parse_predicate_objects(
        self, subject: SourceTerm, end: str, subject_line: int
    ) -> Iterator[LocatedTriple]:
        verb: Token | None = None
        predicate: SourceTerm = None
        while (token := self._read_token()) is not None:
            if token.kind == "mark" and token.text in {end, "}"}:
                return
            if token.kind == "mark" and token.text == ";":
                verb = None
            elif token.kind != "mark" or token.text != ",":
                if verb is None:
                    verb = token
                    predicate = ox.NamedNode(f"{RDF}type") if token.text == "a" else self._parse_term(token)
                    continue
                value, inner = self._parse_object(token)
                yield from inner
                line, verb_line = self._compute_line(token), self._compute_line(verb)
                yield LocatedTriple(subject, predicate, value, line, verb_line, subject_line)
                if self._peek_text() not in {",", ";", end, "}"}:
                    self._read_token()  # the graph name of a quad

    def _parse_object(self, token: Token) -> tuple[SourceTerm, list[LocatedTriple]]:
        if token.kind != "mark" or token.text not in {"[", "("}:
            return self._parse_term(token), []
        if self._depth == MAX_NESTING_DEPTH:
            raise build_nesting_error(SourceLocation(self._name, self._compute_line(token)))
        self._depth += 1
        if token.text == "[":
            node: SourceTerm = self._open_bnode(token)
            triples = list(self._parse_predicate_objects(node, "]", self._compute_line(token)))
        else:
            node, triples = self._parse_collection()
        self._depth -= 1
        return node, triples

    def _open_bnode(self, token: Token, is_cell: bool = False) -> AnonymousNode:
        self._bnode_count += 1
        return AnonymousNode(self._bnode_count, self._compute_line(token), is_cell)

    def _parse_collection(self) -> tuple[SourceTerm, list[LocatedTriple]]:
        triples: list[LocatedTriple] = []
        cells: list[AnonymousNode] = []

        def add(cell: AnonymousNode, predicate: ox.NamedNode, value: SourceTerm, line: int) -> None:
            triples.append(LocatedTriple(cell, predicate, value, line, cell.line, cell.line))

        while (token := self._read_token()) is not None and not (token.kind == "mark" and token.text == ")"):
            cell = self._open_bnode(token, is_cell=True)
            member, inner = self._parse_object(token)
            triples += inner
            if cells:
                add(cells[-1], _REST, cell, cell.line)
            add(cell, _FIRST, member, cell.line)
            cells.append(cell)
        if not cells:
            return _NIL, triples
        add(cells[-1], _REST, _NIL, cells[-1].line)
        return cells[0], triples

    def _parse_term(self, token: Token) -> SourceTerm:
        if token.kind == "iri":
            return build_named_node(self._resolve_iri_token(token))
        if token.kind == "string":
            return self._parse_literal(token)
        prefix, colon, local = token.text.partition(":")
        if colon and prefix == "_":
            return ox.BlankNode(local)
        if colon:
            namespace = self.prefixes.get(prefix)
            return None if namespace is None else build_named_node(namespace + re.sub(r"\\(.)", r"\1", local))
        number = _NUMBER.fullmatch(token.text)
        datatype = str(number.lastgroup) if number else "boolean"
        return ox.Literal(token.text, datatype=ox.NamedNode(f"{XSD}{datatype}"))

    def _parse_literal(self, token: Token) -> ox.Literal:
        width = 3 if token.text[:3] in {'"""', "'''"} and len(token.text) >= 6 else 1
        value = unescape(token.text[width:-width])
        if self._peek_text() == "^^":
            self._position += 1
            datatype_token = self._read_token()
            datatype = self._parse_term(datatype_token) if datatype_token else None
            return ox.Literal(value, datatype=datatype if isinstance(datatype, ox.NamedNode) else None)
        if self._peek_text().startswith("@") and self._peek_text() not in {"@prefix", "@base"}:
            tag = self._read_token()
            return ox.Literal(value, language=tag.text[1:] if tag else None)
        return ox.Literal(value)
