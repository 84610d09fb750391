"""A graph as columns of numbers with sorted indexes: what was read, what is added, what is taken away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, pairwise
from typing import Any

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.namespaces import RDF, RDFS
from msme_kg.shacl.model import Term
from msme_kg.shacl.term_dictionary import BLANK, LITERAL, Ids, TermDictionary

BooleanMask = NDArray[np.bool_]
_TYPE = ox.NamedNode(f"{RDF}type")
_SUBCLASS = ox.NamedNode(f"{RDFS}subClassOf")
_NO_IDS = np.empty(0, dtype=np.int64)
_COLUMN_NAMES = (
    "subjects",
    "objects",
    "by_objects",
    "by_subjects",
    "predicates",
    "starts",
    "files",
    "others",
)


class TripleTable:
    """Statements sorted by predicate, then by subject, and again by object; each stands once.

    Of each is known which file states it, and of one that several state, which others.
    """

    def __init__(self, columns: Mapping[str, NDArray[Any]]) -> None:
        self._columns = columns
        starts = [*columns["starts"].tolist(), len(columns["subjects"])]
        self._ranges = dict(zip(columns["predicates"].tolist(), pairwise(starts), strict=True))

    @classmethod
    def from_rows(cls, rows: NDArray[Any], files: NDArray[Any] | None = None) -> TripleTable:
        """Return the table of statements.

        Args:
            rows: the statements as rows of three numbers.
            files: for each the number of its file; none: all are of the first.
        """
        files = np.zeros(len(rows), dtype=np.int32) if files is None else files
        columns = [*(np.ascontiguousarray(rows[:, place], np.int32) for place in range(3)), files]
        subjects, predicates, objects, files = columns
        order = np.lexsort((files, objects, subjects, predicates))
        columns = [one[order] for one in columns]
        new = np.ones(len(rows), dtype=bool)
        new[1:] = np.logical_or.reduce([one[1:] != one[:-1] for one in columns[:3]])
        others = np.column_stack([one[~new] for one in columns])
        if len(others):
            columns = [one[new] for one in columns]
        subjects, predicates, objects, files = columns
        back = np.lexsort((subjects, objects, predicates))
        names, starts = np.unique(predicates, return_index=True)
        found = (subjects, objects, objects[back], subjects[back], names, starts, files, others.ravel())
        return cls(
            {
                name: np.ascontiguousarray(one, np.int32)
                for name, one in zip(_COLUMN_NAMES, found, strict=True)
            }
        )

    @classmethod
    def from_buffers(cls, buffers: Mapping[str, memoryview]) -> TripleTable:
        """Return what ``parts`` made bytes of."""
        return cls({name: np.frombuffer(buffers[name], np.int32) for name in _COLUMN_NAMES})

    def to_buffers(self) -> dict[str, bytes | memoryview]:
        """Return everything as bytes, for a cache."""
        return {name: self._columns[name].tobytes() for name in _COLUMN_NAMES}

    def find_quads(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return those of some statements that stand here as rows of four numbers, the last that of a file.

        Args:
            rows: the statements as rows of three numbers; one that several files state comes several times.
        """
        found = [np.empty((0, 4), dtype=np.int64)]
        others = self._columns["others"].reshape(-1, 4)
        for predicate in np.unique(rows[:, 1]).tolist():
            some = rows[rows[:, 1] == predicate]
            wanted = np.unique(_pack_pairs(some[:, 0], some[:, 2]))
            start, end = self._ranges.get(predicate, (0, 0))
            here = _pack_pairs(self._columns["subjects"][start:end], self._columns["objects"][start:end])
            more = others[others[:, 1] == predicate]
            again = np.flatnonzero(find_in_sorted(_pack_pairs(more[:, 0], more[:, 2]), wanted))
            at = np.searchsorted(here, wanted[find_in_sorted(wanted, here)])
            ends = (self._columns[one][start:end][at] for one in ("subjects", "objects", "files"))
            subjects, objects, stating = ends
            found += [np.column_stack([subjects, np.full(len(at), predicate), objects, stating]), more[again]]
        return np.concatenate(found)

    def count_triples(self, file: int) -> int:
        """Return how many statements a file makes."""
        others = self._columns["others"].reshape(-1, 4)
        return int((self._columns["files"] == file).sum() + (others[:, 3] == file).sum())

    def find_subjects(self, files: Sequence[int]) -> Ids:
        """Return what some files state something about, sorted."""
        others = self._columns["others"].reshape(-1, 4)
        wanted = np.zeros(int(self._columns["files"].max(initial=-1)) + 1, dtype=bool)
        wanted[[one for one in files if one < len(wanted)]] = True
        here = wanted[self._columns["files"]]
        also = np.isin(others[:, 3], files)
        return sort_unique(
            np.concatenate([self._columns["subjects"][here], others[also, 0]]).astype(np.int64)
        )

    def iterate_predicates(self) -> Iterator[int]:
        """Yield the predicates."""
        yield from self._ranges

    def select_predicate(self, predicate: int, *, inverse: bool = False) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return subjects and objects of one predicate, sorted; or objects and subjects."""
        start, end = self._ranges.get(predicate, (0, 0))
        first, second = ("by_objects", "by_subjects") if inverse else ("subjects", "objects")
        return self._columns[first][start:end], self._columns[second][start:end]

    def follow(self, predicate: int, nodes: Ids, *, inverse: bool) -> tuple[Ids, Ids]:
        """Return pairs of place in `nodes` and value."""
        keys, values = self.select_predicate(predicate, inverse=inverse)
        if not len(keys) or not len(nodes):
            return _NO_IDS, _NO_IDS
        wanted = nodes.astype(np.int32)
        left = np.searchsorted(keys, wanted, "left")
        counts = np.searchsorted(keys, wanted, "right") - left
        total = int(counts.sum())
        if not total:
            return _NO_IDS, _NO_IDS
        rows = np.repeat(np.arange(len(nodes), dtype=np.int64), counts)
        before = np.cumsum(counts) - counts
        places = np.arange(total, dtype=np.int64) + np.repeat(left - before, counts)
        return rows, values[places].astype(np.int64)


class TripleIndex:
    """Statements as columns of numbers.

    Attributes:
        terms: the terms that the numbers stand for.
    """

    def __init__(
        self,
        terms: TermDictionary,
        base: TripleTable,
        added: TripleTable | None = None,
        removed: Ids = _NO_IDS,
    ) -> None:
        """Take statements that were read, and what a change does to them.

        Args:
            terms: all terms of all of them.
            base: the statements.
            added: statements that come to them.
            removed: rows of three numbers, the statements that go.
        """
        self.terms = terms
        self._tables = [base] if added is None else [base, added]
        self._removed_pairs: dict[int, Ids] = {}
        for predicate in np.unique(removed[:, 1]).tolist() if len(removed) else ():
            some = removed[removed[:, 1] == predicate]
            self._removed_pairs[predicate] = _pack_pairs(some[:, 0], some[:, 2])
        self._instances_by_class: dict[int, Ids] = {}

    @property
    def id_limit(self) -> int:
        """What is greater than each number of a term."""
        return max(1, len(self.terms))

    def follow(self, predicate: Term, nodes: Ids, *, inverse: bool = False) -> tuple[Ids, Ids]:
        """Return pairs of place in `nodes` and value, over one predicate."""
        number = self.terms.get_id(predicate)
        return self.follow_id(number, nodes, inverse=inverse) if number >= 0 else (_NO_IDS, _NO_IDS)

    def follow_id(self, predicate: int, nodes: Ids, *, inverse: bool = False) -> tuple[Ids, Ids]:
        """Return pairs of place in `nodes` and value, over a predicate given by its number."""
        found = [table.follow(predicate, nodes, inverse=inverse) for table in self._tables]
        rows, values = found[0] if len(found) == 1 else map(np.concatenate, zip(*found, strict=True))
        if predicate in self._removed_pairs:
            starts = nodes[rows]
            kept = self._is_present(predicate, values if inverse else starts, starts if inverse else values)
            rows, values = rows[kept], values[kept]
        return rows, values

    def _is_present(self, predicate: int, subjects: Ids, objects: Ids) -> BooleanMask:
        return ~np.isin(_pack_pairs(subjects, objects), self._removed_pairs[predicate])

    def list_pairs(self, predicate: int) -> tuple[Ids, Ids]:
        """Return subjects and objects of all statements of a predicate."""
        found = [table.select_predicate(predicate) for table in self._tables]
        subjects, objects = (np.concatenate(one).astype(np.int64) for one in zip(*found, strict=True))
        if predicate in self._removed_pairs:
            kept = self._is_present(predicate, subjects, objects)
            subjects, objects = subjects[kept], objects[kept]
        return subjects, objects

    def list_predicates(self) -> list[int]:
        """Return the predicates of all statements, sorted."""
        return sorted({one for table in self._tables for one in table.iterate_predicates()})

    def list_subjects(self, predicate: Term) -> Ids:
        """Return the subjects of a predicate, each once."""
        return sort_unique(self.list_pairs(self.terms.get_id(predicate))[0])

    def list_objects(self, predicate: Term) -> Ids:
        """Return the objects of a predicate, each once."""
        return sort_unique(self.list_pairs(self.terms.get_id(predicate))[1])

    def find_instances(self, cls: Term) -> Ids:
        """Return the instances of a class and of its subclasses, sorted."""
        number = self.terms.get_id(cls)
        if number not in self._instances_by_class:
            seen = fresh = np.array([number] if number >= 0 else [], dtype=np.int64)
            while len(fresh):
                fresh = np.setdiff1d(self.follow(_SUBCLASS, fresh, inverse=True)[1], seen)
                seen = np.union1d(seen, fresh)
            self._instances_by_class[number] = sort_unique(self.follow(_TYPE, seen, inverse=True)[1])
        return self._instances_by_class[number]

    def has_class(self, nodes: Ids, cls: Term) -> BooleanMask:
        """Tell which nodes are instances of a class or of its subclasses."""
        found: BooleanMask = find_in_sorted(nodes, self.find_instances(cls)) & (
            self.terms.kinds[nodes] != LITERAL
        )
        return found

    def has_other_predicates(self, nodes: Ids, allowed: Ids) -> BooleanMask:
        """Tell which nodes, each once and sorted, are subjects of other predicates than those allowed."""
        found = np.zeros(len(nodes), dtype=bool)
        for predicate in set(self.list_predicates()) - set(allowed.tolist()):
            found[self.follow_id(predicate, nodes, inverse=False)[0]] = True
        return found

    def find_unknown_bnodes(self, nodes: Ids) -> BooleanMask:
        """Tell which nodes are blank and not in the data: in words about them pySHACL may stop."""
        strange: BooleanMask = self.terms.kinds[nodes] == BLANK
        for place in np.flatnonzero(strange).tolist():
            node = nodes[place : place + 1]
            ways = ((predicate, way) for predicate in self.list_predicates() for way in (False, True))
            strange[place] = not any(len(self.follow_id(one, node, inverse=way)[0]) for one, way in ways)
        return strange


def _pack_pairs(subjects: NDArray[Any], objects: NDArray[Any]) -> Ids:
    """Return each pair of numbers as one number; their order is that of the pairs."""
    found: Ids = subjects.astype(np.int64) << 32 | objects
    return found


def encode_triples(
    files: Iterable[Iterable[ox.Quad]],
) -> tuple[list[Term], list[int], NDArray[np.int32], NDArray[np.int32]]:
    """Return the statements of files as rows of three numbers.

    Returns:
        the terms by number; after each file, how many terms there were; the rows; the file of each row.
    """
    numbers: defaultdict[Term, int] = defaultdict(count().__next__)
    flat: list[int] = []
    ends: list[int] = []
    sizes: list[int] = []
    for quads in files:
        before = len(flat)
        flat += [
            numbers[term]  # type: ignore[index]  # no triples: told from the text, not a million times
            for quad in quads
            for term in (quad.subject, quad.predicate, quad.object)
        ]
        ends.append(len(numbers))
        sizes.append((len(flat) - before) // 3)
    rows = np.array(flat, dtype=np.int32).reshape(-1, 3)
    return list(numbers), ends, rows, np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)


def sort_unique(numbers: NDArray[Any]) -> NDArray[Any]:
    """Return numbers sorted, each once; on many numbers this is faster than numpy's own."""
    found = np.sort(numbers)
    if len(found):
        new = np.ones(len(found), dtype=bool)
        new[1:] = found[1:] != found[:-1]
        found = found[new]
    return found


def find_in_sorted(values: Ids, members: Ids) -> BooleanMask:
    """Tell which values are among members, which are sorted."""
    if not len(members):
        return np.zeros(len(values), dtype=bool)
    places = np.searchsorted(members, values)
    places[places == len(members)] = 0
    found: BooleanMask = members[places] == values
    return found
