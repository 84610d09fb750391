"""``msme-kg validate``: judge the graph, a file beside it, or any files by any shapes."""

from __future__ import annotations

import time

import click

from msme_kg import __version__
from msme_kg.cli.options import common, output_option, settings
from msme_kg.cli.output import Progress, emit, note
from msme_kg.cli.watchdog import end_process_after
from msme_kg.entities.labels import Labels
from msme_kg.errors import UsageError, printable
from msme_kg.rendering.validation_report import FORMS, Renderer
from msme_kg.repository import MAIN_ONTOLOGY, Repository
from msme_kg.shacl.report import SEVERITIES, Report
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.validation.validate import named_things, newly_broken, validate, validate_and_remark
from msme_kg.validation.validation_input import State

MOST_REMARKS = 20
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
@click.option("--format", "form", type=click.Choice(FORMS), default=FORMS[0], show_default=True)
@click.option("--full", is_flag=True, help="Show why, where a shape asks another.")
@click.option("--no-screen", is_flag=True, help="Let pySHACL judge everything, without the fast screen.")
@click.option("--changed-since", metavar="REV", help="Only what is newly wrong since a revision of git.")
@click.option("--verbose", "-v", is_flag=True, help="Say which shapes the screen leaves to pySHACL, and why.")
@output_option
@common
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
    chosen = settings()
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
            report, labels = _alone(shapes, files, not no_screen, progress), None
            prefixes = Dataset.load(repository, [MAIN_ONTOLOGY]).prefixes
        else:
            repository = Repository.find(chosen.root)
            state = State.now(repository)
            report, labels = _judged(state, files, changed_since, not no_screen, progress, chosen.lang)
            prefixes = state.own.prefixes
        text = Renderer(chosen.lang, __version__, prefixes, labels, full).render(report, form)
    finally:
        progress.done()
    if watchdog:
        watchdog.cancel()
    if report.shapes:
        seconds = time.monotonic() - started
        note(
            f"{report.shapes} shapes, {report.focus_nodes} focus nodes, {len(report.findings)} findings "
            f"in {seconds:.1f} s"
        )
    for shape, reason in report.unscreened if verbose else ():
        note(f"note: {printable(shape)} goes to pySHACL whole: {printable(reason)}")
    emit(text, output)
    return int(report.fails(fail_on))


def _alone(shapes: tuple[str, ...], files: tuple[str, ...], with_screen: bool, progress: Progress) -> Report:
    """Return the findings of some shapes about some files; what else is odd about these is only remarked."""
    judged = [GraphFile.foreign(name, alone=True) for name in files]
    report, odd = validate_and_remark(
        [GraphFile.foreign(name, alone=True) for name in shapes],
        judged,
        with_screen=with_screen,
        progress=progress,
    )
    progress.done()
    for one in odd[:MOST_REMARKS]:
        note(f"{one.place}: note: {printable(one.message[settings().lang])}")
    if len(odd) > MOST_REMARKS:
        note(f"note: and {len(odd) - MOST_REMARKS} more of this kind")
    return report


def _judged(
    state: State,
    files: tuple[str, ...],
    since: str | None,
    with_screen: bool,
    progress: Progress,
    lang: str,
) -> tuple[Report, Labels | None]:
    """Return the findings about some files, or about the whole graph where none is named, and labels."""
    repository = state.repository
    inside = {name: repository.relative(name) for name in files if name != "-"}
    foreign = [GraphFile.foreign(name) for name in files if inside.get(name) is None]
    own = [path for path in inside.values() if path is not None]
    after = state.with_files(foreign)
    if since is not None:
        report = newly_broken(State.at(repository, since), after, progress=progress)
        report = report.within([*own, *(file.path for file in foreign)]) if files else report
    elif not files:
        report = validate(state, with_screen=with_screen, progress=progress)
    else:
        report = newly_broken(state, after, progress=progress) if foreign else Report(())
        if own:
            whole = validate(state, with_screen=with_screen, progress=progress).within(own)
            report = whole.and_also(report.findings)
    if not report.findings:
        return report, None
    labelled = LocalEngine(named_things(after, report))
    return report, Labels(labelled, state.own.prefixes, lang)
