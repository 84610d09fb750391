"""Judging a proposed update before anything is written: what it breaks, mends and may not do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from msme_kg.changes.changeset import Inputs, Update
from msme_kg.rdf.terms import graph_of
from msme_kg.shacl.indexed_graph import Graph
from msme_kg.shacl.prefilter import Delta
from msme_kg.shacl.report import Finding, Report
from msme_kg.shacl.validator import Judge, Progress, silent
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.source_map import Positions
from msme_kg.validation import (
    change_policy,
    conventions,
    dangling_references,
    duplicate_entities,
    quality_checks,
)
from msme_kg.validation.finding_locations import Placing, blank_places
from msme_kg.validation.incremental_checks import Checked, checked
from msme_kg.validation.validate import of_files
from msme_kg.validation.validation_input import State


@dataclass(frozen=True)
class Proposal:
    """An update and what is to be said of it.

    Attributes:
        state: the graph before it, with the files that are brought.
        update: what comes and goes.
        report: what it newly breaks, and what no update may do.
        mended: what was wrong and is not after it.
    """

    state: State
    update: Update
    report: Report
    mended: Report

    @property
    def may_go_in(self) -> bool:
        """Whether nothing forbids it."""
        return not self.report.fails("violation")


def judge(state: State, inputs: Inputs, progress: Progress = silent) -> Proposal:
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
    prefixes = state.own.prefixes
    update = Update.of(state.own, inputs, prefixes)
    after = state.with_files(inputs.add)
    delta = Delta(Graph.load(state.own), update.coming, update.removed)
    judges = Judge(state.shapes, prefixes, progress)
    report = judges.changed(delta, state.own, after.data)
    mended = judges.mended(delta, state.own, after.data)
    progress("checking")
    found = _checked(after, update, delta)
    report = report.and_also(found.broken)
    report = report.and_also(_of_update(update, delta, after.data, report))
    mended = mended.and_also(found.mended)
    return Proposal(after, update, replace(report, findings=Placing(update).placed(report.findings)), mended)


def _checked(after: State, update: Update, delta: Delta) -> Checked:
    """Return what the checks find before and after an update."""
    prefixes = after.own.prefixes
    found = checked(after.repository, delta, after.own, after.data, prefixes)
    if found is not None:
        return found

    def whole(later: bool) -> Report:
        data = update.applied(prefixes) if later else after.own
        return Report.of(quality_checks.check(after.repository, data, prefixes))

    return Checked(whole)


def _of_update(update: Update, delta: Delta, data: Dataset, report: Report) -> Iterator[Finding]:
    """Yield what is wrong with the inputs themselves, and what no update may do beside what is reported."""
    # That shapes must not stand there is told below, of an update of any kind.
    yield from (one for one in of_files(Dataset(update.inputs.add), None) if one.shape != "file/shape")
    positions = Positions(data)
    path = next((file.path for file in (*update.inputs.updates, *update.inputs.add)), "")
    ontology = {file.graph for file in update.before.files if file.path.startswith("ontology/")}
    said = [quad for quad in update.coming if graph_of(quad) not in ontology]
    yield from conventions.check_statements(
        (quad for quad in said if not conventions.has_blank(quad)), positions, path
    )
    if any(map(conventions.has_blank, said)):
        yield from conventions.blanks(blank_places(update.inputs, positions))
    forbidden = list(change_policy.check(update, delta, positions))
    yield from forbidden
    yield from dangling_references.check(update, delta, positions, (*report.findings, *forbidden))
    yield from duplicate_entities.check(update, delta, positions)
