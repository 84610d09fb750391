"""``msme-kg validate``: judge the graph, a file beside it, or any files by any shapes."""

from __future__ import annotations

import time

import click

from msme_kg import __version__
from msme_kg.cli.options import add_common_options, add_output_option, get_settings
from msme_kg.cli.output import Progress, emit, print_note
from msme_kg.cli.watchdog import end_process_after
from msme_kg.entities.labels import Labels
from msme_kg.errors import UsageError, to_printable
from msme_kg.rendering.validation_report import FORMATS, ReportRenderer
from msme_kg.repository import MAIN_ONTOLOGY, Repository
from msme_kg.shacl.report import SEVERITIES, ValidationReport
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.validation.validate import (
    load_focus_labels,
    validate,
    validate_changes,
    validate_files_with_lint,
)
from msme_kg.validation.validation_input import ValidationInput

MAX_LINT_MESSAGES = 20
"""How many remarks about files judged alone are shown."""


@click.command("validate")
@click.argument("files", nargs=-1)
@click.option("--alone", is_flag=True, help="Judge FILES by --shapes, apart from any graph.")
@click.option("--shapes", multiple=True, metavar="FILE", help="With --alone: the shapes (repeatable).")
@click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, "never"]),
    default="violation",
    show_default=True,
    help="The least severity that makes the exit code 1.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True)
@click.option("--full", is_flag=True, help="Show why, where a shape asks another.")
@click.option("--no-screen", is_flag=True, help="Let pySHACL judge everything, without the fast screen.")
@click.option("--changed-since", metavar="REV", help="Only what is newly wrong since a revision of git.")
@click.option("--verbose", "-v", is_flag=True, help="Say which shapes the screen leaves to pySHACL, and why.")
@add_output_option
@add_common_options
def command(
    files: tuple[str, ...],
    alone: bool,
    shapes: tuple[str, ...],
    fail_on: str,
    form: str,
    full: bool,
    no_screen: bool,
    changed_since: str | None,
    verbose: bool,
    output: str | None,
) -> int:
    """Judge the whole graph; each finding has its file and line.

    A FILE of the graph gets the findings that lie in it; a FILE from elsewhere, what is wrong with it and
    what adding it would newly break. With --alone FILES are judged by --shapes and by nothing else.
    """
    started = time.monotonic()
    chosen = get_settings()
    watchdog = end_process_after(chosen.timeout) if chosen.timeout else None
    if alone != bool(shapes) or (alone and not files):
        raise UsageError(
            "--alone needs --shapes FILE and files to judge", hint="msme-kg validate --help tells more"
        )
    if changed_since is not None and (alone or no_screen):
        raise UsageError(
            "--changed-since goes neither with --alone nor with --no-screen",
            hint="it judges the graph, and what the change can affect",
        )
    progress = Progress()
    try:
        if alone:
            repository = Repository.find(chosen.root)
            report, labels = _validate_alone(shapes, files, not no_screen, progress), None
            prefixes = Dataset.from_repository(repository, [MAIN_ONTOLOGY]).prefixes
        else:
            repository = Repository.find(chosen.root)
            state = ValidationInput.from_working_tree(repository)
            report, labels = _validate_graph(
                state, files, changed_since, not no_screen, progress, chosen.lang
            )
            prefixes = state.repository_files.prefixes
        text = ReportRenderer(chosen.lang, __version__, prefixes, labels, full).render(report, form)
    finally:
        progress.clear()
    if watchdog:
        watchdog.cancel()
    if report.shape_count:
        seconds = time.monotonic() - started
        print_note(
            f"{report.shape_count} shapes, {report.focus_node_count} focus nodes, "
            f"{len(report.findings)} findings in {seconds:.1f} s"
        )
    for shape, reason in report.unfiltered_shapes if verbose else ():
        print_note(f"note: {to_printable(shape)} goes to pySHACL whole: {to_printable(reason)}")
    emit(text, output)
    return int(report.has_failures(fail_on))


def _validate_alone(
    shapes: tuple[str, ...], files: tuple[str, ...], use_prefilter: bool, progress: Progress
) -> ValidationReport:
    """Return the findings of some shapes about some files; what else is odd about these is only remarked."""
    judged = [GraphFile.from_path(name, allow_relative_iris=True) for name in files]
    report, odd = validate_files_with_lint(
        [GraphFile.from_path(name, allow_relative_iris=True) for name in shapes],
        judged,
        use_prefilter=use_prefilter,
        progress=progress,
    )
    progress.clear()
    for one in odd[:MAX_LINT_MESSAGES]:
        print_note(f"{one.location}: note: {to_printable(one.message[get_settings().lang])}")
    if len(odd) > MAX_LINT_MESSAGES:
        print_note(f"note: and {len(odd) - MAX_LINT_MESSAGES} more of this kind")
    return report


def _validate_graph(
    state: ValidationInput,
    files: tuple[str, ...],
    since: str | None,
    use_prefilter: bool,
    progress: Progress,
    lang: str,
) -> tuple[ValidationReport, Labels | None]:
    """Return the findings about some files, or about the whole graph where none is named, and labels."""
    repository = state.repository
    inside = {name: repository.to_relative_path(name) for name in files if name != "-"}
    foreign = [GraphFile.from_path(name) for name in files if inside.get(name) is None]
    own = [path for path in inside.values() if path is not None]
    after = state.with_extra_files(foreign)
    if since is not None:
        report = validate_changes(ValidationInput.from_revision(repository, since), after, progress=progress)
        report = report.filter_by_files([*own, *(file.path for file in foreign)]) if files else report
    elif not files:
        report = validate(state, use_prefilter=use_prefilter, progress=progress)
    else:
        report = validate_changes(state, after, progress=progress) if foreign else ValidationReport(())
        if own:
            whole = validate(state, use_prefilter=use_prefilter, progress=progress).filter_by_files(own)
            report = whole.with_findings(report.findings)
    if not report.findings:
        return report, None
    labelled = LocalEngine(load_focus_labels(after, report))
    return report, Labels(labelled, state.repository_files.prefixes, lang)
