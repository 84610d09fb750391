"""A large Turtle file read in pieces at once, one on each processor."""

from __future__ import annotations

import json
from collections import defaultdict
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
from msme_kg.rdf.terms import Term
from msme_kg.shacl.forked_worker import MIN_PARALLEL_BYTES, ForkedWorker, count_usable_cpus
from msme_kg.shacl.term_dictionary import (
    BLANK,
    COLUMN_DTYPES,
    build_term_buffers,
    compute_checksums,
    compute_term_columns,
)
from msme_kg.shacl.triple_index import encode_triples
from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.turtle_chunks import NotSplittableError, TurtleChunk, split_turtle

_CODED_COLUMNS = ("datatypes", "languages")
"""The columns that hold numbers of names."""


@dataclass(frozen=True)
class _EncodedChunk:
    """What a piece says.

    Attributes:
        names: the datatypes and the language tags by number.
        ntriples_terms: its terms as N-Triples, each once.
        checksums: the checksums of these.
        rows: its statements as rows of three numbers, the places of terms in `texts`.
        columns: what is known of each term, by column.
    """

    names: tuple[list[str], list[str]]
    ntriples_terms: list[bytes]
    checksums: NDArray[np.uint32]
    rows: NDArray[np.int32]
    columns: dict[str, NDArray[Any]]

    @classmethod
    def from_chunk(cls, piece: TurtleChunk) -> _EncodedChunk:
        terms, _, rows, _ = encode_triples([piece.parse_raw()])
        datatypes: dict[str, int] = {}
        tags: dict[str, int] = {}
        facts = compute_term_columns(terms, datatypes, tags)
        texts = [str(term).encode() for term in terms]
        return cls((list(datatypes), list(tags)), texts, compute_checksums(texts), rows, facts)

    def to_buffers(self) -> list[bytes]:
        """Return it as bytes, for another process."""
        facts = [self.columns[name].tobytes() for name in COLUMN_DTYPES]
        columns = [self.checksums.tobytes(), self.rows.tobytes(), *facts]
        return [json.dumps(self.names).encode(), b"\n".join(self.ntriples_terms), *columns]

    @classmethod
    def from_buffers(cls, buffers: Sequence[bytes]) -> _EncodedChunk:
        """Return what ``parts`` made bytes of."""
        names, texts, sums, rows, *facts = buffers
        columns = zip(COLUMN_DTYPES.items(), facts, strict=True)
        return cls(
            json.loads(names),
            texts.split(b"\n") if texts else [],
            np.frombuffer(sums, np.uint32).copy(),
            np.frombuffer(rows, np.int32).reshape(-1, 3),
            {name: np.frombuffer(one, kind) for (name, kind), one in columns},
        )


def load_in_parallel(file: GraphFile) -> tuple[dict[str, bytes], NDArray[np.int32]] | None:
    """Return the terms of a file as ``Terms.parts`` does, and its statements as rows of three numbers.

    Returns:
        None if the file is to be read as a whole: it is small or cannot be cut, or it is malformed and the
        place of its fault is to be told.
    """
    number = min(count_usable_cpus(), len(file.content) // MIN_PARALLEL_BYTES + 1)
    if number < 2 or not file.is_turtle:
        return None
    try:
        first, *others = split_turtle(file, number)
        if not others:
            return None
        with ExitStack() as running:
            workers = [running.enter_context(ForkedWorker(partial(_encode_chunk, piece))) for piece in others]
            portions = [_EncodedChunk.from_chunk(first)]
            for worker in workers:
                parts = worker.read_result()
                if parts is None:
                    return None
                portions.append(_EncodedChunk.from_buffers(parts))
    except (NotSplittableError, KGError):
        return None
    return _merge_chunks(portions, file)


def _encode_chunk(piece: TurtleChunk) -> list[bytes]:
    return _EncodedChunk.from_chunk(piece).to_buffers()


def _merge_chunks(
    portions: Sequence[_EncodedChunk], file: GraphFile
) -> tuple[dict[str, bytes], NDArray[np.int32]]:
    """Return what all pieces of a file say, in its order."""
    numbers: defaultdict[bytes, int] = defaultdict(count().__next__)
    datatypes: dict[str, int] = {}
    tags: dict[str, int] = {}
    sums: list[NDArray[np.uint32]] = []
    facts: list[dict[str, NDArray[Any]]] = []
    rows: list[NDArray[np.int32]] = []
    named = 0
    for portion in portions:
        named += _relabel_bnodes(portion, file.build_bnode_relabeller(named))
        start = len(numbers)
        own = np.fromiter(
            map(numbers.__getitem__, portion.ntriples_terms), np.int32, len(portion.ntriples_terms)
        )
        fresh = own >= start
        rows.append(own[portion.rows])
        sums.append(portion.checksums[fresh])
        columns = {name: column[fresh] for name, column in portion.columns.items()}
        for name, known, own_names in zip(_CODED_COLUMNS, (datatypes, tags), portion.names, strict=True):
            # What has none has -1, which is the last.
            table = [*(known.setdefault(one, len(known)) for one in own_names), -1]
            columns[name] = np.array(table, dtype=np.int32)[columns[name]]
        facts.append(columns)
    whole = {name: np.concatenate([one[name] for one in facts]) for name in COLUMN_DTYPES}
    stored = build_term_buffers(list(numbers), np.concatenate(sums), whole, list(datatypes), list(tags))
    return stored, np.concatenate(rows)


def _relabel_bnodes(portion: _EncodedChunk, steady: Callable[[Term], Term]) -> int:
    """Name the blank nodes of a piece that are named by chance; return how many they are."""
    renamed = 0
    for place in np.flatnonzero(portion.columns["kinds"] == BLANK).tolist():
        node = ox.BlankNode(portion.ntriples_terms[place].removeprefix(b"_:").decode())
        name = steady(node)
        if name != node:
            portion.ntriples_terms[place] = str(name).encode()
            portion.checksums[place] = compute_checksums([portion.ntriples_terms[place]])[0]
            renamed += 1
    return renamed
