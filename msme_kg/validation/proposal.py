"""Judging a proposed update before anything is written: what it breaks, mends and may not do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from msme_kg.changes.changeset import Changeset, UpdateRequest
from msme_kg.rdf.terms import get_graph_iri
from msme_kg.shacl.indexed_graph import IndexedGraph
from msme_kg.shacl.prefilter import ChangeOverlay
from msme_kg.shacl.report import Finding, ValidationReport
from msme_kg.shacl.validator import Progress, Validator, ignore_progress
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.source_map import SourceMap
from msme_kg.validation import (
    change_policy,
    conventions,
    dangling_references,
    duplicate_entities,
    quality_checks,
)
from msme_kg.validation.finding_locations import FindingLocator, locate_bnodes
from msme_kg.validation.incremental_checks import CheckDiff, run_incrementally
from msme_kg.validation.validate import lint_files
from msme_kg.validation.validation_input import ValidationInput


@dataclass(frozen=True)
class Proposal:
    """An update and what is to be said of it.

    Attributes:
        validation_input: the graph before it, with the files that are brought.
        changeset: what comes and goes.
        report: what it newly breaks, and what no update may do.
        resolved: what was wrong and is not after it.
    """

    validation_input: ValidationInput
    changeset: Changeset
    report: ValidationReport
    resolved: ValidationReport

    @property
    def is_acceptable(self) -> bool:
        """Whether nothing forbids it."""
        return not self.report.has_failures("violation")


def review(state: ValidationInput, inputs: UpdateRequest, progress: Progress = ignore_progress) -> Proposal:
    """Judge an update; nothing is written.

    Args:
        state: the graph.
        inputs: what is brought.
        progress: is told what is being done.

    Raises:
        msme_kg.errors.InputError: an input or a file of the graph is malformed.
        msme_kg.errors.SafetyError: an input asks for what no update may do.
    """
    progress("reading")
    prefixes = state.repository_files.prefixes
    update = Changeset.plan(state.repository_files, inputs, prefixes)
    after = state.with_extra_files(inputs.add)
    delta = ChangeOverlay(IndexedGraph.load(state.repository_files), update.incoming, update.removed)
    judges = Validator(state.shapes, prefixes, progress)
    report = judges.find_introduced(delta, state.repository_files, after.data)
    mended = judges.find_resolved(delta, state.repository_files, after.data)
    progress("checking")
    found = _run_checks(after, update, delta)
    report = report.with_findings(found.introduced)
    report = report.with_findings(_check_changeset(update, delta, after.data, report))
    mended = mended.with_findings(found.resolved)
    return Proposal(
        after, update, replace(report, findings=FindingLocator(update).locate(report.findings)), mended
    )


def _run_checks(after: ValidationInput, changeset: Changeset, delta: ChangeOverlay) -> CheckDiff:
    """Return what the checks find before and after an update."""
    prefixes = after.repository_files.prefixes
    found = run_incrementally(after.repository, delta, after.repository_files, after.data, prefixes)
    if found is not None:
        return found

    def run_all_checks(later: bool) -> ValidationReport:
        data = changeset.build_resulting_dataset(prefixes) if later else after.repository_files
        return ValidationReport.from_findings(quality_checks.run_checks(after.repository, data, prefixes))

    return CheckDiff(run_all_checks)


def _check_changeset(
    changeset: Changeset, delta: ChangeOverlay, data: Dataset, report: ValidationReport
) -> Iterator[Finding]:
    """Yield what is wrong with the inputs themselves, and what no update may do beside what is reported."""
    # That shapes must not stand there is told below, of an update of any kind.
    yield from (one for one in lint_files(Dataset(changeset.request.add), None) if one.shape != "file/shape")
    positions = SourceMap(data)
    path = next((file.path for file in (*changeset.request.updates, *changeset.request.add)), "")
    ontology = {file.graph for file in changeset.before.files if file.path.startswith("ontology/")}
    said = [quad for quad in changeset.incoming if get_graph_iri(quad) not in ontology]
    yield from conventions.check_quads(
        (quad for quad in said if not conventions.has_bnode(quad)), positions, path
    )
    if any(map(conventions.has_bnode, said)):
        yield from conventions.find_bnodes(locate_bnodes(changeset.request, positions))
    forbidden = list(change_policy.check_changeset(changeset, delta, positions))
    yield from forbidden
    yield from dangling_references.check_changeset(
        changeset, delta, positions, (*report.findings, *forbidden)
    )
    yield from duplicate_entities.check_changeset(changeset, delta, positions)
