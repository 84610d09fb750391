"""Rule for reverting a change: no later change builds on it."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from msme_kg.changes.change_log import (
    CHANGES_FOLDER,
    RecordedChange,
    find_dependent_changes,
    read_changes,
)
from msme_kg.repository import Repository
from msme_kg.shacl.report import Finding
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.source_map import SourceMap
from msme_kg.validation.change_policy import build_policy_finding


def find_later_changes(repository: Repository, change: RecordedChange) -> Iterator[Finding]:
    """Yield a finding for each later change that builds on one to be reverted."""
    files = Dataset.from_repository(repository, [*repository.find_turtle_files(CHANGES_FOLDER)])
    source_map = SourceMap(files)
    for later in find_dependent_changes(read_changes(repository), change):
        yield build_policy_finding(
            "later-change", source_map, ox.NamedNode(later.iri), later=later.name, change=change.name
        )
