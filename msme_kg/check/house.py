"""House rules that no query sees: blank nodes, subjects of others, shapes among the data."""

from __future__ import annotations

from collections.abc import Iterator

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
        blank = False
        for quad in file.quads():
            subject, predicate, value = parts(quad)
            blank = blank or isinstance(subject, ox.BlankNode) or isinstance(value, ox.BlankNode)
            if isinstance(subject, ox.BlankNode) or isinstance(value, ox.BlankNode):
                continue
            place = Place(file.path)
            if not subject.value.startswith(BASE):
                place = positions.place(subject.value, predicate.value, value) or place
                yield _finding(place, subject, _FOREIGN, "foreign-subject")
            if predicate.value.startswith(SHACL) or (
                isinstance(value, ox.NamedNode) and value.value.startswith(SHACL)
            ):
                place = positions.place(subject.value, predicate.value, value) or place
                yield _finding(place, subject, _SHAPES, "shape-in-data")
        if blank:
            for line in positions.blank_lines(file.path):
                yield _finding(Place(file.path, line), None, _BLANK, "blank-node")


def _finding(place: Place, focus: ox.NamedNode | None, message: dict[str, str], rule: str) -> Finding:
    return Finding(severity="violation", message=message, shape=f"house/{rule}", focus=focus, place=place)
