"""Root command group, and the only place where exceptions become messages and exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from msme_kg.cli.arguments import CheckedCommand, name_parameter
from msme_kg.cli.language import find_default_language, find_named_language
from msme_kg.cli.options import add_common_options, get_settings
from msme_kg.cli.output import get_outcome, print_error, print_note
from msme_kg.cli.streams import describe_failure, is_pipe
from msme_kg.cli.watchdog import MemoryLimit, build_memory_error
from msme_kg.errors import FindingError, KGError, UsageError, WriteError, to_printable
from msme_kg.message_catalog import (
    TranslatableText,
    build_misfit,
    build_text,
    join_alternatives,
    name_options_for_shell,
    quote_text,
    suggest_values,
)
from msme_kg.version import __version__

COMMANDS = {
    "apply": "Review an update, then write all of it or nothing.",
    "brief": "Write the briefing note as of any date.",
    "check": "Review a proposed update without writing.",
    "describe": "Show what is known of an entity.",
    "diff": "Show what changed between two states.",
    "export": "Export the graph as RDF or CSV tables.",
    "fmt": "Write the files in canonical Turtle.",
    "info": "Count what is in the graph.",
    "log": "List the changes of the graph.",
    "mcp": "Serve the graph to a language model's client.",
    "new": "Print Turtle for new entities.",
    "portal": "Write the bundle for a data portal.",
    "push": "Load the graph into a SPARQL store.",
    "query": "Run a canned query.",
    "release": "Release the graph as a version.",
    "search": "Find entities by words.",
    "serve": "Serve the graph over HTTP.",
    "site": "Write the graph as static web pages.",
    "sparql": "Run a SPARQL query of your own.",
    "validate": "Validate the graph with shapes and checks.",
}
_COMPLETION_VARIABLE = "_MSME_KG_COMPLETE"
"""The variable by which a shell asks for completions, as click names it."""
_BUG_HINT = "hint: run again with --debug and report it"
_MAX_MESSAGE = 1000
"""Maximum number of characters of a message of click, which repeats arguments."""

# A line with a backspace alone keeps click from joining the lines after it.
HELP = """\
Who takes part in the WTO's Informal Working Group on MSMEs, what it agreed, and what came of it.

Ask a question, or write a note for any date; each answer names its sources:

\b
  msme-kg query                              all questions
  msme-kg query members --as-of 2023-08-01   who took part, since when
  msme-kg search Taiwan                      find a Member, document, event
  msme-kg brief --as-of 2023-08-01           the note (-o note.docx for Word)
"""
EPILOG = (
    "Exit codes: 0 success, 1 findings, 2 usage, 3 input, 4 refused for safety, 5 remote or deadline, "
    "6 write failed, 7 another writer or a conflict, 70 a bug, 130 interrupted."
)


class _LazyGroup(CheckedCommand, click.Group):
    """Commands that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            message = build_text("error.no-command", name=quote_text(cmd_name))
            raise UsageError(message, hint=suggest_values(cmd_name, COMMANDS))
        command = importlib.import_module(f"msme_kg.cli.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101 (our own modules)
        command.short_help = COMMANDS[cmd_name]
        return command


@click.group(
    cls=_LazyGroup, help=HELP, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="msme-kg")
@add_common_options
def root() -> None:
    """Root of all commands; its help is ``HELP``."""


def _require_openssl_configuration() -> None:
    """Refuse a pipe as the configuration of OpenSSL, which would be read before a time limit can act.

    Raises:
        UsageError: ``OPENSSL_CONF`` is one.
    """
    if is_pipe(os.environ.get("OPENSSL_CONF", "")):
        raise UsageError("OPENSSL_CONF is a pipe", hint="name a file, or unset it")


def run_command_line(context: list[click.Context]) -> int:
    """Run the command, or complete what a shell asks for; report an error, and return the exit code.

    Args:
        context: a list that gets the context of the root command.
    """
    name_options_for_shell()
    instruction = os.environ.get(_COMPLETION_VARIABLE)
    if instruction:
        return _complete(instruction)
    try:
        _require_openssl_configuration()
        with MemoryLimit(), root.make_context("msme-kg", sys.argv[1:]) as ctx:
            context.append(ctx)
            result = root.invoke(ctx)
            return result if isinstance(result, int) else 0
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        print_note(error.format_message())
        return UsageError.exit_code
    except click.ClickException as error:
        return report_error(_convert_error(error), context)
    except KGError as error:
        return report_error(error, context)
    except MemoryError as error:
        return report_error(build_memory_error(error), context)
    except (KeyboardInterrupt, click.Abort):
        return 130
    except Exception as bug:  # noqa: BLE001 (a bug must not look like findings, exit code 1)
        if context and get_settings(context[0]).debug:
            sys.excepthook(type(bug), bug, bug.__traceback__)
        else:
            print_note(f"Error: a bug: {type(bug).__name__}: {to_printable(str(bug))}\n{_BUG_HINT}")
        return KGError.exit_code


def _complete(instruction: str) -> int:
    """Print completions for a shell; errors go unreported, in the middle of a line that is being typed."""
    from click.shell_completion import shell_complete

    from msme_kg.cli.shell_scripts import register_shells

    register_shells()
    try:
        return shell_complete(root, {}, "msme-kg", _COMPLETION_VARIABLE, instruction)
    except KGError as error:
        return error.exit_code
    except (KeyError, ValueError):  # not called by a shell: COMP_WORDS or COMP_CWORD is missing or malformed
        return UsageError.exit_code


def report_output_failure(failure: OSError, code: int, context: Sequence[click.Context]) -> int:
    """Print an error if standard output could not be written, and return the exit code.

    Args:
        failure: what happened.
        code: the exit code of the command; that of an error comes first.
        context: the context of the root command, if there is one.
    """
    if code > FindingError.exit_code:
        return code
    what = f"cannot write to standard output: {describe_failure(failure)}"
    return report_error(WriteError(what, hint="redirect it elsewhere, or name a file with -o"), context)


def report_error(error: KGError, context: Sequence[click.Context]) -> int:
    """Print an error, and what was done nevertheless; return its exit code."""
    outcome = get_outcome(context[0]) if context else None
    if isinstance(error, WriteError) and outcome is not None:
        error.message, error.hint = f"{error.message}; nevertheless, {outcome}", None
    # An error in an option comes before --lang is read.
    lang = get_settings(context[0]).lang if context else find_default_language()
    print_error(error, find_named_language(sys.argv[1:]) or lang)
    return error.exit_code


def _convert_error(error: click.ClickException) -> UsageError:
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "msme-kg"
    hint = build_text("error.see-help", command=command)
    if isinstance(error, click.NoSuchOption):
        if error.possibilities:
            hint = build_text("error.did-you-mean", names=join_alternatives(error.possibilities))
        return UsageError(build_text("error.no-such-option", name=to_printable(error.option_name)), hint=hint)
    if isinstance(error, click.BadOptionUsage):
        return UsageError(build_text("error.needs-value", option=to_printable(error.option_name)), hint=hint)
    if isinstance(error, click.MissingParameter) and error.param is not None and error.ctx is not None:
        name = quote_text(error.param.get_error_hint(error.ctx).replace("'", ""))
        return UsageError(build_text("error.missing", name=name), hint=hint)
    if isinstance(error, click.BadParameter) and (converted := _convert_bad_value(error)):
        return converted
    return UsageError(to_printable(error.format_message(), _MAX_MESSAGE), hint=hint)


def _convert_bad_value(error: click.BadParameter) -> UsageError | None:
    """Return an error worded like those of canned queries; None if only click has a message."""
    kind = error.param.type if error.param else None
    is_outside = " is not in the range " in error.message
    is_number = isinstance(kind, click.IntRange | click.FloatRange)
    fault = " is not in the range " if is_outside else " is not a valid " if is_number else " is not one of "
    value, found, _ = error.message.partition(fault)
    if not found or error.param is None:
        return None
    text = value.strip("'")  # without the quotation marks of click
    if isinstance(kind, click.Choice):
        hint = suggest_values(text, map(str, kind.choices))
    elif isinstance(kind, click.IntRange | click.FloatRange):
        hint = _describe_numbers(kind, is_outside)
    else:
        return None
    return UsageError(build_misfit(text, name_parameter(error.param)), hint=hint)


def _describe_numbers(numbers: click.IntRange | click.FloatRange, is_outside: bool) -> TranslatableText:
    """Return the hint on an option whose value is not a number, or not one that it takes."""
    if not is_outside:
        is_whole = isinstance(numbers, click.IntRange)
        return build_text("error.write-integer" if is_whole else "error.write-number")
    if numbers.max is None:
        return build_text("error.write-least", least=numbers.min)
    message_id = "error.write-number-above" if numbers.min_open else "error.write-number-between"
    return build_text(message_id, least=numbers.min, most=numbers.max)
