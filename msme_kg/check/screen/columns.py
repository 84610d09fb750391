"""A graph as columns of numbers with sorted indexes: what was read, what is added, what is taken away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.check.screen.terms import BLANK, LITERAL, Ids, Terms
from msme_kg.check.screen.tree import Term
from msme_kg.names import RDF, RDFS

Truths = NDArray[np.bool_]
_TYPE = ox.NamedNode(f"{RDF}type")
_SUBCLASS = ox.NamedNode(f"{RDFS}subClassOf")
_NONE = np.empty(0, dtype=np.int64)
_COLUMNS = ("subjects", "objects", "by_objects", "by_subjects", "predicates", "starts")


class Table:
    """Statements sorted by predicate, then by subject, and again by object; each stands once."""

    def __init__(self, columns: Mapping[str, NDArray[Any]]) -> None:
        self._columns = columns
        starts = [*columns["starts"].tolist(), len(columns["subjects"])]
        self._ranges = dict(zip(columns["predicates"].tolist(), pairwise(starts), strict=True))

    @classmethod
    def of(cls, rows: NDArray[Any]) -> Table:
        """Return the table of statements, given as rows of three numbers."""
        subjects, predicates, objects = rows[:, 0], rows[:, 1], rows[:, 2]
        order = np.lexsort((objects, subjects, predicates))
        found = rows[order]
        if len(order):
            new = np.ones(len(order), dtype=bool)
            new[1:] = (found[1:] != found[:-1]).any(axis=1)
            found = found[new]
        subjects, predicates, objects = found[:, 0], found[:, 1], found[:, 2]
        back = np.lexsort((subjects, objects, predicates))
        names, starts = np.unique(predicates, return_index=True)
        columns = (subjects, objects, objects[back], subjects[back], names, starts)
        return cls(
            {name: np.ascontiguousarray(one, np.int32) for name, one in zip(_COLUMNS, columns, strict=True)}
        )

    @classmethod
    def stored(cls, stored: Mapping[str, memoryview]) -> Table:
        """Return what ``parts`` made bytes of."""
        return cls({name: np.frombuffer(stored[name], np.int32) for name in _COLUMNS})

    def parts(self) -> dict[str, bytes | memoryview]:
        """Return everything as bytes, for a cache."""
        return {name: self._columns[name].tobytes() for name in _COLUMNS}

    def predicates(self) -> Iterator[int]:
        """Yield the predicates."""
        yield from self._ranges

    def of_predicate(self, predicate: int, *, inverse: bool = False) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return subjects and objects of one predicate, sorted; or objects and subjects."""
        start, end = self._ranges.get(predicate, (0, 0))
        first, second = ("by_objects", "by_subjects") if inverse else ("subjects", "objects")
        return self._columns[first][start:end], self._columns[second][start:end]

    def follow(self, predicate: int, nodes: Ids, *, inverse: bool) -> tuple[Ids, Ids]:
        """Return pairs of place in `nodes` and value."""
        keys, values = self.of_predicate(predicate, inverse=inverse)
        if not len(keys) or not len(nodes):
            return _NONE, _NONE
        wanted = nodes.astype(np.int32)
        left = np.searchsorted(keys, wanted, "left")
        counts = np.searchsorted(keys, wanted, "right") - left
        total = int(counts.sum())
        if not total:
            return _NONE, _NONE
        rows = np.repeat(np.arange(len(nodes), dtype=np.int64), counts)
        before = np.cumsum(counts) - counts
        places = np.arange(total, dtype=np.int64) + np.repeat(left - before, counts)
        return rows, values[places].astype(np.int64)


class Columns:
    """Statements as columns of numbers.

    Attributes:
        terms: the terms that the numbers stand for.
    """

    def __init__(self, terms: Terms, read: Table, added: Table | None = None, removed: Ids = _NONE) -> None:
        """Take statements that were read, and what a change does to them.

        Args:
            terms: all terms of all of them.
            read: the statements.
            added: statements that come to them.
            removed: rows of three numbers, the statements that go.
        """
        self.terms = terms
        self.size = max(1, len(terms))
        self._tables = [read] if added is None else [read, added]
        self._gone: dict[int, Ids] = {}
        for subject, predicate, value in removed.reshape(-1, 3).tolist():
            pair = subject * self.size + value
            self._gone[predicate] = np.append(self._gone.get(predicate, _NONE), pair)
        self._instances: dict[int, Ids] = {}

    def follow(self, predicate: Term, nodes: Ids, *, inverse: bool = False) -> tuple[Ids, Ids]:
        """Return pairs of place in `nodes` and value, over one predicate."""
        number = self.terms.number(predicate)
        return self.follow_number(number, nodes, inverse=inverse) if number >= 0 else (_NONE, _NONE)

    def follow_number(self, predicate: int, nodes: Ids, *, inverse: bool = False) -> tuple[Ids, Ids]:
        """Return pairs of place in `nodes` and value, over a predicate given by its number."""
        found = [table.follow(predicate, nodes, inverse=inverse) for table in self._tables]
        rows, values = found[0] if len(found) == 1 else map(np.concatenate, zip(*found, strict=True))
        if predicate in self._gone:
            starts = nodes[rows]
            kept = self._kept(predicate, values if inverse else starts, starts if inverse else values)
            rows, values = rows[kept], values[kept]
        return rows, values

    def _kept(self, predicate: int, subjects: Ids, objects: Ids) -> Truths:
        return ~np.isin(subjects * self.size + objects, self._gone[predicate])

    def has(self, rows: NDArray[np.int64]) -> Truths:
        """Tell which statements, given as rows of three numbers, are among these."""
        found = np.zeros(len(rows), dtype=bool)
        for predicate in np.unique(rows[:, 1]).tolist():
            places = np.flatnonzero(rows[:, 1] == predicate)
            at, values = self.follow_number(predicate, rows[places, 0], inverse=False)
            found[places[at[rows[places[at], 2] == values]]] = True
        return found

    def pairs(self, predicate: int) -> tuple[Ids, Ids]:
        """Return subjects and objects of all statements of a predicate."""
        found = [table.of_predicate(predicate) for table in self._tables]
        subjects, objects = (np.concatenate(one).astype(np.int64) for one in zip(*found, strict=True))
        if predicate in self._gone:
            kept = self._kept(predicate, subjects, objects)
            subjects, objects = subjects[kept], objects[kept]
        return subjects, objects

    def predicates(self) -> list[int]:
        """Return the predicates of all statements, sorted."""
        return sorted({one for table in self._tables for one in table.predicates()})

    def subjects(self, predicate: Term) -> Ids:
        """Return the subjects of a predicate, each once."""
        return distinct(self.pairs(self.terms.number(predicate))[0])

    def objects(self, predicate: Term) -> Ids:
        """Return the objects of a predicate, each once."""
        return distinct(self.pairs(self.terms.number(predicate))[1])

    def instances(self, cls: Term) -> Ids:
        """Return the instances of a class and of its subclasses, sorted."""
        number = self.terms.number(cls)
        if number not in self._instances:
            seen = fresh = np.array([number] if number >= 0 else [], dtype=np.int64)
            while len(fresh):
                fresh = np.setdiff1d(self.follow(_SUBCLASS, fresh, inverse=True)[1], seen)
                seen = np.union1d(seen, fresh)
            self._instances[number] = distinct(self.follow(_TYPE, seen, inverse=True)[1])
        return self._instances[number]

    def have_class(self, nodes: Ids, cls: Term) -> Truths:
        """Tell which nodes are instances of a class or of its subclasses."""
        found: Truths = among(nodes, self.instances(cls)) & (self.terms.kinds[nodes] != LITERAL)
        return found

    def have_others(self, nodes: Ids, allowed: Ids) -> Truths:
        """Tell which nodes, each once and sorted, are subjects of other predicates than those allowed."""
        found = np.zeros(len(nodes), dtype=bool)
        for predicate in set(self.predicates()) - set(allowed.tolist()):
            found[self.follow_number(predicate, nodes, inverse=False)[0]] = True
        return found

    def are_strange(self, nodes: Ids) -> Truths:
        """Tell which nodes are blank and not in the data: in words about them pySHACL may stop."""
        strange: Truths = self.terms.kinds[nodes] == BLANK
        for place in np.flatnonzero(strange).tolist():
            node = nodes[place : place + 1]
            ways = ((predicate, way) for predicate in self.predicates() for way in (False, True))
            strange[place] = not any(len(self.follow_number(one, node, inverse=way)[0]) for one, way in ways)
        return strange


def encoded(files: Iterable[Iterable[ox.Quad]]) -> tuple[list[Term], list[int], NDArray[np.int32]]:
    """Return the statements of files as rows of three numbers.

    Returns:
        the terms by number; after each file, how many terms there were; the rows.
    """
    numbers: dict[Term, int] = {}
    number = numbers.setdefault
    flat: list[int] = []
    ends: list[int] = []
    for quads in files:
        flat += [
            number(term, len(numbers))  # type: ignore[arg-type]  # no triples: told from the text, not a million times
            for quad in quads
            for term in (quad.subject, quad.predicate, quad.object)
        ]
        ends.append(len(numbers))
    return list(numbers), ends, np.array(flat, dtype=np.int32).reshape(-1, 3)


def distinct(numbers: NDArray[Any]) -> NDArray[Any]:
    """Return numbers sorted, each once; on many numbers this is faster than numpy's own."""
    found = np.sort(numbers)
    if len(found):
        new = np.ones(len(found), dtype=bool)
        new[1:] = found[1:] != found[:-1]
        found = found[new]
    return found


def among(values: Ids, members: Ids) -> Truths:
    """Tell which values are among members, which are sorted."""
    if not len(members):
        return np.zeros(len(values), dtype=bool)
    places = np.searchsorted(members, values)
    places[places == len(members)] = 0
    found: Truths = members[places] == values
    return found
