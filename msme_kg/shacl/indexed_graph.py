"""Graphs in columns and compiled shapes: from a cache if the same files were read before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.rdf.terms import parts
from msme_kg.shacl import parallel_loading
from msme_kg.shacl.compiled_json import from_json, to_json
from msme_kg.shacl.compiler import compiled
from msme_kg.shacl.forked_worker import Worker
from msme_kg.shacl.model import Compiled, Term
from msme_kg.shacl.read_recorder import Touched
from msme_kg.shacl.regex_cache import Matches
from msme_kg.shacl.term_dictionary import Terms
from msme_kg.shacl.triple_index import Columns, Table, encoded
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset


@dataclass
class Graph:
    """A graph in columns.

    Attributes:
        terms: its terms, and those added to them.
        table: its statements.
        matches: what is known of patterns and its terms.
        graphs: the named graph of each file that it was read from.
        key: of the files; empty if it was not read from files.
        unstored: what a cache does not have yet, as bytes.
    """

    terms: Terms
    table: Table
    matches: Matches
    graphs: tuple[str, ...] = ("",)
    key: str = ""
    unstored: Mapping[str, bytes | memoryview] = field(default_factory=dict)

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
        whole = parallel_loading.read(dataset.files[0]) if len(dataset.files) == 1 else None
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
        """Return the graph of some files, and have a cache keep it.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
        """
        found = cls.read(dataset)
        found.store()
        return found

    @classmethod
    def read(cls, dataset: Dataset) -> Graph:
        """Return the graph of some files, which is not stored yet.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
        """
        key = dataset.key
        if key not in _RECENT:
            for former in list(_RECENT)[: 1 - _MOST]:
                del _RECENT[former]
            _RECENT[key] = cls._load(dataset)
        return _RECENT[key]

    def store(self) -> None:
        """Have a cache keep what was read from files and not from it."""
        if self.unstored:
            cache.store("columns", self.key, self.unstored)
            self.unstored = {}

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
        return cls(terms, table, Matches(terms), dataset.graphs, key, {**stored, **table.parts()})

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
        """Have a cache keep what was read, and what was learnt about patterns."""
        self.store()
        if self.key and self.matches.grown:
            cache.store("matches", self.key, self.matches.parts(self._own))


_MOST = 2
_RECENT: dict[str, Graph] = {}
"""The graphs that were used last, by the key of their files."""


def load_shapes(dataset: Dataset, meanwhile: Callable[[], object] | None = None) -> Compiled:
    """Return the shapes of some files, ready to run.

    Args:
        dataset: the files.
        meanwhile: what to do while they are compiled by a process of its own, unless a cache has them.

    Raises:
        msme_kg.errors.KGError: a file is malformed; or what `meanwhile` raises.
    """
    key = dataset.key
    parts = cache.load("shapes", key)
    if parts is not None:
        return from_json(bytes(parts["json"]))
    answer = None
    if meanwhile is not None:
        with Worker(lambda: [to_json(compiled(dataset.quads()))]) as beside:
            meanwhile()
            answer = beside.answer()
    stored = answer[0] if answer is not None else to_json(compiled(dataset.quads()))
    cache.store("shapes", key, {"json": stored})
    return from_json(stored)
