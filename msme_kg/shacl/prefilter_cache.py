"""Cache of prefilter results by the content of data files and shapes files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial

import pyoxigraph as ox

from msme_kg.rdf.terms import split_quad
from msme_kg.shacl.model import CompiledShapes, ShapeNode, Term
from msme_kg.shacl.prefilter import PrefilterResult
from msme_kg.storage import cache
from msme_kg.storage.type_check import require_type

_CACHE_KIND = "candidates"
_CANDIDATE_PREDICATE = ox.NamedNode("a:")


def load(key: str, shapes: CompiledShapes) -> PrefilterResult | None:
    """Return a cached result; None if there is none.

    Args:
        key: the cache key of the data files and the shapes files.
        shapes: the compiled shapes.
    """
    return cache.load(_CACHE_KIND, key, partial(_decode_result, shapes))


def _decode_result(shapes: CompiledShapes, stored: Mapping[str, memoryview]) -> PrefilterResult:
    candidates: dict[ShapeNode, list[Term]] = {}
    for quad in ox.parse(bytes(stored["candidates"]), ox.RdfFormat.N_TRIPLES):
        shape_node, _, focus_node = split_quad(quad)
        if shape_node not in shapes.shapes and shape_node not in shapes.unsupported:
            raise ValueError(shape_node)
        candidates.setdefault(shape_node, []).append(focus_node)
    triples = bytes(stored["triples"]) if "triples" in stored else None
    for _ in ox.parse(triples or b"", ox.RdfFormat.N_TRIPLES):
        pass  # an error in it is one of the entry
    counts = require_type(json.loads(bytes(stored["counts"])), dict[str, int])
    return PrefilterResult(
        candidates=candidates,
        unsupported=[
            (node, shapes.unsupported[node])
            for node, shape in shapes.shapes.items()
            if shape.targets and node in shapes.unsupported
        ],
        errors=list(shapes.errors),
        shape_count=counts["shapes"],
        focus_node_count=counts["focus nodes"],
        relevant_triples=triples,
    )


def store(key: str, prefilter_result: PrefilterResult) -> None:
    """Cache a result."""
    triples = (
        ox.Triple(shape_node, _CANDIDATE_PREDICATE, focus_node)
        for shape_node, focus_nodes in prefilter_result.candidates.items()
        for focus_node in focus_nodes
    )
    counts = {"shapes": prefilter_result.shape_count, "focus nodes": prefilter_result.focus_node_count}
    buffers: dict[str, bytes] = {
        "candidates": ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"",
        "counts": json.dumps(counts).encode(),
    }
    if prefilter_result.relevant_triples is not None:
        buffers["triples"] = prefilter_result.relevant_triples
    cache.store(_CACHE_KIND, key, buffers)
