"""Blank nodes for people: lists and square brackets within the statement that they hang from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

import pyoxigraph as ox

from msme_kg.namespaces import RDF
from msme_kg.rdf.terms import Resource, Term, ordered, parts

_FIRST, _REST, _NIL = (ox.NamedNode(f"{RDF}{name}") for name in ("first", "rest", "nil"))
_DEEPEST = 20
"""How deep brackets nest; what would lie deeper stands apart."""


class Brackets:
    """Shows blank nodes: what is used once stands there; all else has a number and stands apart."""

    def __init__(
        self,
        quads: Iterable[ox.Quad],
        name: Callable[[str], str],
        term: Callable[[ox.NamedNode | ox.Literal], str],
    ) -> None:
        """Choose what stands where.

        Args:
            quads: the statements that are shown together.
            name: what stands for the IRI of a property.
            term: what stands for a term that is not a blank node.
        """
        self._name, self._term = name, term
        self._of: dict[Resource, list[ox.Quad]] = defaultdict(list)
        self._uses: Counter[object] = Counter()
        for quad in ordered(quads):
            subject, _, value = parts(quad)
            self._of[subject].append(quad)
            self._uses[value] += 1
        self._within: set[Resource] = set()
        self._numbers: dict[ox.BlankNode, int] = {}
        for subject in list(self._of):
            if isinstance(subject, ox.NamedNode) or self._uses[subject] != 1:
                self._place(subject)
        for subject in list(self._of):  # what is left goes in circles
            if subject not in self._within and subject not in self._numbers:
                self._place(subject)

    def stands_apart(self, node: ox.BlankNode) -> bool:
        """Tell whether the statements about a node are shown by themselves."""
        return node not in self._within

    def is_used(self, node: ox.BlankNode) -> bool:
        """Tell whether a statement points to a node."""
        return self._uses[node] > 0

    def text(self, node: ox.BlankNode) -> str:
        """Return what stands for a node: itself, if it is used once, else its number."""
        if node not in self._within:
            return f"_:b{self._numbers.setdefault(node, len(self._numbers))}"
        cells = self._cells(node)
        if cells is not None:
            return f"( {' '.join(self._value(self._first(cell)) for cell in cells)} )"
        said = [
            f"{self._name(quad.predicate.value)} {self._value(parts(quad)[2])}"
            for quad in self._of.get(node, ())
        ]
        return f"[ {' ; '.join(said)} ]" if said else "[]"

    def _value(self, value: Term) -> str:
        return self.text(value) if isinstance(value, ox.BlankNode) else self._term(value)

    def _place(self, start: Resource) -> None:
        """Let a node stand apart, and within its statements what is used there alone and not too deep."""
        if isinstance(start, ox.BlankNode):
            self._numbers.setdefault(start, len(self._numbers))
        waiting: list[tuple[Resource, int]] = [(start, 0)]
        while waiting:
            node, depth = waiting.pop()
            cells = self._cells(node) if node in self._within else None
            self._within.update(cells or ())
            for value in (
                map(self._first, cells) if cells else (parts(quad)[2] for quad in self._of.get(node, ()))
            ):
                if not isinstance(value, ox.BlankNode) or value in self._numbers or self._uses[value] > 1:
                    continue
                if depth < _DEEPEST:
                    self._within.add(value)
                    waiting.append((value, depth + 1))
                else:
                    self._numbers[value] = len(self._numbers)
                    waiting.append((value, 0))

    def _first(self, cell: Resource) -> Term:
        return next(parts(quad)[2] for quad in self._of[cell] if quad.predicate == _FIRST)

    def _cells(self, node: Resource) -> list[Resource] | None:
        """Return the cells of a well-formed list; None if a node is not the first one of such."""
        cells: dict[Resource, None] = {}
        cell: Term = node
        while cell != _NIL:
            if not isinstance(cell, ox.BlankNode) or cell in cells or (cells and self._uses[cell] != 1):
                return None
            said = {quad.predicate: parts(quad)[2] for quad in self._of.get(cell, ())}
            if set(said) != {_FIRST, _REST} or len(self._of[cell]) != 2:
                return None
            cells[cell] = None
            cell = said[_REST]
        return list(cells)
