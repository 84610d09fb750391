"""Patterns that fit structures of blank nodes, and what an engine would find and remove by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

import pyoxigraph as ox

from msme_kg.rdf.bnode_canonicalization import list_bnodes
from msme_kg.rdf.terms import sort_quads, split_quad

MAX_PATTERN_QUADS = 500
"""The most statements of one structure: an engine would have to find it by a pattern as long."""
MAX_MATCHES = 10_000
"""The most places where a part of a pattern may fit."""

_IndexKey = tuple[ox.NamedNode, object, str]
_Binding = dict[ox.BlankNode, ox.BlankNode]


def order_connected(group: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the statements of a structure, each with a blank node that an earlier one has.

    The first is one that points to the structure, where there is one: so an engine finds it at once.
    """
    quads = sort_quads(group)
    by_node: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        for node in list_bnodes(quad):
            by_node[node].append(quad)
    start = next((quad for quad in quads if isinstance(quad.subject, ox.NamedNode)), quads[0])
    found = {start: None}
    waiting = list(list_bnodes(start))
    for node in waiting:  # grows
        for quad in by_node.pop(node, ()):
            found[quad] = None
            waiting += list_bnodes(quad)
    return list(found)


class BnodeQuads:
    """Statements with blank nodes, of which some are removed by patterns."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._remaining = set(quads)
        self._index: dict[_IndexKey, set[ox.Quad]] = defaultdict(set)
        for quad in self._remaining:
            for key in _list_index_keys(quad):
                self._index[key].add(quad)

    def has_any(self, quads: Iterable[ox.Quad]) -> bool:
        """Tell whether one of some statements is left."""
        return not self._remaining.isdisjoint(quads)

    def remove(self, pattern: list[ox.Quad]) -> bool:
        """Remove everything that a pattern fits, as an engine does; tell whether that is not too much work.

        Args:
            pattern: statements whose blank nodes stand for any blank nodes, which may be the same.
        """
        if len(pattern) > MAX_PATTERN_QUADS:
            return False
        bindings: list[_Binding] = [{}]
        for quad in pattern:
            longer = (
                more
                for one in bindings
                for fitting in self._find_match_candidates(quad, one)
                if (more := _extend_binding(quad, fitting, one))
            )
            bindings = list(islice(longer, MAX_MATCHES + 1))
            if len(bindings) > MAX_MATCHES:
                return False
        for binding in bindings:
            for quad in pattern:
                self._discard(_apply_binding(quad, binding))
        return True

    def _discard(self, quad: ox.Quad) -> None:
        self._remaining.discard(quad)
        for key in _list_index_keys(quad):
            self._index[key].discard(quad)

    def _find_match_candidates(self, quad: ox.Quad, binding: _Binding) -> set[ox.Quad]:
        """Return statements among which are all that a statement of a pattern fits."""
        keys: list[_IndexKey] = [(quad.predicate, quad.graph_name, "graph")]
        for term, side in ((quad.subject, "subject"), (quad.object, "object")):
            known = binding.get(term) if isinstance(term, ox.BlankNode) else term
            if known is not None:
                keys.append((quad.predicate, known, side))
        return min((self._index.get(key, set()) for key in keys), key=len)


def _list_index_keys(quad: ox.Quad) -> Iterator[_IndexKey]:
    """Yield by what a statement is found."""
    yield quad.predicate, quad.graph_name, "graph"
    yield quad.predicate, quad.subject, "subject"
    yield quad.predicate, quad.object, "object"


def _extend_binding(quad: ox.Quad, candidate: ox.Quad, binding: _Binding) -> _Binding | None:
    """Return a binding with what makes a statement of a pattern another one; None if nothing does."""
    if quad.graph_name != candidate.graph_name:
        return None
    more = dict(binding)
    for ours, theirs in ((quad.subject, candidate.subject), (quad.object, candidate.object)):
        if not isinstance(ours, ox.BlankNode):
            if ours != theirs:
                return None
        elif not isinstance(theirs, ox.BlankNode) or more.setdefault(ours, theirs) != theirs:
            return None
    return more


def _apply_binding(quad: ox.Quad, binding: _Binding) -> ox.Quad:
    """Return a statement of a pattern with what its blank nodes stand for."""
    subject, predicate, value = split_quad(quad)
    return ox.Quad(
        binding[subject] if isinstance(subject, ox.BlankNode) else subject,
        predicate,
        binding[value] if isinstance(value, ox.BlankNode) else value,
        quad.graph_name,
    )
