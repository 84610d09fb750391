"""Click commands and options built from the headers of queries."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import pairwise

import click

from msme_kg.cli.arguments import CheckedCommand
from msme_kg.cli.completion import complete_parameter
from msme_kg.cli.language import match_language
from msme_kg.cli.options import get_settings
from msme_kg.cli.output import emit
from msme_kg.cli.output_format import choose_format
from msme_kg.cli.table_output import find_width
from msme_kg.errors import UsageError, to_printable
from msme_kg.message_catalog import build_text, join_texts, quote_text, select_messages
from msme_kg.repository import Repository
from msme_kg.sparql.canned import Parameter
from msme_kg.sparql.query_catalog import QueryCatalog
from msme_kg.sparql.results import Solutions
from msme_kg.sparql.results_writer import write_text_table

_METAVARS = {"iri": "NAME"}
"""The placeholders of values in the help where the type is not the word for them: entities are named."""


class QueryCommandGroup(CheckedCommand, click.Group):
    """Group with one command for each query file, read when it is called; subclasses list the files."""

    def list_paths(self, repository: Repository) -> Mapping[str, str]:
        """Return the paths of the files by command name."""
        raise NotImplementedError

    def build_command(self, repository: Repository, name: str, lang: str) -> click.Command:
        """Return a command, with help in a language."""
        raise NotImplementedError

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the command names, for help and completion."""
        return list(self.list_paths(Repository.find(get_settings(ctx).root)))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Return a command by name."""
        return self.build_command(Repository.find(get_settings(ctx).root), cmd_name, get_settings(ctx).lang)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve the command that the arguments name."""
        # --root after the name decides which commands exist, --lang the language of their help. The command
        # itself reports values that are not valid.
        for word, following in pairwise([*args, ""]):
            option, equals, value = word.partition("=")
            given: str | None = value if equals else following
            if option == "--lang":
                given = match_language(given or "")
            if option in {"--root", "--lang"} and given is not None:
                ctx.meta[f"msme_kg.{option[2:]}"] = given
        return super().resolve_command(ctx, args)


class QueryCommand(CheckedCommand):
    """Command of a query file, all of whose values are options."""

    allow_extra_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse and check the arguments; see ``CheckedCommand``.

        Raises:
            UsageError: a value without its option.
        """
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            options = [one for one in self.params if isinstance(one, HeaderOption)]
            if not options:
                hint = build_text("error.no-values")
            elif options[0].metavar == "DATE" and not rest[0][:1].isdigit():
                names = join_texts([one.opts[0] for one in options], "error.values")
                hint = build_text("error.its-options", values=names)
            else:
                hint = build_text("error.did-you-mean", names=f"{options[0].opts[0]} {to_printable(rest[0])}")
            raise UsageError(build_text("error.without-option", text=quote_text(rest[0])), hint=hint)
        return rest


class HeaderOption(click.Option):
    """Option from the header of a query."""


def print_command_list(ctx: click.Context, noun: str, folder: str, output: str | None) -> None:
    """Write the commands of query files as a table: name, title and options; not if one is called.

    Args:
        ctx: the context of the group.
        noun: what a file is, ``query`` or ``kind``.
        folder: the files, as ``QueryCatalog`` calls them.
        output: where to write; see ``emit``.

    Raises:
        UsageError: the output is that of the command that is called, and stands before its name; or it has
            an ending that does not fit.
    """
    from pyoxigraph import Literal

    if ctx.invoked_subcommand is not None:
        if output is not None:
            hint = f"{ctx.command_path} {ctx.invoked_subcommand} --output FILE"
            raise UsageError(f"--output stands before the name of the {noun}", hint=hint)
        return
    choose_format(output, ["table"])
    lang, rows = get_settings().lang, []
    for query in QueryCatalog(Repository.find(get_settings().root)).get_all(folder):
        options = " ".join(f"--{parameter.option}" for parameter in query.parameters)
        rows.append((Literal(query.name), Literal(query.title[lang]), Literal(options)))
    words = select_messages("query-list.", lang)
    table = Solutions(tuple(words[one] for one in (noun, "title", "options")), tuple(rows))
    emit(write_text_table(table, str, find_width(output)), output)


def build_option(parameter: Parameter, lang: str) -> HeaderOption:
    """Return the option for a parameter, with help in a language."""
    notes = [f"[{'|'.join(parameter.choices)}]"] if parameter.choices else []
    if parameter.default is not None:
        notes.append(f"[default: {parameter.default}]")
    if parameter.required:
        notes.append("[required]")
    if parameter.repeatable:
        notes.append("[repeatable]")
    names, words = [f"--{parameter.option}", parameter.name], " ".join([parameter.help[lang], *notes])
    if parameter.type == "flag":
        return HeaderOption(names, is_flag=True, flag_value="true", default=None, help=words)
    return HeaderOption(
        names,
        metavar=_METAVARS.get(parameter.type, parameter.type.upper()),
        multiple=parameter.repeatable,
        help=words,
        shell_complete=partial(complete_parameter, parameter),
    )
