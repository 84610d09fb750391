"""Literals that are no form of their datatype, told before anything converts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.errors import Place
from msme_kg.namespaces import RDF, XSD
from msme_kg.rdf.lexical import known, valid
from msme_kg.rdf.terms import parts
from msme_kg.shacl.report import Finding
from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.source_map import Positions

_ALWAYS = {f"{XSD}string", f"{RDF}langString"}
_MESSAGE = {
    "en": "The literal is no form of its datatype. Correct the text or the datatype.",
    "zh-Hant": "文字不符其資料型別之格式。請更正文字或資料型別。",
}


def check(files: Iterable[GraphFile], positions: Positions) -> Iterator[Finding]:
    """Yield the literals of files that are ill-typed, or of a datatype that XSD does not have."""
    for file in files:
        for quad in file.quads():
            subject, predicate, value = parts(quad)
            if not isinstance(value, ox.Literal) or value.datatype.value in _ALWAYS:
                continue
            if known(value.datatype.value) and valid(value.value, value.datatype.value):
                continue
            named = isinstance(subject, ox.NamedNode)
            place = positions.place(subject.value, predicate.value, value, file.graph) if named else None
            yield Finding(
                severity="violation",
                message=_MESSAGE,
                shape="file/literal",
                focus=subject,
                path=f"<{predicate.value}>",
                value=value,
                place=place or Place(file.path),
            )
