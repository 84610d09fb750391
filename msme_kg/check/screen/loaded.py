"""Graphs in columns and compiled shapes: from a cache if the same files were read before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.check.screen import pieces
from msme_kg.check.screen.columns import Columns, Table, encoded
from msme_kg.check.screen.compile import compiled
from msme_kg.check.screen.matching import Matches
from msme_kg.check.screen.stored import from_json, to_json
from msme_kg.check.screen.terms import Terms
from msme_kg.check.screen.touched import Touched
from msme_kg.check.screen.tree import Compiled, Term
from msme_kg.graph import cache
from msme_kg.graph.dataset import Dataset
from msme_kg.graph.order import parts


@dataclass
class Graph:
    """A graph in columns.

    Attributes:
        terms: its terms, and those added to them.
        table: its statements.
        matches: what is known of patterns and its terms.
        graphs: the named graph of each file that it was read from.
        key: of the files; empty if it was not read from files.
    """

    terms: Terms
    table: Table
    matches: Matches
    graphs: tuple[str, ...] = ("",)
    key: str = ""

    def __post_init__(self) -> None:
        self._own = len(self.terms)

    @classmethod
    def of(cls, quads: Iterable[ox.Quad]) -> Graph:
        """Return statements in columns."""
        numbered, _, rows, _ = encoded([quads])
        terms = Terms(numbered)
        return cls(terms, Table.of(rows), Matches(terms))

    @classmethod
    def _read(cls, dataset: Dataset) -> tuple[Terms, Mapping[str, bytes | memoryview], Table]:
        """Return what some files say, which are parsed: the terms, these as bytes, and the statements."""
        whole = pieces.read(dataset.files[0]) if len(dataset.files) == 1 else None
        if whole is not None:
            stored, rows = whole
            return Terms.stored(stored), stored, Table.of(rows)
        numbered, ends, rows, files = encoded(dataset.parsed())
        start = 0
        for file, end in zip(dataset.files, ends, strict=True):
            steady = file.steady()
            numbered[start:end] = map(steady, numbered[start:end])
            start = end
        terms = Terms(numbered)
        return terms, terms.parts(), Table.of(rows, files)

    @classmethod
    def load(cls, dataset: Dataset) -> Graph:
        """Return the graph of some files.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
        """
        key = dataset.key
        if key not in _RECENT:
            for former in list(_RECENT)[: 1 - _MOST]:
                del _RECENT[former]
            _RECENT[key] = cls._load(dataset)
        return _RECENT[key]

    @classmethod
    def _load(cls, dataset: Dataset) -> Graph:
        key = dataset.key
        parts = cache.load("columns", key)
        if parts is not None:
            terms, table = Terms.stored(parts), Table.stored(parts)
            found = cls(terms, table, Matches(terms), dataset.graphs, key)
            known = cache.load("matches", key)
            if known is not None:
                found.matches.learn(known)
            return found
        terms, stored, table = cls._read(dataset)
        cache.store("columns", key, {**stored, **table.parts()})
        return cls(terms, table, Matches(terms), dataset.graphs, key)

    def rows_of(self, quads: Iterable[ox.Quad]) -> NDArray[np.int64]:
        """Return statements as rows of three numbers, each once, having numbered their terms."""
        statements = [parts(quad) for quad in quads]
        self.terms.add(term for statement in statements for term in statement)
        numbers = [[self.terms.number(term) for term in statement] for statement in statements]
        return np.unique(np.array(numbers, dtype=np.int64).reshape(-1, 3), axis=0)

    def excerpt(self, subjects: Iterable[Term], predicates: Iterable[Term]) -> bytes:
        """Return what some predicates say of some subjects, as N-Triples."""
        columns = Columns(self.terms, self.table)
        touched = Touched(columns, np.empty(0, dtype=np.int64))
        for predicate in predicates:
            touched.follow(predicate, self.terms.numbers(subjects))
        return touched.lines()

    def keep(self) -> None:
        """Store what was learnt about patterns."""
        if self.key and self.matches.grown:
            cache.store("matches", self.key, self.matches.parts(self._own))


_MOST = 2
_RECENT: dict[str, Graph] = {}
"""The graphs that were used last, by the key of their files."""


def load_shapes(dataset: Dataset) -> Compiled:
    """Return the shapes of some files, ready to run.

    Raises:
        msme_kg.errors.InputError: a file is malformed.
    """
    key = dataset.key
    parts = cache.load("shapes", key)
    if parts is not None:
        return from_json(bytes(parts["json"]))
    found = compiled(dataset.quads())
    cache.store("shapes", key, {"json": to_json(found)})
    return found
