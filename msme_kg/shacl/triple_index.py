"""Column store of dictionary-encoded triples with sorted indexes, and a view with changes applied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count, pairwise
from operator import attrgetter
from typing import Any

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.namespaces import RDF, RDFS
from msme_kg.shacl.model import Term
from msme_kg.shacl.term_dictionary import LITERAL, Ids, TermDictionary

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
    """Distinct triples sorted by predicate and subject, and again by predicate and object.

    Each triple has the position of one file that contains it; further files are in the column ``others``.
    """

    def __init__(self, columns: Mapping[str, NDArray[Any]]) -> None:
        self._columns = columns
        starts = [*columns["starts"].tolist(), len(columns["subjects"])]
        self._ranges = dict(zip(columns["predicates"].tolist(), pairwise(starts), strict=True))

    def __len__(self) -> int:
        return len(self._columns["subjects"])

    @classmethod
    def from_id_rows(cls, rows: NDArray[Any], files: NDArray[Any] | None = None) -> TripleTable:
        """Return the table of some triples.

        Args:
            rows: the triples as rows of three ids.
            files: the position of the file of each triple; None: the first file has all.
        """
        files = np.zeros(len(rows), dtype=np.int32) if files is None else files
        columns = [*(np.ascontiguousarray(rows[:, column], np.int32) for column in range(3)), files]
        subjects, predicates, objects, files = columns
        order = np.lexsort((files, objects, subjects, predicates))
        columns = [column[order] for column in columns]
        is_first = np.ones(len(rows), dtype=bool)
        is_first[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns[:3]])
        others = np.column_stack([column[~is_first] for column in columns])
        if len(others):
            columns = [column[is_first] for column in columns]
        subjects, predicates, objects, files = columns
        by_object = np.lexsort((subjects, objects, predicates))
        distinct, starts = np.unique(predicates, return_index=True)
        stored = (
            *(subjects, objects, objects[by_object], subjects[by_object]),
            *(distinct, starts, files, others.ravel()),
        )
        named = zip(_COLUMN_NAMES, stored, strict=True)
        return cls({name: np.ascontiguousarray(column, np.int32) for name, column in named})

    @classmethod
    def from_buffers(cls, buffers: Mapping[str, memoryview], term_count: int, file_count: int) -> TripleTable:
        """Return the table from the buffers of ``to_buffers``.

        Args:
            buffers: the buffers.
            term_count: the number of terms, which is the upper bound of their ids.
            file_count: the number of files.

        Raises:
            Exception: the buffers are not those of ``to_buffers``.
        """
        columns = {name: np.frombuffer(buffers[name], np.int32) for name in _COLUMN_NAMES}
        others = columns["others"].reshape(-1, 4)
        limits = {
            **dict.fromkeys(("subjects", "objects", "by_objects", "by_subjects", "predicates"), term_count),
            "files": file_count,
            "starts": len(columns["subjects"]) + 1,
        }
        bounded = [(columns[name], limit) for name, limit in limits.items()]
        bounded += [(others[:, :3], term_count), (others[:, 3], file_count)]
        sizes = {len(columns[name]) for name in ("subjects", "objects", "by_objects", "by_subjects", "files")}
        if (
            len(sizes) != 1
            or len(columns["starts"]) != len(columns["predicates"])
            or (np.diff(columns["starts"]) < 0).any()
            or any((column < 0).any() or (column >= limit).any() for column, limit in bounded)
        ):
            raise ValueError(_COLUMN_NAMES)
        return cls(columns)

    def to_buffers(self) -> dict[str, bytes | memoryview]:
        """Return the table as buffers for the cache."""
        return {name: self._columns[name].tobytes() for name in _COLUMN_NAMES}

    def find_quads(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the quads of some triples: rows of three ids and the position of a file.

        Args:
            rows: the triples as rows of three ids; a triple in several files gives several quads.
        """
        quads = [np.empty((0, 4), dtype=np.int64)]
        others = self._columns["others"].reshape(-1, 4)
        for predicate in sort_unique(rows[:, 1]).tolist():
            wanted_rows = rows[rows[:, 1] == predicate]
            wanted = sort_unique(_pack_pairs(wanted_rows[:, 0], wanted_rows[:, 2]))
            start, end = self._ranges.get(predicate, (0, 0))
            pairs = _pack_pairs(self._columns["subjects"][start:end], self._columns["objects"][start:end])
            positions = np.searchsorted(pairs, wanted[find_in_sorted(wanted, pairs)])
            subjects, objects, files = (
                self._columns[name][start:end][positions] for name in ("subjects", "objects", "files")
            )
            quads.append(np.column_stack([subjects, np.full(len(positions), predicate), objects, files]))
            repeated = others[others[:, 1] == predicate]
            quads.append(repeated[find_in_sorted(_pack_pairs(repeated[:, 0], repeated[:, 2]), wanted)])
        return np.concatenate(quads)

    def count_triples(self, file: int) -> int:
        """Return the number of triples in a file."""
        others = self._columns["others"].reshape(-1, 4)
        return int((self._columns["files"] == file).sum() + (others[:, 3] == file).sum())

    def list_distinct(self, place: str) -> Ids:
        """Return the distinct ids at a place of the triples: ``subjects``, ``predicates`` or ``objects``."""
        return sort_unique(self._columns[place].astype(np.int64))

    def find_files(self, place: str, ids: Ids) -> set[int]:
        """Return the positions of the files that have one of some terms at a place of a triple."""
        others = self._columns["others"].reshape(-1, 4)
        found = others[np.isin(others[:, ("subjects", "predicates", "objects").index(place)], ids), 3]
        if place == "predicates":
            parts = [self._columns["files"][slice(*self._ranges.get(each, (0, 0)))] for each in ids.tolist()]
        else:
            parts = [self._columns["files"][np.isin(self._columns[place], ids)]]
        return set(sort_unique(np.concatenate([found, *parts])).tolist())

    def find_subjects(self, files: Sequence[int]) -> Ids:
        """Return the subjects of the triples in some files, sorted."""
        others = self._columns["others"].reshape(-1, 4)
        wanted = np.zeros(int(self._columns["files"].max(initial=-1)) + 1, dtype=bool)
        wanted[[position for position in files if position < len(wanted)]] = True
        subjects = self._columns["subjects"][wanted[self._columns["files"]]]
        repeated = others[np.isin(others[:, 3], files), 0]
        return sort_unique(np.concatenate([subjects, repeated]).astype(np.int64))

    def iterate_predicates(self) -> Iterator[int]:
        """Yield the ids of the predicates."""
        yield from self._ranges

    def select_predicate(self, predicate: int, *, inverse: bool = False) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the subjects and objects of one predicate sorted by subject, or the inverse pairs."""
        start, end = self._ranges.get(predicate, (0, 0))
        first, second = ("by_objects", "by_subjects") if inverse else ("subjects", "objects")
        return self._columns[first][start:end], self._columns[second][start:end]

    def follow(self, predicate: int, nodes: Ids, *, inverse: bool) -> tuple[Ids, Ids]:
        """Return pairs of position in ``nodes`` and value."""
        keys, values = self.select_predicate(predicate, inverse=inverse)
        if not len(keys) or not len(nodes):
            return _NO_IDS, _NO_IDS
        wanted = nodes.astype(np.int32)
        left = keys.searchsorted(wanted, "left")
        counts = keys.searchsorted(wanted, "right") - left
        total = int(counts.sum())
        if not total:
            return _NO_IDS, _NO_IDS
        rows = np.repeat(np.arange(len(nodes), dtype=np.int64), counts)
        before = np.cumsum(counts) - counts
        positions = np.arange(total, dtype=np.int64) + np.repeat(left - before, counts)
        return rows, values[positions].astype(np.int64)


class TripleIndex:
    """A view of the triples of a table, with changes applied.

    Attributes:
        terms: the dictionary of the terms.
    """

    def __init__(
        self,
        terms: TermDictionary,
        base: TripleTable,
        added: TripleTable | None = None,
        removed: Ids = _NO_IDS,
    ) -> None:
        """Combine a table with a change.

        Args:
            terms: the dictionary of all terms.
            base: the triples before the change.
            added: the added triples.
            removed: the removed triples, as rows of three ids.
        """
        self.terms = terms
        self._tables = [base] if added is None else [base, added]
        self._removed_pairs: dict[int, Ids] = {}
        for predicate in sort_unique(removed[:, 1]).tolist() if len(removed) else ():
            rows = removed[removed[:, 1] == predicate]
            self._removed_pairs[predicate] = _pack_pairs(rows[:, 0], rows[:, 2])
        self._instances_by_class: dict[int, Ids] = {}

    @property
    def id_limit(self) -> int:
        """The exclusive upper bound of term ids."""
        return max(1, len(self.terms))

    def follow(self, predicate: Term, nodes: Ids, *, inverse: bool = False) -> tuple[Ids, Ids]:
        """Return pairs of position in ``nodes`` and value for a predicate."""
        predicate_id = self.terms.get_id(predicate)
        if predicate_id < 0:
            return _NO_IDS, _NO_IDS
        return self.follow_id(predicate_id, nodes, inverse=inverse)

    def follow_id(self, predicate: int, nodes: Ids, *, inverse: bool = False) -> tuple[Ids, Ids]:
        """Return pairs of position in ``nodes`` and value, given the id of a predicate."""
        pairs = [table.follow(predicate, nodes, inverse=inverse) for table in self._tables]
        rows, values = pairs[0] if len(pairs) == 1 else map(np.concatenate, zip(*pairs, strict=True))
        if predicate in self._removed_pairs:
            starts = nodes[rows]
            subjects, objects = (values, starts) if inverse else (starts, values)
            is_present = self._is_present(predicate, subjects, objects)
            rows, values = rows[is_present], values[is_present]
        return rows, values

    def _is_present(self, predicate: int, subjects: Ids, objects: Ids) -> BooleanMask:
        return ~np.isin(_pack_pairs(subjects, objects), self._removed_pairs[predicate])

    def list_pairs(self, predicate: int) -> tuple[Ids, Ids]:
        """Return the subjects and objects of all triples of a predicate, given its id."""
        pairs = zip(*(table.select_predicate(predicate) for table in self._tables), strict=True)
        subjects, objects = (np.concatenate(column).astype(np.int64) for column in pairs)
        if predicate in self._removed_pairs:
            is_present = self._is_present(predicate, subjects, objects)
            subjects, objects = subjects[is_present], objects[is_present]
        return subjects, objects

    def to_ntriples(self) -> bytes:
        """Return all triples as N-Triples."""
        return b"".join(
            self.terms.serialize_triples(
                (subject, predicate, value)
                for subject, value in zip(*map(np.ndarray.tolist, self.list_pairs(predicate)), strict=True)
            )
            for predicate in self.list_predicates()
        )

    def list_predicates(self) -> list[int]:
        """Return the ids of all predicates, sorted."""
        return sorted({predicate for table in self._tables for predicate in table.iterate_predicates()})

    def list_subjects(self, predicate: Term) -> Ids:
        """Return the distinct subjects of a predicate, sorted."""
        return sort_unique(self.list_pairs(self.terms.get_id(predicate))[0])

    def list_objects(self, predicate: Term) -> Ids:
        """Return the distinct objects of a predicate, sorted."""
        return sort_unique(self.list_pairs(self.terms.get_id(predicate))[1])

    def find_instances(self, cls: Term) -> Ids:
        """Return the SHACL instances of a class, sorted: those of its subclasses included (SHACL §1.1)."""
        class_id = self.terms.get_id(cls)
        if class_id not in self._instances_by_class:
            seen = fresh = np.array([class_id] if class_id >= 0 else [], dtype=np.int64)
            while len(fresh):
                found = sort_unique(self.follow(_SUBCLASS, fresh, inverse=True)[1])
                fresh = found[~find_in_sorted(found, seen)]
                seen = sort_unique(np.concatenate([seen, fresh]))
            self._instances_by_class[class_id] = sort_unique(self.follow(_TYPE, seen, inverse=True)[1])
        return self._instances_by_class[class_id]

    def has_class(self, nodes: Ids, cls: Term) -> BooleanMask:
        """Return which nodes are SHACL instances of a class."""
        is_resource: BooleanMask = self.terms.kinds[nodes] != LITERAL
        return is_resource & find_in_sorted(nodes, self.find_instances(cls))


def _pack_pairs(subjects: NDArray[Any], objects: NDArray[Any]) -> Ids:
    """Return an integer key for each pair, in the order of the pairs."""
    keys: Ids = subjects.astype(np.int64) << 32 | objects
    return keys


def encode_triples(
    files: Iterable[Iterable[ox.Quad]],
) -> tuple[list[Term], list[int], NDArray[np.int32], NDArray[np.int32]]:
    """Encode the triples of some files.

    Returns:
        The terms by id, the number of terms after each file, the triples as rows of three ids, and the
        position of the file of each row.
    """
    ids: defaultdict[Term, int] = defaultdict(count().__next__)
    ends: list[int] = []
    rows = [np.empty(0, dtype=np.int32)]
    split = attrgetter("subject", "predicate", "object")
    for quads in files:
        rows.append(np.fromiter(map(ids.__getitem__, chain.from_iterable(map(split, quads))), np.int32))
        ends.append(len(ids))
    sizes = [len(flat) // 3 for flat in rows[1:]]
    numbers = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    return list(ids), ends, np.concatenate(rows).reshape(-1, 3), numbers


def find_nested(terms: Sequence[Term], rows: NDArray[np.int32]) -> tuple[NDArray[np.intp], list[ox.Quad]]:
    """Return the positions of the rows whose subject and object are blank nodes, and their quads."""
    is_bnode = np.fromiter((type(term) is ox.BlankNode for term in terms), np.bool_, len(terms))
    places = np.flatnonzero(is_bnode[rows[:, 0]] & is_bnode[rows[:, 2]])
    return places, [ox.Quad(*(terms[position] for position in row)) for row in rows[places].tolist()]


def sort_unique(numbers: NDArray[Any]) -> NDArray[Any]:
    """Return the distinct numbers, sorted.

    This is many times as fast as ``numpy.unique``, which hashes them, and imports the masked arrays of NumPy.
    """
    ordered = np.sort(numbers)
    if len(ordered):
        is_first = np.ones(len(ordered), dtype=bool)
        is_first[1:] = ordered[1:] != ordered[:-1]
        ordered = ordered[is_first]
    return ordered


def sort_unique_rows(rows: NDArray[Any]) -> NDArray[Any]:
    """Return the distinct rows of numbers, sorted."""
    ordered = rows[np.lexsort(rows.T[::-1])]
    is_first = np.ones(len(ordered), dtype=bool)
    is_first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return ordered[is_first]


def find_in_sorted(values: Ids, members: Ids) -> BooleanMask:
    """Return which values are among sorted members."""
    if not len(members):
        return np.zeros(len(values), dtype=bool)
    positions = np.searchsorted(members, values)
    positions[positions == len(members)] = 0
    is_member: BooleanMask = members[positions] == values
    return is_member
