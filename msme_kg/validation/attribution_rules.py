"""Attribution of an update: each new statement has a source or a basis of its own."""

from __future__ import annotations

from collections.abc import Iterator

from msme_kg.changes.attestations import (
    RECORD_SOURCED,
    SOURCE,
    AttestedValues,
    Exemptions,
    group_classes,
)
from msme_kg.changes.changeset import Changeset
from msme_kg.rdf.terms import get_graph_iri, split_quad, without_graph
from msme_kg.repository import to_graph_path
from msme_kg.shacl.report import Finding
from msme_kg.storage.source_map import SourceMap
from msme_kg.validation.change_policy import build_policy_finding


def find_unattributed(
    changeset: Changeset, exemptions: Exemptions, source_map: SourceMap
) -> Iterator[Finding]:
    """Yield a finding for each property of a thing with a new value that has neither source nor basis.

    Args:
        changeset: the update, with the attestations of the things that it changes.
        exemptions: the statements that need none.
        source_map: gives the locations of statements.
    """
    classes = group_classes(changeset.resulting_quads)
    attested = AttestedValues(changeset.resulting_quads)
    # The sources of a record state together what is new in it only if one is new, or the update says so.
    with_new_source = {quad.subject for quad in changeset.added if quad.predicate == SOURCE}
    recorded = {
        (quad.subject, quad.object)
        for quad in changeset.resulting_quads
        if quad.predicate == RECORD_SOURCED
        and (quad.subject in with_new_source or without_graph(quad) in changeset.requested)
    }
    reported: set[tuple[object, object]] = set(recorded)
    for quad in changeset.added:
        subject, predicate, value = split_quad(quad)
        if (
            to_graph_path(get_graph_iri(quad)).startswith("data/")
            and (subject, predicate) not in reported
            and not exemptions.covers(predicate, classes[subject])
            and not attested.include(subject, predicate, value)
        ):
            reported.add((subject, predicate))
            names = [
                changeset.before.prefixes.shorten(one.value) or f"<{one.value}>"
                for one in (subject, predicate)
            ]
            yield build_policy_finding(
                "unattributed-change",
                source_map,
                subject,
                predicate,
                value,
                thing=names[0],
                property=names[1],
            )
