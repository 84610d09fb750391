"""Parallel loading of one large Turtle file, a chunk per processor."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.errors import KGError
from msme_kg.rdf.parser_guards import reject_deep_nesting
from msme_kg.rdf.terms import Term
from msme_kg.shacl.forked_worker import MIN_PARALLEL_BYTES, ForkedWorker, count_usable_cpus
from msme_kg.shacl.term_dictionary import (
    BLANK,
    COLUMN_DTYPES,
    build_term_buffers,
    compute_checksums,
    compute_term_columns,
)
from msme_kg.shacl.triple_index import encode_triples, find_nested
from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.turtle_chunks import NotSplittableError, TurtleChunk, split_turtle

_CODED_COLUMNS = ("datatypes", "languages")
"""The columns that hold positions in a list of names, or -1."""


@dataclass(frozen=True)
class _EncodedChunk:
    """The terms and triples of a chunk.

    Attributes:
        names: the datatypes and the language tags by position.
        ntriples: the distinct terms as N-Triples, one a line: one text is quickly sent between processes.
        checksums: the checksums of the terms.
        rows: the triples as rows of three positions in the terms.
        columns: the term columns by name.
    """

    names: tuple[list[str], list[str]]
    ntriples: bytes
    checksums: NDArray[np.uint32]
    rows: NDArray[np.int32]
    columns: dict[str, NDArray[Any]]


def load_in_parallel(file: GraphFile) -> tuple[dict[str, bytes], NDArray[np.int32]] | None:
    """Return the term buffers of a file as ``encode_terms`` does, and its triples as rows.

    Returns:
        None if the file must be read as a whole: it is small, cannot be split, or is malformed, in which case
        only a parser of the whole file reports the right line.
    """
    chunk_count = min(count_usable_cpus(), len(file.content) // MIN_PARALLEL_BYTES + 1)
    if chunk_count < 2 or not file.is_turtle:
        return None
    try:
        first, *others = split_turtle(file, chunk_count)
        if not others:
            return None
        with ExitStack() as stack:
            workers = [stack.enter_context(ForkedWorker(partial(_encode_chunk, chunk))) for chunk in others]
            chunks = [_encode_chunk(first)]
            for worker in workers:
                chunk = worker.read_result()
                if chunk is None:
                    return None
                chunks.append(chunk)
    except (NotSplittableError, KGError):
        return None
    return _merge_chunks(chunks, file)


def _encode_chunk(chunk: TurtleChunk) -> _EncodedChunk:
    """Parse and encode a chunk.

    Raises:
        NotSplittableError: the file must be parsed as a whole.
        SafetyError: blank nodes nest too deep.
    """
    terms, _, rows, _ = encode_triples([chunk.parse_raw()])
    datatypes: dict[str, int] = {}
    tags: dict[str, int] = {}
    columns = compute_term_columns(terms, datatypes, tags)
    deque(reject_deep_nesting(find_nested(terms, rows)[1], chunk.file.path), maxlen=0)
    texts = [str(term).encode() for term in terms]
    names = list(datatypes), list(tags)
    return _EncodedChunk(names, b"\n".join(texts), compute_checksums(texts), rows, columns)


def _merge_chunks(
    chunks: Sequence[_EncodedChunk], file: GraphFile
) -> tuple[dict[str, bytes], NDArray[np.int32]]:
    """Return the term buffers and the rows of all chunks of a file, in its order."""
    ids: defaultdict[bytes, int] = defaultdict(count().__next__)
    datatypes: dict[str, int] = {}
    tags: dict[str, int] = {}
    checksums: list[NDArray[np.uint32]] = []
    columns: list[dict[str, NDArray[Any]]] = []
    rows: list[NDArray[np.int32]] = []
    renamed_count = 0
    for chunk in chunks:
        texts = chunk.ntriples.split(b"\n") if chunk.ntriples else []
        renamed_count += _relabel_bnodes(chunk, texts, file.build_bnode_relabeller(renamed_count))
        start = len(ids)
        chunk_ids = np.fromiter(map(ids.__getitem__, texts), np.int32, len(texts))
        is_new = chunk_ids >= start
        rows.append(chunk_ids[chunk.rows])
        checksums.append(chunk.checksums[is_new])
        new_columns = {name: column[is_new] for name, column in chunk.columns.items()}
        for name, known, chunk_names in zip(_CODED_COLUMNS, (datatypes, tags), chunk.names, strict=True):
            # The position -1 selects the last entry of the table.
            table = [*(known.setdefault(each, len(known)) for each in chunk_names), -1]
            new_columns[name] = np.array(table, dtype=np.int32)[new_columns[name]]
        columns.append(new_columns)
    merged = {name: np.concatenate([each[name] for each in columns]) for name in COLUMN_DTYPES}
    buffers = build_term_buffers(list(ids), np.concatenate(checksums), merged, list(datatypes), list(tags))
    return buffers, np.concatenate(rows)


def _relabel_bnodes(chunk: _EncodedChunk, texts: list[bytes], relabel: Callable[[Term], Term]) -> int:
    """Give deterministic labels to the blank nodes that the parser labelled; return their number."""
    renamed_count = 0
    for position in np.flatnonzero(chunk.columns["kinds"] == BLANK).tolist():
        node = ox.BlankNode(texts[position].removeprefix(b"_:").decode())
        renamed = relabel(node)
        if renamed != node:
            texts[position] = str(renamed).encode()
            chunk.checksums[position] = compute_checksums([texts[position]])[0]
            renamed_count += 1
    return renamed_count
