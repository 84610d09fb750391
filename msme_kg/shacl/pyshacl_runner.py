"""Judging by pySHACL just what the screen flagged, by the statements that decide about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.namespaces import OWL, RDF, RDFS, SHACL
from msme_kg.shacl.rdflib_bridge import to_rdflib

if TYPE_CHECKING:
    import rdflib

    from msme_kg.shacl.model import ShapeNode
    from msme_kg.shacl.prefilter import PrefilterResult

_TARGET_PREDICATES = {
    f"{SHACL}{name}" for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
}
_TARGET_NODE = ox.NamedNode(f"{SHACL}targetNode")
_TYPE = ox.NamedNode(f"{RDF}type")
_ONTOLOGY = ox.NamedNode(f"{OWL}Ontology")
_SIBLINGS_DISJOINT = f"{SHACL}qualifiedValueShapesDisjoint"
"""By it pySHACL looks at shapes that use the same one."""
_PREFIX_PREDICATES = {f"{SHACL}{name}" for name in ("declare", "prefix", "namespace")}
"""What pySHACL reads of an ontology, wherever a query stands."""


def run_pyshacl(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    """Return the report of pySHACL on a graph.

    Args:
        data: the data graph.
        shapes: the shapes; as `rewritten` made them, if only what was flagged is to be judged.
    """
    import pyshacl

    from msme_kg.shacl.pyshacl_patches import (
        QueryCachingGraph,
        escape_backslashes_in_messages,
        treat_incomparable_as_unequal,
    )

    with escape_backslashes_in_messages(), treat_incomparable_as_unequal():
        _, report, _ = pyshacl.validate(QueryCachingGraph(data), shacl_graph=shapes, advanced=False)
    if isinstance(report, Exception):
        raise report
    found: rdflib.Graph = report
    return found


def restrict_shapes(shapes: Iterable[ox.Quad], prefilter_result: PrefilterResult) -> rdflib.Graph:
    """Return the shapes that were flagged, and what they use, with just their flagged nodes as targets."""
    rules = list(shapes)
    everything = prefilter_result.relevant_triples is None or any(
        one.predicate.value == _SIBLINGS_DISJOINT for one in rules
    )
    kept: set[object] = (
        {one.subject for one in rules} if everything else _find_reachable(rules, prefilter_result.candidates)
    )
    a_class = ox.NamedNode(f"{RDFS}Class")
    subclass = ox.NamedNode(f"{RDFS}subClassOf")
    classes: set[object] = {a_class, ox.NamedNode(f"{OWL}Class")}
    classes |= {one.subject for one in rules if one.predicate == subclass and one.object == a_class}

    def select_quads() -> Iterator[ox.Quad]:
        for one in rules:
            is_type = one.predicate == _TYPE
            if one.predicate.value in _TARGET_PREDICATES or (is_type and one.object in classes):
                continue
            # What a shape without IRI belongs to gives it a name; without targets it does nothing else.
            owns = isinstance(one.object, ox.BlankNode) and one.object in prefilter_result.candidates
            everywhere = one.predicate.value in _PREFIX_PREDICATES or (is_type and one.object == _ONTOLOGY)
            if owns or everywhere or one.subject in kept:
                yield one
        for key, focus in prefilter_result.candidates.items():
            yield from (ox.Quad(key, _TARGET_NODE, node) for node in focus)

    return to_rdflib(select_quads())


def _find_reachable(rules: Iterable[ox.Quad], keys: Iterable[ShapeNode]) -> set[object]:
    """Return what some shapes say and use, however far away."""
    after: dict[object, list[object]] = {}
    for one in rules:
        after.setdefault(one.subject, []).append(one.object)
    found: set[object] = set()
    open_: list[object] = list(keys)
    while open_:
        node = open_.pop()
        if node not in found:
            found.add(node)
            open_ += after.get(node, ())
    return found
