"""Tables as people see them: folded on a terminal, with their size in words, and hints at wider answers."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from conftest import LONGEST, Run, environment

from msme_kg.rdf.source_excerpt import measure_width

MEMBERS = ("query", "members", "--as-of", "2017-12-13")


def show(folder: Path, *args: str, width: int = 80) -> tuple[str, str]:
    """Run the command line on a terminal of a width, and return what it shows and its notes."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    variables = environment("2025-12-31")
    variables.pop("COLUMNS", None)
    with (folder / "notes").open("wb") as notes:
        process = subprocess.Popen(
            [sys.executable, "-m", "msme_kg", *args], stdout=child, stderr=notes, cwd=folder, env=variables
        )
        os.close(child)
        shown = b""
        while True:
            try:
                chunk = os.read(parent, 65536)
            except OSError:  # Linux: the other end is closed
                break
            if not chunk:
                break
            shown += chunk
        os.close(parent)
        assert process.wait(LONGEST) == 0
    return shown.decode().replace("\r\n", "\n"), (folder / "notes").read_text()


@pytest.mark.parametrize("lang", ["en", "zh-Hant"])
def test_a_table_fits_the_terminal_and_says_how_many_rows(lang: str, tmp_path: Path, run: Run) -> None:
    options = (*MEMBERS, "--lang", lang, "--limit", "6")
    shown, _ = show(tmp_path, *options, width=60)
    assert all(measure_width(line) <= 60 for line in shown.splitlines())
    last = {"en": "the first 6 of 42 rows", "zh-Hant": "共 42 列，此為前 6 列"}[lang]
    assert shown.endswith(f"\n\n{last}\n")
    piped = run(*options).out
    assert max(map(measure_width, piped.splitlines())) > 60
    assert last not in piped


def test_an_answer_without_rows_is_a_sentence(tmp_path: Path, run: Run) -> None:
    empty = ("query", "champions", "--year", "2031")
    assert show(tmp_path, *empty) == ("", "Nothing is recorded: Champions (year: 2031)\n")
    ended = run(*empty, "--lang", "zh-Hant", "--format", "csv")
    assert ended.out.count("\n") == 1  # a program gets the names of the columns
    assert ended.err == "查無紀錄：冠軍競賽得獎者（年度：2031）\n"
    assert run("sparql", "-e", "SELECT ?x { ?x a msme:Nothing }").err == "no rows\n"


def test_an_option_that_names_an_entity_is_shown_by_its_label(run: Run) -> None:
    ended = run("query", "documents", "--sponsor", "CN", "--to", "1990-01-01")
    assert "China" in ended.err


def test_an_answer_hints_at_what_a_wider_option_would_add(run: Run) -> None:
    possible = "hint: 31 more may have joined by then: --certainty possible\n"
    indirect = "hint: 10 more have indirect evidence only: --evidence indirect\n"
    assert run(*MEMBERS).err == possible + indirect
    assert run(*MEMBERS, "--format", "md").err == possible + indirect
    assert run(*MEMBERS, "--certainty", "certain").err == indirect
    assert run(*MEMBERS, "--certainty", "possible", "--evidence", "indirect").err == ""
    assert run(*MEMBERS, "--evidence", "stated", "--format", "csv").err == ""
    chinese = run(*MEMBERS, "--lang", "zh-Hant").err
    assert "另有 31 個會員可能已加入：--certainty possible" in chinese


def test_the_list_of_queries_fits_the_terminal_too(tmp_path: Path, run: Run) -> None:
    shown, _ = show(tmp_path, "query")
    assert all(measure_width(line) <= 80 for line in shown.splitlines())
    assert "coverage" in shown
    assert run("log", "--lang", "zh-Hant", "--limit", "0").out.split()[:3] == ["日期", "更新", "事物"]
