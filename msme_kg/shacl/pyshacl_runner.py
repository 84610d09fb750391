"""pySHACL validation, of all shapes or of those that only pySHACL can evaluate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.namespaces import OWL, RDF, RDFS, SHACL
from msme_kg.shacl.rdflib_bridge import list_quads, to_rdflib
from msme_kg.shacl.report_reader import read_report
from msme_kg.shacl.validation_results import ValidationResult

if TYPE_CHECKING:
    from msme_kg.shacl.model import ShapeNode, Term

_TARGET_PREDICATES = {
    f"{SHACL}{name}" for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
}
_TARGET_NODE = ox.NamedNode(f"{SHACL}targetNode")
_TYPE = ox.NamedNode(f"{RDF}type")
_SUBCLASS = ox.NamedNode(f"{RDFS}subClassOf")
_RDFS_CLASS, _OWL_CLASS = ox.NamedNode(f"{RDFS}Class"), ox.NamedNode(f"{OWL}Class")


def run_pyshacl(data: Iterable[ox.Quad], shapes: Iterable[ox.Quad]) -> list[ValidationResult]:
    """Return the validation results of pySHACL (SHACL §3.6).

    Args:
        data: the data graph.
        shapes: the shapes graph; from ``restrict_shapes`` to validate some focus nodes only.

    Raises:
        SafetyError: a query would reach the network.
        Exception: pySHACL cannot process a shape; the type depends on the shape.
    """
    import pyshacl

    from msme_kg.shacl.pyshacl_patches import (
        QueryCachingGraph,
        keep_message_bindings,
        refuse_network,
        silence_logging,
        treat_incomparable_literals_as_unordered,
    )

    with (
        keep_message_bindings(),
        refuse_network(),
        treat_incomparable_literals_as_unordered(),
        silence_logging(),
    ):
        graph = QueryCachingGraph(to_rdflib(data))
        _, report, _ = pyshacl.validate(graph, shacl_graph=to_rdflib(shapes), advanced=False)
    if isinstance(report, Exception):
        raise report
    return list(read_report(list_quads(report)))


def restrict_shapes(
    shapes: Iterable[ox.Quad], focus_nodes: Mapping[ShapeNode, Iterable[Term]]
) -> Iterator[ox.Quad]:
    """Yield a shapes graph with some focus nodes as the only targets.

    Args:
        shapes: the shapes graph.
        focus_nodes: the focus nodes by shape.
    """
    quads = list(shapes)
    # A shape that is also a class is an implicit class target (SHACL §2.1.3.3).
    classes: set[object] = {_RDFS_CLASS, _OWL_CLASS}
    classes |= {quad.subject for quad in quads if quad.predicate == _SUBCLASS and quad.object == _RDFS_CLASS}
    for quad in quads:
        is_class = quad.predicate == _TYPE and quad.object in classes
        if quad.predicate.value not in _TARGET_PREDICATES and not is_class:
            yield quad
    for shape, nodes in focus_nodes.items():
        yield from (ox.Quad(shape, _TARGET_NODE, node) for node in nodes)
