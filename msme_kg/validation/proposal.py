"""Review of a proposed update: the findings that it introduces and resolves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from msme_kg.changes.attestation_history import keep_attested_values, with_attestations
from msme_kg.changes.attestations import MODIFIED, Exemptions
from msme_kg.changes.changeset import Changeset, UpdateRequest
from msme_kg.changes.record_extent import update_extent
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.terms import get_graph_iri, without_graph
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.indexed_graph import IndexedGraph
from msme_kg.shacl.report import Finding, ValidationReport
from msme_kg.shacl.validator import Progress, Validator, ignore_progress
from msme_kg.sparql.parameters import read_current_date
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.source_map import SourceMap
from msme_kg.validation import conventions, literal_lint, quality_checks
from msme_kg.validation.change_policy import find_removed_bnodes
from msme_kg.validation.finding_locations import FindingLocator, locate_bnodes
from msme_kg.validation.graph_validation import lint
from msme_kg.validation.incremental_checks import CheckDiff, run_incrementally
from msme_kg.validation.revert_rules import find_later_changes
from msme_kg.validation.update_rules import check_update_rules
from msme_kg.validation.validation_input import ValidationInput
from msme_kg.validation.watched_answers import AnswerChange, find_changed_answers


@dataclass(frozen=True)
class Proposal:
    """A proposed update with its findings.

    Attributes:
        validation_input: the graph before the update, with the input files.
        changeset: the statements added and removed.
        report: the findings that it introduces, and policy violations.
        resolved: the findings that it resolves.
        answers: the watched answers that it changes.
    """

    validation_input: ValidationInput
    changeset: Changeset
    report: ValidationReport
    resolved: ValidationReport
    answers: tuple[AnswerChange, ...] = ()

    @property
    def is_acceptable(self) -> bool:
        """True if there is no violation."""
        return not self.report.has_failures("violation")


def review_update(
    state: ValidationInput, inputs: UpdateRequest, progress: Progress = ignore_progress
) -> Proposal:
    """Review an update; nothing is written.

    Args:
        state: the graph.
        inputs: the files to add and remove, and the SPARQL Updates.
        progress: called with the name of each phase.

    Raises:
        msme_kg.errors.InputError: an input or a file of the graph is malformed.
        msme_kg.errors.SafetyError: an input violates a safety rule.
    """
    progress("reading")
    prefixes = state.repository_files.prefixes
    changeset = _plan(state.repository_files, inputs, prefixes)
    after = state.with_extra_files(inputs.add)
    delta = ChangeOverlay(IndexedGraph.load(state.repository_files), changeset.incoming, changeset.removed)
    validator = Validator(state.shapes, prefixes, progress)
    report = validator.find_introduced(delta, state.repository_files, after.data)
    resolved = validator.find_resolved(delta, state.repository_files, after.data)
    progress("checking")
    checks = _run_checks(after, changeset, delta)
    report = report.with_findings(checks.introduced)
    report = report.with_findings(_check_changeset(after, changeset, delta, report))
    return Proposal(
        after,
        changeset,
        replace(report, findings=FindingLocator(changeset).locate(report.findings)),
        resolved.with_findings(checks.resolved),
        tuple(find_changed_answers(after.repository, state.repository_files, delta)),
    )


def _plan(before: Dataset, inputs: UpdateRequest, prefixes: PrefixMap) -> Changeset:
    """Return the changeset of a request, with the statements of provenance that follow from it."""
    changeset = with_attestations(Changeset.plan(before, inputs, prefixes))
    exemptions = Exemptions(before)
    if inputs.reverts is None:
        changeset = keep_attested_values(changeset, exemptions)
    elif not any(
        quad.predicate == MODIFIED and without_graph(quad) not in changeset.requested
        for quad in inputs.reverts.added
    ):
        return changeset  # the date of the state that it restores comes back with it
    return update_extent(changeset, exemptions, read_current_date())


def _run_checks(after: ValidationInput, changeset: Changeset, delta: ChangeOverlay) -> CheckDiff:
    """Run the checks before and after an update, on its neighbourhood if possible."""
    prefixes = after.repository_files.prefixes
    check_diff = run_incrementally(after.repository, delta, after.repository_files, after.data, prefixes)
    if check_diff is not None:
        return check_diff

    def run_all_checks(later: bool) -> ValidationReport:
        data = changeset.build_resulting_dataset(prefixes) if later else after.repository_files
        return ValidationReport.from_findings(quality_checks.run_checks(after.repository, data, prefixes))

    return CheckDiff(run_all_checks)


def _check_changeset(
    after: ValidationInput, changeset: Changeset, delta: ChangeOverlay, report: ValidationReport
) -> Iterator[Finding]:
    """Yield lint findings of the input files, and violations of conventions and policy."""
    # The convention on shapes below applies to updates of any kind, so the lint rule would repeat it.
    findings = lint(Dataset(changeset.request.add), changeset.before, conventions=False)
    yield from (finding for finding in findings if finding.shape != "lint/shape")
    source_map = SourceMap(after.data)
    path = next((file.path for file in (*changeset.request.updates, *changeset.request.add)), "")
    ontology = {file.graph for file in changeset.before.files if file.path.startswith("ontology/")}
    if changeset.request.updates:  # a SPARQL Update is not among the linted files
        yield from literal_lint.lint_quads(changeset.incoming, source_map, path)
    quads = [quad for quad in changeset.incoming if get_graph_iri(quad) not in ontology]
    yield from conventions.check_quads(
        (quad for quad in quads if not conventions.has_bnode(quad)), source_map, path
    )
    if any(map(conventions.has_bnode, quads)):
        yield from conventions.find_bnodes(locate_bnodes(changeset.request, source_map))
    yield from find_removed_bnodes(changeset)
    if changeset.request.reverts is not None:
        yield from find_later_changes(after.repository, changeset.request.reverts)
    yield from check_update_rules(after.repository, changeset, delta, source_map, report.findings)
