"""Root command group; the only place where exceptions become messages and exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from typing import NoReturn

import click

from msme_kg.cli.options import add_common_options, get_settings
from msme_kg.cli.watchdog import MemoryLimit, build_memory_error
from msme_kg.errors import KGError, SafetyError, UsageError, find_close_matches, to_printable
from msme_kg.version import __version__

COMMANDS = {
    "apply": "Review an update, then write all of it or nothing.",
    "brief": "Write the briefing note as of any date.",
    "check": "Review a proposed update without writing.",
    "describe": "Show the statements about an entity.",
    "diff": "Show what changed between two states.",
    "export": "Export the graph as RDF or CSV tables.",
    "fmt": "Write the files in canonical Turtle.",
    "info": "Count what is in the graph.",
    "new": "Print Turtle for new entities.",
    "portal": "Write the bundle for a data portal.",
    "push": "Load the graph into a SPARQL store.",
    "query": "Run a canned query.",
    "search": "Find entities by words.",
    "site": "Write the graph as static web pages.",
    "sparql": "Run a SPARQL query of your own.",
    "validate": "Validate the graph with shapes and checks.",
}
_COMPLETION_VARIABLE = "_MSME_KG_COMPLETE"
"""The variable by which a shell asks for completions, as click names it."""

EPILOG = (
    "Exit codes: 0 success, 1 findings, 2 usage, 3 input, 4 refused for safety, 5 remote or deadline, "
    "6 write failed, 7 another writer or a conflict, 70 a bug, 130 interrupted."
)


class _LazyGroup(click.Group):
    """Commands that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            near = find_close_matches(cmd_name, COMMANDS)
            raise UsageError(
                f"no command is called {to_printable(cmd_name)!r}",
                hint=f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(COMMANDS)}",
            )
        command = importlib.import_module(f"msme_kg.cli.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101 (our own modules)
        return command


@click.group(cls=_LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="msme-kg")
@add_common_options
def root() -> None:
    """Query, validate and export the knowledge graph of the WTO Informal Working Group on MSMEs."""


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    instruction = os.environ.get(_COMPLETION_VARIABLE)
    if instruction:
        from click.shell_completion import shell_complete

        sys.exit(shell_complete(root, {}, "msme-kg", _COMPLETION_VARIABLE, instruction))
    sys.exit(_run())


def _run() -> int:
    context: list[click.Context] = []
    try:
        with MemoryLimit(), root.make_context("msme-kg", sys.argv[1:]) as ctx:
            context.append(ctx)
            result = root.invoke(ctx)
            sys.stdout.flush()
            return result if isinstance(result, int) else 0
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return UsageError.exit_code
    except click.ClickException as error:
        _print_error(error)
        return UsageError.exit_code
    except KGError as error:
        click.echo(str(error), err=True)
        return error.exit_code
    except MemoryError:
        click.echo(str(build_memory_error()), err=True)
        return SafetyError.exit_code
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        # The reader has closed the pipe; buffered output must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as bug:
        if context and get_settings(context[0]).debug:
            raise
        click.echo(
            f"Error: a bug: {type(bug).__name__}: {bug}\nhint: run again with --debug and report it", err=True
        )
        return 70


def _print_error(error: click.ClickException) -> None:
    message = error.format_message()
    hint = "msme-kg --help"
    if isinstance(error, click.UsageError) and error.ctx is not None:
        hint = f"{error.ctx.command_path} --help"
    click.echo(f"Error: {message}\nhint: see {hint}", err=True)
