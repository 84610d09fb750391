"""Judging a proposed update before anything is written: what it breaks, mends and may not do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyoxigraph as ox

from msme_kg.change.update import Inputs, Update
from msme_kg.check import house, policy, rules
from msme_kg.check.findings import Finding, Report
from msme_kg.check.newly import Checked, checked
from msme_kg.check.screen import Delta
from msme_kg.check.screen.loaded import Graph
from msme_kg.check.shacl import Judge, Progress, silent
from msme_kg.check.validate import State, of_files
from msme_kg.errors import Place
from msme_kg.graph.dataset import Dataset, GraphFile
from msme_kg.graph.positions import Positions
from msme_kg.names import Prefixes

_PREFIX = re.compile(r"\bPREFIX\s+([\w.-]*):\s*<([^<>\s]*)>", re.IGNORECASE)


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
    delta = Delta(Graph.load(state.own), (*update.added, *update.homeless), update.removed)
    judges = Judge(state.shapes, prefixes, progress)
    report = judges.changed(delta, state.own, after.data)
    mended = judges.mended(delta, state.own, after.data)
    progress("checking")
    found = _checked(after, update, delta)
    report = report.and_also((*found.broken, *_of_update(update, delta, after.data)))
    mended = mended.and_also(found.mended)
    return Proposal(after, update, replace(report, findings=tuple(_placed(report, update, prefixes))), mended)


def _checked(after: State, update: Update, delta: Delta) -> Checked:
    """Return what the checks find before and after an update."""
    prefixes = after.own.prefixes
    found = checked(after.repository, delta, after.own, after.data, prefixes)
    if found is not None:
        return found

    def whole(later: bool) -> Report:
        data = update.applied(prefixes) if later else after.own
        return Report.of(rules.check(after.repository, data, prefixes))

    return Checked(whole)


def _of_update(update: Update, delta: Delta, data: Dataset) -> Iterator[Finding]:
    """Yield what is wrong with the inputs themselves, and what no update may do."""
    yield from of_files(Dataset(update.inputs.add), None)
    positions = Positions(data)
    path = next((file.path for file in (*update.inputs.updates, *update.inputs.add)), "")
    ontology = {file.graph for file in update.before.files if file.path.startswith("ontology/")}
    said = (quad for quad in (*update.added, *update.homeless) if _graph(quad) not in ontology)
    yield from house.check_statements(said, positions, path)
    yield from policy.check(update, delta, positions)


def _graph(quad: ox.Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""


def _placed(report: Report, update: Update, prefixes: Prefixes) -> Iterator[Finding]:
    """Yield findings with their places; what only a SPARQL Update names stands in its text."""
    for one in report.findings:
        place = one.place
        if isinstance(one.focus, ox.NamedNode) and (place is None or not place.line):
            found = (_line(file, one.focus.value, prefixes) for file in update.inputs.updates)
            place = next(filter(None, found), place)
        path = one.path[1:-1] if one.path.startswith("<") and one.path.count("<") == 1 else ""
        yield replace(one, place=place, path=prefixes.shorten(path) or one.path)


def _line(file: GraphFile, iri: str, prefixes: Prefixes) -> Place | None:
    """Return where a SPARQL Update names a thing first."""
    text = file.content.decode(errors="replace")
    own = dict(_PREFIX.findall(text))
    names = [f"<{iri}>"]
    for prefix, namespace in {**prefixes, **own}.items():
        if iri.startswith(namespace):
            names.append(f"{prefix}:{iri[len(namespace) :]}")
    found = re.search("|".join(rf"(?<![\w:-]){re.escape(name)}(?![\w:-])" for name in names), text)
    return Place(file.path, text.count("\n", 0, found.start()) + 1) if found else None
