"""Which blank node of a parse is which pair of brackets in the file: names given by a parser are chance."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.rdf.terms import split_quad
from msme_kg.rdf.turtle_source import AnonymousNode, LocatedTriple

SourceBnode = AnonymousNode | ox.BlankNode
"""A blank node as it stands in a file: without a label, or with it."""

_LABEL_SUFFIX = re.compile(r"\.[0-9]+$")
# For each node, for each of its predicates, the nameless nodes that are its values, in order.
_Children = dict[object, dict[str, list[object]]]
_Triples = Iterable[tuple[object, ox.NamedNode, object]]


def align_bnodes(quads: Iterable[ox.Quad], statements: Iterable[LocatedTriple]) -> dict[str, SourceBnode]:
    """Return the blank nodes of a file by the names that they have among its quads.

    A nameless node is the value of one statement at most, so they form trees; siblings under one predicate
    stand in the order of the file on both sides.

    Args:
        quads: what the parser read from a file, in its order; labels may have got an ending (``x.1``).
        statements: the statements of the same file.
    """
    read = [(one.subject, one.predicate, one.value) for one in statements]
    labels = {
        node for subject, _, value in read for node in (subject, value) if isinstance(node, ox.BlankNode)
    }
    known: dict[str, SourceBnode] = {}

    def resolve_label(node: object) -> object:
        if not isinstance(node, ox.BlankNode):
            return node
        meant = node if node in labels else ox.BlankNode(_LABEL_SUFFIX.sub("", node.value))
        if meant not in labels:
            return node
        known[node.value] = meant
        return meant

    ours = _collect_children(((s, p, v) for s, p, v in read if isinstance(p, ox.NamedNode)), labels)
    theirs = _collect_children(
        ((resolve_label(s), p, resolve_label(v)) for s, p, v in map(split_quad, quads)), labels
    )
    pairs = _pair_children({"": _find_roots(theirs, labels)}, {"": _find_roots(ours, labels)})
    for subject in theirs:
        if not _is_unlabelled(subject, labels):
            pairs += _pair_children(theirs[subject], ours.get(subject, {}))
    while pairs:
        their, our = pairs.pop()
        if isinstance(their, ox.BlankNode) and isinstance(our, AnonymousNode):
            known[their.value] = our
            pairs += _pair_children(theirs.get(their, {}), ours.get(our, {}))
    return known


def _is_unlabelled(node: object, labels: set[ox.BlankNode]) -> bool:
    return isinstance(node, AnonymousNode) or (isinstance(node, ox.BlankNode) and node not in labels)


def _collect_children(
    statements: Iterable[tuple[object, ox.NamedNode, object]], labels: set[ox.BlankNode]
) -> _Children:
    found: _Children = {}
    for subject, predicate, value in statements:
        if _is_unlabelled(subject, labels) or _is_unlabelled(value, labels):
            under = found.setdefault(subject, {})
            if _is_unlabelled(value, labels):
                under.setdefault(predicate.value, []).append(value)
    return found


def _find_roots(children: _Children, labels: set[ox.BlankNode]) -> list[object]:
    values = {value for under in children.values() for listed in under.values() for value in listed}
    return [node for node in children if _is_unlabelled(node, labels) and node not in values]


def _pair_children(
    one: dict[str, list[object]], other: dict[str, list[object]]
) -> list[tuple[object, object]]:
    return [
        pair
        for predicate, listed in one.items()
        if len(listed) == len(other.get(predicate, ()))
        for pair in zip(listed, other[predicate], strict=True)
    ]
