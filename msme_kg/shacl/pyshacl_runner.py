"""pySHACL validation of the candidates from the prefilter, with the triples relevant for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.namespaces import OWL, RDF, RDFS, SHACL

if TYPE_CHECKING:
    import rdflib

    from msme_kg.shacl.model import ShapeNode
    from msme_kg.shacl.prefilter import PrefilterResult

_TARGET_PREDICATES = {
    f"{SHACL}{name}" for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
}
_TARGET_NODE = ox.NamedNode(f"{SHACL}targetNode")
_TYPE = ox.NamedNode(f"{RDF}type")
_SUBCLASS = ox.NamedNode(f"{RDFS}subClassOf")
_RDFS_CLASS, _OWL_CLASS = ox.NamedNode(f"{RDFS}Class"), ox.NamedNode(f"{OWL}Class")
_ONTOLOGY = ox.NamedNode(f"{OWL}Ontology")
_SIBLINGS_DISJOINT = f"{SHACL}qualifiedValueShapesDisjoint"
"""The parameter whose evaluation depends on sibling shapes (SHACL §4.7.3)."""
_PREFIX_PREDICATES = {f"{SHACL}{name}" for name in ("declare", "prefix", "namespace")}
"""The prefix declarations that pySHACL takes from all ontologies of the shapes graph (SHACL §5.2.1)."""


def run_pyshacl(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    """Return the validation report of pySHACL (SHACL §3.6).

    Args:
        data: the data graph.
        shapes: the shapes graph; from ``restrict_shapes`` to validate candidates only.

    Raises:
        SafetyError: a query would reach the network.
        Exception: pySHACL cannot process a shape; the type depends on the shape.
    """
    import pyshacl

    from msme_kg.shacl.pyshacl_patches import (
        QueryCachingGraph,
        keep_message_bindings,
        refuse_network,
        treat_incomparable_literals_as_unordered,
    )

    with keep_message_bindings(), refuse_network(), treat_incomparable_literals_as_unordered():
        _, report, _ = pyshacl.validate(QueryCachingGraph(data), shacl_graph=shapes, advanced=False)
    if isinstance(report, Exception):
        raise report
    graph: rdflib.Graph = report
    return graph


def restrict_shapes(shapes: Iterable[ox.Quad], prefilter_result: PrefilterResult) -> Iterator[ox.Quad]:
    """Yield the shapes that have candidates and those that they use, with the candidates as only targets.

    Args:
        shapes: the shapes graph.
        prefilter_result: the candidates.
    """
    quads = list(shapes)
    candidates = prefilter_result.candidates
    needs_all = prefilter_result.relevant_triples is None or any(
        quad.predicate.value == _SIBLINGS_DISJOINT for quad in quads
    )
    subjects = {quad.subject for quad in quads} if needs_all else _find_reachable(quads, candidates)
    # A shape that is also a class is an implicit class target (SHACL §2.1.3.3).
    classes: set[object] = {_RDFS_CLASS, _OWL_CLASS}
    classes |= {quad.subject for quad in quads if quad.predicate == _SUBCLASS and quad.object == _RDFS_CLASS}
    for quad in quads:
        is_type = quad.predicate == _TYPE
        if quad.predicate.value in _TARGET_PREDICATES or (is_type and quad.object in classes):
            continue
        # The report names a blank shape by its owner, which validates nothing without targets.
        is_owner = isinstance(quad.object, ox.BlankNode) and quad.object in candidates
        is_prefix = quad.predicate.value in _PREFIX_PREDICATES or (is_type and quad.object == _ONTOLOGY)
        if is_owner or is_prefix or quad.subject in subjects:
            yield quad
    for shape, focus_nodes in candidates.items():
        yield from (ox.Quad(shape, _TARGET_NODE, node) for node in focus_nodes)


def _find_reachable(quads: Iterable[ox.Quad], shapes: Iterable[ShapeNode]) -> set[object]:
    """Return the nodes of the shapes graph that are reachable from some shapes."""
    objects: dict[object, list[object]] = {}
    for quad in quads:
        objects.setdefault(quad.subject, []).append(quad.object)
    reachable: set[object] = set()
    pending: list[object] = list(shapes)
    while pending:
        node = pending.pop()
        if node not in reachable:
            reachable.add(node)
            pending += objects.get(node, ())
    return reachable
