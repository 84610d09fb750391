"""Indexed graphs, loaded from the cache or parsed."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, pairwise
from operator import itemgetter

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.rdf.parser import limit_nesting
from msme_kg.rdf.terms import Term, split_quad
from msme_kg.shacl import parallel_loading
from msme_kg.shacl.pattern_matching import RegexCache
from msme_kg.shacl.term_dictionary import TermDictionary, encode_terms
from msme_kg.shacl.triple_index import TripleTable, encode_triples, find_nested, sort_unique_rows
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset, GraphFile


@dataclass
class IndexedGraph:
    """A graph as a term dictionary and a triple table.

    Attributes:
        terms: the terms of the graph, and those added later.
        table: the triples.
        regex_cache: the results of regular expressions on the terms.
        graph_iris: the IRI of the named graph of each file.
        key: the cache key of the files; empty if the graph was not read from files.
    """

    terms: TermDictionary
    table: TripleTable
    regex_cache: RegexCache
    graph_iris: tuple[str, ...] = ("",)
    key: str = ""

    def __post_init__(self) -> None:
        self._initial_term_count = len(self.terms)

    @classmethod
    def from_quads(cls, quads: Iterable[ox.Quad]) -> IndexedGraph:
        """Return the graph of some quads."""
        term_list, _, rows, _ = encode_triples([quads])
        terms = TermDictionary(term_list)
        return cls(terms, TripleTable.from_id_rows(rows), RegexCache(terms))

    @classmethod
    def load(cls, dataset: Dataset) -> IndexedGraph:
        """Return the graph of some files, from the cache or parsed and then cached.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
        """
        columns = cache.load("columns", dataset.key, partial(_decode_columns, len(dataset.files)))
        if columns is None:
            terms, table = cls._parse(dataset)
            return cls(terms, table, RegexCache(terms), dataset.graphs, dataset.key)
        terms, table = columns
        regex_cache = cache.load("matches", dataset.key, partial(RegexCache.from_buffers, terms))
        return cls(terms, table, regex_cache or RegexCache(terms), dataset.graphs, dataset.key)

    @classmethod
    def _parse(cls, dataset: Dataset) -> tuple[TermDictionary, TripleTable]:
        loaded = parallel_loading.load_in_parallel(dataset.files[0]) if len(dataset.files) == 1 else None
        buffers, rows, files = (*loaded, None) if loaded is not None else _encode_files(dataset)
        terms, table = TermDictionary.from_buffers(buffers), TripleTable.from_id_rows(rows, files)
        store = partial(cache.store, "columns", dataset.key, {**buffers, **table.to_buffers()})
        if loaded is None:
            store()
        else:  # hashing and writing release the interpreter, so a large graph is stored meanwhile
            threading.Thread(target=store).start()
        return terms, table

    def encode(self, quads: Iterable[ox.Quad]) -> NDArray[np.int64]:
        """Return the distinct triples of some quads as rows of three ids, adding their terms."""
        triples = [split_quad(quad) for quad in quads]
        self.terms.add(term for triple in triples for term in triple)
        rows = [[self.terms.get_id(term) for term in triple] for triple in triples]
        return sort_unique_rows(np.array(rows, dtype=np.int64).reshape(-1, 3))

    def store_regex_results(self) -> None:
        """Cache the results of regular expressions on the terms of the files."""
        if self.key and self.regex_cache.has_new_results:
            cache.store("matches", self.key, self.regex_cache.to_buffers(self._initial_term_count))


def _encode_files(dataset: Dataset) -> tuple[dict[str, bytes], NDArray[np.int32], NDArray[np.int32]]:
    """Return the term buffers of some files, their triples as rows, and the position of the file of each."""
    terms, ends, rows, files = encode_triples(dataset.parse_files(limits_nesting=False))
    _limit_nesting(dataset.files, terms, rows, files)
    for file, (start, end) in zip(dataset.files, pairwise([0, *ends]), strict=True):
        if ox.BlankNode in set(map(type, terms[start:end])):
            terms[start:end] = map(file.build_bnode_relabeller(), terms[start:end])
    return encode_terms(terms), rows, files


def _limit_nesting(
    files: Sequence[GraphFile], terms: Sequence[Term], rows: NDArray[np.int32], numbers: NDArray[np.int32]
) -> None:
    """Refuse Turtle files whose blank nodes nest too deep; few triples are between blank nodes."""
    places, quads = find_nested(terms, rows)
    for number, group in groupby(zip(numbers[places].tolist(), quads, strict=True), itemgetter(0)):
        file = files[number]
        if file.is_turtle_family:
            limit_nesting((quad for _, quad in group), file.content, file.path, file.base)


def _decode_columns(file_count: int, buffers: Mapping[str, memoryview]) -> tuple[TermDictionary, TripleTable]:
    terms = TermDictionary.from_buffers(buffers)
    return terms, TripleTable.from_buffers(buffers, len(terms), file_count)
