"""What the screen said of a graph and shapes: the same files are not screened again."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pyoxigraph as ox

from msme_kg.rdf.terms import split_quad
from msme_kg.shacl.model import CompiledShapes, ShapeNode, Term
from msme_kg.shacl.prefilter import PrefilterResult
from msme_kg.storage import cache

_CACHE_KIND = "screened"
_CANDIDATE_PREDICATE = ox.NamedNode("a:")


def load(key: str, shapes: CompiledShapes) -> PrefilterResult | None:
    """Return what was said; None if it is not known.

    Args:
        key: what stands for the files of graph and shapes.
        shapes: the shapes.
    """
    stored = cache.load(_CACHE_KIND, key)
    if stored is None:
        return None
    flagged: dict[ShapeNode, list[Term]] = {}
    for quad in ox.parse(bytes(stored["flagged"]), ox.RdfFormat.N_TRIPLES):
        shape, _, node = split_quad(quad)
        flagged.setdefault(shape, []).append(node)
    numbers = json.loads(bytes(stored["numbers"]))
    return PrefilterResult(
        candidates=flagged,
        unsupported=[
            (one, shapes.unsupported[one])
            for one, shape in shapes.shapes.items()
            if shape.targets and one in shapes.unsupported
        ],
        errors=list(shapes.errors),
        shape_count=numbers["shapes"],
        focus_node_count=numbers["focus nodes"],
        relevant_triples=bytes(stored["deciding"]) if "deciding" in stored else None,
    )


def store(key: str, prefilter_result: PrefilterResult) -> None:
    """Remember what was said."""
    pairs = (
        ox.Triple(shape, _CANDIDATE_PREDICATE, node)
        for shape, nodes in prefilter_result.candidates.items()
        for node in nodes
    )
    numbers = {"shapes": prefilter_result.shape_count, "focus nodes": prefilter_result.focus_node_count}
    found: Mapping[str, bytes] = {
        "flagged": ox.serialize(pairs, format=ox.RdfFormat.N_TRIPLES) or b"",
        "numbers": json.dumps(numbers).encode(),
    }
    deciding = (
        {} if prefilter_result.relevant_triples is None else {"deciding": prefilter_result.relevant_triples}
    )
    cache.store(_CACHE_KIND, key, {**found, **deciding})
