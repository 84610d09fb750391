"""A property path as SPARQL writes it, in the nodes by which SHACL states it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from msme_kg.namespaces import RDF, SHACL, Prefixes

_TOKEN = re.compile(r"<[^<>]*>|[()^|/*+?]|[^()^|/*+?<>\s]+")
_AFTER = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}

Node = ox.NamedNode | ox.BlankNode


class PathReader:
    """Reads a path; its quads are complete when its node is there.

    Attributes:
        quads: what states the path.
    """

    def __init__(self, text: str, prefixes: Prefixes, names: Iterator[ox.BlankNode]) -> None:
        self.quads: list[ox.Quad] = []
        self._tokens = _TOKEN.findall(text)
        self._whole = "".join(self._tokens) == text
        self._prefixes = prefixes
        self._names = names

    def node(self) -> Node | None:
        """Return the node of the path; None if the text is none."""
        if not self._whole:
            return None
        try:
            found = self._alternatives()
        except ValueError:
            return None
        return None if self._tokens else found

    def _next(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def _took(self, token: str) -> bool:
        if self._next() != token:
            return False
        del self._tokens[0]
        return True

    def _alternatives(self) -> Node:
        members = [self._sequence()]
        while self._took("|"):
            members.append(self._sequence())
        return members[0] if len(members) == 1 else self._about("alternativePath", self._list(members))

    def _sequence(self) -> Node:
        members = [self._step()]
        while self._took("/"):
            members.append(self._step())
        return members[0] if len(members) == 1 else self._list(members)

    def _step(self) -> Node:
        if self._took("^"):
            return self._about("inversePath", self._step())
        if self._took("("):
            node = self._alternatives()
            if not self._took(")"):
                raise ValueError
        else:
            node = self._predicate()
        name = _AFTER.get(self._next())
        return self._about(name, node) if name and self._took(self._next()) else node

    def _predicate(self) -> ox.NamedNode:
        text = self._next()
        iri = text[1:-1] if text.startswith("<") else self._prefixes.expand(text) or text
        del self._tokens[:1]
        return ox.NamedNode(iri)

    def _about(self, name: str, value: Node) -> ox.BlankNode:
        node = next(self._names)
        self.quads.append(ox.Quad(node, ox.NamedNode(f"{SHACL}{name}"), value))
        return node

    def _list(self, members: list[Node]) -> Node:
        rest: Node = ox.NamedNode(f"{RDF}nil")
        for member in reversed(members):
            cell = next(self._names)
            self.quads.append(ox.Quad(cell, ox.NamedNode(f"{RDF}first"), member))
            self.quads.append(ox.Quad(cell, ox.NamedNode(f"{RDF}rest"), rest))
            rest = cell
        return rest
