"""The order of the blank nodes of one structure, by what is said of them alone.

The canonicalization of the parser's library (RDFC-1.0) ends the process on a list of some thousand members,
and does not end on a tangle of a dozen nodes; no deadline stops it. So trees, which nearly all structures
are, are ordered in linear time here, and for others there is a limit.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import pyoxigraph as ox

from msme_kg.errors import SafetyError

MAX_QUAD_VISITS = 500_000
"""How often a statement is looked at to order a structure that is not a tree."""


def list_bnodes(quad: ox.Quad) -> Iterator[ox.BlankNode]:
    """Yield the blank nodes of a statement: subject, object, and name of its graph."""
    for term in (quad.subject, quad.object, quad.graph_name):
        if isinstance(term, ox.BlankNode):
            yield term


def compute_canonical_order(group: Sequence[ox.Quad]) -> tuple[str, list[ox.BlankNode]]:
    """Return a key that equal structures have in common, and the blank nodes in an order that they share.

    Args:
        group: the statements of one structure, without repeats.

    Raises:
        SafetyError: too entangled.
    """
    return _order_tree(group) or _ColourRefinement(group).compute_order()


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _order_tree(group: Sequence[ox.Quad]) -> tuple[str, list[ox.BlankNode]] | None:
    """Return key and order of a structure where no two blank nodes point to the same one; None for others."""
    children: dict[ox.BlankNode, list[tuple[str, ox.BlankNode]]] = defaultdict(list)
    own: dict[ox.BlankNode, list[str]] = defaultdict(list)
    nodes: dict[ox.BlankNode, None] = {}
    below: set[ox.BlankNode] = set()
    for quad in group:
        subject, value, told = quad.subject, quad.object, f"{quad.predicate} {quad.graph_name}"
        nodes.update((node, None) for node in list_bnodes(quad))
        if isinstance(subject, ox.BlankNode) and isinstance(value, ox.BlankNode):
            if value in below:
                return None
            below.add(value)
            children[subject].append((told, value))
        elif isinstance(subject, ox.BlankNode):
            own[subject].append(f"{told} > {value}")
        elif isinstance(value, ox.BlankNode):
            own[value].append(f"{told} < {subject}")
        if isinstance(quad.graph_name, ox.BlankNode):
            return None
    walk = [node for node in nodes if node not in below]
    for node in walk:  # grows
        walk += (child for _, child in children[node])
    if len(walk) != len(nodes):
        return None  # in a circle
    digests: dict[ox.BlankNode, str] = {}
    for node in reversed(walk):
        within = (f"{told} _:{digests[child]}" for told, child in children[node])
        digests[node] = _digest([*own[node], *within])
    found = walk[:1]
    for node in found:  # grows
        found += (child for _, child in sorted(children[node], key=lambda one: (one[0], digests[one[1]])))
    return digests[found[0]], found


class _ColourRefinement:
    """A structure that is not a tree: its nodes are told apart by their neighbours, else by trying."""

    def __init__(self, group: Sequence[ox.Quad]) -> None:
        self._group = group
        self._quads_by_node: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
        for quad in group:
            for node in set(list_bnodes(quad)):
                self._quads_by_node[node].append(quad)
        self._visit_count = 0

    def compute_order(self) -> tuple[str, list[ox.BlankNode]]:
        """Return key and order."""
        best: tuple[str, list[ox.BlankNode]] | None = None
        waiting = [self._refine(dict.fromkeys(self._quads_by_node, ""))]
        while waiting:
            colours = waiting.pop()
            alike = self._select_colour_class(colours)
            if alike:
                # Where it makes no difference which of them is first, one try is enough.
                tried = alike if len({self._digest_neighbourhood(node) for node in alike}) > 1 else alike[:1]
                waiting += (self._refine({**colours, node: "first"}) for node in tried)
                continue
            nodes = sorted(colours, key=lambda node: colours[node])
            names = {node: str(number) for number, node in enumerate(nodes)}
            key = _digest([_format_quad(quad, names) for quad in self._group])
            if best is None or key < best[0]:
                best = key, nodes
        assert best is not None  # noqa: S101 (every try ends with an order)
        return best

    def _refine(self, colours: Mapping[ox.BlankNode, str]) -> dict[ox.BlankNode, str]:
        """Return colours that differ wherever the colours of neighbours do, all the way."""
        found = dict(colours)
        while True:
            self._visit_count += len(self._group)
            if self._visit_count > MAX_QUAD_VISITS:
                raise SafetyError(
                    f"a structure of {len(self._quads_by_node)} blank nodes is too entangled to compare",
                    hint="give its nodes IRIs",
                )
            finer = {
                node: _digest([found[node], *(_format_quad(quad, found, node) for quad in quads)])
                for node, quads in self._quads_by_node.items()
            }
            if len(set(finer.values())) == len(set(found.values())):
                return finer
            found = finer

    def _select_colour_class(self, colours: Mapping[ox.BlankNode, str]) -> list[ox.BlankNode]:
        """Return nodes that have one colour, of the first such; none if all are told apart."""
        by_colour: dict[str, list[ox.BlankNode]] = defaultdict(list)
        for node, colour in colours.items():
            by_colour[colour].append(node)
        shared = [colour for colour, nodes in by_colour.items() if len(nodes) > 1]
        return by_colour[min(shared)] if shared else []

    def _digest_neighbourhood(self, node: ox.BlankNode) -> str:
        """Return what is said of a node, with all others by their names of now."""
        names = {other: other.value for quad in self._quads_by_node[node] for other in list_bnodes(quad)}
        return _digest([_format_quad(quad, names, node) for quad in self._quads_by_node[node]])


def _format_quad(quad: ox.Quad, names: Mapping[ox.BlankNode, str], node: ox.BlankNode | None = None) -> str:
    """Return a statement as text, with names for its blank nodes, and without one for the node it is of."""

    def format_term(term: object) -> str:
        if not isinstance(term, ox.BlankNode):
            return str(term)
        return "_:" if term == node else f"_:{names[term]}"

    return " ".join(map(format_term, (quad.subject, quad.predicate, quad.object, quad.graph_name)))
