"""What the checks newly find after a change: asked of the few statements that it can have to do with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from msme_kg.namespaces import PrefixMap
from msme_kg.repository import Repository
from msme_kg.shacl.prefilter import ChangeOverlay
from msme_kg.shacl.report import Finding, ValidationReport
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.query_catalog import CHECKS, QueryCatalog
from msme_kg.storage.dataset import Dataset
from msme_kg.validation import quality_checks
from msme_kg.validation.change_neighbourhood import ChangeNeighbourhood
from msme_kg.validation.query_dependencies import analyse

RowsByCheck = dict[str, list[quality_checks.CheckRow]]


class CheckDiff:
    """What the checks find about all that a change can affect; each side is asked when it is wanted."""

    def __init__(self, compute_report: Callable[[bool], ValidationReport]) -> None:
        self._compute_report = compute_report

    @cached_property
    def after(self) -> ValidationReport:
        """What they find after the change."""
        return self._compute_report(True)

    @cached_property
    def before(self) -> ValidationReport:
        """What they find before it."""
        return self._compute_report(False)

    @property
    def introduced(self) -> tuple[Finding, ...]:
        """What they find only after it."""
        return self.after.without_known(self.before).findings if self.after.findings else ()

    @property
    def resolved(self) -> tuple[Finding, ...]:
        """What they find only before it."""
        return self.before.without_known(self.after).findings if self.before.findings else ()


def run_incrementally(
    repository: Repository, delta: ChangeOverlay, before: Dataset, after: Dataset, prefixes: PrefixMap
) -> CheckDiff | None:
    """Return what the checks find around a change; None where that asks for all to be read.

    Args:
        repository: where the checks lie.
        delta: the change.
        before: the files before it.
        after: the files after it.
        prefixes: for paths.

    Raises:
        msme_kg.errors.InputError: a check's header or query is faulty, or a file is malformed.
    """
    texts = {
        path: repository.read(path).decode(errors="replace")
        for path in QueryCatalog(repository).list(CHECKS).values()
    }
    ask = _build_check_runner(delta, texts, before)
    if ask is None:
        return None

    def compute_report(later: bool) -> ValidationReport:
        return ValidationReport.from_findings(
            quality_checks.to_findings(repository, after if later else before, prefixes, ask(after=later))
        )

    return CheckDiff(compute_report)


def _build_check_runner(
    delta: ChangeOverlay, texts: Mapping[str, str], files: Dataset
) -> Callable[..., RowsByCheck] | None:
    """Return what asks the checks about all that a change can affect; None if only everything would do."""
    schema = [file for file in files.files if file.path.startswith("ontology/")]
    vicinity = ChangeNeighbourhood(delta, [file.graph for file in schema])
    reaches = {path: analyse(text) for path, text in texts.items()}
    if vicinity.has_unsupported_terms() or vicinity.can_affect_schema(
        {one for found in reaches.values() for one in found.schema_predicates}
    ):
        return None
    foci = {
        path: vicinity.find_affected_focus_nodes(one.traversal)
        for path, one in reaches.items()
        if one.is_local
    }
    near = {path: numbers for path, numbers in foci.items() if len(numbers)}
    things = vicinity.collect_entity_patterns()
    far = {path: one for path, one in reaches.items() if not one.is_local and one.can_match(things)}
    if any(
        not all(one.subject_patterns) or not all(predicate for predicate, _ in one.triple_patterns)
        for one in far.values()
    ):
        return None

    def run_affected_checks(*, after: bool) -> RowsByCheck:
        around = vicinity.find_relevant_graphs(
            ((reaches[path].traversal, one) for path, one in near.items()), after=after
        )
        engine = LocalEngine(Dataset((*schema, *around)))
        rows: RowsByCheck = {}
        for path, numbers in near.items():
            about = vicinity.decode_terms(numbers)
            rows[path] = [
                row
                for row in quality_checks.run_check(engine, texts[path], path)
                if row.get("focus") in about
            ]
        for path, one in far.items():
            stated = LocalEngine(
                Dataset(
                    (
                        *schema,
                        *vicinity.find_matching_graphs(
                            one.subject_patterns, one.triple_patterns, after=after
                        ),
                    )
                )
            )
            rows[path] = list(quality_checks.run_check(stated, texts[path], path))
        return rows

    return run_affected_checks
