"""Conventions for data and updates: no blank nodes, no subjects of others, no SHACL terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.errors import SourceLocation
from msme_kg.message_catalog import format_in_all_languages
from msme_kg.namespaces import BASE, SHACL
from msme_kg.rdf.terms import split_quad
from msme_kg.shacl.report import Finding
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.source_map import SourceMap


def check_files(dataset: Dataset, source_map: SourceMap) -> Iterator[Finding]:
    """Check the files under ``data/`` against the conventions."""
    for file in dataset.files:
        if not file.path.startswith("data/"):
            continue
        quads = list(file.parse_quads())
        yield from check_quads((quad for quad in quads if not has_bnode(quad)), source_map, file.path)
        if any(map(has_bnode, quads)):
            yield from find_bnodes(
                SourceLocation(file.path, line) for line in source_map.find_bnode_lines(file.path)
            )


def find_bnodes(locations: Iterable[SourceLocation]) -> Iterator[Finding]:
    """Yield one finding per location of a blank node."""
    for location in locations:
        yield _build_finding("blank-node", location, None)


def check_quads(quads: Iterable[ox.Quad], source_map: SourceMap, path: str) -> Iterator[Finding]:
    """Check statements without blank nodes against the conventions.

    Args:
        quads: the statements.
        source_map: gives their locations.
        path: the file reported for a statement that the source map does not know.
    """
    for quad in quads:
        subject, predicate, value = split_quad(quad)
        rules = []
        if not subject.value.startswith(BASE):
            rules.append("foreign-subject")
        if predicate.value.startswith(SHACL) or (
            isinstance(value, ox.NamedNode) and value.value.startswith(SHACL)
        ):
            rules.append("shape-in-data")
        for rule in rules:
            location = source_map.locate(subject.value, predicate.value, value) or SourceLocation(path)
            yield _build_finding(rule, location, ox.NamedNode(subject.value))


def has_bnode(quad: ox.Quad) -> bool:
    """Tell whether the subject or object of a statement is a blank node."""
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


def _build_finding(rule: str, location: SourceLocation, focus: ox.NamedNode | None) -> Finding:
    return Finding(
        severity="violation",
        message=format_in_all_languages(f"convention.{rule}", base=BASE),
        shape=f"convention/{rule}",
        focus_node=focus,
        location=location,
    )
