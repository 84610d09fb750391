"""Parser of SPARQL property paths (SPARQL 1.1 §9.1) into the triples of SHACL paths (SHACL §2.3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from msme_kg.namespaces import RDF, SHACL, PrefixMap

_TOKEN = re.compile(r"<[^<>]*>|[()^|/*+?]|[^()^|/*+?<>\s]+")
_PATH_MODIFIERS = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}

PathNode = ox.NamedNode | ox.BlankNode


class PropertyPathParser:
    """Recursive-descent parser of one property path.

    Attributes:
        quads: the triples of the path; complete after ``parse``.
    """

    def __init__(self, text: str, prefixes: PrefixMap, fresh_bnodes: Iterator[ox.BlankNode]) -> None:
        self.quads: list[ox.Quad] = []
        self._tokens = _TOKEN.findall(text)
        self._is_lexically_valid = "".join(self._tokens) == text
        self._prefixes = prefixes
        self._fresh_bnodes = fresh_bnodes

    def parse(self) -> PathNode | None:
        """Return the node of the path; None if the text is not a property path."""
        if not self._is_lexically_valid:
            return None
        try:
            node = self._parse_alternatives()
        except ValueError:
            return None
        return None if self._tokens else node

    def _peek_token(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def _accept_token(self, token: str) -> bool:
        if self._peek_token() != token:
            return False
        del self._tokens[0]
        return True

    def _parse_alternatives(self) -> PathNode:
        members = [self._parse_sequence()]
        while self._accept_token("|"):
            members.append(self._parse_sequence())
        return (
            members[0]
            if len(members) == 1
            else self._add_path_node("alternativePath", self._add_list(members))
        )

    def _parse_sequence(self) -> PathNode:
        members = [self._parse_path_element()]
        while self._accept_token("/"):
            members.append(self._parse_path_element())
        return members[0] if len(members) == 1 else self._add_list(members)

    def _parse_path_element(self) -> PathNode:
        if self._accept_token("^"):
            return self._add_path_node("inversePath", self._parse_path_element())
        if self._accept_token("("):
            node = self._parse_alternatives()
            if not self._accept_token(")"):
                raise ValueError
        else:
            node = self._parse_predicate()
        name = _PATH_MODIFIERS.get(self._peek_token())
        return self._add_path_node(name, node) if name and self._accept_token(self._peek_token()) else node

    def _parse_predicate(self) -> ox.NamedNode:
        text = self._peek_token()
        iri = text[1:-1] if text.startswith("<") else self._prefixes.expand(text) or text
        del self._tokens[:1]
        return ox.NamedNode(iri)

    def _add_path_node(self, name: str, value: PathNode) -> ox.BlankNode:
        node = next(self._fresh_bnodes)
        self.quads.append(ox.Quad(node, ox.NamedNode(f"{SHACL}{name}"), value))
        return node

    def _add_list(self, members: list[PathNode]) -> PathNode:
        rest: PathNode = ox.NamedNode(f"{RDF}nil")
        for member in reversed(members):
            cell = next(self._fresh_bnodes)
            self.quads.append(ox.Quad(cell, ox.NamedNode(f"{RDF}first"), member))
            self.quads.append(ox.Quad(cell, ox.NamedNode(f"{RDF}rest"), rest))
            rest = cell
        return rest
