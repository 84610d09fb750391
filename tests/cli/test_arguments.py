"""Arguments and variables that are not UTF-8, hold control characters, or name no absolute folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from conftest import ROOT, Run, environment

BIG5 = os.fsdecode("中文".encode("big5"))
UPDATE = '<https://w3id.org/msme-kg/source/brief> <http://www.w3.org/2004/02/skos/core#altLabel> "{}"@en .\n'
MEMBERS = ("query", "members", "--as-of", "2023-08-01", "--format", "csv")


@pytest.mark.parametrize(
    ("args", "name"),
    [
        (["sparql", "-e", f'ASK {{ ?s ?p "{BIG5}" }}'], "-e"),
        (["describe", BIG5], "THING"),
        (["search", "us", BIG5], "WORDS"),
        (["query", "evidence", "--thing", BIG5], "--thing"),
        (["query", "members", "--endpoint", f"http://127.0.0.1:1/{BIG5}"], "--endpoint"),
        (["new", "source", "--note", BIG5], "--note"),
        (["apply", "--yes", "--add", "a.ttl", "--message", BIG5], "--message"),
        (["apply", "--yes", "--add", "a.ttl", f"--author={BIG5}"], "--author"),
        (["portal", "out", "--base-url", f"https://example.org/{BIG5}"], "--base-url"),
        (["site", "out", "--base-url", f"https://example.org/{BIG5}"], "--base-url"),
        (["brief", "--as-of", BIG5], "--as-of"),
        (["export", "turtle", "--graph", BIG5], "--graph"),
        (["validate", "--changed-since", BIG5], "--changed-since"),
        (["push", f"http://127.0.0.1:1/{BIG5}"], "URL"),
    ],
)
def test_text_that_is_not_utf8_exits_with_2(args: list[str], name: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.ttl").touch()
    ended = run(*args)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"Error: the value of {name} is not UTF-8: ")
    assert "\\udca4\\udca4" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["a.ttl"]


@pytest.mark.parametrize("args", [[BIG5], ["query", BIG5], ["info", f"--{BIG5}"], ["info", "--lang", BIG5]])
def test_names_of_commands_and_options_that_are_not_utf8_exit_with_2(args: list[str], run: Run) -> None:
    ended = run(*args)
    assert (ended.code, ended.out, "\\udca4" in ended.err) == (2, "", True)


def test_a_file_whose_name_is_not_utf8_is_read_and_written(
    tmp_path: Path, copy_of_graph: Path, run: Run
) -> None:
    data, report = tmp_path / f"{BIG5}.ttl", tmp_path / f"{BIG5}.txt"
    data.write_text(UPDATE.format("U.S. of A."))
    query = tmp_path / f"{BIG5}.rq"
    query.write_text("ASK {}")
    root = copy_of_graph.rename(tmp_path / f"{BIG5}-graph")
    for args in (
        ("sparql", query),
        ("validate", data),
        ("check", "--add", data),
        ("diff", data),
        ("query", "members", "--limit", "1"),
        ("apply", "--yes", "--add", data),
        ("export", "csv", "-o", tmp_path / BIG5),
    ):
        ended = run("--root", root, *args, "-o", report) if "csv" not in args else run("--root", root, *args)
        assert ended.code == 0, ended.err
    assert "U.S. of A." in (root / "data/sources.ttl").read_text()
    assert (tmp_path / BIG5 / "member.csv").exists()


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "turtle"])
def test_findings_in_a_file_whose_name_is_not_utf8_are_reported(form: str, tmp_path: Path, run: Run) -> None:
    data = tmp_path / f"{BIG5}.ttl"
    data.write_text("<https://w3id.org/msme-kg/member/us> a <https://w3id.org/msme-kg/ontology#Nothing> .")
    for args in (("validate", data), ("check", "--add", data)):
        ended = run(*args, "--format", form)
        assert ended.code in {0, 1}, ended.err
        assert run(*args, "--format", form, "-o", "report").code == ended.code
        assert (tmp_path / "report").read_text() == ended.out
        if form in {"json", "sarif"}:
            json.loads(ended.out)


@pytest.mark.parametrize("name", ["MSME_KG_ROOT", "MSME_KG_TODAY", "MSME_KG_CACHE", "SOURCE_DATE_EPOCH"])
def test_variables_that_are_not_utf8_end_in_no_bug(name: str, run: Run) -> None:
    for args in (["query", "members"], ["portal", "out"]):
        ended = run(*args, env={name: BIG5})
        assert ended.code in {0, 2}, ended.err


@pytest.mark.parametrize(
    "variables",
    [
        {"XDG_CACHE_HOME": "cache", "HOME": "home"},
        {"XDG_CACHE_HOME": "", "HOME": "home"},
        {"XDG_CACHE_HOME": "./cache", "HOME": ""},
        {"HOME": "{missing}"},
        {"XDG_CACHE_HOME": "cache", "HOME": "{home}"},
        {"XDG_CACHE_HOME": "{home}/.cache", "HOME": "home"},
    ],
)
def test_relative_folders_of_variables_make_nothing_here(variables: dict[str, str], tmp_path: Path) -> None:
    home, here = tmp_path / "absolute", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    given = {name: value.format(home=home, missing=tmp_path / "missing") for name, value in variables.items()}
    env = {key: text for key, text in environment().items() if key != "MSME_KG_CACHE"} | given
    command = [sys.executable, "-m", "msme_kg", "validate"]
    ended = subprocess.run(command, cwd=here, env=env, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert list(here.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["absolute", "here"]
    assert (home / ".cache/msme-kg").is_dir() == ("{home}" in "".join(variables.values()))


@pytest.mark.parametrize(
    ("text", "recorded"),
    [
        ("first line\nsecond line", "first line second line"),
        ("pasted from Word\x0bhere\r\n\ttoo\u2028and\x85there ", "pasted from Word here too and there"),
        ("## 2099-01-01, 9\n\nforged", "\\#\\# 2099-01-01, 9 forged"),
        ("שלום\u200f עולם 👨\u200d👩\u200d👧", "שלום\u200f עולם 👨\u200d👩\u200d👧"),
        ("x" * 3000, "x" * 3000),
    ],
)
def test_author_and_message_are_one_line_of_the_changelog(
    text: str, recorded: str, copy_of_graph: Path, tmp_path: Path, run: Run
) -> None:
    for number, option in enumerate(("--author", "--message")):
        (tmp_path / "a.ttl").write_text(UPDATE.format(f"States {number}"))
        assert run("apply", "--root", copy_of_graph, "--yes", "--add", "a.ttl", option, text).code == 0
        lines = (copy_of_graph / "data/CHANGELOG.md").read_text().splitlines()
        assert [line for line in lines if line == recorded or line.endswith(f", by {recorded}")]
        assert sum(line.startswith("## ") for line in lines) == number + 1
    assert run("validate", "--root", copy_of_graph).code == 0
    assert "\\u000a" not in (copy_of_graph / "data/CHANGELOG.md").read_text()


@pytest.mark.parametrize("char", ["\x1b", "\x01", "\x7f", "\u202e", "\u2066", "\u200b", "\ufeff", "\ufffe"])
def test_an_invisible_character_in_author_or_message_is_refused(
    char: str, copy_of_graph: Path, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "a.ttl").write_text(UPDATE.format("States"))
    for option in ("author", "message"):
        ended = run("apply", "--root", copy_of_graph, "--yes", "--add", "a.ttl", f"--{option}=a{char}b")
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith(f"Error: {option} has U+{ord(char):04X}, an invisible character: ")
    assert (
        not (copy_of_graph / "data/CHANGELOG.md").exists()
        or "by a" not in (copy_of_graph / "data/CHANGELOG.md").read_text()
    )


@pytest.mark.parametrize(
    "args",
    [
        ["info", "\x1b[31m"],
        ["info", "--\x1b]0;title\x07"],
        ["query", "members", "--limit", "\u202e1"],
        ["query", "members", "--format", "\x9b31m"],
        ["export", "\x1b[2J"],
        ["site", "/proc/\x1b[31m"],
        ["sparql", "\U000e0041.rq"],
    ],
)
def test_control_characters_of_arguments_are_escaped_in_every_error(args: list[str], run: Run) -> None:
    ended = run(*args)
    assert ended.code in {2, 3, 6}
    assert {unicodedata.category(char) for char in ended.err if char != "\n"}.isdisjoint({"Cc", "Cf"})
    assert len(ended.err.splitlines()) == 2


def test_text_of_a_graph_acts_on_no_terminal_in_help_and_completion(copy_of_graph: Path, run: Run) -> None:
    query = copy_of_graph / "queries/actors/members.rq"
    title = '#+ title: {en: "A \\e]0;t\\a", zh-Hant: "\\u202e甲"}'
    query.write_text("\n".join([title, *query.read_text().splitlines()[1:]]))
    data = copy_of_graph / "data/actors/members.ttl"
    data.write_text(data.read_text().replace('"Mexico"@en', '"Mexico\\n\\u001B]0;t"@en'))
    for args in (["query", "-h"], ["query"], ["--lang", "zh-Hant", "query", "members", "-h"]):
        out = run("--root", copy_of_graph, *args).out
        assert {unicodedata.category(char) for char in out if char != "\n"}.isdisjoint({"Cc", "Cf"})
    words = f"msme-kg query --root {copy_of_graph} member-profile --member MX"
    completing = {"_MSME_KG_COMPLETE": "zsh_complete", "COMP_WORDS": words, "COMP_CWORD": "6"}
    assert "Mexico\\u000a\\u001b]0;t\n" in run(env=completing).out


def test_an_escaped_character_beyond_the_basic_plane_has_eight_digits(run: Run) -> None:
    assert "\\U000e0041.rq" in run("sparql", "\U000e0041.rq").err


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"COMP_WORDS": "msme-kg query members"},
        {"COMP_WORDS": "msme-kg 'open", "COMP_CWORD": "1"},
        {"COMP_WORDS": "msme-kg query", "COMP_CWORD": "many"},
        {"COMP_WORDS": "msme-kg query", "COMP_CWORD": "-9"},
        {"COMP_WORDS": "msme-kg --root nowhere query m", "COMP_CWORD": "4"},
        {"COMP_WORDS": f"msme-kg describe {BIG5}", "COMP_CWORD": "2"},
    ],
)
@pytest.mark.parametrize("shell", ["bash_complete", "zsh_complete", "fish_complete", "bash_source", "x"])
def test_completion_prints_no_traceback(variables: dict[str, str], shell: str, run: Run) -> None:
    ended = run(env={"_MSME_KG_COMPLETE": shell, **variables})
    assert ended.code in {0, 1, 2}
    assert ended.err == ""


def test_a_bug_exits_with_70_with_its_traceback_too(tmp_path: Path) -> None:
    script = (
        "import sys; from msme_kg.cli import info; from msme_kg.cli.main import main\n"
        "sys.argv = ['msme-kg', '--debug', 'info'];"
        "info.command.callback = lambda **_: 1 / 0; main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment() | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 70
    assert ended.stderr.startswith(b"Traceback")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("query members --as-of 2020-01-01 --as-of 2023-01-01", "--as-of"),
        ("query members --as-of=2020-01-01 --as-of=2020-01-01", "--as-of"),
        ("--lang zh-Hant info --lang en", "--lang"),
        ("--root . --root . info", "--root"),
        ("info --format json --format table", "--format"),
        ("info --timeout 5 --timeout 9", "--timeout"),
        ("brief --as-of 2020-01-01 --since 2019-01-01 --as-of 2021-01-01", "--as-of"),
        ("export turtle -o a.ttl --output b.ttl", "--output"),
        ("new source --note a --note b", "--note"),
        ("sparql -e ASK{} -e ASK{}", "-e"),
    ],
)
def test_option_with_one_value_that_is_given_twice_exits_with_2(words: str, name: str, run: Run) -> None:
    ended = run(*words.split())
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"Error: {name} is given twice\nhint: ")


@pytest.mark.parametrize(
    "words",
    [
        ("export", "turtle", "--graph", "data/sources.ttl", "--graph", "data/actors/members.ttl"),
        ("info", "--debug", "--debug"),
        ("--debug", "info", "--debug"),
    ],
)
def test_repeatable_options_and_flags_may_be_given_twice(words: tuple[str, ...], run: Run) -> None:
    assert run(*words).code == 0


@pytest.mark.parametrize("name", ["documents", "timeline", "meetings", "accessions", "changes"])
def test_period_that_ends_before_it_begins_exits_with_2(name: str, run: Run) -> None:
    ended = run("query", name, "--from", "2024-01-01", "--to", "2020-01-01")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Error: --from 2024-01-01 is later than --to 2020-01-01\nhint: ")
    assert run("query", name, "--from", "2020-01-01", "--to", "2020-01-01").code == 0


def test_cache_within_the_graph_is_refused(run: Run, copy_of_graph: Path) -> None:
    (copy_of_graph.parent / "link").symlink_to(copy_of_graph / "data")
    for folder in (copy_of_graph, copy_of_graph / "data/cache", copy_of_graph.parent / "link/cache"):
        for command in ("info", "validate"):
            ended = run("--root", copy_of_graph, command, env={"MSME_KG_CACHE": str(folder)})
            assert (ended.code, ended.out) == (2, "")
            assert ended.err.startswith("Error: the cache lies within the graph: MSME_KG_CACHE is ")
    assert not (copy_of_graph / "data/cache").exists()
    beside = f"{copy_of_graph}-cache"
    assert run("--root", copy_of_graph, "info", env={"MSME_KG_CACHE": beside}).code == 0


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("query", "member-profile", "china"), "did you mean --member china?"),
        (("query", "members", "2020-01-01", "--limit", "1"), "did you mean --as-of 2020-01-01?"),
        (("query", "growth", "x"), "it takes no values"),
        (("new", "membership", "china"), "did you mean --member china?"),
    ],
)
def test_value_without_its_option_is_refused_with_the_option(
    words: tuple[str, ...], hint: str, run: Run
) -> None:
    ended = run(*words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.endswith(f"hint: {hint}\n")
