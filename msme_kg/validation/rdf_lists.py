"""Ill-formed RDF lists: circular, forked, incomplete or not ended by ``rdf:nil``."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from msme_kg.namespaces import RDF
from msme_kg.rdf.terms import Resource, Term, split_quad

FIRST, REST, NIL = ox.NamedNode(f"{RDF}first"), ox.NamedNode(f"{RDF}rest"), ox.NamedNode(f"{RDF}nil")


def find_ill_formed_lists(
    quads: Iterable[ox.Quad],
) -> Iterator[tuple[str, Resource, ox.NamedNode, Term | None]]:
    """Find the lists of a file that are not well-formed ("SHACL list" in SHACL §1.1).

    Yields:
        the lint rule, the list node, the property, and the value if one is at fault.
    """
    firsts: dict[Resource, dict[Term, None]] = defaultdict(dict)
    rests: dict[Resource, dict[Term, None]] = defaultdict(dict)
    for quad in quads:
        subject, predicate, value = split_quad(quad)
        if predicate == FIRST:
            firsts[subject][value] = None
        elif predicate == REST:
            rests[subject][value] = None
    nodes = dict.fromkeys([*firsts, *rests])
    predecessor_counts = Counter(value for values in rests.values() for value in values if value != NIL)
    for node in nodes:
        if node == NIL:
            yield "list-nil", node, FIRST if node in firsts else REST, None
        elif node not in firsts or node not in rests:
            name, values_of = (FIRST, firsts) if node in firsts else (REST, rests)
            yield "list-incomplete", node, name, next(iter(values_of[node]))
        for name, values in ((FIRST, firsts.get(node, {})), (REST, rests.get(node, {}))):
            for surplus in list(values)[1:]:
                yield "list-forked", node, name, surplus
        for value in rests.get(node, ()):
            if value not in nodes and value != NIL:
                yield "list-endless", node, REST, value
            elif predecessor_counts[value] > 1:
                predecessor_counts[value] = 0  # report it once
                yield "list-shared", node, REST, value
    for node in _find_cycles(rests):
        yield "list-circle", node, REST, next(iter(rests[node]))


def _find_cycles(rests: Mapping[Resource, Iterable[Term]]) -> Iterator[Resource]:
    """Yield one node of each cycle of ``rdf:rest``."""
    done: set[Term] = set()
    for start in list(rests):
        path: dict[Term, None] = {}
        node: Term | None = start
        while node is not None and node not in done and node not in path:
            path[node] = None
            node = None if isinstance(node, ox.Literal) else next(iter(rests.get(node, ())), None)
        if node in path and isinstance(node, ox.NamedNode | ox.BlankNode):
            yield node
        done.update(path)
