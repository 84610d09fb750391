"""What the screen said of a graph and shapes: the same files are not screened again."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pyoxigraph as ox

from msme_kg.rdf.terms import parts
from msme_kg.shacl.model import Compiled, Key, Term
from msme_kg.shacl.prefilter import Screened
from msme_kg.storage import cache

_KIND = "screened"
_OF = ox.NamedNode("a:")


def load(key: str, shapes: Compiled) -> Screened | None:
    """Return what was said; None if it is not known.

    Args:
        key: what stands for the files of graph and shapes.
        shapes: the shapes.
    """
    stored = cache.load(_KIND, key)
    if stored is None:
        return None
    flagged: dict[Key, list[Term]] = {}
    for quad in ox.parse(bytes(stored["flagged"]), ox.RdfFormat.N_TRIPLES):
        shape, _, node = parts(quad)
        flagged.setdefault(shape, []).append(node)
    numbers = json.loads(bytes(stored["numbers"]))
    return Screened(
        flagged=flagged,
        unknown=[
            (one, shapes.unknown[one])
            for one, shape in shapes.shapes.items()
            if shape.targets and one in shapes.unknown
        ],
        errors=list(shapes.errors),
        shapes=numbers["shapes"],
        focus_nodes=numbers["focus nodes"],
        deciding=bytes(stored["deciding"]) if "deciding" in stored else None,
    )


def store(key: str, screened: Screened) -> None:
    """Remember what was said."""
    pairs = (ox.Triple(shape, _OF, node) for shape, nodes in screened.flagged.items() for node in nodes)
    numbers = {"shapes": screened.shapes, "focus nodes": screened.focus_nodes}
    found: Mapping[str, bytes] = {
        "flagged": ox.serialize(pairs, format=ox.RdfFormat.N_TRIPLES) or b"",
        "numbers": json.dumps(numbers).encode(),
    }
    deciding = {} if screened.deciding is None else {"deciding": screened.deciding}
    cache.store(_KIND, key, {**found, **deciding})
