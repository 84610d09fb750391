"""Statements as an rdflib graph, with their lexical forms as written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.namespaces import normalize_language_tag
from msme_kg.rdf.terms import Term, split_quad

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node


@contextmanager
def silence_logging() -> Iterator[None]:
    """Keep libraries from logging: what they have to say is in what they return or raise."""
    import logging  # only who runs these libraries waits for it

    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def to_rdflib(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    """Return statements as an rdflib graph, with their lexical forms as written."""
    import rdflib

    rdflib.NORMALIZE_LITERALS = False  # each time: pySHACL switches it on again
    graph = rdflib.Graph()
    known: dict[object, Node] = {}
    for quad in quads:
        terms = split_quad(quad)
        for term in terms:
            if term not in known:
                known[term] = _to_rdflib_term(term)
        graph.add((known[terms[0]], known[terms[1]], known[terms[2]]))
    return graph


def _to_rdflib_term(term: Term) -> Node:
    from rdflib import BNode, Literal, URIRef

    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=normalize_language_tag(term.language))
    if term.datatype.value.endswith("#string"):
        return Literal(term.value)
    return Literal(term.value, datatype=URIRef(term.datatype.value))


def from_rdflib(node: Node | None) -> Term | None:
    """Return a term of rdflib as the engine's; None for what is no term, such as a variable."""
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
