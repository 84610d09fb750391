"""Lint of literals: ill-typed ones (RDF 1.1 Concepts §3.3), unknown datatypes, Simplified Chinese."""

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
from msme_kg.validation.simplified_chinese import find_simplified, is_traditional_chinese

UNRESTRICTED_DATATYPES = {f"{XSD}string", f"{RDF}langString"}


def lint(files: Iterable[GraphFile], source_map: SourceMap) -> Iterator[Finding]:
    """Yield the findings for the literals in files; see ``lint_quads``."""
    for file in files:
        yield from lint_quads(file.parse_quads(), source_map, file.path, file.graph)


def lint_quads(
    quads: Iterable[ox.Quad], source_map: SourceMap, path: str, graph: str | None = None
) -> Iterator[Finding]:
    """Yield a finding for each literal that is ill-typed, out of range, of an unknown datatype or Simplified.

    Args:
        quads: the statements.
        source_map: gives their locations.
        path: the file reported for a statement that the source map does not know.
        graph: the named graph in which it looks for them; None for any.
    """
    for quad in quads:
        subject, predicate, value = split_quad(quad)
        if not isinstance(value, ox.Literal):
            continue
        simplified = find_simplified(value.value) if is_traditional_chinese(value.language) else ""
        rule = "simplified" if simplified else find_rule(value.value, value.datatype.value)
        if rule is None:
            continue
        has_iri = isinstance(subject, ox.NamedNode)
        location = source_map.locate(subject.value, predicate.value, value, graph) if has_iri else None
        yield Finding(
            severity="violation" if rule == "literal" else "warning",
            message=format_in_all_languages(f"lint.{rule}", **({"char": simplified} if simplified else {})),
            shape=f"lint/{rule}",
            focus_node=subject,
            path=f"<{predicate.value}>",
            value=value,
            location=location or SourceLocation(path),
        )


def find_rule(value: str, datatype: str) -> str | None:
    """Return the rule that a literal violates; None if there is none.

    Args:
        value: its lexical form.
        datatype: the IRI of its datatype.
    """
    if datatype in UNRESTRICTED_DATATYPES:
        return None
    if not is_known_datatype(datatype) or not is_valid_lexical_form(value, datatype):
        return "literal"
    return find_unusual_value(value, datatype)
