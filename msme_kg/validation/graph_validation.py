"""Validation of a data graph, of a change to it, or of any files by any shapes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.errors import SourceLocation
from msme_kg.message_catalog import format_in_all_languages
from msme_kg.namespaces import RDF, RDFS, SHACL, SKOS, XSD, PrefixMap
from msme_kg.shacl.forked_worker import start_worker
from msme_kg.shacl.report import Finding, ValidationReport
from msme_kg.shacl.validator import Progress, Validator, ignore_progress
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.source_map import SourceMap
from msme_kg.validation import quality_checks
from msme_kg.validation.validation_input import ValidationInput

if TYPE_CHECKING:
    from msme_kg.shacl.change_overlay import ChangeOverlay
    from msme_kg.shacl.indexed_graph import IndexedGraph

_NO_FILES = Dataset(())
_DEFAULT_PREFIXES = {"rdf": RDF, "rdfs": RDFS, "sh": SHACL, "skos": SKOS, "xsd": XSD}
"""The prefixes for shapes and data that do not belong to a repository."""


def lint(
    dataset: Dataset,
    others: Dataset = _NO_FILES,
    *,
    conventions: bool,
    literals: bool = True,
    load_graph: Callable[[], IndexedGraph] | None = None,
) -> tuple[Finding, ...]:
    """Lint files; a dataset without findings is cached and not read again.

    Args:
        dataset: the files.
        others: further files, with which they may form circular hierarchies.
        conventions: whether to check the files under ``data/`` against the conventions of the repository.
        literals: whether to look for ill-typed literals.
        load_graph: returns the indexed graph of the files: then only files with faulty terms are parsed.
    """
    key = _compute_lint_key(dataset, others, conventions=conventions, literals=literals)
    if cache.has_entry("lint", key):
        return ()
    from msme_kg.validation import file_lint, literal_lint
    from msme_kg.validation.conventions import check_files
    from msme_kg.validation.faulty_terms import (
        select_files_against_conventions,
        select_files_with_faulty_literals,
        select_files_with_linted_names,
    )

    source_map = SourceMap(dataset)
    with_literals = with_names = with_conventions = dataset
    if load_graph is not None:
        graph = load_graph()
        with_literals = select_files_with_faulty_literals(graph, dataset)
        with_names = select_files_with_linted_names(graph, dataset)
        with_conventions = select_files_against_conventions(graph, dataset)
    findings = (
        *(literal_lint.lint(with_literals.files, source_map) if literals else ()),
        *file_lint.lint(dataset.files, others.files, with_names.files),
        *(check_files(with_conventions, source_map) if conventions else ()),
    )
    if not findings:
        cache.store("lint", key, {})
    return findings


def _compute_lint_key(dataset: Dataset, others: Dataset, *, conventions: bool, literals: bool) -> str:
    return cache.compute_cache_key(dataset.key, others.key, f"{conventions=} {literals=}")


def _lint(
    state: ValidationInput, load_graph: Callable[[], IndexedGraph] | None = None
) -> tuple[Finding, ...]:
    """Lint the files of a graph; see ``lint``."""
    return (
        *_find_skipped_files(state),
        *lint(state.repository_files, conventions=True, load_graph=load_graph),
        *lint(Dataset(state.extra_files), state.repository_files, conventions=False),
    )


def _lint_and_check(state: ValidationInput) -> tuple[Finding, ...]:
    """Lint the files of a graph and run the checks on it."""
    checks = quality_checks.run_checks(state.repository, state.data, state.repository_files.prefixes)
    return (*_lint(state), *checks)


def _find_skipped_files(state: ValidationInput) -> Iterator[Finding]:
    for path in state.repository.list_skipped_files():
        message = format_in_all_languages("lint.skipped-file")
        yield Finding("warning", message, shape="lint/skipped-file", location=SourceLocation(path))


def validate(
    state: ValidationInput, *, use_pyshacl: bool = False, progress: Progress = ignore_progress
) -> ValidationReport:
    """Validate a graph by shapes, lint, conventions and checks; a worker process runs those of a large one.

    Args:
        state: the graph.
        use_pyshacl: whether pySHACL validates all shapes.
        progress: called with the name of each phase.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape or check is invalid.
        msme_kg.errors.SafetyError: a file nests too deep, or a link leaves the folder.
    """
    prefixes = state.repository_files.prefixes
    byte_count = sum(file.size for file in state.data.files)
    rows = quality_checks.load_rows(state.repository, state.data)
    compute_rows = partial(quality_checks.compute_rows, state.repository, state.data)
    with start_worker(compute_rows, 0 if rows is not None else byte_count) as worker:
        validator = Validator(state.shapes, prefixes, progress)
        report = validator.validate(state.data, use_pyshacl=use_pyshacl)
        load_graph = None if state.extra_files else partial(validator.load_graph, state.data)
        report = report.with_findings(_lint(state, load_graph))
        progress("checking")
        if rows is None and worker is not None:
            rows = worker.read_result()
    return report.with_findings(
        quality_checks.to_findings(
            state.repository, state.data, prefixes, compute_rows() if rows is None else rows
        )
    )


def validate_changes(
    before: ValidationInput, after: ValidationInput, *, progress: Progress = ignore_progress
) -> ValidationReport:
    """Return the findings that a change introduces, in any file, and its violations of the rules for updates.

    Shapes are evaluated only on the focus nodes that the change can affect, unless the shapes changed.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape or check is invalid.
        msme_kg.errors.SafetyError: a file nests too deep, or a link leaves the folder.
    """
    from msme_kg.shacl.change_overlay import ChangeOverlay  # a whole graph is validated without these
    from msme_kg.shacl.indexed_graph import IndexedGraph
    from msme_kg.validation.incremental_checks import run_incrementally

    validator = Validator(after.shapes, after.repository_files.prefixes, progress)
    progress("reading")
    delta = ChangeOverlay(IndexedGraph.load(before.data), *_diff_datasets(before.data, after.data))
    if before.shapes.key == after.shapes.key:
        report = validator.find_introduced(delta, before.data, after.data)
    else:
        earlier = Validator(before.shapes, before.repository_files.prefixes, progress)
        known = earlier.validate(before.data)
        report = validator.validate(after.data).without_known(known)
    progress("checking")
    report = report.with_findings(_check_update_rules(before, after, delta, report))
    check_diff = run_incrementally(
        after.repository, delta, before.data, after.data, after.repository_files.prefixes
    )
    if check_diff is None:
        return report.with_findings(_drop_known(_lint_and_check(after), partial(_lint_and_check, before)))
    return report.with_findings((*_lint_changed_files(before, after), *check_diff.introduced))


def _check_update_rules(
    before: ValidationInput, after: ValidationInput, delta: ChangeOverlay, report: ValidationReport
) -> tuple[Finding, ...]:
    """Return the violations of the rules for updates in the files of the graph, not in extra files."""
    from msme_kg.changes.attestation_history import with_attestations
    from msme_kg.changes.changeset import Changeset
    from msme_kg.validation.finding_locations import FindingLocator
    from msme_kg.validation.update_rules import check_update_rules

    files, later_files = before.repository_files, after.repository_files
    changeset = Changeset.from_states(files, *_diff_datasets(files, later_files))
    if not changeset or not files.files:  # a graph that is new updates nothing
        return ()
    changeset = with_attestations(changeset)
    source_map = SourceMap(Dataset((*later_files.files, *files.files)))
    violations = check_update_rules(after.repository, changeset, delta, source_map, report.findings)
    return FindingLocator(changeset).locate(violations)


def _drop_known(
    findings: Iterable[Finding], compute_known: Callable[[], Iterable[Finding]]
) -> tuple[Finding, ...]:
    """Return the findings that are not among known ones, which are computed on demand."""
    report = ValidationReport.from_findings(findings)
    if not report.findings:
        return ()
    return report.without_known(ValidationReport.from_findings(compute_known())).findings


def _lint_changed_files(before: ValidationInput, after: ValidationInput) -> tuple[Finding, ...]:
    """Return the lint findings that the changed files introduce."""
    keys_before, keys_after = ({file.key for file in state.data.files} for state in (before, after))

    def select(files: Iterable[GraphFile], unchanged: Collection[str]) -> Dataset:
        return Dataset(tuple(file for file in files if file.key not in unchanged))

    rest = Dataset(tuple(file for file in after.data.files if file.key in keys_before))
    changed = select(after.repository_files.files, keys_before)
    findings = (
        *lint(changed, rest, conventions=True),
        *lint(
            select(after.extra_files, keys_before), Dataset((*changed.files, *rest.files)), conventions=False
        ),
    )
    return _drop_known(findings, lambda: lint(select(before.data.files, keys_after), rest, conventions=True))


def validate_files_with_lint(
    shapes: Sequence[GraphFile],
    files: Sequence[GraphFile],
    *,
    use_pyshacl: bool = False,
    progress: Progress = ignore_progress,
) -> tuple[ValidationReport, tuple[Finding, ...]]:
    """Validate files by shapes, and return their lint findings separately.

    Large files are linted in a process of their own.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape is invalid.
        msme_kg.errors.SafetyError: a file nests too deep.
    """
    data = Dataset(tuple(files))
    validator = Validator(Dataset(tuple(shapes)), PrefixMap(_DEFAULT_PREFIXES), progress, data)
    lint_key = _compute_lint_key(data, _NO_FILES, conventions=False, literals=False)
    if cache.has_entry("lint", lint_key):
        return validator.validate(data, use_pyshacl=use_pyshacl), ()
    validator.prefetch(data)  # before the worker starts: loading uses all processors
    with start_worker(partial(_is_clean, data), sum(len(file.content) for file in files)) as worker:
        report = validator.validate(data, use_pyshacl=use_pyshacl)
        is_clean = worker is not None and worker.read_result()
    if is_clean:
        cache.store("lint", lint_key, {})
        return report, ()
    return report, lint(data, conventions=False, literals=False)


def _is_clean(data: Dataset) -> bool:
    """Return whether files have no lint findings; the worker runs it."""
    from msme_kg.validation import file_lint

    return next(file_lint.lint(data.files), None) is None


def _diff_datasets(before: Dataset, after: Dataset) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """Return the quads that a change adds and removes, read from the changed files."""
    unchanged = {file.key for file in before.files} & {file.key for file in after.files}
    old, new = (
        {quad for file in files if file.key not in unchanged for quad in file.parse_quads()}
        for files in (before.files, after.files)
    )
    return list(new - old), list(old - new)
