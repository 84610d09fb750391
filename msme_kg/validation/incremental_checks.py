"""Incremental evaluation of check queries on the statements that a change can affect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from msme_kg.namespaces import PrefixMap
from msme_kg.repository import Repository
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.report import Finding, ValidationReport
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.query_catalog import CHECKS, QueryCatalog
from msme_kg.storage.dataset import Dataset
from msme_kg.validation import quality_checks
from msme_kg.validation.change_neighbourhood import ChangeNeighbourhood
from msme_kg.validation.query_dependencies import analyse

RowsByCheck = dict[str, list[quality_checks.CheckRow]]


class CheckDiff:
    """Check findings about the affected entities before and after a change, computed on demand."""

    def __init__(self, compute_report: Callable[[bool], ValidationReport]) -> None:
        self._compute_report = compute_report

    @cached_property
    def after(self) -> ValidationReport:
        """The findings after the change."""
        return self._compute_report(True)

    @cached_property
    def before(self) -> ValidationReport:
        """The findings before it."""
        return self._compute_report(False)

    @property
    def introduced(self) -> tuple[Finding, ...]:
        """The findings that exist only after it."""
        return self.after.without_known(self.before).findings if self.after.findings else ()

    @property
    def resolved(self) -> tuple[Finding, ...]:
        """The findings that exist only before it."""
        return self.before.without_known(self.after).findings if self.before.findings else ()


def run_incrementally(
    repository: Repository, delta: ChangeOverlay, before: Dataset, after: Dataset, prefixes: PrefixMap
) -> CheckDiff | None:
    """Run the checks on the neighbourhood of a change; None if they need the whole graph.

    Args:
        repository: the repository with the checks.
        delta: the change.
        before: the files before it.
        after: the files after it.
        prefixes: for paths.

    Raises:
        msme_kg.errors.InputError: a check's header or query is invalid, or a file is malformed.
    """
    texts = {
        path: repository.read(path).decode(errors="replace")
        for path in QueryCatalog(repository).list(CHECKS).values()
    }
    run_affected_checks = _build_check_runner(delta, texts, before)
    if run_affected_checks is None:
        return None

    def compute_report(later: bool) -> ValidationReport:
        rows = run_affected_checks(after=later)
        return ValidationReport.from_findings(
            quality_checks.to_findings(repository, after if later else before, prefixes, rows)
        )

    return CheckDiff(compute_report)


def _build_check_runner(
    delta: ChangeOverlay, texts: Mapping[str, str], files: Dataset
) -> Callable[..., RowsByCheck] | None:
    """Return a function that runs the checks on affected entities; None if that is not enough."""
    schema = [file for file in files.files if file.path.startswith("ontology/")]
    neighbourhood = ChangeNeighbourhood(delta, [file.graph for file in schema])
    dependencies = {path: analyse(text) for path, text in texts.items()}
    if neighbourhood.has_unsupported_terms() or neighbourhood.can_affect_schema(
        {predicate for query in dependencies.values() for predicate in query.schema_predicates}
    ):
        return None
    entities = neighbourhood.collect_entity_patterns(
        pattern for query in dependencies.values() for pattern in query.patterns
    )
    changeable = {path: query for path, query in dependencies.items() if query.can_change(entities)}
    affected = {
        path: neighbourhood.find_affected_focus_nodes(query.traversals)
        for path, query in changeable.items()
        if query.is_local
    }
    local = {path: focus_ids for path, focus_ids in affected.items() if len(focus_ids)}
    non_local = {path: query for path, query in changeable.items() if not query.is_local}
    if any(
        not all(required for required, _ in query.subjects)
        or not all(predicate for predicate, _ in query.patterns)
        for query in non_local.values()
    ):
        return None

    read_schema = neighbourhood.find_schema_graphs(
        {predicate for path in local for predicate in dependencies[path].schema_predicates}
    )

    def run_affected_checks(*, after: bool) -> RowsByCheck:
        graphs = neighbourhood.find_relevant_graphs(
            ((dependencies[path].traversals, focus_ids) for path, focus_ids in local.items()), after=after
        )
        engine = LocalEngine(Dataset((*read_schema, *graphs)), merges_rows=True)
        rows: RowsByCheck = {}
        for path, focus_ids in local.items():
            focus_nodes = neighbourhood.decode_terms(focus_ids)
            all_rows = quality_checks.run_check(engine, texts[path], path)
            rows[path] = [row for row in all_rows if row.get("focus") in focus_nodes]
        for path, query in non_local.items():
            graphs = neighbourhood.find_matching_graphs(query.subjects, after=after)
            engine = LocalEngine(Dataset((*schema, *graphs)))
            rows[path] = list(quality_checks.run_check(engine, texts[path], path))
        return rows

    return run_affected_checks
