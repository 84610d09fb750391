"""Lint of literals: ill-typed literals (RDF 1.1 Concepts §3.3) and unknown XSD datatypes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.errors import SourceLocation
from msme_kg.message_catalog import format_in_all_languages
from msme_kg.namespaces import RDF, XSD
from msme_kg.rdf.lexical import find_unusual_value, is_known_datatype, is_valid_lexical_form
from msme_kg.rdf.terms import split_quad
from msme_kg.shacl.report import Finding
from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.source_map import SourceMap

_UNRESTRICTED_DATATYPES = {f"{XSD}string", f"{RDF}langString"}


def lint(files: Iterable[GraphFile], source_map: SourceMap) -> Iterator[Finding]:
    """Yield a finding for each literal that is ill-typed, out of range or of an unknown XSD datatype."""
    for file in files:
        for quad in file.parse_quads():
            subject, predicate, value = split_quad(quad)
            if not isinstance(value, ox.Literal) or value.datatype.value in _UNRESTRICTED_DATATYPES:
                continue
            rule = _find_rule(value.value, value.datatype.value)
            if rule is None:
                continue
            has_iri = isinstance(subject, ox.NamedNode)
            location = (
                source_map.locate(subject.value, predicate.value, value, file.graph) if has_iri else None
            )
            yield Finding(
                severity="violation" if rule == "literal" else "warning",
                message=format_in_all_languages(f"lint.{rule}"),
                shape=f"lint/{rule}",
                focus_node=subject,
                path=f"<{predicate.value}>",
                value=value,
                location=location or SourceLocation(file.path),
            )


def _find_rule(value: str, datatype: str) -> str | None:
    """Return the rule that a literal violates; None if there is none."""
    if not is_known_datatype(datatype) or not is_valid_lexical_form(value, datatype):
        return "literal"
    return find_unusual_value(value, datatype)
