"""Shell completion of commands, queries, options and values."""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest
from conftest import LONGEST, Run, environment


def complete(run: Run, *words: str) -> list[str]:
    ended = run(
        env={
            "_MSME_KG_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(["msme-kg", *words]),
            "COMP_CWORD": str(len(words)),
        }
    )
    assert ended.err == ""
    return [line.partition(",")[2] for line in ended.out.splitlines()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["val"], {"validate"}),
        (["query", "memb"], {"members"}),
        (["query", "members", "--certainty", "p"], {"possible"}),
        (["query", "member-profile", "--member", "MX"], {"MX"}),
        (["query", "documents", "--kind", "annual"], {"annual report"}),
        (["query", "documents", "--kind", "年度"], {"年度報告"}),
        (["query", "members", "--eu", ""], {"each", "one"}),
        (["query", "documents", "--area", "''"], {"1", "2", "3"}),
        (["query", "member-profile", "--member", "chinese"], {"Chinese Taipei"}),
        (["query", "member-profile", "--member", "中华"], {"中華臺北"}),
        (["describe", "Matthew"], {"Matthew Wilson"}),
        (["query", "evidence", "--thing", "Matthew"], {"Matthew Wilson"}),
        (["log", "--thing", "united"], {"United States", "United Kingdom"}),
        (["query", "revisions", "--symbol", "wt/min(17)"], {"WT/MIN(17)/58", "WT/MIN(17)/58/Rev.1"}),
    ],
)
def test_values_are_completed(run: Run, words: list[str], expected: set[str]) -> None:
    assert expected <= set(complete(run, *words))


def test_only_matching_values_are_completed(run: Run) -> None:
    assert complete(run, "query", "member-profile", "--member", "MX") == ["MX"]


TYPED = {
    "describe Chinese\\ T": ["describe", "Chinese Taipei"],
    'describe "Chinese T': ["describe", "Chinese Taipei"],
    "describe 'hong kong": ["describe", "Hong Kong, China"],
    "describe 中華臺": ["describe", "中華臺北"],
    'describe "wt/min(17)/58/r': ["describe", "WT/MIN(17)/58/Rev.1"],
    "query evidence --thing Matthew\\ W": ["query", "evidence", "--thing", "Matthew Wilson"],
    "query documents --kind annual": ["query", "documents", "--kind", "annual report"],
    "query member-profile --member 巴貝": ["query", "member-profile", "--member", "巴貝多"],
}


def test_bash_completes_names_with_blanks_and_parentheses(tmp_path: Path) -> None:
    """A real bash on a terminal: what is typed, a tab and a return give the words that a program gets."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    program = tmp_path / "msme-kg"
    program.write_text(
        f'#!/bin/sh\n[ -z "$_MSME_KG_COMPLETE" ] || exec {sys.executable} -m msme_kg "$@"\n'
        f'printf "%s\\n" "$@" > {tmp_path}/got.new; mv {tmp_path}/got.new {tmp_path}/got\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    more = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "TERM": "dumb", "PS1": "$ "}
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        os.execve(bash, ["bash", "--norc", "--noprofile", "-i"], environment(more=more))  # noqa: S606 (a terminal of its own)
    try:
        os.write(terminal, b"bind 'set bell-style none'; eval \"$(_MSME_KG_COMPLETE=bash_source msme-kg)\"\n")
        for typed, words in TYPED.items():
            (tmp_path / "got").unlink(missing_ok=True)
            os.write(terminal, f"msme-kg {typed}\t\n".encode())
            shown = wait_for(tmp_path / "got", terminal)
            assert (tmp_path / "got").exists(), shown
            assert (tmp_path / "got").read_text(encoding="utf-8").splitlines() == words, shown
    finally:
        os.close(terminal)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def wait_for(file: Path, terminal: int) -> str:
    """Read the terminal until a file is there, and return what it showed."""
    shown = b""
    deadline = time.monotonic() + LONGEST
    while not file.exists() and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.05)[0]:
            shown += os.read(terminal, 4096)
    return shown.decode(errors="replace")


def test_fish_and_bash_get_scripts_that_keep_names_whole(run: Run) -> None:
    assert "split --max 1" in run(env={"_MSME_KG_COMPLETE": "fish_source"}).out
    assert "printf -v value '%q'" in run(env={"_MSME_KG_COMPLETE": "bash_source"}).out
