"""Graphs in columns and compiled shapes: from a cache if the same files were read before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.rdf.terms import split_quad
from msme_kg.shacl import parallel_loading
from msme_kg.shacl.compiled_json import dumps, loads
from msme_kg.shacl.compiler import compile_shapes
from msme_kg.shacl.forked_worker import ForkedWorker
from msme_kg.shacl.model import CompiledShapes, Term
from msme_kg.shacl.read_recorder import RecordingIndex
from msme_kg.shacl.regex_cache import RegexCache
from msme_kg.shacl.term_dictionary import TermDictionary
from msme_kg.shacl.triple_index import TripleIndex, TripleTable, encode_triples
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset


@dataclass
class IndexedGraph:
    """A graph in columns.

    Attributes:
        terms: its terms, and those added to them.
        table: its statements.
        regex_cache: what is known of patterns and its terms.
        graph_iris: the named graph of each file that it was read from.
        key: of the files; empty if it was not read from files.
        unsaved_buffers: what a cache does not have yet, as bytes.
    """

    terms: TermDictionary
    table: TripleTable
    regex_cache: RegexCache
    graph_iris: tuple[str, ...] = ("",)
    key: str = ""
    unsaved_buffers: Mapping[str, bytes | memoryview] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._initial_term_count = len(self.terms)

    @classmethod
    def from_quads(cls, quads: Iterable[ox.Quad]) -> IndexedGraph:
        """Return statements in columns."""
        numbered, _, rows, _ = encode_triples([quads])
        terms = TermDictionary(numbered)
        return cls(terms, TripleTable.from_rows(rows), RegexCache(terms))

    @classmethod
    def _parse_dataset(
        cls, dataset: Dataset
    ) -> tuple[TermDictionary, Mapping[str, bytes | memoryview], TripleTable]:
        """Return what some files say, which are parsed: the terms, these as bytes, and the statements."""
        whole = parallel_loading.load_in_parallel(dataset.files[0]) if len(dataset.files) == 1 else None
        if whole is not None:
            stored, rows = whole
            return TermDictionary.from_buffers(stored), stored, TripleTable.from_rows(rows)
        numbered, ends, rows, files = encode_triples(dataset.parse_files())
        start = 0
        for file, end in zip(dataset.files, ends, strict=True):
            steady = file.build_bnode_relabeller()
            numbered[start:end] = map(steady, numbered[start:end])
            start = end
        terms = TermDictionary(numbered)
        return terms, terms.to_buffers(), TripleTable.from_rows(rows, files)

    @classmethod
    def load(cls, dataset: Dataset) -> IndexedGraph:
        """Return the graph of some files, and have a cache keep it.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
        """
        found = cls.read(dataset)
        found.store()
        return found

    @classmethod
    def read(cls, dataset: Dataset) -> IndexedGraph:
        """Return the graph of some files, which is not stored yet.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
        """
        key = dataset.key
        if key not in _RECENT_GRAPHS:
            for former in list(_RECENT_GRAPHS)[: 1 - _MAX_RECENT]:
                del _RECENT_GRAPHS[former]
            _RECENT_GRAPHS[key] = cls._load_or_parse(dataset)
        return _RECENT_GRAPHS[key]

    def store(self) -> None:
        """Have a cache keep what was read from files and not from it."""
        if self.unsaved_buffers:
            cache.store("columns", self.key, self.unsaved_buffers)
            self.unsaved_buffers = {}

    @classmethod
    def _load_or_parse(cls, dataset: Dataset) -> IndexedGraph:
        key = dataset.key
        parts = cache.load("columns", key)
        if parts is not None:
            terms, table = TermDictionary.from_buffers(parts), TripleTable.from_buffers(parts)
            found = cls(terms, table, RegexCache(terms), dataset.graphs, key)
            known = cache.load("matches", key)
            if known is not None:
                found.regex_cache.load_buffers(known)
            return found
        terms, stored, table = cls._parse_dataset(dataset)
        return cls(terms, table, RegexCache(terms), dataset.graphs, key, {**stored, **table.to_buffers()})

    def encode(self, quads: Iterable[ox.Quad]) -> NDArray[np.int64]:
        """Return statements as rows of three numbers, each once, having numbered their terms."""
        statements = [split_quad(quad) for quad in quads]
        self.terms.add(term for statement in statements for term in statement)
        numbers = [[self.terms.get_id(term) for term in statement] for statement in statements]
        return np.unique(np.array(numbers, dtype=np.int64).reshape(-1, 3), axis=0)

    def extract_ntriples(self, subjects: Iterable[Term], predicates: Iterable[Term]) -> bytes:
        """Return what some predicates say of some subjects, as N-Triples."""
        columns = TripleIndex(self.terms, self.table)
        touched = RecordingIndex(columns, np.empty(0, dtype=np.int64))
        for predicate in predicates:
            touched.follow(predicate, self.terms.find_ids(subjects))
        return touched.to_ntriples()

    def store_all(self) -> None:
        """Have a cache keep what was read, and what was learnt about patterns."""
        self.store()
        if self.key and self.regex_cache.has_new_results:
            cache.store("matches", self.key, self.regex_cache.to_buffers(self._initial_term_count))


_MAX_RECENT = 2
_RECENT_GRAPHS: dict[str, IndexedGraph] = {}
"""The graphs that were used last, by the key of their files."""


def load_compiled_shapes(
    dataset: Dataset, concurrent_task: Callable[[], object] | None = None
) -> CompiledShapes:
    """Return the shapes of some files, ready to run.

    Args:
        dataset: the files.
        concurrent_task: what to do while they are compiled by a process of its own, unless a cache has them.

    Raises:
        msme_kg.errors.KGError: a file is malformed; or what `meanwhile` raises.
    """
    key = dataset.key
    parts = cache.load("shapes", key)
    if parts is not None:
        return loads(bytes(parts["json"]))
    answer = None
    if concurrent_task is not None:
        with ForkedWorker(lambda: [dumps(compile_shapes(dataset.parse_quads()))]) as beside:
            concurrent_task()
            answer = beside.read_result()
    stored = answer[0] if answer is not None else dumps(compile_shapes(dataset.parse_quads()))
    cache.store("shapes", key, {"json": stored})
    return loads(stored)
