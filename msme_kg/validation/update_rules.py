"""Rules for updates that no shape can express: policy, references, duplicates and certainty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msme_kg.changes.changeset import Changeset
from msme_kg.shacl.prefilter import ChangeOverlay
from msme_kg.shacl.report import Finding
from msme_kg.storage.source_map import SourceMap
from msme_kg.validation.certainty_rules import find_lost_certainty
from msme_kg.validation.change_policy import check_policy
from msme_kg.validation.dangling_references import find_dangling_references
from msme_kg.validation.duplicate_entities import find_duplicates


def check_update_rules(
    changeset: Changeset, delta: ChangeOverlay, source_map: SourceMap, earlier_findings: Iterable[Finding]
) -> Iterator[Finding]:
    """Yield the violations of an update, whether it is proposed or has been made by hand.

    Args:
        changeset: the update.
        delta: the update as an overlay over the triple index.
        source_map: gives the locations of statements.
        earlier_findings: findings that a dangling reference need not repeat.
    """
    violations = list(check_policy(changeset, delta, source_map))
    yield from violations
    yield from find_dangling_references(changeset, delta, source_map, (*earlier_findings, *violations))
    yield from find_duplicates(changeset, delta, source_map)
    yield from find_lost_certainty(changeset, source_map)
