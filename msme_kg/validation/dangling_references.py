"""Dangling references: statements whose object is an undescribed IRI of this graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyoxigraph as ox

from msme_kg.changes.changeset import Changeset
from msme_kg.message_catalog import format_message
from msme_kg.namespaces import BASE, RDF
from msme_kg.rdf.terms import split_quad
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.report import Finding
from msme_kg.storage.source_map import SourceMap
from msme_kg.validation.change_policy import build_policy_finding
from msme_kg.validation.entity_lookup import EntityLookup

MAX_SUGGESTIONS = 20
"""Number of dangling references for which similar IRIs are looked for."""


def find_dangling_references(
    changeset: Changeset, delta: ChangeOverlay, source_map: SourceMap, earlier_findings: Iterable[Finding]
) -> Iterator[Finding]:
    """Yield a finding for each added statement with a dangling reference.

    Objects of ``rdf:type`` are left to the check for undeclared classes.

    Args:
        changeset: the update.
        delta: the update as an overlay over the triple index.
        source_map: gives the locations of statements.
        earlier_findings: findings whose focus node and value are not reported again.
    """
    # A check may find another fault in the same statement.
    reported = {
        (finding.focus_node, finding.value)
        for finding in earlier_findings
        if not finding.shape.startswith("queries/")
    }
    references = [
        (subject, predicate, value)
        for subject, predicate, value in map(split_quad, changeset.incoming)
        if isinstance(value, ox.NamedNode)
        and value.value.startswith(BASE)
        and predicate.value != f"{RDF}type"
        and (subject, value) not in reported
    ]
    lookup = EntityLookup(delta)
    described = lookup.find_described({value for _, _, value in references})
    described |= {ox.NamedNode(graph) for graph in delta.graph_iris if graph}
    suggestion_count = 0
    for subject, predicate, value in references:
        if value in described:
            continue
        finding = build_policy_finding("unknown", source_map, subject, predicate, value)
        suggestion_count += 1
        if suggestion_count <= MAX_SUGGESTIONS:
            finding = _add_suggestions(finding, lookup.find_similar_iris(value.value), changeset)
        yield finding


def _add_suggestions(finding: Finding, similar_iris: list[str], changeset: Changeset) -> Finding:
    """Return a finding whose message names IRIs that may have been meant."""
    if not similar_iris:
        return finding
    names = [changeset.before.prefixes.shorten(iri) or f"<{iri}>" for iri in similar_iris]
    message = {}
    for lang, text in finding.message.items():
        alternatives = f" {format_message('policy.or', lang)} ".join(names)
        message[lang] = text + format_message("policy.suggestion", lang, names=alternatives)
    return replace(finding, message=message)
