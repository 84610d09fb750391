"""Evaluation of property paths (SHACL §2.3.1) for many nodes at once."""

from __future__ import annotations

import numpy as np

from msme_kg.shacl.model import AlternativePath, InversePath, Path, PredicatePath, SequencePath
from msme_kg.shacl.path_syntax import invert_path
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import TripleIndex, find_in_sorted, sort_unique


def follow_path(index: TripleIndex, path: Path, nodes: Ids) -> tuple[Ids, Ids]:
    """Return the distinct pairs of start node and reached node, as two arrays.

    Args:
        index: the triples of the data graph.
        path: the property path.
        nodes: the start nodes; the first array has positions in it.
    """
    return _evaluate_path(index, path, np.arange(len(nodes), dtype=np.int64), nodes)


def _evaluate_path(index: TripleIndex, path: Path, rows: Ids, nodes: Ids) -> tuple[Ids, Ids]:
    if isinstance(path, PredicatePath):
        positions, values = index.follow(path.predicate, nodes, inverse=path.inverse)
        return rows[positions], values
    if isinstance(path, SequencePath):
        for position, part in enumerate(path.parts):
            rows, nodes = _evaluate_path(index, part, rows, nodes)
            if position:
                rows, nodes = _deduplicate_pairs(index, rows, nodes)
        return rows, nodes
    if isinstance(path, AlternativePath):
        pairs = (_evaluate_path(index, part, rows, nodes) for part in path.parts)
        all_rows, all_values = map(np.concatenate, zip(*pairs, strict=True))
        return _deduplicate_pairs(index, all_rows, all_values)
    if isinstance(path, InversePath):
        return _evaluate_path(index, invert_path(path.inner), rows, nodes)
    inner = path.inner
    after_rows, after = _evaluate_path(index, inner, rows, nodes)
    if path.is_optional:
        after_rows, after = np.concatenate([rows, after_rows]), np.concatenate([nodes, after])
    seen = fresh = sort_unique(after_rows * index.id_limit + after)
    while path.is_repeatable and len(fresh):
        next_rows, values = _evaluate_path(index, inner, fresh // index.id_limit, fresh % index.id_limit)
        reached = sort_unique(next_rows * index.id_limit + values)
        fresh = reached[~find_in_sorted(reached, seen)]
        seen = sort_unique(np.concatenate([seen, fresh]))
    return seen // index.id_limit, seen % index.id_limit


def _deduplicate_pairs(index: TripleIndex, rows: Ids, nodes: Ids) -> tuple[Ids, Ids]:
    keys = sort_unique(rows * index.id_limit + nodes)
    return keys // index.id_limit, keys % index.id_limit
