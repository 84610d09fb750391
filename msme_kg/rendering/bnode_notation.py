"""Display of blank nodes as nested brackets and lists (RDF 1.1 Turtle §2.7, §2.8)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

import pyoxigraph as ox

from msme_kg.namespaces import RDF
from msme_kg.rdf.ntriples import sort_quads
from msme_kg.rdf.terms import Resource, Term, split_quad

_FIRST, _REST, _NIL = (ox.NamedNode(f"{RDF}{name}") for name in ("first", "rest", "nil"))
_MAX_DEPTH = 20
"""Depth of nesting; deeper blank nodes are shown at the top level with a number."""


class BnodeNotation:
    """Notation of blank nodes: nested where referenced once, else numbered at the top level."""

    def __init__(
        self,
        quads: Iterable[ox.Quad],
        format_iri: Callable[[str], str],
        format_term: Callable[[ox.NamedNode | ox.Literal], str],
    ) -> None:
        """Decide which blank nodes are nested.

        Args:
            quads: the statements that are shown together.
            format_iri: formats the IRI of a property.
            format_term: formats a term that is not a blank node.
        """
        self._format_iri, self._format_term = format_iri, format_term
        self._quads_by_subject: dict[Resource, list[ox.Quad]] = defaultdict(list)
        self._reference_counts: Counter[object] = Counter()
        for quad in sort_quads(quads):
            subject, _, value = split_quad(quad)
            self._quads_by_subject[subject].append(quad)
            self._reference_counts[value] += 1
        self._nested_nodes: set[Resource] = set()
        self._node_numbers: dict[ox.BlankNode, int] = {}
        for subject in list(self._quads_by_subject):
            if isinstance(subject, ox.NamedNode) or self._reference_counts[subject] != 1:
                self._assign_nesting(subject)
        for subject in list(self._quads_by_subject):  # the rest are cycles
            if subject not in self._nested_nodes and subject not in self._node_numbers:
                self._assign_nesting(subject)

    def is_top_level(self, node: ox.BlankNode) -> bool:
        """Tell whether the statements about a node are shown at the top level."""
        return node not in self._nested_nodes

    def is_referenced(self, node: ox.BlankNode) -> bool:
        """Tell whether a node is the object of a statement."""
        return self._reference_counts[node] > 0

    def format_node(self, node: ox.BlankNode) -> str:
        """Return a nested node in brackets or as a list, else its numbered label."""
        if node not in self._nested_nodes:
            return f"_:b{self._node_numbers.setdefault(node, len(self._node_numbers))}"
        cells = self._collect_list_nodes(node)
        if cells is not None:
            return f"( {' '.join(self._format_value(self._get_list_member(cell)) for cell in cells)} )"
        statements = [
            f"{self._format_iri(quad.predicate.value)} {self._format_value(split_quad(quad)[2])}"
            for quad in self._quads_by_subject.get(node, ())
        ]
        return f"[ {' ; '.join(statements)} ]" if statements else "[]"

    def _format_value(self, value: Term) -> str:
        return self.format_node(value) if isinstance(value, ox.BlankNode) else self._format_term(value)

    def _assign_nesting(self, start: Resource) -> None:
        """Place a node at the top level and nest the nodes that only it references, down to a depth."""
        if isinstance(start, ox.BlankNode):
            self._node_numbers.setdefault(start, len(self._node_numbers))
        pending: list[tuple[Resource, int]] = [(start, 0)]
        while pending:
            node, depth = pending.pop()
            cells = self._collect_list_nodes(node) if node in self._nested_nodes else None
            self._nested_nodes.update(cells or ())
            for value in (
                map(self._get_list_member, cells)
                if cells
                else (split_quad(quad)[2] for quad in self._quads_by_subject.get(node, ()))
            ):
                if (
                    not isinstance(value, ox.BlankNode)
                    or value in self._node_numbers
                    or self._reference_counts[value] > 1
                ):
                    continue
                if depth < _MAX_DEPTH:
                    self._nested_nodes.add(value)
                    pending.append((value, depth + 1))
                else:
                    self._node_numbers[value] = len(self._node_numbers)
                    pending.append((value, 0))

    def _get_list_member(self, cell: Resource) -> Term:
        return next(split_quad(quad)[2] for quad in self._quads_by_subject[cell] if quad.predicate == _FIRST)

    def _collect_list_nodes(self, node: Resource) -> list[Resource] | None:
        """Return the nodes of the well-formed list that starts at a node; None if there is none."""
        cells: dict[Resource, None] = {}
        cell: Term = node
        while cell != _NIL:
            if (
                not isinstance(cell, ox.BlankNode)
                or cell in cells
                or (cells and self._reference_counts[cell] != 1)
            ):
                return None
            values = {quad.predicate: split_quad(quad)[2] for quad in self._quads_by_subject.get(cell, ())}
            if set(values) != {_FIRST, _REST} or len(self._quads_by_subject[cell]) != 2:
                return None
            cells[cell] = None
            cell = values[_REST]
        return list(cells)
