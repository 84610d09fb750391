"""House rules that no query sees: blank nodes, subjects of others, shapes among the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.errors import Place
from msme_kg.namespaces import BASE, SHACL
from msme_kg.rdf.terms import parts
from msme_kg.shacl.report import Finding
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.source_map import Positions

_BLANK = {
    "en": "A blank node in the data. Give it an IRI, so that it can be named and cited.",
    "zh-Hant": "資料中有空白節點。請給予 IRI，俾能指稱與引用。",
}
_FOREIGN = {
    "en": f"The subject does not begin with {BASE}. Describe only things of this graph.",
    "zh-Hant": f"主詞未以 {BASE} 開頭。請僅描述本圖之事物。",
}
_SHAPES = {
    "en": "A SHACL statement in the data. Shapes belong into ontology/shapes/.",
    "zh-Hant": "資料中有 SHACL 陳述。形狀應置於 ontology/shapes/。",
}


def check(data: Dataset, positions: Positions) -> Iterator[Finding]:
    """Yield what files under ``data/`` say that no file there may say."""
    for file in data.files:
        if not file.path.startswith("data/"):
            continue
        named = list(file.quads())
        yield from check_statements((quad for quad in named if not has_blank(quad)), positions, file.path)
        if any(map(has_blank, named)):
            yield from blanks(Place(file.path, line) for line in positions.blank_lines(file.path))


def blanks(places: Iterable[Place]) -> Iterator[Finding]:
    """Yield what is to be said where blank nodes are written."""
    for place in places:
        yield _finding(place, None, _BLANK, "blank-node")


def check_statements(quads: Iterable[ox.Quad], positions: Positions, path: str) -> Iterator[Finding]:
    """Yield what statements say that none in the data may say.

    Args:
        quads: the statements, none of them with blank nodes.
        positions: tells where they stand.
        path: the file in which they stand where that is not known.
    """
    for quad in quads:
        subject, predicate, value = parts(quad)
        rules = []
        if not subject.value.startswith(BASE):
            rules.append((_FOREIGN, "foreign-subject"))
        if predicate.value.startswith(SHACL) or (
            isinstance(value, ox.NamedNode) and value.value.startswith(SHACL)
        ):
            rules.append((_SHAPES, "shape-in-data"))
        for message, rule in rules:
            place = positions.place(subject.value, predicate.value, value) or Place(path)
            yield _finding(place, ox.NamedNode(subject.value), message, rule)


def has_blank(quad: ox.Quad) -> bool:
    """Tell whether a statement has a blank node."""
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


def _finding(place: Place, focus: ox.NamedNode | None, message: dict[str, str], rule: str) -> Finding:
    return Finding(severity="violation", message=message, shape=f"house/{rule}", focus=focus, place=place)
