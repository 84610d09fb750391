"""Canonical order of the blank nodes of one connected component.

RDFC-1.0 in pyoxigraph takes cubic time on chains of similar nodes and does not end on some graphs of a dozen
nodes; no deadline stops it. Here trees, the usual case, are ordered in linear time, and other components by
colour refinement with a limit.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence

import pyoxigraph as ox

from msme_kg.errors import SafetyError
from msme_kg.rdf.terms import list_bnodes

MAX_QUAD_VISITS = 500_000
"""Limit of quad visits while a component that is not a tree is ordered."""


def compute_canonical_order(component: Sequence[ox.Quad]) -> tuple[str, list[ox.BlankNode]]:
    """Return a key and an order of the blank nodes that are equal for isomorphic components.

    Args:
        component: the quads of one component, without duplicates.

    Raises:
        SafetyError: the component takes more than ``MAX_QUAD_VISITS`` to order.
    """
    return _order_tree(component) or _ColourRefinement(component).compute_order()


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _order_tree(component: Sequence[ox.Quad]) -> tuple[str, list[ox.BlankNode]] | None:
    """Return key and order of a component whose blank nodes form a tree; None for others."""
    children: dict[ox.BlankNode, list[tuple[str, ox.BlankNode]]] = defaultdict(list)
    own: dict[ox.BlankNode, list[str]] = defaultdict(list)
    nodes: dict[ox.BlankNode, None] = {}
    below: set[ox.BlankNode] = set()
    for quad in component:
        subject, value, edge = quad.subject, quad.object, f"{quad.predicate} {quad.graph_name}"
        nodes.update((node, None) for node in list_bnodes(quad))
        if isinstance(subject, ox.BlankNode) and isinstance(value, ox.BlankNode):
            if value in below:
                return None
            below.add(value)
            children[subject].append((edge, value))
        elif isinstance(subject, ox.BlankNode):
            own[subject].append(f"{edge} > {value}")
        elif isinstance(value, ox.BlankNode):
            own[value].append(f"{edge} < {subject}")
        if isinstance(quad.graph_name, ox.BlankNode):
            return None
    walk = [node for node in nodes if node not in below]
    for node in walk:  # grows
        walk += (child for _, child in children[node])
    if len(walk) != len(nodes):
        return None  # a cycle
    digests: dict[ox.BlankNode, str] = {}
    for node in reversed(walk):
        inner = (f"{edge} _:{digests[child]}" for edge, child in children[node])
        digests[node] = _digest([*own[node], *inner])
    ordered = walk[:1]
    for node in ordered:  # grows
        ordered += (
            child for _, child in sorted(children[node], key=lambda pair: (pair[0], digests[pair[1]]))
        )
    return digests[ordered[0]], ordered


class _ColourRefinement:
    """Order of a component that is not a tree: nodes are distinguished by neighbours, else by trial."""

    def __init__(self, component: Sequence[ox.Quad]) -> None:
        self._component = component
        self._quads_by_node: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
        for quad in component:
            for node in set(list_bnodes(quad)):
                self._quads_by_node[node].append(quad)
        self._visit_count = 0

    def compute_order(self) -> tuple[str, list[ox.BlankNode]]:
        """Return key and order: of all trials those with the least key."""
        best: tuple[str, list[ox.BlankNode]] | None = None
        pending = [self._refine(dict.fromkeys(self._quads_by_node, ""))]
        while pending:
            colours = pending.pop()
            colour_class = self._select_colour_class(colours)
            if colour_class:
                # Nodes with equal neighbourhoods are interchangeable: one trial is enough.
                neighbourhoods = {self._digest_neighbourhood(node) for node in colour_class}
                trials = colour_class if len(neighbourhoods) > 1 else colour_class[:1]
                pending += (self._refine({**colours, node: "first"}) for node in trials)
                continue
            nodes = sorted(colours, key=lambda node: colours[node])
            names = {node: str(number) for number, node in enumerate(nodes)}
            key = _digest([_format_quad(quad, names) for quad in self._component])
            if best is None or key < best[0]:
                best = key, nodes
        assert best is not None  # noqa: S101 (every trial ends with an order)
        return best

    def _refine(self, colours: Mapping[ox.BlankNode, str]) -> dict[ox.BlankNode, str]:
        """Return colours that distinguish nodes with differently coloured neighbours, to a fixed point."""
        current = dict(colours)
        while True:
            self._visit_count += len(self._component)
            if self._visit_count > MAX_QUAD_VISITS:
                raise SafetyError(
                    f"a structure of {len(self._quads_by_node)} blank nodes is too entangled to compare",
                    hint="give its nodes IRIs",
                )
            finer = {
                node: _digest([current[node], *(_format_quad(quad, current, node) for quad in quads)])
                for node, quads in self._quads_by_node.items()
            }
            if len(set(finer.values())) == len(set(current.values())):
                return finer
            current = finer

    def _select_colour_class(self, colours: Mapping[ox.BlankNode, str]) -> list[ox.BlankNode]:
        """Return the nodes of the least colour that several share; none if all colours differ."""
        by_colour: dict[str, list[ox.BlankNode]] = defaultdict(list)
        for node, colour in colours.items():
            by_colour[colour].append(node)
        shared = [colour for colour, nodes in by_colour.items() if len(nodes) > 1]
        return by_colour[min(shared)] if shared else []

    def _digest_neighbourhood(self, node: ox.BlankNode) -> str:
        """Return a digest of the quads of a node, in which other nodes have their present names."""
        names = {other: other.value for quad in self._quads_by_node[node] for other in list_bnodes(quad)}
        return _digest([_format_quad(quad, names, node) for quad in self._quads_by_node[node]])


def _format_quad(quad: ox.Quad, names: Mapping[ox.BlankNode, str], node: ox.BlankNode | None = None) -> str:
    """Return a quad as text, with names for its blank nodes and none for a given node."""

    def format_term(term: object) -> str:
        if not isinstance(term, ox.BlankNode):
            return str(term)
        return "_:" if term == node else f"_:{names[term]}"

    return " ".join(map(format_term, (quad.subject, quad.predicate, quad.object, quad.graph_name)))
