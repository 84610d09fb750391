"""SHACL property paths over columns, for all nodes at once."""

from __future__ import annotations

import numpy as np

from msme_kg.shacl.model import Alternative, Path, Sequence, Step
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import Columns, distinct


def walk(columns: Columns, path: Path, nodes: Ids) -> tuple[Ids, Ids]:
    """Return pairs of row and value: what the path reaches from each node, each pair once.

    Args:
        columns: the data.
        path: the path.
        nodes: where to start; a row is an index into it.
    """
    return _walk(columns, path, np.arange(len(nodes), dtype=np.int64), nodes)


def _walk(columns: Columns, path: Path, rows: Ids, nodes: Ids) -> tuple[Ids, Ids]:
    if isinstance(path, Step):
        at, values = columns.follow(path.predicate, nodes, inverse=path.inverse)
        return rows[at], values
    if isinstance(path, Sequence):
        for place, part in enumerate(path.parts):
            rows, nodes = _walk(columns, part, rows, nodes)
            if place:
                rows, nodes = _distinct(columns, rows, nodes)
        return rows, nodes
    if isinstance(path, Alternative):
        found = [_walk(columns, part, rows, nodes) for part in path.parts]
        return _distinct(
            columns, np.concatenate([one[0] for one in found]), np.concatenate([one[1] for one in found])
        )
    inner = path.inner
    after_rows, after = _walk(columns, inner, rows, nodes)
    if path.zero:
        after_rows, after = np.concatenate([rows, after_rows]), np.concatenate([nodes, after])
    seen = fresh = distinct(after_rows * columns.size + after)
    while path.more and len(fresh):
        at, values = _walk(columns, inner, fresh // columns.size, fresh % columns.size)
        fresh = np.setdiff1d(at * columns.size + values, seen)
        seen = np.union1d(seen, fresh)
    return seen // columns.size, seen % columns.size


def _distinct(columns: Columns, rows: Ids, nodes: Ids) -> tuple[Ids, Ids]:
    keys = distinct(rows * columns.size + nodes)
    return keys // columns.size, keys % columns.size
