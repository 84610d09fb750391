"""A graph as columns of numbers, each term having one, with sorted indexes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.check.screen import facts
from msme_kg.check.screen.tree import Term
from msme_kg.names import RDF

Ids = NDArray[np.int64]
States = NDArray[np.int8]
IRI, BLANK, LITERAL = 0, 1, 2
_KINDS = {ox.NamedNode: IRI, ox.BlankNode: BLANK, ox.Literal: LITERAL}
_TYPE = ox.NamedNode(f"{RDF}type")
_SUBCLASS = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
_NONE = np.empty(0, dtype=np.int64)


class Columns:
    """Statements as three columns of term numbers."""

    def __init__(self, quads: Iterable[ox.Quad | ox.Triple], constants: Iterable[Term] = ()) -> None:
        """Give each term of statements and of shapes a number.

        Args:
            quads: the statements; graph names do not matter.
            constants: terms that shapes compare with.
        """
        numbers: dict[Term, int] = {}
        number = numbers.setdefault
        flat = [
            number(term, len(numbers))  # type: ignore[arg-type]  # no terms that are triples
            for quad in quads
            for term in (quad.subject, quad.predicate, quad.object)
        ]
        self._strange = len(numbers)
        for term in constants:
            number(term, len(numbers))
        self.numbers = numbers
        self.terms: list[Term] = list(numbers)
        self.size = max(1, len(numbers))
        table = np.array(flat, dtype=np.int64).reshape(-1, 3)
        self._forward = _Index(table[:, 1], table[:, 0], table[:, 2])
        self._backward = _Index(table[:, 1], table[:, 2], table[:, 0])
        self._instances: dict[Term, Ids] = {}

    def follow(self, predicate: Term, nodes: Ids, *, inverse: bool = False) -> tuple[Ids, Ids]:
        """Return pairs of place in `nodes` and value, over one predicate."""
        number = self.numbers.get(predicate)
        if number is None or not len(nodes):
            return _NONE, _NONE
        return (self._backward if inverse else self._forward).follow(number, nodes)

    def subjects(self, predicate: Term) -> Ids:
        """Return the subjects of a predicate, each once."""
        number = self.numbers.get(predicate)
        return _NONE if number is None else np.unique(self._forward.of(number)[0])

    def objects(self, predicate: Term) -> Ids:
        """Return the objects of a predicate, each once."""
        number = self.numbers.get(predicate)
        return _NONE if number is None else np.unique(self._backward.of(number)[0])

    def instances(self, cls: Term) -> Ids:
        """Return the instances of a class and of its subclasses, sorted."""
        if cls not in self._instances:
            number = self.numbers.get(cls)
            if number is None:
                self._instances[cls] = _NONE
            else:
                seen = fresh = np.array([number], dtype=np.int64)
                while len(fresh):
                    fresh = np.setdiff1d(self.follow(_SUBCLASS, fresh, inverse=True)[1], seen)
                    seen = np.union1d(seen, fresh)
                self._instances[cls] = np.unique(self.follow(_TYPE, seen, inverse=True)[1])
        return self._instances[cls]

    def is_strange(self, nodes: Ids) -> NDArray[np.bool_]:
        """Tell which nodes are blank and not in the data: in words about them pySHACL may stop."""
        blank: NDArray[np.bool_] = self.kinds[nodes] == BLANK
        return blank & (nodes >= self._strange)

    @cached_property
    def predicates(self) -> tuple[Ids, Ids]:
        """Return subject and predicate of all statements, sorted by subject."""
        subjects, predicates = self._forward.second, self._forward.first
        order = np.argsort(subjects, kind="stable")
        return subjects[order], predicates[order]

    @cached_property
    def kinds(self) -> NDArray[np.uint8]:
        """Return the node kind of each term."""
        return np.fromiter((_KINDS[type(term)] for term in self.terms), np.uint8, len(self.terms))

    @cached_property
    def languages(self) -> tuple[Ids, list[str]]:
        """Return a number for the language of each term (-1: none), and the tags in lower case."""
        tags: dict[str, int] = {}
        codes = np.full(len(self.terms), -1, dtype=np.int64)
        for number in np.flatnonzero(self.kinds == LITERAL).tolist():
            tag = self.terms[number].language  # type: ignore[union-attr]
            if tag:
                codes[number] = tags.setdefault(tag.lower(), len(tags))
        return codes, list(tags)

    @cached_property
    def datatypes(self) -> tuple[Ids, dict[str, int]]:
        """Return a number for the datatype of each term (-1: no literal), and the numbers by IRI."""
        names: dict[str, int] = {}
        codes = np.full(len(self.terms), -1, dtype=np.int64)
        for number in np.flatnonzero(self.kinds == LITERAL).tolist():
            codes[number] = names.setdefault(self.terms[number].datatype.value, len(names))  # type: ignore[union-attr]
        return codes, names

    @cached_property
    def order(self) -> tuple[NDArray[np.int8], Ids]:
        """Return the comparable kind of each term (0: none) and its rank among those of its kind."""
        found = {
            number: pair
            for number in np.flatnonzero(self.kinds == LITERAL).tolist()
            if (pair := facts.comparable(self.terms[number])) is not None  # type: ignore[arg-type]
        }
        kinds = np.zeros(len(self.terms), dtype=np.int8)
        ranks = np.zeros(len(self.terms), dtype=np.int64)
        for kind in (facts.NUMBER, facts.DATE):
            values = sorted({value for one, value in found.values() if one == kind})
            places = {value: place for place, value in enumerate(values)}
            for number, (one, value) in found.items():
                if one == kind:
                    kinds[number], ranks[number] = kind, places[value]
        return kinds, ranks


class _Index:
    """Statements sorted by predicate, then by subject or object."""

    def __init__(self, predicates: Ids, keys: Ids, values: Ids) -> None:
        order = np.lexsort((values, keys, predicates))
        first, second, third = predicates[order], keys[order], values[order]
        if len(order):
            new = np.ones(len(order), dtype=bool)
            new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1]) | (third[1:] != third[:-1])
            first, second, third = first[new], second[new], third[new]
        self.first, self.second, self.third = first, second, third
        names, starts = np.unique(first, return_index=True)
        ends = [*starts.tolist()[1:], len(first)]
        self._ranges = dict(zip(names.tolist(), zip(starts.tolist(), ends, strict=True), strict=True))

    def of(self, predicate: int) -> tuple[Ids, Ids]:
        """Return keys and values of one predicate, sorted."""
        start, end = self._ranges.get(predicate, (0, 0))
        return self.second[start:end], self.third[start:end]

    def follow(self, predicate: int, nodes: Ids) -> tuple[Ids, Ids]:
        """Return pairs of place in `nodes` and value."""
        keys, values = self.of(predicate)
        if not len(keys):
            return _NONE, _NONE
        left = np.searchsorted(keys, nodes, "left")
        counts = np.searchsorted(keys, nodes, "right") - left
        total = int(counts.sum())
        if not total:
            return _NONE, _NONE
        rows = np.repeat(np.arange(len(nodes), dtype=np.int64), counts)
        before = np.cumsum(counts) - counts
        return rows, values[np.arange(total, dtype=np.int64) + np.repeat(left - before, counts)]
