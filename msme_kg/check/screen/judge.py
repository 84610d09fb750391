"""Judging by pySHACL just what the screen flagged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.names import OWL, RDF, RDFS, SHACL

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

    from msme_kg.check.screen import Screened
    from msme_kg.check.screen.tree import Term

_TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")


def judged(data: rdflib.Graph, shapes: rdflib.Graph, screened: Screened) -> rdflib.Graph:
    """Return the report of pySHACL on what the screen flagged: that of a run on everything.

    Args:
        data: the data graph, as `to_rdflib` made it.
        shapes: the shapes graph, likewise.
        screened: what the screen found in the same two graphs.
    """
    if not screened.flagged and not screened.errors:
        return _clean()
    import pyshacl

    from msme_kg.check.screen.prepared import PreparedGraph

    _, report, _ = pyshacl.validate(
        PreparedGraph(data), shacl_graph=rewritten(shapes, screened), advanced=False
    )
    if isinstance(report, Exception):
        raise report
    found: rdflib.Graph = report
    return found


def rewritten(shapes: rdflib.Graph, screened: Screened) -> rdflib.Graph:
    """Return a copy of the shapes in which each has just its flagged nodes as targets."""
    import rdflib
    from rdflib import RDF as TYPES
    from rdflib import URIRef

    from msme_kg.check.graphs import to_rdflib

    classes = {URIRef(f"{RDFS}Class"), URIRef(f"{OWL}Class")}
    classes.update(shapes.subjects(URIRef(f"{RDFS}subClassOf"), URIRef(f"{RDFS}Class")))  # type: ignore[arg-type]
    targets = {URIRef(f"{SHACL}{name}") for name in _TARGETS}
    copy = rdflib.Graph()
    copy.namespace_manager = shapes.namespace_manager
    for triple in shapes:
        if triple[1] not in targets and not (triple[1] == TYPES.type and triple[2] in classes):
            copy.add(triple)
    dummy = ox.NamedNode(f"{SHACL}targetNode")
    nodes: dict[Term, Node] = {}

    def node(term: Term) -> Node:
        if term not in nodes:
            ((_, _, nodes[term]),) = to_rdflib([ox.Quad(dummy, dummy, term)])
        return nodes[term]

    for key, focus in screened.flagged.items():
        for term in focus:
            copy.add((node(key), URIRef(f"{SHACL}targetNode"), node(term)))
    return copy


def _clean() -> rdflib.Graph:
    import rdflib
    from rdflib import BNode, Literal, URIRef

    report = rdflib.Graph()
    node = BNode()
    report.add((node, URIRef(f"{RDF}type"), URIRef(f"{SHACL}ValidationReport")))
    report.add((node, URIRef(f"{SHACL}conforms"), Literal(True)))
    return report
