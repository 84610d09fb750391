"""Which blank node of a parse is which pair of brackets in the file: names given by a parser are chance."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.rdf.terms import parts
from msme_kg.rdf.turtle_source import Nested, Statement

Blank = Nested | ox.BlankNode
"""A blank node as it stands in a file: without a label, or with it."""

_ENDING = re.compile(r"\.[0-9]+$")
# For each node, for each of its predicates, the nameless nodes that are its values, in order.
_Children = dict[object, dict[str, list[object]]]
_Triples = Iterable[tuple[object, ox.NamedNode, object]]


def aligned(quads: Iterable[ox.Quad], found: Iterable[Statement]) -> dict[str, Blank]:
    """Return the blank nodes of a file by the names that they have among its quads.

    A nameless node is the value of one statement at most, so they form trees; siblings under one predicate
    stand in the order of the file on both sides.

    Args:
        quads: what the parser read from a file, in its order; labels may have got an ending (``x.1``).
        found: the statements of the same file.
    """
    read = [(one.subject, one.predicate, one.value) for one in found]
    labels = {
        node for subject, _, value in read for node in (subject, value) if isinstance(node, ox.BlankNode)
    }
    known: dict[str, Blank] = {}

    def labelled(node: object) -> object:
        if not isinstance(node, ox.BlankNode):
            return node
        meant = node if node in labels else ox.BlankNode(_ENDING.sub("", node.value))
        if meant not in labels:
            return node
        known[node.value] = meant
        return meant

    ours = _children(((s, p, v) for s, p, v in read if isinstance(p, ox.NamedNode)), labels)
    theirs = _children(((labelled(s), p, labelled(v)) for s, p, v in map(parts, quads)), labels)
    pairs = _paired({"": _roots(theirs, labels)}, {"": _roots(ours, labels)})
    for subject in theirs:
        if not _nameless(subject, labels):
            pairs += _paired(theirs[subject], ours.get(subject, {}))
    while pairs:
        their, our = pairs.pop()
        if isinstance(their, ox.BlankNode) and isinstance(our, Nested):
            known[their.value] = our
            pairs += _paired(theirs.get(their, {}), ours.get(our, {}))
    return known


def _nameless(node: object, labels: set[ox.BlankNode]) -> bool:
    return isinstance(node, Nested) or (isinstance(node, ox.BlankNode) and node not in labels)


def _children(
    statements: Iterable[tuple[object, ox.NamedNode, object]], labels: set[ox.BlankNode]
) -> _Children:
    found: _Children = {}
    for subject, predicate, value in statements:
        if _nameless(subject, labels) or _nameless(value, labels):
            under = found.setdefault(subject, {})
            if _nameless(value, labels):
                under.setdefault(predicate.value, []).append(value)
    return found


def _roots(children: _Children, labels: set[ox.BlankNode]) -> list[object]:
    values = {value for under in children.values() for listed in under.values() for value in listed}
    return [node for node in children if _nameless(node, labels) and node not in values]


def _paired(one: dict[str, list[object]], other: dict[str, list[object]]) -> list[tuple[object, object]]:
    return [
        pair
        for predicate, listed in one.items()
        if len(listed) == len(other.get(predicate, ()))
        for pair in zip(listed, other[predicate], strict=True)
    ]
