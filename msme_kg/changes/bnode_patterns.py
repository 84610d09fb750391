"""Connected order of the quads of a blank node structure, and a simulation of ``DELETE WHERE``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

import pyoxigraph as ox

from msme_kg.rdf.ntriples import sort_quads
from msme_kg.rdf.terms import list_bnodes, split_quad

MAX_PATTERN_QUADS = 500
"""The most quads of one structure: its pattern has as many, and engines are slow on long ones."""
MAX_MATCHES = 10_000
"""The most solutions of a part of a pattern."""

_IndexKey = tuple[ox.NamedNode, object, str]
_Binding = dict[ox.BlankNode, ox.BlankNode]


def order_connected(group: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the quads of a structure, each with a blank node of an earlier one.

    The first one has an IRI as subject if any has, so that an engine starts there.
    """
    quads = sort_quads(group)
    by_node: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        for node in list_bnodes(quad):
            by_node[node].append(quad)
    start = next((quad for quad in quads if isinstance(quad.subject, ox.NamedNode)), quads[0])
    ordered = {start: None}
    queue = list(list_bnodes(start))
    for node in queue:  # grows
        for quad in by_node.pop(node, ()):
            ordered[quad] = None
            queue += list_bnodes(quad)
    return list(ordered)


class BnodeQuads:
    """A set of quads with blank nodes, from which patterns delete some."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._remaining = set(quads)
        self._index: dict[_IndexKey, set[ox.Quad]] = defaultdict(set)
        for quad in self._remaining:
            for key in _list_index_keys(quad):
                self._index[key].add(quad)

    def has_any(self, quads: Iterable[ox.Quad]) -> bool:
        """Return whether any of some quads remains."""
        return not self._remaining.isdisjoint(quads)

    def remove(self, pattern: list[ox.Quad]) -> bool:
        """Delete all solutions of a pattern, as ``DELETE WHERE`` does.

        Args:
            pattern: quads whose blank nodes are variables for blank nodes, not necessarily distinct ones.

        Returns:
            False if the pattern is too long or has too many solutions; nothing is deleted then.
        """
        if len(pattern) > MAX_PATTERN_QUADS:
            return False
        bindings: list[_Binding] = [{}]
        for quad in pattern:
            longer = (
                more
                for binding in bindings
                for candidate in self._find_match_candidates(quad, binding)
                if (more := _extend_binding(quad, candidate, binding))
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
        """Return a set of quads that contains all matches of a quad of a pattern."""
        keys: list[_IndexKey] = [(quad.predicate, quad.graph_name, "graph")]
        for term, side in ((quad.subject, "subject"), (quad.object, "object")):
            known = binding.get(term) if isinstance(term, ox.BlankNode) else term
            if known is not None:
                keys.append((quad.predicate, known, side))
        return min((self._index.get(key, set()) for key in keys), key=len)


def _list_index_keys(quad: ox.Quad) -> Iterator[_IndexKey]:
    """Yield the index keys of a quad."""
    yield quad.predicate, quad.graph_name, "graph"
    yield quad.predicate, quad.subject, "subject"
    yield quad.predicate, quad.object, "object"


def _extend_binding(quad: ox.Quad, candidate: ox.Quad, binding: _Binding) -> _Binding | None:
    """Return a binding extended to map a quad of a pattern to a candidate; None if they do not match."""
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
    """Return a quad of a pattern with its blank nodes replaced by their values."""
    subject, predicate, value = split_quad(quad)
    return ox.Quad(
        binding[subject] if isinstance(subject, ox.BlankNode) else subject,
        predicate,
        binding[value] if isinstance(value, ox.BlankNode) else value,
        quad.graph_name,
    )
