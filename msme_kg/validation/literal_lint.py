"""Literals that are no form of their datatype, told before anything converts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.errors import SourceLocation
from msme_kg.namespaces import RDF, XSD
from msme_kg.rdf.lexical import is_known_datatype, is_valid_lexical_form
from msme_kg.rdf.terms import split_quad
from msme_kg.shacl.report import Finding
from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.source_map import SourceMap

_UNRESTRICTED_DATATYPES = {f"{XSD}string", f"{RDF}langString"}
_MESSAGE = {
    "en": "The literal is no form of its datatype. Correct the text or the datatype.",
    "zh-Hant": "文字不符其資料型別之格式。請更正文字或資料型別。",
}


def lint(files: Iterable[GraphFile], source_map: SourceMap) -> Iterator[Finding]:
    """Yield the literals of files that are ill-typed, or of a datatype that XSD does not have."""
    for file in files:
        for quad in file.parse_quads():
            subject, predicate, value = split_quad(quad)
            if not isinstance(value, ox.Literal) or value.datatype.value in _UNRESTRICTED_DATATYPES:
                continue
            if is_known_datatype(value.datatype.value) and is_valid_lexical_form(
                value.value, value.datatype.value
            ):
                continue
            named = isinstance(subject, ox.NamedNode)
            place = source_map.locate(subject.value, predicate.value, value, file.graph) if named else None
            yield Finding(
                severity="violation",
                message=_MESSAGE,
                shape="file/literal",
                focus_node=subject,
                path=f"<{predicate.value}>",
                value=value,
                location=place or SourceLocation(file.path),
            )
