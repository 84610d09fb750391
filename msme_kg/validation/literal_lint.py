"""Lint of literals: ill-typed literals (RDF 1.1 Concepts §3.3) and unknown XSD datatypes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.errors import SourceLocation
from msme_kg.message_catalog import format_in_all_languages
from msme_kg.namespaces import RDF, XSD
from msme_kg.rdf.lexical import is_known_datatype, is_valid_lexical_form
from msme_kg.rdf.terms import split_quad
from msme_kg.shacl.report import Finding
from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.source_map import SourceMap

_UNRESTRICTED_DATATYPES = {f"{XSD}string", f"{RDF}langString"}


def lint(files: Iterable[GraphFile], source_map: SourceMap) -> Iterator[Finding]:
    """Yield a finding for each ill-typed literal and each unknown datatype in the XSD namespace."""
    for file in files:
        for quad in file.parse_quads():
            subject, predicate, value = split_quad(quad)
            if not isinstance(value, ox.Literal) or value.datatype.value in _UNRESTRICTED_DATATYPES:
                continue
            if is_known_datatype(value.datatype.value) and is_valid_lexical_form(
                value.value, value.datatype.value
            ):
                continue
            has_iri = isinstance(subject, ox.NamedNode)
            location = (
                source_map.locate(subject.value, predicate.value, value, file.graph) if has_iri else None
            )
            yield Finding(
                severity="violation",
                message=format_in_all_languages("lint.literal"),
                shape="lint/literal",
                focus_node=subject,
                path=f"<{predicate.value}>",
                value=value,
                location=location or SourceLocation(file.path),
            )
