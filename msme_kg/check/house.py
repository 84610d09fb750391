"""House rules that no query sees: blank nodes, subjects of others, shapes among the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.check.findings import Finding
from msme_kg.errors import Place
from msme_kg.graph.dataset import Dataset
from msme_kg.graph.order import parts
from msme_kg.graph.positions import Positions
from msme_kg.names import BASE, SHACL

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
        blank = [quad for quad in named if _has_blank(quad)]
        yield from check_statements((quad for quad in named if not _has_blank(quad)), positions, file.path)
        for line in positions.blank_lines(file.path) if blank else ():
            yield _finding(Place(file.path, line), None, _BLANK, "blank-node")


def check_statements(quads: Iterable[ox.Quad], positions: Positions, path: str) -> Iterator[Finding]:
    """Yield what statements say that none in the data may say.

    Args:
        quads: the statements.
        positions: tells where they stand.
        path: the file in which they stand where that is not known.
    """
    for quad in quads:
        subject, predicate, value = parts(quad)
        place = Place(path)
        if isinstance(subject, ox.BlankNode) or isinstance(value, ox.BlankNode):
            yield _finding(place, None, _BLANK, "blank-node")
            continue
        rules = []
        if not subject.value.startswith(BASE):
            rules.append((_FOREIGN, "foreign-subject"))
        if predicate.value.startswith(SHACL) or (
            isinstance(value, ox.NamedNode) and value.value.startswith(SHACL)
        ):
            rules.append((_SHAPES, "shape-in-data"))
        for message, rule in rules:
            place = positions.place(subject.value, predicate.value, value) or place
            yield _finding(place, subject, message, rule)


def _has_blank(quad: ox.Quad) -> bool:
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


def _finding(place: Place, focus: ox.NamedNode | None, message: dict[str, str], rule: str) -> Finding:
    return Finding(severity="violation", message=message, shape=f"house/{rule}", focus=focus, place=place)
