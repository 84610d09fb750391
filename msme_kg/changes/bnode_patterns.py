"""Patterns that fit structures of blank nodes, and what an engine would find and remove by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

import pyoxigraph as ox

from msme_kg.rdf.bnode_canonicalization import blanks_of
from msme_kg.rdf.terms import ordered, parts

MOST_STATEMENTS = 500
"""The most statements of one structure: an engine would have to find it by a pattern as long."""
MOST_MATCHES = 10_000
"""The most places where a part of a pattern may fit."""

_Key = tuple[ox.NamedNode, object, str]
_Binding = dict[ox.BlankNode, ox.BlankNode]


def chained(group: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the statements of a structure, each with a blank node that an earlier one has.

    The first is one that points to the structure, where there is one: so an engine finds it at once.
    """
    quads = ordered(group)
    by_node: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        for node in blanks_of(quad):
            by_node[node].append(quad)
    start = next((quad for quad in quads if isinstance(quad.subject, ox.NamedNode)), quads[0])
    found = {start: None}
    waiting = list(blanks_of(start))
    for node in waiting:  # grows
        for quad in by_node.pop(node, ()):
            found[quad] = None
            waiting += blanks_of(quad)
    return list(found)


class Unnamed:
    """Statements with blank nodes, of which some are removed by patterns."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._left = set(quads)
        self._index: dict[_Key, set[ox.Quad]] = defaultdict(set)
        for quad in self._left:
            for key in _keys(quad):
                self._index[key].add(quad)

    def has_any(self, quads: Iterable[ox.Quad]) -> bool:
        """Tell whether one of some statements is left."""
        return not self._left.isdisjoint(quads)

    def remove(self, pattern: list[ox.Quad]) -> bool:
        """Remove everything that a pattern fits, as an engine does; tell whether that is not too much work.

        Args:
            pattern: statements whose blank nodes stand for any blank nodes, which may be the same.
        """
        if len(pattern) > MOST_STATEMENTS:
            return False
        bindings: list[_Binding] = [{}]
        for quad in pattern:
            longer = (
                more
                for one in bindings
                for fitting in self._fitting(quad, one)
                if (more := _bound(quad, fitting, one))
            )
            bindings = list(islice(longer, MOST_MATCHES + 1))
            if len(bindings) > MOST_MATCHES:
                return False
        for binding in bindings:
            for quad in pattern:
                self._discard(_filled(quad, binding))
        return True

    def _discard(self, quad: ox.Quad) -> None:
        self._left.discard(quad)
        for key in _keys(quad):
            self._index[key].discard(quad)

    def _fitting(self, quad: ox.Quad, binding: _Binding) -> set[ox.Quad]:
        """Return statements among which are all that a statement of a pattern fits."""
        keys: list[_Key] = [(quad.predicate, quad.graph_name, "graph")]
        for term, side in ((quad.subject, "subject"), (quad.object, "object")):
            known = binding.get(term) if isinstance(term, ox.BlankNode) else term
            if known is not None:
                keys.append((quad.predicate, known, side))
        return min((self._index.get(key, set()) for key in keys), key=len)


def _keys(quad: ox.Quad) -> Iterator[_Key]:
    """Yield by what a statement is found."""
    yield quad.predicate, quad.graph_name, "graph"
    yield quad.predicate, quad.subject, "subject"
    yield quad.predicate, quad.object, "object"


def _bound(quad: ox.Quad, fitting: ox.Quad, binding: _Binding) -> _Binding | None:
    """Return a binding with what makes a statement of a pattern another one; None if nothing does."""
    if quad.graph_name != fitting.graph_name:
        return None
    more = dict(binding)
    for ours, theirs in ((quad.subject, fitting.subject), (quad.object, fitting.object)):
        if not isinstance(ours, ox.BlankNode):
            if ours != theirs:
                return None
        elif not isinstance(theirs, ox.BlankNode) or more.setdefault(ours, theirs) != theirs:
            return None
    return more


def _filled(quad: ox.Quad, binding: _Binding) -> ox.Quad:
    """Return a statement of a pattern with what its blank nodes stand for."""
    subject, predicate, value = parts(quad)
    return ox.Quad(
        binding[subject] if isinstance(subject, ox.BlankNode) else subject,
        predicate,
        binding[value] if isinstance(value, ox.BlankNode) else value,
        quad.graph_name,
    )
