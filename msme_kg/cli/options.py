"""Options that commands share, and what they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from msme_kg.namespaces import LANGUAGES

Command = TypeVar("Command", bound=Callable[..., Any])

QUERY_SECONDS = 30.0
"""How long a query may take unless told otherwise."""

_META_PREFIX = "msme_kg."
_MAX_SECONDS = 1e6
"""More than a timer can wait for is no deadline."""


class _SecondsType(click.FloatRange):
    """A number of seconds; ``nan``, which compares with nothing, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        seconds = float(super().convert(value, param, ctx))
        if not seconds <= _MAX_SECONDS:
            self.fail(f"{seconds:g} is no number of seconds up to {_MAX_SECONDS:g}.", param, ctx)
        return seconds


@dataclass(frozen=True)
class Settings:
    """What the common options say.

    Attributes:
        root: the folder of the graph; None for the one that belongs to the package.
        lang: the language of words.
        timeout: seconds; None where none was given.
        debug: whether a bug shows its traceback.
    """

    root: str | None
    lang: str
    timeout: float | None
    debug: bool


def _store_option(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    """Keep a value that was typed: the same option stands before the command's name and after it."""
    assert param.name  # noqa: S101 (click gives every option a name)
    if ctx.get_parameter_source(param.name) is ParameterSource.COMMANDLINE:
        ctx.meta[_META_PREFIX + param.name] = value
    return value


def add_common_options(command: Command) -> Command:
    """Add ``--root``, ``--lang``, ``--timeout`` and ``--debug``."""
    return _add_common_options(command, _SecondsType(min=0, min_open=True), "A deadline.")


def add_writer_options(command: Command) -> Command:
    """Add the same options for a command that waits for others who write; it may wait for no time at all."""
    return _add_common_options(command, _SecondsType(min=0), "How long to wait for another writer.")


def _add_common_options(command: Command, seconds: _SecondsType, words: str) -> Command:
    options = (
        click.option("--root", metavar="DIR", help="The folder with ontology/, data/ and queries/."),
        click.option(
            "--lang",
            type=click.Choice(LANGUAGES, case_sensitive=False),
            metavar="|".join(LANGUAGES),
            help="The language of words.",
        ),
        click.option("--timeout", type=seconds, metavar="SECONDS", help=words),
        click.option("--debug", is_flag=True, help="Show the traceback of a bug."),
    )
    for option in reversed(options):
        command = option(command)
        # Kept by a callback, so that commands need not take it as an argument.
        kept = command.__click_params__[-1]  # type: ignore[attr-defined]
        kept.callback, kept.expose_value, kept.is_eager = _store_option, False, True
    return command


def get_settings(ctx: click.Context | None = None) -> Settings:
    """Return what the common options say for the command that runs."""
    meta = (ctx or click.get_current_context()).meta
    return Settings(
        root=meta.get(_META_PREFIX + "root"),
        lang=meta.get(_META_PREFIX + "lang", LANGUAGES[0]),
        timeout=meta.get(_META_PREFIX + "timeout"),
        debug=bool(meta.get(_META_PREFIX + "debug", False)),
    )


def add_output_option(command: Command) -> Command:
    """Add ``--output``."""
    return click.option("--output", "-o", metavar="FILE", help="Write to a file instead of standard output.")(
        command
    )


def add_endpoint_option(command: Command) -> Command:
    """Add ``--endpoint``."""
    return click.option(
        "--endpoint",
        "endpoints",
        multiple=True,
        metavar="URL",
        help="Ask a SPARQL 1.1 store in place of the files; repeated, the next answers when one fails.",
    )(command)


def add_table_options(command: Command) -> Command:
    """Add the options of a table: ``--format``, ``--output``, ``--limit`` and ``--labels``."""
    from msme_kg.sparql.results_writer import FORMATS

    command = click.option("--labels", is_flag=True, help="Labels in place of IRIs, in machine formats too.")(
        command
    )
    command = click.option("--limit", type=click.IntRange(min=0), metavar="N", help="At most so many rows.")(
        command
    )
    command = add_output_option(command)
    return click.option(
        "--format", "form", type=click.Choice(list(FORMATS)), default="table", show_default=True
    )(command)
