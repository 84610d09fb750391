"""Comparable results of pySHACL alone and of the prefilter with pySHACL."""

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
from msme_kg.shacl.pyshacl_patches import treat_incomparable_literals_as_unordered
from msme_kg.shacl.pyshacl_runner import restrict_shapes, run_pyshacl
from msme_kg.shacl.rdflib_bridge import to_rdflib
from msme_kg.shacl.sparql_constraints import SERVICE_REFUSED

NAMES = ("focusNode", "resultPath", "value", "sourceConstraintComponent", "sourceShape", "resultSeverity")
ENDED = "pySHACL ended with an error"
"""One value for all errors: which one comes first depends on the hash seed."""
Results = Counter[tuple[str, ...]] | str


def results(report: object) -> Results:
    """Return the results of a validation report, or ``ENDED`` for an exception."""
    if not isinstance(report, rdflib.Graph):
        return ENDED
    counts: Counter[tuple[str, ...]] = Counter()
    for result in report.objects(None, rdflib.URIRef(f"{SHACL}result")):
        parts = [report.value(result, rdflib.URIRef(f"{SHACL}{name}")) for name in NAMES]
        counts[tuple("" if part is None else part.n3() for part in parts)] += 1
    return counts


def alone(data: Sequence[ox.Quad], shapes: Sequence[ox.Quad]) -> Results:
    """Return the results of pySHACL without the prefilter, patched only where comparing literals ends it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for patch in (nullcontext, treat_incomparable_literals_as_unordered):
            try:
                with patch():
                    return results(pyshacl.validate(to_rdflib(data), shacl_graph=to_rdflib(shapes))[1])
            except TypeError:
                continue
            except Exception:  # noqa: BLE001
                break
    return ENDED


def first(data: Sequence[ox.Quad], shapes: Sequence[ox.Quad]) -> PrefilterResult:
    """Return the candidates of the prefilter."""
    return find_candidates(IndexedGraph.from_quads(data), compile_shapes(shapes))


def prefiltered(data: Sequence[ox.Quad], shapes: Sequence[ox.Quad]) -> tuple[Results, PrefilterResult]:
    """Return the results of the prefilter with pySHACL, and the candidates."""
    found = first(data, shapes)
    return found_by(data, shapes, found), found


def found_by(data: Sequence[ox.Quad], shapes: Sequence[ox.Quad], found: PrefilterResult) -> Results:
    """Return the results of pySHACL for the candidates of the prefilter."""
    if any(reason == SERVICE_REFUSED for _, reason in found.errors):
        return ENDED  # refused before pySHACL runs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if not found.candidates and not found.errors:
                return Counter()
            relevant = (
                data
                if found.relevant_triples is None
                else ox.parse(found.relevant_triples, ox.RdfFormat.N_TRIPLES)
            )
            return results(run_pyshacl(to_rdflib(relevant), to_rdflib(restrict_shapes(shapes, found))))
        except Exception:  # noqa: BLE001
            return ENDED
