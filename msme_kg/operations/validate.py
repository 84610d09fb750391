"""Validation of the graph, of files in or outside it, or of any files against any shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.entities.label_files import read_labels
from msme_kg.entities.labels import Labels
from msme_kg.operations.prefix_suggestion import suggest_prefixes
from msme_kg.rendering.text_result import TextResult
from msme_kg.rendering.validation_report import ReportRenderer
from msme_kg.repository import MAIN_ONTOLOGY, Repository, is_graph_file
from msme_kg.shacl.report import Finding, ValidationReport
from msme_kg.shacl.validator import Progress, ignore_progress
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.git import build_path_finder
from msme_kg.validation.graph_validation import validate as validate_graph
from msme_kg.validation.graph_validation import validate_changes, validate_files_with_lint
from msme_kg.validation.validation_input import ValidationInput
from msme_kg.version import __version__

if TYPE_CHECKING:
    from msme_kg.sparql.results import QueryEngine

ENGINES = ("compiled", "pyshacl")
"""The engines of SHACL: the compiled shapes of this package, and pySHACL."""


@dataclass(frozen=True)
class Validation(TextResult):
    """A validation report, and how to render it.

    Attributes:
        report: the findings.
        renderer: renders them in the language that was asked for.
        remarks: lint findings about files validated alone, which do not count.
    """

    report: ValidationReport
    renderer: ReportRenderer
    remarks: tuple[Finding, ...] = ()

    @property
    def conforms(self) -> bool:
        """True if there is no finding of severity violation."""
        return not self.report.has_failures("violation")

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, in order."""
        return self.report.findings

    def render(self, format_name: str = "text") -> str:
        """Return the report as ``text``, ``json``, ``sarif``, ``github`` or ``turtle``."""
        return self.renderer.render(self.report, format_name)


def validate(
    repository: Repository,
    files: Sequence[str] = (),
    *,
    changed_since: str | None = None,
    engine: str = ENGINES[0],
    lang: str = "en",
    show_details: bool = False,
    progress: Progress = ignore_progress,
) -> Validation:
    """Validate the graph: shapes, checks, lint and conventions.

    Args:
        repository: the graph.
        files: paths. Of a file of the graph, its findings are returned; of another file (``-`` is standard
            input), what is wrong with it and what adding it would break. None: the whole graph.
        changed_since: a git revision; only findings that are new since then.
        engine: ``compiled``, or ``pyshacl`` to let pySHACL validate all shapes.
        lang: the language of messages.
        show_details: whether text shows the reasons within findings.
        progress: receives the name of each stage.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape or check is ill-formed.
        msme_kg.errors.SafetyError: a file nests too deep, or a link leaves its folder.
        msme_kg.errors.UsageError: no such revision.
    """
    before = ValidationInput.from_working_tree(repository)
    inside = {name: repository.to_relative_path(name) or "" for name in files if name != "-"}
    inside = {name: path for name, path in inside.items() if is_graph_file(path)}
    foreign = [GraphFile.from_path(name) for name in files if name not in inside]
    own = list(inside.values())
    after = before.with_extra_files(foreign)
    with suggest_prefixes(repository):
        if changed_since is not None:
            former = ValidationInput.from_revision(repository, changed_since)
            report = validate_changes(former, after, progress=progress)
            report = report.filter_by_files([*own, *(file.path for file in foreign)]) if files else report
        elif not files:
            report = validate_graph(before, use_pyshacl=engine == ENGINES[1], progress=progress)
        else:
            report = validate_changes(before, after, progress=progress) if foreign else ValidationReport(())
            if own:
                whole = validate_graph(before, use_pyshacl=engine == ENGINES[1], progress=progress)
                report = whole.filter_by_files(own).with_findings(report.findings)
    return _name_findings(report, after, lang, show_details=show_details)


def validate_document(
    state: ValidationInput, document: GraphFile, *, lang: str = "en", progress: Progress = ignore_progress
) -> Validation:
    """Validate a document that would be added to a graph: what is wrong with it and what it would break.

    Args:
        state: the graph, which has been read already.
        document: the document.
        lang: the language of messages.
        progress: receives the name of each stage.

    Raises:
        msme_kg.errors.InputError: the document is malformed.
        msme_kg.errors.SafetyError: it nests too deep.
    """
    after = state.with_extra_files([document])
    with suggest_prefixes(state.repository):
        report = validate_changes(state, after, progress=progress)
    return _name_findings(report, after, lang)


def validate_endpoint(
    repository: Repository, engine: QueryEngine, *, lang: str = "en", show_details: bool = False
) -> Validation:
    """Validate the default graph of an endpoint by the shapes of a graph; findings have no source location.

    Args:
        repository: the graph with the shapes.
        engine: the endpoint.
        lang: the language of messages.
        show_details: whether text shows the reasons within findings.

    Raises:
        msme_kg.errors.RemoteError: the endpoint fails, or has nothing that a shape describes.
        msme_kg.errors.UsageError: pyrudof is not installed.
    """
    from msme_kg.shacl import pyrudof_runner

    state = ValidationInput.from_working_tree(repository)
    report = pyrudof_runner.validate_endpoint(state.shapes, state.repository_files.prefixes, engine)
    return _name_findings(report, state, lang, show_details=show_details)


def _name_findings(
    report: ValidationReport, state: ValidationInput, lang: str, *, show_details: bool = False
) -> Validation:
    """Return a report whose renderer has the labels of the entities in it."""
    prefixes = state.repository_files.prefixes
    labels = None
    if report.findings:
        focus_nodes = {one.focus_node for one in report.findings if isinstance(one.focus_node, ox.NamedNode)}
        label_files = read_labels(focus_nodes, (Dataset(state.extra_files), state.repository_files))
        labels = Labels(LocalEngine(label_files), prefixes, lang)
    find_path = build_path_finder(state.repository, (file.path for file in state.extra_files))
    return Validation(report, ReportRenderer(lang, __version__, prefixes, labels, show_details, find_path))


def validate_alone(
    repository: Repository,
    files: Sequence[str],
    shapes: Sequence[str],
    *,
    engine: str = ENGINES[0],
    lang: str = "en",
    show_details: bool = False,
    progress: Progress = ignore_progress,
) -> Validation:
    """Validate any files against any shapes, and nothing else.

    Args:
        repository: the graph whose prefixes shorten IRIs.
        files: paths of the data.
        shapes: paths of the shapes.
        engine: ``compiled``, or ``pyshacl`` to let pySHACL validate all shapes.
        lang: the language of messages.
        show_details: whether text shows the reasons within findings.
        progress: receives the name of each stage.

    Raises:
        msme_kg.errors.InputError: a file is malformed, or a shape is ill-formed.
        msme_kg.errors.SafetyError: a file nests too deep, or a link leaves its folder.
    """
    report, remarks = validate_files_with_lint(
        [GraphFile.from_path(name, allow_relative_iris=True) for name in shapes],
        [GraphFile.from_path(name, allow_relative_iris=True) for name in files],
        use_pyshacl=engine == ENGINES[1],
        progress=progress,
    )
    prefixes = Dataset.from_repository(repository, [MAIN_ONTOLOGY]).prefixes
    find_path = build_path_finder(repository, files)
    renderer = ReportRenderer(lang, __version__, prefixes, None, show_details, find_path)
    return Validation(report, renderer, remarks)
