"""The one total order of terms and quads, so that output never depends on a hash."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import pyoxigraph as ox

from msme_kg.namespaces import quoted

Resource = ox.NamedNode | ox.BlankNode
Term = Resource | ox.Literal


def parts(quad: ox.Quad) -> tuple[Resource, ox.NamedNode, Term]:
    """Return subject, predicate and object of a statement of RDF 1.1, which has no quoted triples."""
    return cast(Resource, quad.subject), quad.predicate, cast(Term, quad.object)


def loose(quad: ox.Quad) -> ox.Quad:
    """Return a statement in no graph."""
    return ox.Quad(quad.subject, quad.predicate, quad.object)


def graph_of(quad: ox.Quad) -> str:
    """Return the IRI of the graph in which a statement stands; nothing for the default graph."""
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""


def term_key(term: Term) -> tuple[str, str, str]:
    """Return what a term is sorted by: the parts of its N-Triples form."""
    if isinstance(term, ox.Literal):
        return (quoted(term.value), term.language or "", term.datatype.value)
    return (str(term), "", "")


def ordered(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return quads sorted by graph, subject, predicate and object, without repeats."""
    names: dict[object, str] = {}

    def key(quad: ox.Quad) -> tuple[str, str, str, tuple[str, str, str]]:
        graph = names.setdefault(quad.graph_name, str(quad.graph_name))
        subject, predicate, value = parts(quad)
        return (graph, str(subject), predicate.value, term_key(value))

    return sorted(set(quads), key=key)
