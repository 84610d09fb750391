"""Blank nodes for people: lists and square brackets within the statement that they hang from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

import pyoxigraph as ox

from msme_kg.namespaces import RDF
from msme_kg.rdf.terms import Resource, Term, sort_quads, split_quad

_FIRST, _REST, _NIL = (ox.NamedNode(f"{RDF}{name}") for name in ("first", "rest", "nil"))
_MAX_DEPTH = 20
"""How deep brackets nest; what would lie deeper stands apart."""


class BnodeNotation:
    """Shows blank nodes: what is used once stands there; all else has a number and stands apart."""

    def __init__(
        self,
        quads: Iterable[ox.Quad],
        format_iri: Callable[[str], str],
        format_term: Callable[[ox.NamedNode | ox.Literal], str],
    ) -> None:
        """Choose what stands where.

        Args:
            quads: the statements that are shown together.
            format_iri: what stands for the IRI of a property.
            format_term: what stands for a term that is not a blank node.
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
        for subject in list(self._quads_by_subject):  # what is left goes in circles
            if subject not in self._nested_nodes and subject not in self._node_numbers:
                self._assign_nesting(subject)

    def is_top_level(self, node: ox.BlankNode) -> bool:
        """Tell whether the statements about a node are shown by themselves."""
        return node not in self._nested_nodes

    def is_referenced(self, node: ox.BlankNode) -> bool:
        """Tell whether a statement points to a node."""
        return self._reference_counts[node] > 0

    def format_node(self, node: ox.BlankNode) -> str:
        """Return what stands for a node: itself, if it is used once, else its number."""
        if node not in self._nested_nodes:
            return f"_:b{self._node_numbers.setdefault(node, len(self._node_numbers))}"
        cells = self._collect_list_nodes(node)
        if cells is not None:
            return f"( {' '.join(self._format_value(self._get_list_member(cell)) for cell in cells)} )"
        said = [
            f"{self._format_iri(quad.predicate.value)} {self._format_value(split_quad(quad)[2])}"
            for quad in self._quads_by_subject.get(node, ())
        ]
        return f"[ {' ; '.join(said)} ]" if said else "[]"

    def _format_value(self, value: Term) -> str:
        return self.format_node(value) if isinstance(value, ox.BlankNode) else self._format_term(value)

    def _assign_nesting(self, start: Resource) -> None:
        """Let a node stand apart, and within its statements what is used there alone and not too deep."""
        if isinstance(start, ox.BlankNode):
            self._node_numbers.setdefault(start, len(self._node_numbers))
        waiting: list[tuple[Resource, int]] = [(start, 0)]
        while waiting:
            node, depth = waiting.pop()
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
                    waiting.append((value, depth + 1))
                else:
                    self._node_numbers[value] = len(self._node_numbers)
                    waiting.append((value, 0))

    def _get_list_member(self, cell: Resource) -> Term:
        return next(split_quad(quad)[2] for quad in self._quads_by_subject[cell] if quad.predicate == _FIRST)

    def _collect_list_nodes(self, node: Resource) -> list[Resource] | None:
        """Return the cells of a well-formed list; None if a node is not the first one of such."""
        cells: dict[Resource, None] = {}
        cell: Term = node
        while cell != _NIL:
            if (
                not isinstance(cell, ox.BlankNode)
                or cell in cells
                or (cells and self._reference_counts[cell] != 1)
            ):
                return None
            said = {quad.predicate: split_quad(quad)[2] for quad in self._quads_by_subject.get(cell, ())}
            if set(said) != {_FIRST, _REST} or len(self._quads_by_subject[cell]) != 2:
                return None
            cells[cell] = None
            cell = said[_REST]
        return list(cells)
