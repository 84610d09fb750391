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
from msme_kg.shacl.compiler import compile_shapes
from msme_kg.shacl.indexed_graph import IndexedGraph
from msme_kg.shacl.prefilter import PrefilterResult, find_candidates
from msme_kg.shacl.pyshacl_patches import treat_incomparable_as_unequal
from msme_kg.shacl.pyshacl_runner import restrict_shapes, run_pyshacl
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
        for cure in (nullcontext, treat_incomparable_as_unequal):
            try:
                with cure():
                    return results(pyshacl.validate(to_rdflib(data), shacl_graph=to_rdflib(shapes))[1])
            except TypeError:
                continue
            except Exception:  # noqa: BLE001
                break
    return ENDED


def first(data: Sequence[ox.Quad], shapes: Sequence[ox.Quad]) -> PrefilterResult:
    """Return what the screen alone finds."""
    return find_candidates(IndexedGraph.from_quads(data), compile_shapes(shapes))


def screened(data: Sequence[ox.Quad], shapes: Sequence[ox.Quad]) -> tuple[Results, PrefilterResult]:
    """Return what screen and judge find together."""
    found = first(data, shapes)
    return found_by(data, shapes, found), found


def found_by(data: Sequence[ox.Quad], shapes: Sequence[ox.Quad], found: PrefilterResult) -> Results:
    """Return what the judge finds of what the screen flagged."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if not found.candidates and not found.errors:
                return Counter()
            deciding = (
                data
                if found.relevant_triples is None
                else ox.parse(found.relevant_triples, ox.RdfFormat.N_TRIPLES)
            )
            return results(run_pyshacl(to_rdflib(deciding), restrict_shapes(shapes, found)))
        except Exception:  # noqa: BLE001
            return ENDED
