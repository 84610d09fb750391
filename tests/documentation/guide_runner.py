"""Runs a how-to guide as a reader follows it: files are written, edits made, commands run and compared."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import environment

from documentation.markdown import ROOT, Block, read_blocks

_IGNORED = shutil.ignore_patterns(
    ".git", ".venv", ".work", "__pycache__", ".*_cache", ".hypothesis", "build", "dist", "malformed_input"
)
_TIMEOUT = 600


def copy_checkout(target: Path) -> Path:
    """Copy the files of this checkout and commit them to a repository of git of its own."""
    shutil.copytree(ROOT, target, ignore=_IGNORED)
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "Start"]):
        subprocess.run(["git", *words], cwd=target, check=True, env=_environment(target))
    return target


def run_guide(guide: Path, checkout: Path) -> int:
    """Follow a guide in a copy of the checkout and return how many commands were run."""
    commands = 0
    for block in read_blocks(guide):
        if block.title:
            _write_file(checkout / block.title, block)
        elif block.language == "diff":
            _edit_file(checkout, block.text)
        elif block.language == "console":
            for command, expected in _split_commands(block.text):
                output = _run_command(command, checkout)
                assert _matches(expected, output), f"$ {command}\n{output}\nexpected:\n{expected}"
                commands += 1
    return commands


def _write_file(path: Path, block: Block) -> None:
    assert not path.exists(), f"{path} is there already"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, encoding="utf-8")


def _edit_file(checkout: Path, text: str) -> None:
    """Make the edits of a unified diff without line numbers: each hunk must match once."""
    head, *hunks = re.split(r"(?m)^@@.*\n", text)
    (name,) = re.findall(r"(?m)^\+\+\+ (\S+)$", head)
    path = checkout / name
    content = path.read_text(encoding="utf-8")
    for hunk in hunks:
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] != "+")
        after = "".join(line[1:] for line in lines if line[0] != "-")
        assert content.count(before) == 1, f"{name}: found {content.count(before)} times:\n{before}"
        content = content.replace(before, after)
    path.write_text(content, encoding="utf-8")


def _split_commands(text: str) -> list[tuple[str, str]]:
    """Return commands, continued with a backslash at the end of a line, with the output that is shown."""
    found: list[tuple[str, str]] = []
    for part in re.split(r"(?m)^\$ ", text.replace("\\\n", " "))[1:]:
        command, _, expected = part.partition("\n")
        found.append((command, expected))
    return found


def _environment(checkout: Path) -> dict[str, str]:
    names = {"GIT_AUTHOR_NAME": "A", "GIT_COMMITTER_NAME": "A"}
    mails = {"GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_EMAIL": "a@example.org"}
    shims = checkout.parent / "bin"
    shims.mkdir(exist_ok=True)
    for name, words in (("msme-kg", "-m msme_kg"), ("python", ""), ("ruff", "-m ruff")):
        shim = shims / name
        shim.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {words} "$@"\n', encoding="utf-8")
        shim.chmod(0o755)
    more = {"PYTHONPATH": str(checkout), "PATH": f"{shims}{os.pathsep}{os.environ['PATH']}"}
    return environment(more={**names, **mails, **more})


def _run_command(command: str, checkout: Path) -> str:
    """Run a command as a shell does and return its standard output, then its standard error."""
    ended = subprocess.run(
        ["sh", "-c", command],
        cwd=checkout,
        env=_environment(checkout),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=_TIMEOUT,
        check=False,
    )
    return (ended.stdout + ended.stderr).replace("\r\n", "\n")


def _matches(expected: str, output: str) -> bool:
    """Compare output with what a guide shows: … stands for anything, also for whole lines."""
    parts = [re.escape(part) for part in expected.rstrip().split("…")]
    return re.fullmatch(".*?".join(parts) + r"\s*", output, re.DOTALL) is not None
