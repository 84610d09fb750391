"""Help texts as they are printed: paragraphs, examples and names of values."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from conftest import Run

from msme_kg.cli.root import COMMANDS, root

WIDTH = 78
"""The columns that click fills on a terminal of 80."""


def test_examples_of_the_root_command_are_printed_as_lines(run: Run) -> None:
    ended = run("--help")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    (first,) = [number for number, line in enumerate(lines) if line.startswith("    msme-kg query  ")]
    assert [line.split()[:2] for line in lines[first : first + 4]] == [
        ["msme-kg", name] for name in ("query", "query", "search", "brief")
    ]
    assert (lines[first - 1], lines[first + 4]) == ("", "")
    assert "..." not in ended.out.partition("\nCommands:\n")[2]


def walk(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the path and the help of a command and of those under it."""
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from walk(found, found.context_class(found, info_name=name, parent=context))


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command_has_whole_options_and_no_marks_of_layout(name: str) -> None:
    top = root.context_class(root, info_name="msme-kg", terminal_width=WIDTH)
    command = root.get_command(top, name)
    assert command is not None
    pages = dict(walk(command, command.context_class(command, info_name=name, parent=top)))
    assert f"msme-kg {name}" in pages
    for path, page in pages.items():
        assert "\\b" not in page, path
        assert "\b" not in page, path
        assert [line for line in page.splitlines() if line.endswith("-")] == [], path


def test_options_that_take_a_name_say_so(run: Run) -> None:
    assert "--member NAME" in run("query", "members", "--help").out
    assert "--symbol NAME" in run("query", "sponsors", "--help").out
    assert "--event NAME" in run("new", "observation", "--help").out
