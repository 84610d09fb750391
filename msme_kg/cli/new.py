"""``msme-kg new``: Turtle for new things, each kind a command with the options of its header."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import click

from msme_kg.changes.entity_builder import Made, make
from msme_kg.changes.entity_input import Given
from msme_kg.changes.table_input import read_table
from msme_kg.cli.options import QUERY_SECONDS, common, output_option, settings
from msme_kg.cli.output import emit, note
from msme_kg.cli.query_commands import HeaderGroup, emit_list, option
from msme_kg.cli.watchdog import end_process_after
from msme_kg.errors import FaultsError, FindingError, KGError, printable
from msme_kg.rdf.canonical_turtle import TurtleWriter
from msme_kg.repository import Repository, graph_iri
from msme_kg.sparql import canned
from msme_kg.storage.dataset import GraphFile

_PRINTED = "printed.ttl"


class _Kinds(HeaderGroup):
    """One command a kind of thing."""

    def paths(self, repository: Repository) -> Mapping[str, str]:
        return canned.kinds(repository)

    def command_of(self, repository: Repository, name: str, words: str) -> click.Command:
        return _command(canned.find_kind(repository, name), words)


def _command(kind: canned.CannedQuery, words: str) -> click.Command:
    @click.command(kind.name, help=kind.description[words], short_help=kind.title[words])
    @click.option(
        "--table",
        metavar="FILE",
        help="A table, CSV or TSV, - for standard input: a row a thing, columns named like the options; "
        "what is given beside it holds where a row says nothing.",
    )
    @output_option
    @common
    def run(table: str | None, output: str | None, **options: str | Sequence[str] | None) -> None:
        chosen = settings()
        watchdog = end_process_after(chosen.timeout or QUERY_SECONDS)
        repository = Repository.find(chosen.root)
        given = {key: [one] if isinstance(one, str) else list(one) for key, one in options.items() if one}
        things, faults = [Given(given)], []
        if table is not None:
            read = read_table(table, [parameter.name for parameter in kind.parameters])
            things, faults = Given.of_rows(kind, read, given), [*read.faults]
        made = make(repository, kind, things, chosen.lang)
        text = TurtleWriter(made.prefixes).write(made.quads)
        faults += [*made.faults, *_findings(repository, text, made, chosen.lang)]
        watchdog.cancel()
        if faults:
            raise FaultsError(sorted(faults, key=_line))
        emit(text, output)

    assert isinstance(run, click.Command)  # noqa: S101 (the decorator makes it one)
    run.params[:0] = [option(parameter, words) for parameter in kind.parameters]
    return run


def _findings(repository: Repository, text: str, made: Made, lang: str) -> Iterator[KGError]:
    """Yield what is wrong with what was made, and what it would break; what is odd elsewhere is remarked."""
    if not made.quads:
        return
    from msme_kg.validation.validate import newly_broken  # heavy, and only what was made is judged
    from msme_kg.validation.validation_input import State

    state = State.now(repository)
    printed = GraphFile(_PRINTED, graph_iri(_PRINTED), text.encode())
    for finding in newly_broken(state, state.with_files([printed])).findings:
        focus = getattr(finding.focus, "value", "")
        origin = made.origins.get(focus)
        if finding.severity == "info":
            continue  # a new source is cited by nothing yet
        if origin is not None:
            yield origin.fault(FindingError(finding.message[lang]))
        elif finding.severity == "violation":
            yield FindingError(f"{printable(focus)}: {finding.message[lang]}")
        else:
            note(f"note: {printable(focus)}: {finding.message[lang]}")


def _line(fault: KGError) -> int:
    return fault.place.line if fault.place else 0


@click.group("new", cls=_Kinds, invoke_without_command=True)
@common
@output_option
@click.pass_context
def command(ctx: click.Context, output: str | None) -> None:
    """Print Turtle for a new thing of a kind; without a kind, list them.

    What is printed is valid and in canonical form; nothing is written to the graph.
    """
    if ctx.invoked_subcommand is None:
        repository = Repository.find(settings(ctx).root)
        emit_list("kind", repository, canned.kinds(repository), output)
