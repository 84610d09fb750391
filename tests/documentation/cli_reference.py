"""Reference of the command line as Markdown, made from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from inspect import cleandoc
from pathlib import Path

import click
import pyoxigraph as ox

from msme_kg.cli.root import COMMANDS, root
from msme_kg.repository import Repository
from msme_kg.sparql.query_catalog import CANNED, QueryCatalog

PATH = Path(__file__).resolve().parents[2] / "docs" / "cli.md"
_HEAD = """# Command line

Every command with its arguments and options. This page is generated: run `make docs` after you change a help
text or the header of a query. `msme-kg COMMAND --help` prints the same on a terminal.

For a guided tour see [README.md](../README.md); for findings and exit codes see [errors.md](errors.md).
"""


def render() -> str:
    """Return the page."""
    context = click.Context(root, info_name="msme-kg")
    common = [one for one in root.params if one.name not in {"version"}]
    names = {one.name for one in common}
    lines = [_HEAD, f"    {_usage(root, context)}", "", *_options(common, context)]
    lines += ["These options may stand before the name of the command or after it.", ""]
    lines += ["| command | does |", "|---|---|"]
    lines += [f"| [`{name}`](#msme-kg-{name}) | {_cell(words)} |" for name, words in COMMANDS.items()]
    lines.append("")
    for name in COMMANDS:
        command = root.get_command(context, name)
        assert command is not None
        lines += _section(command, click.Context(command, info_name=name, parent=context), names, 2)
    return "\n".join(lines).rstrip() + "\n"


def _section(
    command: click.Command, context: click.Context, hidden: set[str | None], level: int
) -> Iterator[str]:
    yield from (f"{'#' * level} {context.command_path}", "")
    if level > 2:
        yield from (f"**{command.get_short_help_str(1000)}.** {cleandoc(command.help or '')}", "")
    else:
        yield from (f"    {_usage(command, context)}", "", cleandoc(command.help or ""), "")
    yield from _options([one for one in command.params if one.name not in hidden], context)
    if level > 2 and context.parent is not None and context.parent.info_name == "query":
        columns = " ".join(f"`{name}`" for name in _columns(str(context.info_name)))
        yield from (f"Columns: {columns}", "")
    if isinstance(command, click.Group):
        yield from _subcommands(command, context, hidden)


def _subcommands(group: click.Group, context: click.Context, hidden: set[str | None]) -> Iterator[str]:
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    params = [{one.name for one in command.params} for command in found.values() if command]
    shared = set.intersection(*params) - hidden
    first = next(iter(found.values()))
    assert first is not None
    yield from (f"Options that each `{context.command_path} NAME` takes:", "")
    yield from _options([one for one in first.params if one.name in shared], context)
    for name, command in found.items():
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        yield from _section(command, inner, hidden | shared, 3)


def _usage(command: click.Command, context: click.Context) -> str:
    return " ".join([context.command_path, *command.collect_usage_pieces(context)])


def _options(params: Sequence[click.Parameter], context: click.Context) -> Iterator[str]:
    records = [one.get_help_record(context) for one in params if isinstance(one, click.Option)]
    rows = [(record[0], record[1]) for record in records if record is not None]
    if rows:
        yield from ("| option | meaning |", "|---|---|")
        yield from (f"| `{_cell(names)}` | {_cell(words)} |" for names, words in rows)
        yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _columns(name: str) -> list[str]:
    """Return the columns of a canned query, which the engine knows without any data."""
    answer = ox.Store().query(QueryCatalog(Repository.find()).get(CANNED, name).text)
    assert isinstance(answer, ox.QuerySolutions)
    return [one.value for one in answer.variables]
