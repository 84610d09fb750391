"""Alignment of parsed blank nodes, whose names are random, with their brackets in the source text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.rdf.bnode_labels import is_anonymous
from msme_kg.rdf.terms import split_quad
from msme_kg.rdf.turtle_source import AnonymousNode, LocatedTriple

SourceBnode = AnonymousNode | ox.BlankNode
"""A blank node in a source text, without or with a label."""

_LABEL_SUFFIX = re.compile(r"\.[0-9]+$")
_Children = dict[object, dict[str, list[object]]]
"""For each node and predicate, the anonymous nodes that are objects, in document order."""


def align_bnodes(quads: Iterable[ox.Quad], statements: Iterable[LocatedTriple]) -> dict[str, SourceBnode]:
    """Return the source blank nodes of a file by the names of the parsed ones.

    An anonymous node is the object of at most one triple, so these nodes form trees; siblings under one
    predicate have the same order on both sides.

    Args:
        quads: the quads of the file, in the order of the parser; labels may have a suffix (``x.1``).
        statements: the triples of the same file with their lines.
    """
    source = [(triple.subject, triple.predicate, triple.value) for triple in statements]
    labels = set(_list_nodes(source))
    aligned: dict[str, SourceBnode] = {}

    def resolve_label(node: object) -> object:
        if not isinstance(node, ox.BlankNode):
            return node
        labelled = node if node in labels else ox.BlankNode(_LABEL_SUFFIX.sub("", node.value))
        if labelled not in labels:
            return node
        aligned[node.value] = labelled
        return labelled

    quads = list(quads)
    generated = dict.fromkeys(label for label in _list_nodes(source) if is_anonymous(label))
    if generated and not any(isinstance(node, AnonymousNode) for s, _, v in source for node in (s, v)):
        # Such labels, as other tools write them, were renamed in the order of the file.
        renamed = dict.fromkeys(
            node
            for node in _list_nodes(map(split_quad, quads))
            if _is_unlabelled(resolve_label(node), labels)
        )
        return aligned | {node.value: label for node, label in zip(renamed, generated, strict=False)}
    in_source = _collect_children(((s, p, v) for s, p, v in source if isinstance(p, ox.NamedNode)), labels)
    in_quads = _collect_children(
        ((resolve_label(s), p, resolve_label(v)) for s, p, v in map(split_quad, quads)), labels
    )
    pairs = _pair_children({"": _find_roots(in_quads, labels)}, {"": _find_roots(in_source, labels)})
    for subject in in_quads:
        if not _is_unlabelled(subject, labels):
            pairs += _pair_children(in_quads[subject], in_source.get(subject, {}))
    while pairs:
        node, source_node = pairs.pop()
        if isinstance(node, ox.BlankNode) and isinstance(source_node, AnonymousNode):
            aligned[node.value] = source_node
            pairs += _pair_children(in_quads.get(node, {}), in_source.get(source_node, {}))
    return aligned


def _is_unlabelled(node: object, labels: set[ox.BlankNode]) -> bool:
    return isinstance(node, AnonymousNode) or (isinstance(node, ox.BlankNode) and node not in labels)


def _list_nodes(statements: Iterable[tuple[object, object, object]]) -> Iterator[ox.BlankNode]:
    return (node for s, _, v in statements for node in (s, v) if isinstance(node, ox.BlankNode))


def _collect_children(
    statements: Iterable[tuple[object, ox.NamedNode, object]], labels: set[ox.BlankNode]
) -> _Children:
    children: _Children = {}
    for subject, predicate, value in statements:
        if _is_unlabelled(subject, labels) or _is_unlabelled(value, labels):
            by_predicate = children.setdefault(subject, {})
            if _is_unlabelled(value, labels):
                by_predicate.setdefault(predicate.value, []).append(value)
    return children


def _find_roots(children: _Children, labels: set[ox.BlankNode]) -> list[object]:
    values = {
        value for by_predicate in children.values() for nodes in by_predicate.values() for value in nodes
    }
    return [node for node in children if _is_unlabelled(node, labels) and node not in values]


def _pair_children(
    left: dict[str, list[object]], right: dict[str, list[object]]
) -> list[tuple[object, object]]:
    return [
        pair
        for predicate, nodes in left.items()
        if len(nodes) == len(right.get(predicate, ()))
        for pair in zip(nodes, right[predicate], strict=True)
    ]
