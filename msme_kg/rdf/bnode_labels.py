"""Blank nodes with names by what is said of them, so that the same list has the same names on both sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from msme_kg.rdf.bnode_canonicalization import compute_canonical_order, list_bnodes
from msme_kg.rdf.terms import split_quad


def has_bnodes(quad: ox.Quad) -> bool:
    """Tell whether a statement has a blank node."""
    return (
        isinstance(quad.subject, ox.BlankNode)
        or isinstance(quad.object, ox.BlankNode)
        or isinstance(quad.graph_name, ox.BlankNode)
    )


def find_bnode_components(quads: Iterable[ox.Quad]) -> list[list[ox.Quad]]:
    """Return statements that have blank nodes in groups: a blank node has all its statements in one of them.

    A group is a list, say, with the statements that point to it.
    """
    leaders: dict[ox.BlankNode, ox.BlankNode] = {}

    def find_representative(node: ox.BlankNode) -> ox.BlankNode:
        above = leaders.setdefault(node, node)
        while above != node:
            leaders[node] = leaders[above]
            node, above = above, leaders[above]
        return node

    found = list(quads)
    for quad in found:
        first, *others = list_bnodes(quad)
        for other in others:
            leaders[find_representative(other)] = find_representative(first)
    groups: dict[ox.BlankNode, list[ox.Quad]] = {}
    for quad in found:
        groups.setdefault(find_representative(next(list_bnodes(quad))), []).append(quad)
    return list(groups.values())


def relabel_deterministically(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Return statements that have blank nodes, these with names that depend on nothing but the statements.

    A group that is on both sides of a comparison thus has the same names on both; several equal groups of
    one side are told apart by their number.

    Raises:
        msme_kg.errors.SafetyError: blank nodes so entangled that naming them would take too long.
    """
    seen: Counter[str] = Counter()
    named: set[ox.Quad] = set()
    for group in find_bnode_components(set(quads)):
        key, nodes = compute_canonical_order(group)
        start = f"b{key[:24]}x{seen[key]}n"
        names = {node: f"{start}{number}" for number, node in enumerate(nodes)}
        named.update(_rename_bnodes(quad, names) for quad in group)
        seen[key] += 1
    return named


def _rename_bnodes(quad: ox.Quad, names: Mapping[ox.BlankNode, str]) -> ox.Quad:
    """Return a statement whose blank nodes have other names."""
    subject, predicate, value = split_quad(quad)
    graph = quad.graph_name
    return ox.Quad(
        ox.BlankNode(names[subject]) if isinstance(subject, ox.BlankNode) else subject,
        predicate,
        ox.BlankNode(names[value]) if isinstance(value, ox.BlankNode) else value,
        ox.BlankNode(names[graph]) if isinstance(graph, ox.BlankNode) else graph,
    )


def find_bnode_owners(quads: Iterable[ox.Quad]) -> dict[ox.BlankNode, ox.NamedNode | ox.BlankNode]:
    """Return for each blank node that is a subject the thing it belongs to.

    That is the first thing with a name which points to its group; a node that nothing points to where there
    is no such thing; and the first node of a group where all go in circles.
    """
    found: dict[ox.BlankNode, ox.NamedNode | ox.BlankNode] = {}
    for group in find_bnode_components(quads):
        subjects = {quad.subject for quad in group}
        blanks = sorted((one for one in subjects if isinstance(one, ox.BlankNode)), key=str)
        names = sorted((one for one in subjects if isinstance(one, ox.NamedNode)), key=str)
        values = {quad.object for quad in group}
        roots = [one for one in blanks if one not in values]
        for node in blanks:
            found[node] = (names or roots or blanks)[0]
    return found
