"""``msme-kg sparql``: run a SPARQL query."""

from __future__ import annotations

from collections.abc import Sequence

import click

from msme_kg.api import KnowledgeGraph
from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.open_graph import open_graph
from msme_kg.cli.options import INPUT, add_common_options, add_endpoint_option, add_output_option
from msme_kg.cli.output import emit, mark_as_repeatable
from msme_kg.cli.output_format import choose_format
from msme_kg.cli.table_output import render_answer
from msme_kg.errors import InputError, ResultError, SafetyError, UsageError, to_printable
from msme_kg.message_catalog import build_text, join_texts
from msme_kg.rdf.encoding import decode_utf8
from msme_kg.rdf.parser import is_url
from msme_kg.rdf.serializers import SYNTAXES, serialize
from msme_kg.rendering.result_table import TABLE_FORMATS
from msme_kg.sparql.query_guards import MAX_QUERY_LENGTH
from msme_kg.sparql.results import AskResult, GraphResult, QueryResult, Solutions
from msme_kg.sparql.results_writer import FORMATS, write_results
from msme_kg.storage.input_files import read_input


@click.command("sparql", cls=CheckedCommand)
@click.argument("file", type=INPUT, required=False)
@click.option("-e", "text", metavar="TEXT", help="The query itself.")
@click.option(
    "--format",
    "form",
    type=click.Choice([*TABLE_FORMATS, *SYNTAXES]),
    help="Of rows: table (default), csv and so on; of statements: turtle (default), ntriples and so on.",
)
@click.option("--labels", is_flag=True, help="Labels instead of IRIs, in machine formats too.")
@click.option(
    "--limit", type=click.IntRange(min=0), metavar="N", help="Maximum number of rows or statements."
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if an ASK answers false.")
@add_output_option
@add_endpoint_option
@add_common_options
def command(
    file: str | None,
    text: str | None,
    form: str | None,
    labels: bool,
    limit: int | None,
    exit_code: bool,
    output: str | None,
    endpoints: tuple[str, ...],
) -> int:
    """Run a SELECT, ASK, CONSTRUCT or DESCRIBE from FILE, standard input (-) or -e TEXT.

    The prefixes of the ontology need no declaration.
    """
    if (file is None) == (text is None):
        raise UsageError(build_text("error.one-query"), hint=build_text("error.reads-stdin"))
    query = text if text is not None else _read_query(file or "-")
    with open_graph(endpoints) as kg:
        try:
            result = kg.sparql(query)
        except InputError as error:
            raise error.relocate(file or "query") if error.location else error from None
        rendered = _render_result(kg, result, form, output, labels=labels, limit=limit)
    if exit_code and not isinstance(result, AskResult):
        raise UsageError(build_text("error.ask-only"), hint=build_text("error.without-it"))
    emit(rendered, output)
    if not endpoints and output is None and file is None:
        mark_as_repeatable(kg.repository.root)
    return int(exit_code and result == AskResult(False))


def _render_result(
    kg: KnowledgeGraph,
    answer: QueryResult,
    form: str | None,
    output: str | None,
    *,
    labels: bool,
    limit: int | None,
) -> str | bytes:
    known = _list_formats(answer)
    chosen = choose_format(output, known, form) or known[0]
    if chosen not in known:
        raise UsageError(
            build_text("error.format-of-query", format=chosen),
            hint=build_text("error.one-of", values=join_texts(known, "error.values")),
        )
    if isinstance(answer, Solutions):
        return render_answer(kg.make_table(answer), chosen, output, limit=limit, labels=labels)
    if labels:
        raise UsageError(build_text("error.labels-of-select"), hint=build_text("error.without-it"))
    if isinstance(answer, AskResult):
        return write_results(answer, chosen, str)
    try:
        return serialize(answer.quads, chosen, kg.prefixes, limit)
    except (InputError, SafetyError) as error:
        raise ResultError(error.message, hint="choose another --format, or narrow the query") from None


def _list_formats(answer: QueryResult) -> Sequence[str]:
    if isinstance(answer, GraphResult):
        return list(SYNTAXES)
    return TABLE_FORMATS if isinstance(answer, Solutions) else list(FORMATS)


def _read_query(file: str) -> str:
    if is_url(file):
        raise UsageError(
            f"{to_printable(file)!r} is not a file", hint="download it first: no address is fetched"
        )
    return decode_utf8(read_input(file, 4 * MAX_QUERY_LENGTH), file)  # a character has at most four bytes
