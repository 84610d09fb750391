"""Checks of arguments before a command runs: text is UTF-8, and no output replaces what must stay."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click
from click.core import augment_usage_errors

from msme_kg.cli.help_format import HelpContext
from msme_kg.cli.options import INPUT, OUTPUT, get_settings
from msme_kg.cli.output import escape_lines, is_stream
from msme_kg.cli.output_format import OutputFile, set_format_by_ending
from msme_kg.errors import SafetyError, SourceLocation, UsageError, to_printable
from msme_kg.message_catalog import build_text, quote_text
from msme_kg.repository import BRIEFING_FOLDER, CONTENT_FOLDERS, JOURNAL_FILE, LOCK_FILE, Repository

_PROTECTED = (*CONTENT_FOLDERS, BRIEFING_FOLDER, LOCK_FILE, JOURNAL_FILE)
"""Names in the root of a graph that no output replaces, nor any file below them."""

_GIVEN = "msme_kg.given"
"""Where a context keeps the names of the options given so far."""


class CheckedCommand(click.Command):
    """Command that checks its arguments once they are parsed; also a base of groups."""

    context_class = HelpContext

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse and check the arguments.

        Raises:
            UsageError: an option is given twice, a value is empty or left over, an argument that is not the
                name of a file is not UTF-8, two outputs are one file, or the ending of one does not fit.
            SafetyError: an output is an input of the command, or belongs to the graph.
        """
        if not ctx.resilient_parsing:
            with augment_usage_errors(ctx):  # an error says whose help to read
                values, left, given = self.make_parser(ctx).parse_args(list(args))
            _reject_repeated_options(ctx, given)
            message = None
            if left and not ctx.allow_extra_args:
                message = build_text("error.left-over", text=quote_text(left[0]))
            for parameter in given:
                if "" in _list_texts(values.get(parameter.name or "")):  # a variable of the shell is not set
                    message = build_text("error.needs-value", option=name_parameter(parameter))
            if message:
                raise UsageError(message, hint=build_text("error.see-help", command=ctx.command_path))
        rest = super().parse_args(ctx, args)
        if not ctx.resilient_parsing:  # as for completion
            _check_arguments(ctx)
            set_format_by_ending(ctx)
        return rest

    def get_help(self, ctx: click.Context) -> str:
        """Return the help, which may contain text from the graph."""
        return escape_lines(super().get_help(ctx))


def _reject_repeated_options(ctx: click.Context, given: Iterable[click.Parameter]) -> None:
    """Raise UsageError for an option with one value given twice, also before the command's name."""
    seen = ctx.meta.setdefault(_GIVEN, set())
    for parameter in given:
        if isinstance(parameter, click.Option) and not (parameter.multiple or parameter.is_flag):
            if parameter.name in seen:
                message = build_text("error.given-twice", option=parameter.opts[0])
                raise UsageError(message, hint=build_text("error.remove-one"))
            seen.add(parameter.name)


def name_parameter(parameter: click.Parameter) -> str:
    """Return the name of an option or argument in messages."""
    return parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name


def _check_arguments(ctx: click.Context) -> None:
    inputs: list[str] = []
    outputs: list[str] = []
    for parameter in ctx.command.params:
        values = _list_texts(ctx.params.get(parameter.name or ""))
        if parameter.type is INPUT:
            inputs += values
        elif parameter.type is OUTPUT or isinstance(parameter.type, OutputFile):
            outputs += values
        else:
            _require_utf8(parameter, values)
    if outputs:
        _check_outputs(outputs, inputs, Repository.find(get_settings(ctx).root))


def _list_texts(value: object) -> Iterator[str]:
    """Yield the text in the value of a parameter, which may be repeated."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        yield from (one for one in value if isinstance(one, str))


def _require_utf8(parameter: click.Parameter, values: Iterable[str]) -> None:
    for value in values:
        try:
            value.encode()
        except UnicodeEncodeError:
            raise UsageError(
                build_text("error.not-utf8", name=name_parameter(parameter), value=to_printable(value)),
                hint=build_text("error.give-utf8"),
            ) from None


def _check_outputs(outputs: Sequence[str], inputs: Sequence[str], repository: Repository) -> None:
    files = [name for name in outputs if not is_stream(name)]
    if len({_get_identity(name) for name in files}) < len(files):
        raise UsageError(
            build_text("error.same-output", file=to_printable(files[0])),
            hint=build_text("error.file-for-each"),
        )
    for name in files:
        if any(_is_part_of_input(name, one) for one in inputs):
            what = "the command reads this file, and would replace it"
        elif _belongs_to_graph(name, repository):
            what = "the graph itself lies there"
        else:
            continue
        raise SafetyError(what, location=SourceLocation(name), hint="name a file elsewhere")


def _get_identity(path: str | Path | int) -> object:
    """Return the identity of a file or open descriptor, whatever its names; its path if there is none yet."""
    try:
        found = os.stat(path)
    except OSError:
        return path if isinstance(path, int) else _resolve(path)
    return found.st_dev, found.st_ino


def _resolve(path: str | Path) -> Path:
    """Return the path with links resolved as far as possible."""
    try:
        return Path(os.path.realpath(path))
    except OSError:  # the working directory has been removed
        return Path(path)


def _list_containers(path: Path) -> set[object]:
    """Return the identities of a file or folder and of all folders around it."""
    return {_get_identity(one) for one in (path, *path.parents)}


def _is_part_of_input(output: str, name: str) -> bool:
    """Return True if an output is an input, standard input, or an RDF file in a folder that is one."""
    from msme_kg.rdf.parser import FORMATS  # imported only where a file is written

    source = _get_identity(0 if name == "-" else name)
    if _get_identity(output) == source:
        return True
    path = _resolve(output)
    return path.suffix in FORMATS and os.path.exists(path) and source in _list_containers(path)


def _belongs_to_graph(output: str, repository: Repository) -> bool:
    """Return True for a file of a graph, also through links, and for any file in its folders."""
    path = _resolve(output)
    protected = {_get_identity(repository.root / name) for name in _PROTECTED}
    if ".git" in path.parts or protected & _list_containers(path):
        return True
    linked = (*repository.list_all_files(), *repository.find_query_files()) if os.path.isfile(path) else ()
    return _get_identity(path) in {_get_identity(repository.root / name) for name in linked}
