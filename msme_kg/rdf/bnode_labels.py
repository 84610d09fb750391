"""Labels of blank nodes: stable within a file, unique across files, or derived from the structure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from msme_kg.rdf.terms import Resource, Term, list_bnodes, split_quad

_RANDOM_BNODE_ID = re.compile("[0-9a-f]{20,32}")
"""A name that pyoxigraph generates: 128 random bits without leading zeros."""

GENERATED_LABEL = re.compile(b"_:[0-9a-f]{8}(?:n|[0-9a-f]{12})")
"""A label in a file that could be mistaken for a generated or a stable name."""


def has_bnodes(quad: ox.Quad) -> bool:
    """Return True if a quad has a blank node."""
    return (
        isinstance(quad.subject, ox.BlankNode)
        or isinstance(quad.object, ox.BlankNode)
        or isinstance(quad.graph_name, ox.BlankNode)
    )


def is_anonymous(node: ox.BlankNode) -> bool:
    """Return True if the parser named a blank node, because it has no label in the text."""
    return _RANDOM_BNODE_ID.fullmatch(node.value) is not None


def build_bnode_relabeller(graph: str, start: int = 0) -> Callable[[Term], Term]:
    """Return a function that numbers anonymous blank nodes in the order of its calls.

    Args:
        graph: IRI of their named graph, which is part of the names.
        start: the first number.
    """
    names: dict[ox.BlankNode, ox.BlankNode] = {}
    prefix = hashlib.sha256(graph.encode()).hexdigest()[:8]

    def relabel(term: Term) -> Term:
        if not isinstance(term, ox.BlankNode) or not is_anonymous(term):
            return term
        return names.setdefault(term, ox.BlankNode(f"{prefix}n{start + len(names)}"))

    return relabel


def rename_clashing_bnodes(quads: Iterable[ox.Quad], taken: set[str], suffix: str) -> Iterator[ox.Quad]:
    """Yield quads in which blank nodes with a taken label get a suffix.

    Args:
        quads: the quads of one file.
        taken: the labels of other files; at the end it has those of the quads too.
        suffix: unlike that of other files.
    """
    names: dict[str, ox.BlankNode] = {}

    def rename(node: ox.BlankNode) -> ox.BlankNode:
        if node.value not in names:
            names[node.value] = ox.BlankNode(node.value + suffix) if node.value in taken else node
        return names[node.value]

    for quad in quads:
        yield _map_bnodes(quad, rename) if has_bnodes(quad) else quad
    taken.update(node.value for node in names.values())


def find_bnode_components(quads: Iterable[ox.Quad]) -> list[list[ox.Quad]]:
    """Return quads with blank nodes grouped by connected component: quads that share blank nodes."""
    parents: dict[ox.BlankNode, ox.BlankNode] = {}

    def find_representative(node: ox.BlankNode) -> ox.BlankNode:
        parent = parents.setdefault(node, node)
        while parent != node:
            parents[node] = parents[parent]
            node, parent = parent, parents[parent]
        return node

    quads = list(quads)
    for quad in quads:
        first, *others = list_bnodes(quad)
        for other in others:
            parents[find_representative(other)] = find_representative(first)
    components: dict[ox.BlankNode, list[ox.Quad]] = {}
    for quad in quads:
        components.setdefault(find_representative(next(list_bnodes(quad))), []).append(quad)
    return list(components.values())


def relabel_deterministically(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Return quads with blank nodes relabelled by their structure alone.

    Isomorphic components get the same labels in two graphs; several equal components of one graph are
    numbered.

    Raises:
        msme_kg.errors.SafetyError: a component too entangled to label in reasonable time.
    """
    from msme_kg.rdf.bnode_canonicalization import compute_canonical_order  # queries do not wait for it

    seen: Counter[str] = Counter()
    relabelled: set[ox.Quad] = set()
    for component in find_bnode_components(set(quads)):
        key, nodes = compute_canonical_order(component)
        prefix = f"b{key[:24]}x{seen[key]}n"
        names = {node: ox.BlankNode(f"{prefix}{number}") for number, node in enumerate(nodes)}
        relabelled.update(_map_bnodes(quad, names.__getitem__) for quad in component)
        seen[key] += 1
    return relabelled


def _map_bnodes(quad: ox.Quad, rename: Callable[[ox.BlankNode], ox.BlankNode]) -> ox.Quad:
    """Return a quad with its blank nodes renamed."""
    subject, predicate, value = split_quad(quad)
    graph = quad.graph_name
    return ox.Quad(
        rename(subject) if isinstance(subject, ox.BlankNode) else subject,
        predicate,
        rename(value) if isinstance(value, ox.BlankNode) else value,
        rename(graph) if isinstance(graph, ox.BlankNode) else graph,
    )


def find_bnode_owners(quads: Iterable[ox.Quad]) -> dict[ox.BlankNode, Resource]:
    """Return for each blank node that is a subject the resource it belongs to.

    That is the first named subject of its component, else a blank node that nothing references, else the
    first blank node of a cycle.
    """
    owners: dict[ox.BlankNode, Resource] = {}
    for component in find_bnode_components(quads):
        subjects = {quad.subject for quad in component}
        values = {quad.object for quad in component}
        bnodes = sorted((node for node in subjects if isinstance(node, ox.BlankNode)), key=str)
        named = sorted((node for node in subjects if isinstance(node, ox.NamedNode)), key=str)
        roots = [node for node in bnodes if node not in values]
        for node in bnodes:
            owners[node] = (named or roots or bnodes)[0]
    return owners
