"""House rules that no query sees: blank nodes, subjects of others, shapes among the data."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from msme_kg.check.findings import Finding
from msme_kg.graph.dataset import Dataset
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
        for quad in file.quads():
            if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
                yield _finding(file.path, quad, _BLANK, "blank-node", positions)
            elif not quad.subject.value.startswith(BASE):
                yield _finding(file.path, quad, _FOREIGN, "foreign-subject", positions)
            if quad.predicate.value.startswith(SHACL):
                yield _finding(file.path, quad, _SHAPES, "shape-in-data", positions)


def _finding(path: str, quad: ox.Quad, message: dict[str, str], rule: str, positions: Positions) -> Finding:
    value = None if isinstance(quad.object, ox.BlankNode) else quad.object
    found = positions.place(str(getattr(quad.subject, "value", "")), quad.predicate.value, value)
    return Finding(
        focus=quad.subject.value if isinstance(quad.subject, ox.NamedNode) else "",
        path="",
        value="",
        severity="violation",
        message=message,
        shape=f"house/{rule}",
        constraint="",
        file=path,
        line=found.line if found and found.file == path else 0,
    )
