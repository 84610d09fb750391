"""The one total order of terms and quads, so that output never depends on a hash."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import pyoxigraph as ox

from msme_kg.namespaces import quote_string

Resource = ox.NamedNode | ox.BlankNode
Term = Resource | ox.Literal


def split_quad(quad: ox.Quad) -> tuple[Resource, ox.NamedNode, Term]:
    """Return subject, predicate and object of a statement of RDF 1.1, which has no quoted triples."""
    return cast(Resource, quad.subject), quad.predicate, cast(Term, quad.object)


def without_graph(quad: ox.Quad) -> ox.Quad:
    """Return a statement in no graph."""
    return ox.Quad(quad.subject, quad.predicate, quad.object)


def get_graph_iri(quad: ox.Quad) -> str:
    """Return the IRI of the graph in which a statement stands; nothing for the default graph."""
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""


def compute_sort_key(term: Term) -> tuple[str, str, str]:
    """Return what a term is sorted by: the parts of its N-Triples form."""
    if isinstance(term, ox.Literal):
        return (quote_string(term.value), term.language or "", term.datatype.value)
    return (str(term), "", "")


def sort_quads(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return quads sorted by graph, subject, predicate and object, without repeats."""
    names: dict[object, str] = {}

    def build_quad_key(quad: ox.Quad) -> tuple[str, str, str, tuple[str, str, str]]:
        graph = names.setdefault(quad.graph_name, str(quad.graph_name))
        subject, predicate, value = split_quad(quad)
        return (graph, str(subject), predicate.value, compute_sort_key(value))

    return sorted(set(quads), key=build_quad_key)
