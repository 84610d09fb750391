"""Workflows and hooks use pinned actions, targets of the Makefile and options that commands have."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from documentation.markdown import ROOT
from msme_kg.cli.root import root

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
EACH = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def list_steps(path: Path) -> Iterator[dict[str, object]]:
    for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
        yield from job["steps"]


def list_commands(text: str) -> Iterator[list[str]]:
    """Yield the words of each call of msme-kg in a script."""
    for line in text.splitlines():
        start = re.search(r"(?:^|[\s/])msme-kg ", line)
        if start:
            yield shlex.split(re.sub(r"\s(?:>>|\|).*", "", line[start.end() :]))


def require_options(words: list[str]) -> None:
    """Require that the command is there and knows each option."""
    context = click.Context(root, info_name="msme-kg")
    command = root.get_command(context, words[0])
    if isinstance(command, click.Group):
        command = command.get_command(click.Context(command, parent=context), words[1])
    assert command is not None
    known = {name for one in command.params for name in one.opts}
    assert {word for word in words if word.startswith("--")} <= known, words


@EACH
def test_actions_are_pinned_by_version(path: Path) -> None:
    used = [str(step["uses"]) for step in list_steps(path) if "uses" in step]
    assert used
    assert [one for one in used if not re.fullmatch(r"[\w-]+/[\w-]+@v\d+\.\d+\.\d+", one)] == []


@EACH
def test_workflows_may_only_read(path: Path) -> None:
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["permissions"] == {"contents": "read"}


@EACH
def test_commands_of_workflows_are_known(path: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    text = path.read_text(encoding="utf-8")
    for names in re.findall(r"\bmake ((?:[a-z]+ ?)+)", text):
        assert set(names.split()) <= targets
    for step in list_steps(path):
        for words in list_commands(str(step.get("run", ""))):
            require_options(words)


def test_every_python_that_the_package_names_is_tested() -> None:
    (matrix,) = re.findall(
        r"include:\n((?: +- .*\n)+)", (ROOT / ".github/workflows/ci.yml").read_text("utf-8")
    )
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.findall(r'python: "([\d.]+)"', matrix) == re.findall(r"Python :: (3\.\d+)", project)


def test_hooks_run_the_script_that_is_shipped() -> None:
    (here,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    entries = {hook["id"]: hook["entry"] for hook in here["hooks"]}
    (elsewhere,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    installed = scripts["targets"]["wheel"]["shared-scripts"]
    assert installed == {entries["msme-kg"]: elsewhere["entry"]}


def test_commands_of_the_hook_are_known() -> None:
    commands = list(list_commands((ROOT / "hooks/pre-commit").read_text(encoding="utf-8")))
    assert {words[0] for words in commands} == {"fmt", "validate"}
    for words in commands:
        require_options(words)
