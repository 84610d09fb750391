"""SHACL property paths over columns, for all nodes at once."""

from __future__ import annotations

import numpy as np

from msme_kg.shacl.model import AlternativePath, Path, PredicatePath, SequencePath
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import TripleIndex, sort_unique


def follow_path(index: TripleIndex, path: Path, nodes: Ids) -> tuple[Ids, Ids]:
    """Return pairs of row and value: what the path reaches from each node, each pair once.

    Args:
        index: the data.
        path: the path.
        nodes: where to start; a row is an index into it.
    """
    return _evaluate_path(index, path, np.arange(len(nodes), dtype=np.int64), nodes)


def _evaluate_path(index: TripleIndex, path: Path, rows: Ids, nodes: Ids) -> tuple[Ids, Ids]:
    if isinstance(path, PredicatePath):
        at, values = index.follow(path.predicate, nodes, inverse=path.inverse)
        return rows[at], values
    if isinstance(path, SequencePath):
        for place, part in enumerate(path.parts):
            rows, nodes = _evaluate_path(index, part, rows, nodes)
            if place:
                rows, nodes = _deduplicate_pairs(index, rows, nodes)
        return rows, nodes
    if isinstance(path, AlternativePath):
        found = [_evaluate_path(index, part, rows, nodes) for part in path.parts]
        return _deduplicate_pairs(
            index, np.concatenate([one[0] for one in found]), np.concatenate([one[1] for one in found])
        )
    inner = path.inner
    after_rows, after = _evaluate_path(index, inner, rows, nodes)
    if path.is_optional:
        after_rows, after = np.concatenate([rows, after_rows]), np.concatenate([nodes, after])
    seen = fresh = sort_unique(after_rows * index.id_limit + after)
    while path.is_repeatable and len(fresh):
        at, values = _evaluate_path(index, inner, fresh // index.id_limit, fresh % index.id_limit)
        fresh = np.setdiff1d(at * index.id_limit + values, seen)
        seen = np.union1d(seen, fresh)
    return seen // index.id_limit, seen % index.id_limit


def _deduplicate_pairs(index: TripleIndex, rows: Ids, nodes: Ids) -> tuple[Ids, Ids]:
    keys = sort_unique(rows * index.id_limit + nodes)
    return keys // index.id_limit, keys % index.id_limit
