"""Rules for updates that no shape can express: policy, attribution, references, duplicates, certainty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msme_kg.changes.attestations import Exemptions
from msme_kg.changes.changeset import Changeset
from msme_kg.changes.release_manifest import ReleasedIris
from msme_kg.repository import Repository
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.report import Finding
from msme_kg.storage.source_map import SourceMap
from msme_kg.validation.attribution_rules import find_unattributed
from msme_kg.validation.certainty_rules import find_lost_certainty
from msme_kg.validation.change_policy import check_policy
from msme_kg.validation.dangling_references import find_dangling_references
from msme_kg.validation.duplicate_entities import find_duplicates


def check_update_rules(
    repository: Repository,
    changeset: Changeset,
    delta: ChangeOverlay,
    source_map: SourceMap,
    earlier_findings: Iterable[Finding],
) -> Iterator[Finding]:
    """Yield the violations of an update, whether it is proposed or has been made by hand.

    Args:
        repository: the graph, whose releases count.
        changeset: the update, with the attestations of the things that it changes.
        delta: the update as an overlay over the triple index.
        source_map: gives the locations of statements.
        earlier_findings: findings that a dangling reference need not repeat.
    """
    violations = list(check_policy(changeset, delta, source_map, ReleasedIris(repository).include))
    yield from violations
    yield from find_dangling_references(changeset, delta, source_map, (*earlier_findings, *violations))
    if changeset.request.reverts is None:  # what was stated before is stated again as it was
        yield from find_unattributed(changeset, Exemptions(changeset.before), source_map)
    yield from find_duplicates(changeset, delta, source_map)
    yield from find_lost_certainty(changeset, source_map)
