"""Runs pySHACL alone and behind the screen, and makes the two comparable."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext

import pyoxigraph as ox
import pyshacl
import rdflib

from msme_kg.namespaces import SHACL
from msme_kg.shacl.compiler import compiled
from msme_kg.shacl.indexed_graph import Graph
from msme_kg.shacl.prefilter import Screened, screen
from msme_kg.shacl.pyshacl_patches import everything_compared
from msme_kg.shacl.pyshacl_runner import reported, rewritten
from msme_kg.shacl.rdflib_bridge import to_rdflib

NAMES = ("focusNode", "resultPath", "value", "sourceConstraintComponent", "sourceShape", "resultSeverity")
ENDED = "pySHACL ended with an error"
"""Which of several errors comes first depends on the hash seed."""
Results = Counter[tuple[str, ...]] | str


def results(report: object) -> Results:
    """Return the results of a report, or what ended the run."""
    if not isinstance(report, rdflib.Graph):
        return ENDED
    found: Counter[tuple[str, ...]] = Counter()
    for one in report.objects(None, rdflib.URIRef(f"{SHACL}result")):
        parts = [report.value(one, rdflib.URIRef(f"{SHACL}{name}")) for name in NAMES]
        found[tuple("" if part is None else part.n3() for part in parts)] += 1
    return found


def alone(data: Sequence[ox.Quad], shapes: Sequence[ox.Quad]) -> Results:
    """Return what pySHACL finds by itself; where it ends over values of no order, what it would find."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for cure in (nullcontext, everything_compared):
            try:
                with cure():
                    return results(pyshacl.validate(to_rdflib(data), shacl_graph=to_rdflib(shapes))[1])
            except TypeError:
                continue
            except Exception:  # noqa: BLE001
                break
    return ENDED


def first(data: Sequence[ox.Quad], shapes: Sequence[ox.Quad]) -> Screened:
    """Return what the screen alone finds."""
    return screen(Graph.of(data), compiled(shapes))


def screened(data: Sequence[ox.Quad], shapes: Sequence[ox.Quad]) -> tuple[Results, Screened]:
    """Return what screen and judge find together."""
    found = first(data, shapes)
    return found_by(data, shapes, found), found


def found_by(data: Sequence[ox.Quad], shapes: Sequence[ox.Quad], found: Screened) -> Results:
    """Return what the judge finds of what the screen flagged."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if not found.flagged and not found.errors:
                return Counter()
            deciding = data if found.deciding is None else ox.parse(found.deciding, ox.RdfFormat.N_TRIPLES)
            return results(reported(to_rdflib(deciding), rewritten(shapes, found)))
        except Exception:  # noqa: BLE001
            return ENDED
