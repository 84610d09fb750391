"""``msme-kg query``: canned queries, each a command with the options of its header."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from msme_kg.api import KnowledgeGraph, Table
from msme_kg.cli.options import QUERY_SECONDS, common, output_option, settings, table_options
from msme_kg.cli.output import emit
from msme_kg.cli.record import warn_beyond_record
from msme_kg.export.tables import render
from msme_kg.names import LANGUAGES
from msme_kg.query import canned
from msme_kg.query.deadline import end_process_after
from msme_kg.query.named import CODE, SLUG
from msme_kg.query.results import Solutions
from msme_kg.repository import Repository

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_OFFERED = 100
"""The most values that a shell is offered."""


class _Queries(click.Group):
    """One command a canned query, read when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(canned.names(Repository.find(settings(ctx).root)))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        query = canned.find(Repository.find(settings(ctx).root), cmd_name)
        return _command(query, settings(ctx).lang)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        # --root after the name decides which queries there are, --lang in which words help speaks; what is
        # wrong with their values is said when the command itself reads them.
        for name, known in (("root", None), ("lang", LANGUAGES)):
            for word, following in pairwise([*args, ""]):
                option, equals, value = word.partition("=")
                if option == f"--{name}":
                    given = value if equals else following
                    fit = [given] if known is None else [one for one in known if one.lower() == given.lower()]
                    ctx.meta.update({f"msme_kg.{name}": one for one in fit})
        return super().resolve_command(ctx, args)


def _command(query: canned.CannedQuery, words: str) -> click.Command:
    @click.command(query.name, help=query.description[words], short_help=query.title[words])
    @table_options
    @common
    def run(
        form: str,
        output: str | None,
        limit: int | None,
        labels: bool,
        plot: str | None = None,
        **options: Any,
    ) -> None:
        chosen = settings()
        watchdog = end_process_after(chosen.timeout or QUERY_SECONDS)
        kg = KnowledgeGraph.open(chosen.root, lang=chosen.lang)
        table = kg.answer(query, options).head(limit)
        text = table.render(form, labels=labels or None)
        watchdog.cancel()
        warn_beyond_record(kg, query, options)
        if plot is not None and query.plot is not None:
            emit(_picture(table, query.plot, query.title[chosen.lang], chosen.lang), plot)
        emit(text, output)

    assert isinstance(run, click.Command)  # noqa: S101 (the decorator makes it one)
    run.params[:0] = [_option(parameter, words) for parameter in query.parameters]
    if query.plot is not None:
        run.params.append(
            click.Option(["--plot"], metavar="FILE.svg", help="Draw a picture too (extra plots).")
        )
    return run


def _picture(table: Table, plot: tuple[str, Mapping[str, Mapping[str, str]]], title: str, lang: str) -> str:
    from msme_kg.export.plots import PLOTS, Words

    kind, words = plot
    return PLOTS[kind](table.labelled(), Words(title, {name: by[lang] for name, by in words.items()}))


def _option(parameter: canned.Parameter, lang: str) -> click.Option:
    notes = [f"[{'|'.join(parameter.choices)}]"] if parameter.choices else []
    if parameter.default is not None:
        notes.append(f"[default: {parameter.default}]")
    if parameter.required:
        notes.append("[required]")
    return click.Option(
        [f"--{parameter.option}", parameter.name],
        metavar=parameter.type.upper(),
        help=" ".join([parameter.help[lang], *notes]),
        shell_complete=partial(_completions, parameter),
    )


def _completions(
    parameter: canned.Parameter, ctx: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the values that a shell may offer: choices, or the codes, symbols and slugs of things."""
    from click.shell_completion import CompletionItem  # only a shell waits for it

    if parameter.type != "iri":
        return [CompletionItem(one) for one in parameter.choices if one.startswith(incomplete)]
    kg = KnowledgeGraph.open(settings(ctx).root, lang=settings(ctx).lang)
    names = sorted(
        (one.name, one.thing)
        for one in kg.named(parameter)
        if one.rank in {CODE, SLUG} and one.name.casefold().startswith(incomplete.casefold())
    )[:_OFFERED]
    kg.labels.learn(thing for _, thing in names)
    return [CompletionItem(name, help=kg.labels.of(thing)) for name, thing in names]


@click.group("query", cls=_Queries, invoke_without_command=True)
@common
@output_option
@click.pass_context
def command(ctx: click.Context, output: str | None) -> None:
    """Ask a canned query; without a name, list them."""
    if ctx.invoked_subcommand is not None:
        return
    repository = Repository.find(settings(ctx).root)
    from pyoxigraph import Literal

    rows = []
    for path in canned.names(repository).values():
        query = canned.read(repository, path)
        options = " ".join(f"--{parameter.option}" for parameter in query.parameters)
        rows.append((Literal(query.name), Literal(query.title[settings(ctx).lang]), Literal(options)))
    emit(render(Solutions(("query", "title", "options"), tuple(rows)), "table", str), output)
