"""On which line a statement stands: found again in the text, since parsers give no positions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin

import pyoxigraph as ox

from msme_kg.errors import Place
from msme_kg.graph.dataset import Dataset, GraphFile
from msme_kg.graph.tokens import Token, tokens, unescaped
from msme_kg.names import RDF, XSD

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NUMBER = re.compile(
    r"(?P<double>[+-]?[0-9.]+[eE][+-]?[0-9]+)|(?P<decimal>[+-]?[0-9]*\.[0-9]+)|(?P<integer>[+-]?[0-9]+)"
)

Term = ox.NamedNode | ox.Literal
Node = Term | None
"""A term, or None for a blank node or list."""


@dataclass(frozen=True)
class Statement:
    """A statement and the line of its object."""

    subject: Node
    predicate: Node
    value: Node
    line: int


class _Reader:
    """Walks the tokens of a file and yields its statements; nested nodes have no name."""

    def __init__(self, text: str, base: str) -> None:
        self._tokens = [token for token in tokens(text) if token.kind != "comment"]
        self._at = 0
        self._prefixes: dict[str, str] = {}
        self._base = base

    def statements(self) -> Iterator[Statement]:
        while (token := self._next()) is not None:
            directive = token.text.lstrip("@").lower()
            if directive in {"prefix", "base"} and (token.kind == "at" or ":" not in token.text):
                self._directive(directive)
            elif token.text != ".":
                yield from self._block(token)

    def _next(self) -> Token | None:
        self._at += 1
        return self._tokens[self._at - 1] if self._at <= len(self._tokens) else None

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
                self._prefixes[name.text.removesuffix(":")] = whole

    def _resolved(self, token: Token) -> str:
        iri = unescaped(token.text[1:-1])
        # urljoin would drop an empty fragment, which namespaces end with.
        return iri if _SCHEME.match(iri) else urljoin(self._base, iri)

    def _block(self, first: Token) -> Iterator[Statement]:
        subject, inner = self._object(first)
        yield from inner
        yield from self._properties(subject, ".")

    def _properties(self, subject: Node, end: str) -> Iterator[Statement]:
        predicate: Node = None
        while (token := self._next()) is not None and token.text != end:
            if token.text == ";":
                predicate = None
            elif token.text != ",":
                if predicate is None:
                    predicate = ox.NamedNode(f"{RDF}type") if token.text == "a" else self._term(token)
                    continue
                value, inner = self._object(token)
                yield Statement(subject, predicate, value, token.line)
                yield from inner

    def _object(self, token: Token) -> tuple[Node, list[Statement]]:
        if token.text == "[" and token.kind == "mark":
            return None, list(self._properties(None, "]"))
        if token.text == "(" and token.kind == "mark":
            found: list[Statement] = []
            while (member := self._next()) is not None and member.text != ")":
                found += self._object(member)[1]
            return None, found
        return self._term(token), []

    def _term(self, token: Token) -> Node:
        if token.kind == "iri":
            return ox.NamedNode(self._resolved(token))
        if token.kind == "string":
            return self._literal(token)
        prefix, colon, local = token.text.partition(":")
        if colon:
            namespace = self._prefixes.get(prefix)
            return ox.NamedNode(namespace + re.sub(r"\\(.)", r"\1", local)) if namespace is not None else None
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


def statements(content: bytes, base: str | None = None) -> list[Statement]:
    """Return the statements of a well-formed Turtle file with their lines."""
    return list(_Reader(content.decode("utf-8-sig"), base or "").statements())


class _File:
    """One file whose statements are read when first asked for."""

    def __init__(self, file: GraphFile) -> None:
        self.path = file.path
        self.graph = file.graph
        self.content = file.content
        self._base = file.base
        self._is_turtle = file.is_turtle

    @cached_property
    def statements(self) -> list[Statement]:
        return statements(self.content, self._base) if self._is_turtle else []


class Positions:
    """Finds the place of statements in the files of a dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self._files = [_File(file) for file in dataset.files]

    def place(
        self,
        subject: str,
        predicate: str | None = None,
        value: Term | None = None,
        graph: str | None = None,
    ) -> Place | None:
        """Return where a statement stands.

        Args:
            subject: IRI of the thing.
            predicate: IRI of the property, if one is meant.
            value: the object, if one is meant.
            graph: IRI of the named graph, if one is meant.

        Returns:
            the line of the statement, else of the first one with that property, else of the subject; None
            if no file has a statement about the subject.
        """
        about = [
            (file.path, one)
            for file in self._mentioning(subject)
            if graph in {None, file.graph}
            for one in file.statements
            if isinstance(one.subject, ox.NamedNode) and one.subject.value == subject
        ]
        tests: tuple[Callable[[Statement], bool], ...] = (
            lambda one: _named(one.predicate) == predicate and value is not None and one.value == value,
            lambda one: _named(one.predicate) == predicate,
            lambda _: True,
        )
        for test in tests:
            for path, one in about:
                if test(one):
                    return Place(path, one.line)
        return None

    def blank_lines(self, path: str) -> list[int]:
        """Return the lines of a file on which a blank node or list is written."""
        found = {
            one.line
            for file in self._files
            if file.path == path
            for one in file.statements
            if one.subject is None or one.value is None
        }
        return sorted(found)

    def _mentioning(self, subject: str) -> Iterator[_File]:
        end = re.split(r"[/#:]", subject)[-1].encode()
        return (file for file in self._files if end in file.content)


def _named(node: Node) -> str | None:
    return node.value if isinstance(node, ox.NamedNode) else None
