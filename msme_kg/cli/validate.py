"""``msme-kg validate``: validate the graph, additional files, or any files against any shapes."""

from __future__ import annotations

import time
from functools import partial

import click

from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.open_graph import open_graph
from msme_kg.cli.options import INPUT, WORK_SECONDS, add_common_options, add_output_option, get_settings
from msme_kg.cli.output import Progress, emit, print_note, report_errors
from msme_kg.cli.watchdog import TimeLimit
from msme_kg.errors import UsageError, to_printable
from msme_kg.message_catalog import format_message
from msme_kg.operations.validate import ENGINES, Validation, validate, validate_alone, validate_endpoint
from msme_kg.rendering.validation_report import FORMATS, render_error
from msme_kg.repository import Repository
from msme_kg.shacl.report import SEVERITIES

MAX_REMARKS = 20
"""Maximum number of printed remarks about files validated alone."""


@click.command("validate", cls=CheckedCommand)
@click.argument("files", type=INPUT, nargs=-1)
@click.option("--alone", is_flag=True, help="Validate FILES against --shapes, apart from any graph.")
@click.option(
    "--shapes", type=INPUT, multiple=True, metavar="FILE", help="With --alone: the shapes (repeatable)."
)
@click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, "never"]),
    default="violation",
    show_default=True,
    help="Minimum severity that makes the exit code 1.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True)
@click.option("--full", is_flag=True, help="Show the findings of nested shapes too.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    show_default=True,
    help="What validates the shapes: this program, or pySHACL.",
)
@click.option("--changed-since", metavar="REV", help="Only findings that are new since a git revision.")
@click.option("--verbose", "-v", is_flag=True, help="Say which shapes are left to pySHACL, and why.")
@click.option(
    "--endpoint", metavar="URL", help="Validate a store by pyrudof (extra endpoint) and the shapes alone."
)
@add_output_option
@add_common_options
def command(
    files: tuple[str, ...],
    alone: bool,
    shapes: tuple[str, ...],
    fail_on: str,
    form: str,
    full: bool,
    engine: str,
    changed_since: str | None,
    verbose: bool,
    endpoint: str | None,
    output: str | None,
) -> int:
    """Validate the whole graph; each finding has its file and line.

    For a FILE of the graph, the findings in it are reported; for any other FILE, the findings in it and
    those that adding it would cause. With --alone, FILES are validated only against --shapes.

    With --endpoint, pyrudof validates the default graph of a store by the shapes of the graph. Its findings
    have no file and line; checks and conventions are left out. Credentials are given as for push.
    """
    start = time.monotonic()
    settings = get_settings()
    if endpoint is not None:
        if files or alone or changed_since is not None or engine != ENGINES[0]:
            raise UsageError("--endpoint goes neither with files nor with another way to validate")
        return _validate_endpoint(endpoint, fail_on, form, full, output)
    if alone != bool(shapes) or (alone and not files):
        raise UsageError(
            "--alone needs --shapes FILE and files to validate", hint="see msme-kg validate --help"
        )
    if changed_since is not None and (alone or engine != ENGINES[0]):
        raise UsageError(
            "--changed-since goes neither with --alone nor with another --engine",
            hint="it validates the graph, and what the change can affect",
        )
    progress = Progress()
    try:
        with (
            report_errors(render_error, form, settings.lang, output),
            TimeLimit(settings.timeout or WORK_SECONDS),
        ):
            repository = Repository.find(settings.root)
            run = (
                partial(validate_alone, shapes=shapes)
                if alone
                else partial(validate, changed_since=changed_since)
            )
            validation = run(
                repository, files, engine=engine, lang=settings.lang, show_details=full, progress=progress
            )
            text = validation.render(form)
    finally:
        progress.clear()
    _print_notes(validation, settings.lang, time.monotonic() - start, verbose)
    emit(text, output)
    return int(validation.report.has_failures(fail_on))


def _validate_endpoint(url: str, fail_on: str, form: str, full: bool, output: str | None) -> int:
    with open_graph([url], WORK_SECONDS) as kg:
        validation = validate_endpoint(kg.repository, kg.engine, lang=kg.lang, show_details=full)
        text = validation.render(form)
    limits = format_message("output.endpoint-validation", kg.lang)
    print_note(format_message("output.note", kg.lang, text=limits))
    emit(text, output)
    return int(validation.report.has_failures(fail_on))


def _print_notes(validation: Validation, lang: str, seconds: float, verbose: bool) -> None:
    remarks, report = validation.remarks, validation.report
    for remark in remarks[:MAX_REMARKS]:
        print_note(f"{remark.location}: note: {to_printable(remark.message[lang])}")
    if len(remarks) > MAX_REMARKS:
        print_note(f"note: and {len(remarks) - MAX_REMARKS} more of this kind")
    if report.shape_count:
        print_note(
            f"{report.shape_count} shapes, {report.focus_node_count} focus nodes, "
            f"{len(report.findings)} findings in {seconds:.1f} s"
        )
    for shape, name in report.ignored_properties:
        print_note(f"note: {to_printable(name)} of {to_printable(shape)} is not known and is ignored")
    for shape, reason in report.shapes_for_pyshacl if verbose else ():
        print_note(f"note: {to_printable(shape)} is left to pySHACL: {to_printable(reason)}")
