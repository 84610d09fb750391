"""The one total order of terms and quads, so that output never depends on a hash."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.names import quoted

Term = ox.NamedNode | ox.BlankNode | ox.Literal


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
        return (graph, str(quad.subject), quad.predicate.value, term_key(quad.object))

    return sorted(set(quads), key=key)
