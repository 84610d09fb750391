"""Policy for updates: no removed entities, no emptied files, no unknown language tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pyoxigraph as ox

from msme_kg.changes.changeset import Changeset
from msme_kg.errors import SourceLocation
from msme_kg.message_catalog import format_in_all_languages
from msme_kg.namespaces import BASE, LANGUAGES
from msme_kg.rdf.terms import Resource, Term, get_graph_iri, normalize_language_tag, split_quad
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.report import Finding
from msme_kg.storage.source_map import SourceMap
from msme_kg.validation.conventions import has_bnode

MAX_REFERENCES = 20
"""Number of references to a removed entity that are reported."""


def check_policy(
    changeset: Changeset, delta: ChangeOverlay, source_map: SourceMap, is_released: Callable[[str], bool]
) -> Iterator[Finding]:
    """Check an update against the policy.

    A language tag must be one of ``LANGUAGES``, compared without regard to case (RFC 5646 §2.1.1).

    Args:
        changeset: the update.
        delta: the update as an overlay over the triple index.
        source_map: gives the locations of statements, both of the graph and of the input.
        is_released: tells from its IRI whether an entity must not disappear.
    """
    yield from _check_removed_entities(changeset, delta, source_map, is_released)
    yield from _check_emptied_files(changeset, delta)
    for quad in changeset.added:
        subject, predicate, value = split_quad(quad)
        tag = normalize_language_tag(value.language or "") if isinstance(value, ox.Literal) else ""
        if tag and tag not in LANGUAGES:
            yield build_policy_finding("language", source_map, subject, predicate, value)
    # Blank nodes and foreign subjects are reported as violations of conventions.
    unplaced = {
        split_quad(quad)[0]
        for quad in changeset.unplaced
        if not any(isinstance(term, ox.BlankNode) for term in split_quad(quad))
    }
    for entity in sorted(unplaced, key=str):
        if entity.value.startswith(BASE):
            yield build_policy_finding("unplaced-entity", source_map, entity)


def _check_removed_entities(
    changeset: Changeset, delta: ChangeOverlay, source_map: SourceMap, is_released: Callable[[str], bool]
) -> Iterator[Finding]:
    remaining = {quad.subject for quad in changeset.resulting_quads}
    for entity in dict.fromkeys(split_quad(quad)[0] for quad in changeset.prior_quads):
        if entity in remaining or not is_released(entity.value):
            continue
        yield build_policy_finding("removed-entity", source_map, entity)
        for subject, predicate in delta.find_references(entity)[:MAX_REFERENCES]:
            yield build_policy_finding(
                "removed-entity",
                source_map,
                subject,
                predicate,
                entity,
                message_id="policy.removed-entity-reference",
            )


def _check_emptied_files(changeset: Changeset, delta: ChangeOverlay) -> Iterator[Finding]:
    removed, added = (Counter(map(get_graph_iri, quads)) for quads in (changeset.removed, changeset.added))
    for file in changeset.before.files:
        if file.graph not in removed or file.graph in added:
            continue
        if delta.graph.table.count_triples(delta.graph_iris.index(file.graph)) <= removed[file.graph]:
            yield _build_file_finding("emptied", file.path)


def find_removed_bnodes(changeset: Changeset) -> Iterator[Finding]:
    """Yield a finding for each file that loses blank nodes, which no record of a change can name."""
    graphs = {get_graph_iri(quad) for quad in changeset.removed if has_bnode(quad)}
    for file in changeset.before.files:
        if file.graph in graphs:
            yield _build_file_finding("unrecordable", file.path)


def _build_file_finding(rule: str, path: str) -> Finding:
    return Finding(
        severity="violation",
        message=format_in_all_languages(f"policy.{rule}"),
        shape=f"policy/{rule}",
        focus_node=None,
        location=SourceLocation(path, 1),
    )


def build_policy_finding(
    rule: str,
    source_map: SourceMap,
    subject: Resource,
    predicate: ox.NamedNode | None = None,
    value: Term | None = None,
    *,
    message_id: str = "",
    **placeholders: str,
) -> Finding:
    """Return a finding about an entity or one of its statements.

    Args:
        rule: the last part of the rule's id, and the key of its message.
        source_map: gives the location.
        subject: the entity.
        predicate: the property, if the finding is about one.
        value: the object, likewise.
        message_id: the message, if it is not the one of the rule.
        placeholders: values of the placeholders in the message.
    """
    placeholders |= {"languages": ", ".join(LANGUAGES)}
    return Finding(
        severity="violation",
        message=format_in_all_languages(message_id or f"policy.{rule}", **placeholders),
        shape=f"policy/{rule}",
        focus_node=subject,
        path=f"<{predicate.value}>" if predicate else "",
        value=value,
        location=source_map.locate(subject, predicate.value if predicate else None, value),
    )
