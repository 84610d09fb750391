"""The statements of a Turtle text with their lines: read again, since parsers give no positions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import pyoxigraph as ox

from msme_kg.namespaces import RDF, XSD
from msme_kg.rdf.turtle_lexer import Token, tokens, unescaped

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NUMBER = re.compile(
    r"(?P<double>[+-]?[0-9.]+[eE][+-]?[0-9]+)|(?P<decimal>[+-]?[0-9]*\.[0-9]+)|(?P<integer>[+-]?[0-9]+)"
)
_FIRST, _REST, _NIL = (ox.NamedNode(f"{RDF}{name}") for name in ("first", "rest", "nil"))


@dataclass(frozen=True)
class Nested:
    """A blank node without a label: square brackets, or a cell of a list.

    Attributes:
        number: from 1, in the order in which they open.
        line: where it opens.
        is_cell: whether it is a cell of a list.
    """

    number: int
    line: int
    is_cell: bool = False


Node = ox.NamedNode | ox.Literal | ox.BlankNode | Nested | None
"""A term; None for a name that cannot be told."""


@dataclass(frozen=True)
class Statement:
    """A statement and its lines.

    Attributes:
        subject: whom it is about.
        predicate: what of it.
        value: the object.
        line: of the object, from 1.
        predicate_line: of the predicate.
        subject_line: of the subject.
    """

    subject: Node
    predicate: Node
    value: Node
    line: int
    predicate_line: int
    subject_line: int


def is_blank(node: Node) -> bool:
    """Tell whether a node is blank, with a label or without."""
    return isinstance(node, Nested | ox.BlankNode)


def statements(content: bytes, base: str | None = None) -> list[Statement]:
    """Return the statements of a well-formed Turtle file with their lines."""
    return list(StatementReader(content.decode("utf-8-sig"), base).statements())


@lru_cache(maxsize=1024)
def _resolved(text: str, base: str) -> str:
    """Return a relative IRI resolved as the engine does it."""
    line = f"<{text}> a <> ."
    try:
        (quad,) = ox.parse(line.encode(), format=ox.RdfFormat.TURTLE, base_iri=base or None)
    except (SyntaxError, ValueError):
        return text
    return getattr(quad.subject, "value", text)


def _named(iri: str) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None


class StatementReader:
    """Walks the words of a text and yields its statements.

    Attributes:
        prefixes: what is declared so far.
    """

    def __init__(
        self, text: str, base: str | None = None, prefixes: Mapping[str, str] | None = None, line: int = 1
    ) -> None:
        """Begin to read.

        Args:
            text: well-formed Turtle, or whole statements out of such a text.
            base: what relative IRIs are resolved against.
            prefixes: what is declared before the text.
            line: on which the text begins.
        """
        self.prefixes = dict(prefixes or {})
        self._tokens = [token for token in tokens(text) if token.kind != "comment"]
        self._at = 0
        self._base = base or ""
        self._before = line - 1
        self._nested = 0

    def statements(self) -> Iterator[Statement]:
        """Yield the statements; what stands within brackets before the one that it belongs to."""
        while (token := self._next()) is not None:
            directive = token.text.lstrip("@").lower()
            if directive in {"prefix", "base"} and (token.kind == "at" or ":" not in token.text):
                self._directive(directive)
            elif token.text != "." or token.kind != "mark":
                subject, inner = self._object(token)
                yield from inner
                yield from self._properties(subject, ".", self._line(token))

    def _next(self) -> Token | None:
        self._at += 1
        return self._tokens[self._at - 1] if self._at <= len(self._tokens) else None

    def _line(self, token: Token) -> int:
        return token.line + self._before

    def _peek(self) -> str:
        return self._tokens[self._at].text if self._at < len(self._tokens) else ""

    def _directive(self, word: str) -> None:
        name = self._next() if word == "prefix" else None
        iri = self._next()
        if iri is not None:
            whole = self._resolved(iri)
            if name is None:
                self._base = whole
            else:
                self.prefixes[name.text.removesuffix(":")] = whole

    def _resolved(self, token: Token) -> str:
        text = token.text[1:-1]
        return unescaped(text) if _SCHEME.match(text) else _resolved(text, self._base)

    def _properties(self, subject: Node, end: str, opened: int) -> Iterator[Statement]:
        verb: Token | None = None
        predicate: Node = None
        while (token := self._next()) is not None and not (token.kind == "mark" and token.text == end):
            if token.kind == "mark" and token.text == ";":
                verb = None
            elif token.kind != "mark" or token.text != ",":
                if verb is None:
                    verb = token
                    predicate = ox.NamedNode(f"{RDF}type") if token.text == "a" else self._term(token)
                    continue
                value, inner = self._object(token)
                yield from inner
                yield Statement(subject, predicate, value, self._line(token), self._line(verb), opened)

    def _object(self, token: Token) -> tuple[Node, list[Statement]]:
        if token.kind == "mark" and token.text == "[":
            node = self._opened(token)
            return node, list(self._properties(node, "]", node.line))
        if token.kind == "mark" and token.text == "(":
            return self._list()
        return self._term(token), []

    def _opened(self, token: Token, is_cell: bool = False) -> Nested:
        self._nested += 1
        return Nested(self._nested, self._line(token), is_cell)

    def _list(self) -> tuple[Node, list[Statement]]:
        found: list[Statement] = []
        cells: list[Nested] = []
        while (token := self._next()) is not None and not (token.kind == "mark" and token.text == ")"):
            cell = self._opened(token, is_cell=True)
            member, inner = self._object(token)
            found += inner
            if cells:
                found.append(Statement(cells[-1], _REST, cell, cell.line, cells[-1].line, cells[-1].line))
            found.append(Statement(cell, _FIRST, member, cell.line, cell.line, cell.line))
            cells.append(cell)
        if cells:
            found.append(Statement(cells[-1], _REST, _NIL, cells[-1].line, cells[-1].line, cells[-1].line))
        return (cells[0] if cells else _NIL), found

    def _term(self, token: Token) -> Node:
        if token.kind == "iri":
            return _named(self._resolved(token))
        if token.kind == "string":
            return self._literal(token)
        prefix, colon, local = token.text.partition(":")
        if colon and prefix == "_":
            return ox.BlankNode(local)
        if colon:
            namespace = self.prefixes.get(prefix)
            return None if namespace is None else _named(namespace + re.sub(r"\\(.)", r"\1", local))
        number = _NUMBER.fullmatch(token.text)
        datatype = str(number.lastgroup) if number else "boolean"
        return ox.Literal(token.text, datatype=ox.NamedNode(f"{XSD}{datatype}"))

    def _literal(self, token: Token) -> ox.Literal:
        width = 3 if token.text[:3] in {'"""', "'''"} and len(token.text) >= 6 else 1
        value = unescaped(token.text[width:-width])
        if self._peek() == "^^":
            self._at += 1
            name = self._next()
            datatype = self._term(name) if name else None
            return ox.Literal(value, datatype=datatype if isinstance(datatype, ox.NamedNode) else None)
        if self._peek().startswith("@") and self._peek() not in {"@prefix", "@base"}:
            tag = self._next()
            return ox.Literal(value, language=tag.text[1:] if tag else None)
        return ox.Literal(value)
