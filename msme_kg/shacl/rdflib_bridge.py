"""Conversion of triples and terms between pyoxigraph and rdflib."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.rdf.terms import Term, normalize_language_tag, split_quad

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node


def to_rdflib(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    """Return the triples of quads as an rdflib graph, with lexical forms as written."""
    import rdflib

    graph = rdflib.Graph()
    converted: dict[object, Node] = {}
    for quad in quads:
        terms = split_quad(quad)
        for term in terms:
            if term not in converted:
                converted[term] = to_rdflib_term(term)
        graph.add((converted[terms[0]], converted[terms[1]], converted[terms[2]]))
    return graph


def list_quads(graph: rdflib.Graph) -> Iterator[ox.Quad]:
    """Yield the triples of an rdflib graph as quads of the default graph."""
    for triple in graph:
        subject, predicate, value = map(from_rdflib, triple)
        if (
            isinstance(predicate, ox.NamedNode)
            and value is not None
            and not isinstance(subject, ox.Literal | None)
        ):
            yield ox.Quad(subject, predicate, value)


def to_rdflib_term(term: Term) -> Node:
    """Return a term as one of rdflib, with the lexical form as written."""
    from rdflib import BNode, Literal, URIRef

    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=normalize_language_tag(term.language))
    if term.datatype.value.endswith("#string"):
        return Literal(term.value)
    # By default rdflib writes 1 for 01. Its global switch would not do: pySHACL turns it on after each run.
    return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)


def from_rdflib(node: Node | None) -> Term | None:
    """Return a term of rdflib as one of pyoxigraph; None for other nodes, such as a variable."""
    from rdflib import BNode, Literal, URIRef

    if isinstance(node, URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, BNode):
        return ox.BlankNode(str(node))
    if isinstance(node, Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None)
    return None
