"""``msme-kg validate``: judge the graph, a file beside it, or any files by any shapes."""

from __future__ import annotations

import time

import click

from msme_kg import __version__
from msme_kg.api import KnowledgeGraph
from msme_kg.check.findings import SEVERITIES, Report
from msme_kg.check.validate import newly_broken, validate, validate_alone
from msme_kg.cli.options import common, output_option, settings
from msme_kg.cli.output import emit, note
from msme_kg.errors import UsageError
from msme_kg.export.findings import FORMS, Renderer
from msme_kg.graph.dataset import Dataset, GraphFile
from msme_kg.query.deadline import end_process_after
from msme_kg.repository import MAIN_ONTOLOGY, Repository


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
    output: str | None,
) -> int:
    """Judge the whole graph; each finding has its file and line.

    A FILE of the graph gets the findings that lie in it; a FILE from elsewhere, what adding it would newly
    break. With --alone FILES are judged by --shapes and by nothing else.
    """
    started = time.monotonic()
    chosen = settings()
    watchdog = end_process_after(chosen.timeout) if chosen.timeout else None
    if alone != bool(shapes) or (alone and not files):
        raise UsageError(
            "--alone needs --shapes FILE and files to judge", hint="msme-kg validate --help tells more"
        )
    if alone:
        report = validate_alone(
            [GraphFile.foreign(name, alone=True) for name in shapes],
            [GraphFile.foreign(name, alone=True) for name in files],
            with_screen=not no_screen,
        )
        prefixes = Dataset.load(Repository.find(chosen.root), [MAIN_ONTOLOGY]).prefixes
        renderer = Renderer(chosen.lang, __version__, prefixes, None, full)
    else:
        kg = KnowledgeGraph.open(chosen.root, lang=chosen.lang)
        report = _judged(kg.repository, files, not no_screen)
        renderer = Renderer(chosen.lang, __version__, kg.prefixes, kg.labels, full)
    text = renderer.render(report, form)
    if watchdog:
        watchdog.cancel()
    if report.shapes:
        seconds = time.monotonic() - started
        note(
            f"{report.shapes} shapes, {report.focus_nodes} focus nodes, {len(report.findings)} findings "
            f"in {seconds:.1f} s"
        )
    emit(text, output)
    return int(report.fails(fail_on))


def _judged(repository: Repository, files: tuple[str, ...], with_screen: bool) -> Report:
    """Return the findings about some files, or about the whole graph where none is named."""
    if not files:
        return validate(repository, with_screen=with_screen)
    inside = {name: repository.relative(name) for name in files if name != "-"}
    foreign = [GraphFile.foreign(name) for name in files if inside.get(name) is None]
    findings = newly_broken(repository, foreign, with_screen=with_screen).findings if foreign else ()
    own = [path for path in inside.values() if path is not None]
    if own:
        findings += validate(repository, with_screen=with_screen).within(own).findings
    return Report.of(findings)
