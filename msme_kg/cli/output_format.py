"""Formats of outputs: the ending of a file names its format."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

import click
from click.core import ParameterSource

from msme_kg.cli.output import is_standard_output, is_stream
from msme_kg.errors import UsageError, to_printable
from msme_kg.message_catalog import build_text, join_texts

BINARY_FORMATS = {"docx", "xlsx", "png", "pdf"}
"""Formats that are not text."""
_USUAL_ENDINGS = {
    "table": "txt",
    "text": "txt",
    "github": "txt",
    "turtle": "ttl",
    "ntriples": "nt",
    "nquads": "nq",
    "rdfxml": "rdf",
    "sparql-update": "ru",
}
"""The usual ending of formats that do not have their own name as one."""
_SHARED_ENDINGS = {
    "txt": {"csv", "tsv", "md", "jsonl", "turtle", "ntriples", "nquads", "trig", "sparql-update"},
    "json": {"srj", "jsonld", "sarif"},
    "xml": {"srx", "rdfxml"},
}
"""Endings that further formats may have."""
_ENDING = re.compile(r"\.([a-z][a-z0-9]{0,8})", re.IGNORECASE)
"""An ending that names a format, in contrast to those of ``mktemp`` and of dates."""


class OutputFile(click.Path):
    """The type of a file that a command writes.

    Attributes:
        formats: the formats of the file; empty where ``--format`` or the command decides.
    """

    def __init__(self, formats: Sequence[str] = ()) -> None:
        super().__init__(readable=False)
        self.formats = formats


def choose_format(output: str | None, formats: Sequence[str], given: str | None = None) -> str | None:
    """Return the format that the ending of an output names, or that was given; None if neither does.

    Args:
        output: the file; a device, a pipe and standard output have no ending.
        formats: the formats that can be written.
        given: the value of ``--format``, if there was one.

    Raises:
        UsageError: no format has this ending, or it contradicts the one given.
    """
    match = None if output is None or is_stream(output) else _ENDING.fullmatch(_find_suffix(output))
    if output is None or match is None:
        return given
    ending = match[1].lower()
    fitting = [
        name for name in formats if ending == _get_ending(name) or name in _SHARED_ENDINGS.get(ending, ())
    ]
    if not fitting:
        known = join_texts(list(dict.fromkeys(f".{_get_ending(name)}" for name in formats)), "error.values")
        raise UsageError(
            build_text("error.no-ending", file=to_printable(output), ending=ending),
            hint=build_text("error.name-ending", endings=known),
        )
    if given is not None and given not in fitting:
        raise UsageError(
            build_text("error.contradicting-ending", format=given, file=to_printable(output)),
            hint=build_text("error.leave-out-format", ending=_get_ending(given)),
        )
    return given or fitting[0]


def _find_suffix(output: str) -> str:
    name = output.rpartition("/")[2]
    return name[name.rfind(".") :] if "." in name[1:] else ""


def _get_ending(format_name: str) -> str:
    return _USUAL_ENDINGS.get(format_name, format_name)


def set_format_by_ending(ctx: click.Context) -> None:
    """Set the value of ``--format`` by the ending of ``--output``, and check the endings of other outputs.

    A command whose formats depend on more than its options has no default for ``--format``, and calls
    ``choose_format`` itself; endings that no format has are refused here all the same.

    Raises:
        UsageError: an ending does not fit, or a binary format would go to a terminal.
    """
    named = {parameter.name: parameter for parameter in ctx.command.params}
    choice = named["form"].type if "form" in named else None
    for parameter in ctx.command.params:
        if not isinstance(parameter.type, OutputFile) or parameter.name is None:
            continue
        output = ctx.params.get(parameter.name)
        if parameter.type.formats:
            choose_format(output, parameter.type.formats)
        if parameter.type.formats or not isinstance(choice, click.Choice):
            continue
        is_given = ctx.get_parameter_source("form") is ParameterSource.COMMANDLINE
        form = choose_format(output, choice.choices, ctx.params["form"] if is_given else None)
        if ctx.params["form"] is not None:
            ctx.params["form"] = form = form or ctx.params["form"]
        if form in BINARY_FORMATS and is_standard_output(output) and sys.stdout.isatty():
            raise UsageError(
                build_text("error.not-on-terminal", format=form),
                hint=build_text("error.name-output", format=form),
            )
