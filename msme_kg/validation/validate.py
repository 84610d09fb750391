"""Judging graphs: a whole one, what a change newly breaks, or any files by any shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import pyoxigraph as ox

from msme_kg.namespaces import RDF, RDFS, SHACL, SKOS, XSD, Prefixes
from msme_kg.repository import graph_iri
from msme_kg.shacl.forked_worker import LARGE, Worker, processors
from msme_kg.shacl.indexed_graph import Graph
from msme_kg.shacl.prefilter import Delta
from msme_kg.shacl.report import Finding, Report
from msme_kg.shacl.validator import Judge, Progress, silent
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.validation import quality_checks
from msme_kg.validation.incremental_checks import checked
from msme_kg.validation.validation_input import State

_USUAL = {"rdf": RDF, "rdfs": RDFS, "sh": SHACL, "skos": SKOS, "xsd": XSD}
"""The prefixes for shapes and data that have nothing to do with this graph."""
_LABELS = (ox.NamedNode(f"{RDFS}label"), ox.NamedNode(f"{SKOS}prefLabel"))


def remarks(state: State) -> tuple[Finding, ...]:
    """Return what is wrong with the files of a graph themselves and what the checks find."""
    checked = quality_checks.check(state.repository, state.data, state.own.prefixes)
    return (*of_files(state.data, state.own), *checked)


def of_files(data: Dataset, own: Dataset | None) -> Iterator[Finding]:
    """Yield what is wrong with files; files once found to be free of faults are looked at no more.

    Args:
        data: the files.
        own: those of them that house rules bind.
    """
    if cache.load("clean", data.key) is not None:
        return
    from msme_kg.storage.source_map import Positions
    from msme_kg.validation import conventions, file_lint, literal_lint

    positions = Positions(data)
    found = [*literal_lint.check(data.files, positions), *file_lint.check(data.files)]
    if own is not None:
        found += conventions.check(own, positions)
    if not found:
        cache.store("clean", data.key, {})
    yield from found


def validate(state: State, *, with_screen: bool = True, progress: Progress = silent) -> Report:
    """Return everything that is wrong with a graph.

    Args:
        state: the graph.
        with_screen: whether the screen chooses what pySHACL judges.
        progress: is told what is being done.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape or check is faulty.
        msme_kg.errors.SafetyError: a file nests too deep, or a link leaves the folder.
    """
    judge = Judge(state.shapes, state.own.prefixes, progress)
    report = judge.judged(state.data, with_screen=with_screen)
    progress("checking")
    return report.and_also(remarks(state))


def newly_broken(before: State, after: State, *, progress: Progress = silent) -> Report:
    """Return what is wrong after a change and was not before, wherever it lies.

    Shapes judge only what the change can affect.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape or check is faulty.
        msme_kg.errors.SafetyError: a file nests too deep, or a link leaves the folder.
    """
    judge = Judge(after.shapes, after.own.prefixes, progress)
    progress("reading")
    delta = Delta(Graph.load(before.data), *_difference(before.data, after.data))
    if before.shapes.key == after.shapes.key:
        report = judge.changed(delta, before.data, after.data)
    else:
        former = Judge(before.shapes, before.own.prefixes, progress)
        known = former.judged(before.data)
        report = judge.judged(after.data).since(known)
    progress("checking")
    return report.and_also(_new_remarks(before, after, delta))


def _new_remarks(before: State, after: State, delta: Delta) -> Sequence[Finding]:
    """Return what is newly wrong with files, and what checks newly find."""
    found = checked(after.repository, delta, before.data, after.data, after.own.prefixes)
    if found is not None:
        return (*_new_of_files(before, after), *found.broken)
    later = Report.of(remarks(after))
    return later.since(Report.of(remarks(before))).findings if later.findings else ()


def _new_of_files(before: State, after: State) -> Sequence[Finding]:
    """Return what is newly wrong with the files that differ themselves."""
    former, own, added = (
        Dataset(tuple(one for one in files if one.key not in known))
        for files, known in (
            (before.data.files, {one.key for one in after.data.files}),
            (after.own.files, {one.key for one in before.data.files}),
            (after.added, {one.key for one in before.data.files}),
        )
    )
    found = Report.of((*of_files(own, own), *of_files(added, None)))
    return found.since(Report.of(of_files(former, former))).findings if found.findings else ()


def validate_alone(
    shapes: Sequence[GraphFile],
    files: Sequence[GraphFile],
    *,
    with_screen: bool = True,
    progress: Progress = silent,
) -> Report:
    """Return what some shapes find wrong in some files, and nothing else.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape is faulty.
        msme_kg.errors.SafetyError: a file nests too deep.
    """
    data = Dataset(tuple(files))
    judge = Judge(Dataset(tuple(shapes)), Prefixes(_USUAL), progress)
    return judge.judged(data, with_screen=with_screen)


def validate_and_remark(
    shapes: Sequence[GraphFile],
    files: Sequence[GraphFile],
    *,
    with_screen: bool = True,
    progress: Progress = silent,
) -> tuple[Report, list[Finding]]:
    """Return what ``validate_alone`` does, and what is odd about the files, of which shapes say nothing.

    Sound files are read for remarks once only, and large ones by a process of their own.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape is faulty.
        msme_kg.errors.SafetyError: a file nests too deep.
    """
    data = Dataset(tuple(files))
    is_large = processors() > 1 and sum(len(file.content) for file in files) >= LARGE
    meanwhile = partial(Graph.read, data) if is_large else None
    judge = Judge(Dataset(tuple(shapes)), Prefixes(_USUAL), progress, meanwhile)
    if cache.load("sound", data.key) is not None:
        return judge.judged(data, with_screen=with_screen), []
    if is_large:
        # Not before it is read, which takes all processors.
        graph = judge.read(data)
        with Worker(partial(_sound, data, graph)) as beside:
            if graph is not None:
                graph.unstored = {}  # the other process stores it
            report = judge.judged(data, with_screen=with_screen)
            if beside.answer() is not None:
                cache.store("sound", data.key, {})
                return report, []
    else:
        report = judge.judged(data, with_screen=with_screen)
    return report, _remarks(data)


def _remarks(data: Dataset) -> list[Finding]:
    from msme_kg.validation import file_lint

    found = list(file_lint.check(data.files))
    if not found:
        cache.store("sound", data.key, {})
    return found


def _sound(data: Dataset, graph: Graph | None) -> list[bytes]:
    """Answer nothing, if there is nothing to remark; what there is, is not worth passing on.

    Args:
        data: the files.
        graph: what they say, to be stored beside what else is being done.

    Raises:
        ValueError: there is something.
    """
    from msme_kg.validation import file_lint

    if graph is not None:
        graph.store()
    if next(file_lint.check(data.files), None) is not None:
        raise ValueError
    return []


def named_things(state: State, report: Report) -> Dataset:
    """Return just the labels of the things that findings are about."""
    return labels_of(state, {one.focus for one in report.findings if isinstance(one.focus, ox.NamedNode)})


def labels_of(state: State, things: Iterable[ox.NamedNode]) -> Dataset:
    """Return just the labels of some things."""
    known = Graph.load(state.own).excerpt(things, _LABELS)
    added = (quad for quad in Dataset(state.added).quads() if quad.predicate in _LABELS)
    said = (ox.Triple(quad.subject, quad.predicate, quad.object) for quad in added)
    lines = ox.serialize(said, format=ox.RdfFormat.N_TRIPLES) or b""
    return Dataset((GraphFile("labels.nt", graph_iri("labels.nt"), known + lines),))


def _difference(before: Dataset, after: Dataset) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """Return the statements that stand only after a change and only before it, each in its file's graph.

    Only files that differ are read.
    """
    same = {file.key for file in before.files} & {file.key for file in after.files}
    gone, come = (
        {quad for file in files if file.key not in same for quad in file.quads()}
        for files in (before.files, after.files)
    )
    return list(come - gone), list(gone - come)
