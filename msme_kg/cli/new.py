"""``msme-kg new``: Turtle for new things, each kind a command with the options of its header."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import click

from msme_kg.changes.entity_builder import BuiltEntities, build_entities
from msme_kg.changes.entity_input import EntityInput
from msme_kg.changes.table_input import read_table
from msme_kg.cli.options import QUERY_SECONDS, add_common_options, add_output_option, get_settings
from msme_kg.cli.output import emit, print_note
from msme_kg.cli.query_commands import QueryCommandGroup, build_option, print_command_list
from msme_kg.cli.watchdog import end_process_after
from msme_kg.errors import CombinedError, FindingError, KGError, to_printable
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.sparql import canned
from msme_kg.storage.dataset import GraphFile

_OUTPUT_FILE = "printed.ttl"


class _EntityTemplateGroup(QueryCommandGroup):
    """One command a kind of thing."""

    def list_paths(self, repository: Repository) -> Mapping[str, str]:
        return canned.list_template_paths(repository)

    def build_command(self, repository: Repository, name: str, lang: str) -> click.Command:
        return _build_command(canned.find_entity_template(repository, name), lang)


def _build_command(kind: canned.CannedQuery, lang: str) -> click.Command:
    @click.command(kind.name, help=kind.description[lang], short_help=kind.title[lang])
    @click.option(
        "--table",
        metavar="FILE",
        help="A table, CSV or TSV, - for standard input: a row a thing, columns named like the options; "
        "what is given beside it holds where a row says nothing.",
    )
    @add_output_option
    @add_common_options
    def run(table: str | None, output: str | None, **options: str | Sequence[str] | None) -> None:
        chosen = get_settings()
        watchdog = end_process_after(chosen.timeout or QUERY_SECONDS)
        repository = Repository.find(chosen.root)
        given = {key: [one] if isinstance(one, str) else list(one) for key, one in options.items() if one}
        things, faults = [EntityInput(given)], []
        if table is not None:
            read = read_table(table, [parameter.name for parameter in kind.parameters])
            things, faults = EntityInput.from_table(kind, read, given), [*read.errors]
        made = build_entities(repository, kind, things, chosen.lang)
        text = CanonicalTurtleWriter(made.prefixes).serialize(made.quads)
        faults += [*made.errors, *_validate_entities(repository, text, made, chosen.lang)]
        watchdog.cancel()
        if faults:
            raise CombinedError(sorted(faults, key=_get_line))
        emit(text, output)

    assert isinstance(run, click.Command)  # noqa: S101 (the decorator makes it one)
    run.params[:0] = [build_option(parameter, lang) for parameter in kind.parameters]
    return run


def _validate_entities(
    repository: Repository, text: str, made: BuiltEntities, lang: str
) -> Iterator[KGError]:
    """Yield what is wrong with what was made, and what it would break; what is odd elsewhere is remarked."""
    if not made.quads:
        return
    from msme_kg.validation.validate import validate_changes  # heavy, and only what was made is judged
    from msme_kg.validation.validation_input import ValidationInput

    state = ValidationInput.from_working_tree(repository)
    printed = GraphFile(_OUTPUT_FILE, to_graph_iri(_OUTPUT_FILE), text.encode())
    for finding in validate_changes(state, state.with_extra_files([printed])).findings:
        focus = getattr(finding.focus_node, "value", "")
        origin = made.inputs_by_iri.get(focus)
        if finding.severity == "info":
            continue  # a new source is cited by nothing yet
        if origin is not None:
            yield origin.locate_error(FindingError(finding.message[lang]))
        elif finding.severity == "violation":
            yield FindingError(f"{to_printable(focus)}: {finding.message[lang]}")
        else:
            print_note(f"note: {to_printable(focus)}: {finding.message[lang]}")


def _get_line(fault: KGError) -> int:
    return fault.location.line if fault.location else 0


@click.group("new", cls=_EntityTemplateGroup, invoke_without_command=True)
@add_common_options
@add_output_option
@click.pass_context
def command(ctx: click.Context, output: str | None) -> None:
    """Print Turtle for a new thing of a kind; without a kind, list them.

    What is printed is valid and in canonical form; nothing is written to the graph.
    """
    if ctx.invoked_subcommand is None:
        repository = Repository.find(get_settings(ctx).root)
        print_command_list("kind", repository, canned.list_template_paths(repository), output)
