"""The statements of a Turtle text with their lines: read again, since parsers give no positions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import pyoxigraph as ox

from msme_kg.namespaces import RDF, XSD
from msme_kg.rdf.turtle_lexer import Token, tokenize, unescape

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NUMBER = re.compile(
    r"(?P<double>[+-]?[0-9.]+[eE][+-]?[0-9]+)|(?P<decimal>[+-]?[0-9]*\.[0-9]+)|(?P<integer>[+-]?[0-9]+)"
)
_FIRST, _REST, _NIL = (ox.NamedNode(f"{RDF}{name}") for name in ("first", "rest", "nil"))


@dataclass(frozen=True)
class AnonymousNode:
    """A blank node without a label: square brackets, or a cell of a list.

    Attributes:
        number: from 1, in the order in which they open.
        line: where it opens.
        is_cell: whether it is a cell of a list.
    """

    number: int
    line: int
    is_cell: bool = False


SourceTerm = ox.NamedNode | ox.Literal | ox.BlankNode | AnonymousNode | None
"""A term; None for a name that cannot be told."""


@dataclass(frozen=True)
class LocatedTriple:
    """A statement and its lines.

    Attributes:
        subject: whom it is about.
        predicate: what of it.
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
    """Tell whether a node is blank, with a label or without."""
    return isinstance(node, AnonymousNode | ox.BlankNode)


def parse_located(content: bytes, base: str | None = None) -> list[LocatedTriple]:
    """Return the statements of a well-formed Turtle file with their lines."""
    return list(LocatedTurtleParser(content.decode("utf-8-sig"), base).parse())


@lru_cache(maxsize=1024)
def _resolve_relative_iri(text: str, base: str) -> str:
    """Return a relative IRI resolved as the engine does it."""
    line = f"<{text}> a <> ."
    try:
        (quad,) = ox.parse(line.encode(), format=ox.RdfFormat.TURTLE, base_iri=base or None)
    except (SyntaxError, ValueError):
        return text
    return getattr(quad.subject, "value", text)


def _to_named_node(iri: str) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None


class LocatedTurtleParser:
    """Walks the words of a text and yields its statements.

    Attributes:
        prefixes: what is declared so far.
    """

    def __init__(
        self,
        text: str,
        base: str | None = None,
        prefixes: Mapping[str, str] | None = None,
        first_line: int = 1,
    ) -> None:
        """Begin to read.

        Args:
            text: well-formed Turtle, or whole statements out of such a text.
            base: what relative IRIs are resolved against.
            prefixes: what is declared before the text.
            first_line: on which the text begins.
        """
        self.prefixes = dict(prefixes or {})
        self._tokens = [token for token in tokenize(text) if token.kind != "comment"]
        self._position = 0
        self._base = base or ""
        self._line_offset = first_line - 1
        self._bnode_count = 0

    def parse(self) -> Iterator[LocatedTriple]:
        """Yield the statements; what stands within brackets before the one that it belongs to."""
        while (token := self._read_token()) is not None:
            directive = token.text.lstrip("@").lower()
            if directive in {"prefix", "base"} and (token.kind == "at" or ":" not in token.text):
                self._parse_directive(directive)
            elif token.text != "." or token.kind != "mark":
                subject, inner = self._parse_object(token)
                yield from inner
                yield from self._parse_predicate_objects(subject, ".", self._compute_line(token))

    def _read_token(self) -> Token | None:
        self._position += 1
        return self._tokens[self._position - 1] if self._position <= len(self._tokens) else None

    def _compute_line(self, token: Token) -> int:
        return token.line + self._line_offset

    def _peek_text(self) -> str:
        return self._tokens[self._position].text if self._position < len(self._tokens) else ""

    def _parse_directive(self, word: str) -> None:
        name = self._read_token() if word == "prefix" else None
        iri = self._read_token()
        if iri is not None:
            whole = self._resolve_iri_token(iri)
            if name is None:
                self._base = whole
            else:
                self.prefixes[name.text.removesuffix(":")] = whole

    def _resolve_iri_token(self, token: Token) -> str:
        text = token.text[1:-1]
        return unescape(text) if _SCHEME.match(text) else _resolve_relative_iri(text, self._base)

    def _parse_predicate_objects(self, subject: SourceTerm, end: str, opened: int) -> Iterator[LocatedTriple]:
        verb: Token | None = None
        predicate: SourceTerm = None
        while (token := self._read_token()) is not None and not (token.kind == "mark" and token.text == end):
            if token.kind == "mark" and token.text == ";":
                verb = None
            elif token.kind != "mark" or token.text != ",":
                if verb is None:
                    verb = token
                    predicate = ox.NamedNode(f"{RDF}type") if token.text == "a" else self._parse_term(token)
                    continue
                value, inner = self._parse_object(token)
                yield from inner
                yield LocatedTriple(
                    subject, predicate, value, self._compute_line(token), self._compute_line(verb), opened
                )

    def _parse_object(self, token: Token) -> tuple[SourceTerm, list[LocatedTriple]]:
        if token.kind == "mark" and token.text == "[":
            node = self._open_bnode(token)
            return node, list(self._parse_predicate_objects(node, "]", node.line))
        if token.kind == "mark" and token.text == "(":
            return self._parse_collection()
        return self._parse_term(token), []

    def _open_bnode(self, token: Token, is_cell: bool = False) -> AnonymousNode:
        self._bnode_count += 1
        return AnonymousNode(self._bnode_count, self._compute_line(token), is_cell)

    def _parse_collection(self) -> tuple[SourceTerm, list[LocatedTriple]]:
        found: list[LocatedTriple] = []
        cells: list[AnonymousNode] = []
        while (token := self._read_token()) is not None and not (token.kind == "mark" and token.text == ")"):
            cell = self._open_bnode(token, is_cell=True)
            member, inner = self._parse_object(token)
            found += inner
            if cells:
                found.append(LocatedTriple(cells[-1], _REST, cell, cell.line, cells[-1].line, cells[-1].line))
            found.append(LocatedTriple(cell, _FIRST, member, cell.line, cell.line, cell.line))
            cells.append(cell)
        if cells:
            found.append(
                LocatedTriple(cells[-1], _REST, _NIL, cells[-1].line, cells[-1].line, cells[-1].line)
            )
        return (cells[0] if cells else _NIL), found

    def _parse_term(self, token: Token) -> SourceTerm:
        if token.kind == "iri":
            return _to_named_node(self._resolve_iri_token(token))
        if token.kind == "string":
            return self._parse_literal(token)
        prefix, colon, local = token.text.partition(":")
        if colon and prefix == "_":
            return ox.BlankNode(local)
        if colon:
            namespace = self.prefixes.get(prefix)
            return None if namespace is None else _to_named_node(namespace + re.sub(r"\\(.)", r"\1", local))
        number = _NUMBER.fullmatch(token.text)
        datatype = str(number.lastgroup) if number else "boolean"
        return ox.Literal(token.text, datatype=ox.NamedNode(f"{XSD}{datatype}"))

    def _parse_literal(self, token: Token) -> ox.Literal:
        width = 3 if token.text[:3] in {'"""', "'''"} and len(token.text) >= 6 else 1
        value = unescape(token.text[width:-width])
        if self._peek_text() == "^^":
            self._position += 1
            name = self._read_token()
            datatype = self._parse_term(name) if name else None
            return ox.Literal(value, datatype=datatype if isinstance(datatype, ox.NamedNode) else None)
        if self._peek_text().startswith("@") and self._peek_text() not in {"@prefix", "@base"}:
            tag = self._read_token()
            return ox.Literal(value, language=tag.text[1:] if tag else None)
        return ox.Literal(value)
