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
from msme_kg.shacl.forked_worker import LARGE, Worker, processors
from msme_kg.shacl.term_dictionary import BLANK, FACTS, facts_of, parts_of, sums_of
from msme_kg.shacl.triple_index import encoded
from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.turtle_chunks import Piece, WholeError, cut

_NAMED = ("datatypes", "languages")
"""The columns that hold numbers of names."""


@dataclass(frozen=True)
class _Portion:
    """What a piece says.

    Attributes:
        names: the datatypes and the language tags by number.
        texts: its terms as N-Triples, each once.
        sums: the checksums of these.
        rows: its statements as rows of three numbers, the places of terms in `texts`.
        facts: what is known of each term, by column.
    """

    names: tuple[list[str], list[str]]
    texts: list[bytes]
    sums: NDArray[np.uint32]
    rows: NDArray[np.int32]
    facts: dict[str, NDArray[Any]]

    @classmethod
    def of(cls, piece: Piece) -> _Portion:
        terms, _, rows, _ = encoded([piece.parsed()])
        datatypes: dict[str, int] = {}
        tags: dict[str, int] = {}
        facts = facts_of(terms, datatypes, tags)
        texts = [str(term).encode() for term in terms]
        return cls((list(datatypes), list(tags)), texts, sums_of(texts), rows, facts)

    def parts(self) -> list[bytes]:
        """Return it as bytes, for another process."""
        facts = [self.facts[name].tobytes() for name in FACTS]
        columns = [self.sums.tobytes(), self.rows.tobytes(), *facts]
        return [json.dumps(self.names).encode(), b"\n".join(self.texts), *columns]

    @classmethod
    def given(cls, parts: Sequence[bytes]) -> _Portion:
        """Return what ``parts`` made bytes of."""
        names, texts, sums, rows, *facts = parts
        columns = zip(FACTS.items(), facts, strict=True)
        return cls(
            json.loads(names),
            texts.split(b"\n") if texts else [],
            np.frombuffer(sums, np.uint32).copy(),
            np.frombuffer(rows, np.int32).reshape(-1, 3),
            {name: np.frombuffer(one, kind) for (name, kind), one in columns},
        )


def read(file: GraphFile) -> tuple[dict[str, bytes], NDArray[np.int32]] | None:
    """Return the terms of a file as ``Terms.parts`` does, and its statements as rows of three numbers.

    Returns:
        None if the file is to be read as a whole: it is small or cannot be cut, or it is malformed and the
        place of its fault is to be told.
    """
    number = min(processors(), len(file.content) // LARGE + 1)
    if number < 2 or not file.is_turtle:
        return None
    try:
        first, *others = cut(file, number)
        if not others:
            return None
        with ExitStack() as running:
            workers = [running.enter_context(Worker(partial(_answer, piece))) for piece in others]
            portions = [_Portion.of(first)]
            for worker in workers:
                parts = worker.answer()
                if parts is None:
                    return None
                portions.append(_Portion.given(parts))
    except (WholeError, KGError):
        return None
    return _joined(portions, file)


def _answer(piece: Piece) -> list[bytes]:
    return _Portion.of(piece).parts()


def _joined(portions: Sequence[_Portion], file: GraphFile) -> tuple[dict[str, bytes], NDArray[np.int32]]:
    """Return what all pieces of a file say, in its order."""
    numbers: defaultdict[bytes, int] = defaultdict(count().__next__)
    datatypes: dict[str, int] = {}
    tags: dict[str, int] = {}
    sums: list[NDArray[np.uint32]] = []
    facts: list[dict[str, NDArray[Any]]] = []
    rows: list[NDArray[np.int32]] = []
    named = 0
    for portion in portions:
        named += _name(portion, file.steady(named))
        start = len(numbers)
        own = np.fromiter(map(numbers.__getitem__, portion.texts), np.int32, len(portion.texts))
        fresh = own >= start
        rows.append(own[portion.rows])
        sums.append(portion.sums[fresh])
        columns = {name: column[fresh] for name, column in portion.facts.items()}
        for name, known, own_names in zip(_NAMED, (datatypes, tags), portion.names, strict=True):
            # What has none has -1, which is the last.
            table = [*(known.setdefault(one, len(known)) for one in own_names), -1]
            columns[name] = np.array(table, dtype=np.int32)[columns[name]]
        facts.append(columns)
    whole = {name: np.concatenate([one[name] for one in facts]) for name in FACTS}
    stored = parts_of(list(numbers), np.concatenate(sums), whole, list(datatypes), list(tags))
    return stored, np.concatenate(rows)


def _name(portion: _Portion, steady: Callable[[Term], Term]) -> int:
    """Name the blank nodes of a piece that are named by chance; return how many they are."""
    renamed = 0
    for place in np.flatnonzero(portion.facts["kinds"] == BLANK).tolist():
        node = ox.BlankNode(portion.texts[place].removeprefix(b"_:").decode())
        name = steady(node)
        if name != node:
            portion.texts[place] = str(name).encode()
            portion.sums[place] = sums_of([portion.texts[place]])[0]
            renamed += 1
    return renamed
