"""House rules that no query sees: blank nodes, subjects of others, shapes among the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.errors import SourceLocation
from msme_kg.namespaces import BASE, SHACL
from msme_kg.rdf.terms import split_quad
from msme_kg.shacl.report import Finding
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.source_map import SourceMap

_BNODE_MESSAGE = {
    "en": "A blank node in the data. Give it an IRI, so that it can be named and cited.",
    "zh-Hant": "資料中有空白節點。請給予 IRI，俾能指稱與引用。",
}
_FOREIGN_SUBJECT_MESSAGE = {
    "en": f"The subject does not begin with {BASE}. Describe only things of this graph.",
    "zh-Hant": f"主詞未以 {BASE} 開頭。請僅描述本圖之事物。",
}
_SHAPES_IN_DATA_MESSAGE = {
    "en": "A SHACL statement in the data. Shapes belong into ontology/shapes/.",
    "zh-Hant": "資料中有 SHACL 陳述。形狀應置於 ontology/shapes/。",
}


def check_files(data: Dataset, source_map: SourceMap) -> Iterator[Finding]:
    """Yield what files under ``data/`` say that no file there may say."""
    for file in data.files:
        if not file.path.startswith("data/"):
            continue
        named = list(file.parse_quads())
        yield from check_quads((quad for quad in named if not has_bnode(quad)), source_map, file.path)
        if any(map(has_bnode, named)):
            yield from find_bnodes(
                SourceLocation(file.path, line) for line in source_map.find_bnode_lines(file.path)
            )


def find_bnodes(locations: Iterable[SourceLocation]) -> Iterator[Finding]:
    """Yield what is to be said where blank nodes are written."""
    for place in locations:
        yield _build_finding(place, None, _BNODE_MESSAGE, "blank-node")


def check_quads(quads: Iterable[ox.Quad], source_map: SourceMap, path: str) -> Iterator[Finding]:
    """Yield what statements say that none in the data may say.

    Args:
        quads: the statements, none of them with blank nodes.
        source_map: tells where they stand.
        path: the file in which they stand where that is not known.
    """
    for quad in quads:
        subject, predicate, value = split_quad(quad)
        rules = []
        if not subject.value.startswith(BASE):
            rules.append((_FOREIGN_SUBJECT_MESSAGE, "foreign-subject"))
        if predicate.value.startswith(SHACL) or (
            isinstance(value, ox.NamedNode) and value.value.startswith(SHACL)
        ):
            rules.append((_SHAPES_IN_DATA_MESSAGE, "shape-in-data"))
        for message, rule in rules:
            place = source_map.locate(subject.value, predicate.value, value) or SourceLocation(path)
            yield _build_finding(place, ox.NamedNode(subject.value), message, rule)


def has_bnode(quad: ox.Quad) -> bool:
    """Tell whether a statement has a blank node."""
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


def _build_finding(
    place: SourceLocation, focus: ox.NamedNode | None, message: dict[str, str], rule: str
) -> Finding:
    return Finding(
        severity="violation", message=message, shape=f"house/{rule}", focus_node=focus, location=place
    )
