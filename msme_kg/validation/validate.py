"""Judging graphs: a whole one, what a change newly breaks, or any files by any shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import pyoxigraph as ox

from msme_kg.namespaces import RDF, RDFS, SHACL, SKOS, XSD, PrefixMap
from msme_kg.repository import to_graph_iri
from msme_kg.shacl.forked_worker import start_worker
from msme_kg.shacl.indexed_graph import IndexedGraph
from msme_kg.shacl.prefilter import ChangeOverlay
from msme_kg.shacl.report import Finding, ValidationReport
from msme_kg.shacl.validator import Progress, Validator, ignore_progress
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.validation import quality_checks
from msme_kg.validation.incremental_checks import run_incrementally
from msme_kg.validation.validation_input import ValidationInput

_DEFAULT_PREFIXES = {"rdf": RDF, "rdfs": RDFS, "sh": SHACL, "skos": SKOS, "xsd": XSD}
"""The prefixes for shapes and data that have nothing to do with this graph."""
_LABEL_PROPERTIES = (ox.NamedNode(f"{RDFS}label"), ox.NamedNode(f"{SKOS}prefLabel"))


def lint_and_check(state: ValidationInput) -> tuple[Finding, ...]:
    """Return what is wrong with the files of a graph themselves and what the checks find."""
    checked = quality_checks.run_checks(state.repository, state.data, state.repository_files.prefixes)
    return (*lint_files(state.data, state.repository_files), *checked)


def lint_files(data: Dataset, repository_files: Dataset | None) -> Iterator[Finding]:
    """Yield what is wrong with files; files once found to be free of faults are looked at no more.

    Args:
        data: the files.
        repository_files: those of them that house rules bind.
    """
    if cache.load("clean", data.key) is not None:
        return
    from msme_kg.storage.source_map import SourceMap
    from msme_kg.validation import conventions, file_lint, literal_lint

    positions = SourceMap(data)
    found = [*literal_lint.lint(data.files, positions), *file_lint.lint(data.files)]
    if repository_files is not None:
        found += conventions.check_files(repository_files, positions)
    if not found:
        cache.store("clean", data.key, {})
    yield from found


def validate(
    state: ValidationInput, *, use_prefilter: bool = True, progress: Progress = ignore_progress
) -> ValidationReport:
    """Return everything that is wrong with a graph.

    Args:
        state: the graph.
        use_prefilter: whether the screen chooses what pySHACL judges.
        progress: is told what is being done.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape or check is faulty.
        msme_kg.errors.SafetyError: a file nests too deep, or a link leaves the folder.
    """
    judge = Validator(state.shapes, state.repository_files.prefixes, progress)
    report = judge.validate(state.data, use_prefilter=use_prefilter)
    progress("checking")
    return report.with_findings(lint_and_check(state))


def validate_changes(
    before: ValidationInput, after: ValidationInput, *, progress: Progress = ignore_progress
) -> ValidationReport:
    """Return what is wrong after a change and was not before, wherever it lies.

    Shapes judge only what the change can affect.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape or check is faulty.
        msme_kg.errors.SafetyError: a file nests too deep, or a link leaves the folder.
    """
    judge = Validator(after.shapes, after.repository_files.prefixes, progress)
    progress("reading")
    delta = ChangeOverlay(IndexedGraph.load(before.data), *_diff_datasets(before.data, after.data))
    if before.shapes.key == after.shapes.key:
        report = judge.find_introduced(delta, before.data, after.data)
    else:
        former = Validator(before.shapes, before.repository_files.prefixes, progress)
        known = former.validate(before.data)
        report = judge.validate(after.data).without_known(known)
    progress("checking")
    return report.with_findings(_lint_and_check_changes(before, after, delta))


def _lint_and_check_changes(
    before: ValidationInput, after: ValidationInput, delta: ChangeOverlay
) -> Sequence[Finding]:
    """Return what is newly wrong with files, and what checks newly find."""
    found = run_incrementally(
        after.repository, delta, before.data, after.data, after.repository_files.prefixes
    )
    if found is not None:
        return (*_lint_changed_files(before, after), *found.introduced)
    later = ValidationReport.from_findings(lint_and_check(after))
    return (
        later.without_known(ValidationReport.from_findings(lint_and_check(before))).findings
        if later.findings
        else ()
    )


def _lint_changed_files(before: ValidationInput, after: ValidationInput) -> Sequence[Finding]:
    """Return what is newly wrong with the files that differ themselves."""
    former, own, added = (
        Dataset(tuple(one for one in files if one.key not in known))
        for files, known in (
            (before.data.files, {one.key for one in after.data.files}),
            (after.repository_files.files, {one.key for one in before.data.files}),
            (after.extra_files, {one.key for one in before.data.files}),
        )
    )
    found = ValidationReport.from_findings((*lint_files(own, own), *lint_files(added, None)))
    return (
        found.without_known(ValidationReport.from_findings(lint_files(former, former))).findings
        if found.findings
        else ()
    )


def validate_files(
    shapes: Sequence[GraphFile],
    files: Sequence[GraphFile],
    *,
    use_prefilter: bool = True,
    progress: Progress = ignore_progress,
) -> ValidationReport:
    """Return what some shapes find wrong in some files, and nothing else.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape is faulty.
        msme_kg.errors.SafetyError: a file nests too deep.
    """
    data = Dataset(tuple(files))
    judge = Validator(Dataset(tuple(shapes)), PrefixMap(_DEFAULT_PREFIXES), progress)
    return judge.validate(data, use_prefilter=use_prefilter)


def validate_files_with_lint(
    shapes: Sequence[GraphFile],
    files: Sequence[GraphFile],
    *,
    use_prefilter: bool = True,
    progress: Progress = ignore_progress,
) -> tuple[ValidationReport, list[Finding]]:
    """Return what ``validate_alone`` does, and what is odd about the files, of which shapes say nothing.

    Sound files are read for remarks once only, and large ones by a process of their own.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape is faulty.
        msme_kg.errors.SafetyError: a file nests too deep.
    """
    data = Dataset(tuple(files))
    validator = Validator(Dataset(tuple(shapes)), PrefixMap(_DEFAULT_PREFIXES), progress)
    if cache.load("sound", data.key) is not None:
        return validator.validate(data, use_prefilter=use_prefilter), []
    from msme_kg.validation import file_lint

    validator.prefetch(data)  # before the worker starts: loading uses all processors
    with start_worker(partial(_is_clean, data), sum(len(file.content) for file in files)) as worker:
        report = validator.validate(data, use_prefilter=use_prefilter)
        is_clean = worker is not None and worker.read_result()
    findings = [] if is_clean else list(file_lint.lint(data.files))
    if not findings:
        cache.store("sound", data.key, {})
    return report, findings


def _is_clean(data: Dataset) -> bool:
    from msme_kg.validation import file_lint

    return next(file_lint.lint(data.files), None) is None


def load_focus_labels(state: ValidationInput, report: ValidationReport) -> Dataset:
    """Return just the labels of the things that findings are about."""
    return load_labels(
        state, {one.focus_node for one in report.findings if isinstance(one.focus_node, ox.NamedNode)}
    )


def load_labels(state: ValidationInput, entities: Iterable[ox.NamedNode]) -> Dataset:
    """Return just the labels of some things."""
    known = IndexedGraph.load(state.repository_files).extract_ntriples(entities, _LABEL_PROPERTIES)
    added = (quad for quad in Dataset(state.extra_files).parse_quads() if quad.predicate in _LABEL_PROPERTIES)
    said = (ox.Triple(quad.subject, quad.predicate, quad.object) for quad in added)
    lines = ox.serialize(said, format=ox.RdfFormat.N_TRIPLES) or b""
    return Dataset((GraphFile("labels.nt", to_graph_iri("labels.nt"), known + lines),))


def _diff_datasets(before: Dataset, after: Dataset) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """Return the statements that stand only after a change and only before it, each in its file's graph.

    Only files that differ are read.
    """
    same = {file.key for file in before.files} & {file.key for file in after.files}
    gone, come = (
        {quad for file in files if file.key not in same for quad in file.parse_quads()}
        for files in (before.files, after.files)
    )
    return list(come - gone), list(gone - come)
