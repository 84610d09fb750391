"""The ending of an output names its format, and the language comes from option, variable or locale."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import LONGEST, Run, environment

AREAS = ("query", "work-areas", "--limit", "1")
EVENTS = ("sparql", "-e", "CONSTRUCT WHERE { ?s a msme:Event }", "--limit", "1")
BRIEF = ("brief", "--as-of", "2023-08-01")


@pytest.mark.parametrize(
    ("args", "file", "start"),
    [
        (AREAS, "a.csv", "number,area\r\n"),
        (AREAS, "a.CSV", "number,area\r\n"),
        (AREAS, "a.json", "[\n"),
        (AREAS, "a.md", "| "),
        (AREAS, "a.tsv", "?number\t?area\n"),
        (AREAS, "a.xml", '<?xml version="1.0" encoding="UTF-8"?>\n<sparql'),
        ((*AREAS, "--format", "srj"), "a.json", '{\n "head"'),
        ((*AREAS, "--format", "csv"), "a.txt", "number,area\r\n"),
        (AREAS, "a.2023-08-01", "Number  Work area\n"),
        (AREAS, "tmp.Xr5Tq0Wz9k", "Number  Work area\n"),
        (AREAS, "csv", "Number  Work area\n"),
        (AREAS, ".csv", "Number  Work area\n"),
        (EVENTS, "a.json", "[\n"),
        (EVENTS, "a.nt", "<https://"),
        (EVENTS, "a.xml", "<?xml"),
        (("sparql", "-e", "ASK {}"), "a.json", "true"),
        (BRIEF, "note.html", "<!DOCTYPE html>"),
        (BRIEF, "note.docx", "PK\x03\x04"),
        (("diff", "HEAD"), "d.json", "{"),
        (("validate",), "v.sarif", "{"),
        (("search", "China"), "s.csv", "thing,kind,name\r\n"),
        (("describe", "CN"), "d.csv", "direction,"),
        (("info",), "i.json", "{"),
        (("export", "turtle", "--graph", "data/dataset"), "e.ttl", "@prefix"),
    ],
)
def test_the_ending_names_the_format(
    args: tuple[str, ...], file: str, start: str, root: Path, tmp_path: Path, run: Run
) -> None:
    ended = run(*args, "--root", root, "--output", file)
    assert (ended.code, ended.out) == (0, ""), ended.err
    assert (tmp_path / file).read_bytes().decode("latin-1").startswith(start)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            (*AREAS, "-o", "a.png"),
            "no file ending in .png can be written here\nhint: name a file that ends in ",
        ),
        ((*AREAS, "-o", "a.json", "--format", "csv"), "the format csv contradicts the ending of a.json"),
        ((*EVENTS, "-o", "a.csv"), "no file ending in .csv can be written here"),
        ((*EVENTS, "-o", "a.csv", "--format", "turtle"), "the format turtle contradicts the ending of a.csv"),
        (
            (*BRIEF, "-o", "note.odt"),
            "hint: name a file that ends in .md, .html, .docx, or one without an ending",
        ),
        ((*BRIEF, "-o", "note.docx", "--format", "md"), "the format md contradicts the ending of note.docx"),
        (("query", "growth", "--plot", "g.gif"), "g.gif: no file ending in .gif can be written here"),
        (("export", "turtle", "-o", "a.nt"), "the format turtle contradicts the ending of a.nt"),
        (("new", "source", "-o", "s.csv"), "no file ending in .csv can be written here"),
        (("log", "-o", "l.html"), "no file ending in .html can be written here"),
    ],
)
def test_an_ending_that_does_not_fit_is_refused(
    args: tuple[str, ...], message: str, tmp_path: Path, run: Run
) -> None:
    ended = run(*args)
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_and_a_device_have_no_ending(tmp_path: Path, run: Run) -> None:
    (tmp_path / "null.csv").symlink_to(os.devnull)
    assert run(*AREAS, "-o", "null.csv", "--format", "json").code == 0


def test_a_binary_format_is_not_shown_on_a_terminal(tmp_path: Path) -> None:
    parent, child = pty.openpty()
    ended = subprocess.run(
        [sys.executable, "-m", "msme_kg", *BRIEF, "--format", "docx"],
        stdout=child,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment(),
        timeout=LONGEST,
        check=False,
    )
    os.close(child)
    os.close(parent)
    assert ended.returncode == 2
    assert b"docx cannot be shown on a terminal\nhint: name a file with --output FILE.docx" in ended.stderr


CHINESE, ENGLISH = "獲得資訊", "access to information"


@pytest.mark.parametrize(
    ("words", "variables", "expected"),
    [
        ((), {}, ENGLISH),
        (("--lang", "zh"), {}, CHINESE),
        (("--lang", "zh-TW"), {}, CHINESE),
        (("--lang=zh_TW.UTF-8",), {}, CHINESE),
        (("--lang", "ZH-hant-hk"), {}, CHINESE),
        (("--lang", "en_GB"), {"MSME_KG_LANG": "zh"}, ENGLISH),
        ((), {"MSME_KG_LANG": "zh-TW"}, CHINESE),
        ((), {"MSME_KG_LANG": "", "LANG": "zh_TW.UTF-8"}, CHINESE),
        ((), {"MSME_KG_LANG": "", "LANG": "zh_TW", "LC_MESSAGES": "en_US"}, ENGLISH),
        ((), {"MSME_KG_LANG": "", "LC_ALL": "zh_HK", "LC_MESSAGES": "en_US"}, CHINESE),
        ((), {"MSME_KG_LANG": "", "LC_ALL": "C"}, ENGLISH),
        ((), {"MSME_KG_LANG": "", "LANG": "zh_CN.UTF-8"}, ENGLISH),
        ((), {"MSME_KG_LANG": "", "LANG": "de_DE"}, ENGLISH),
    ],
)
def test_the_language_comes_from_option_variable_or_locale(
    words: tuple[str, ...], variables: dict[str, str], expected: str, run: Run
) -> None:
    variables = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "", **variables}
    assert expected in run(*AREAS, *words, env=variables).out
    assert expected in run(*words, *AREAS, env=variables).out


@pytest.mark.parametrize("variables", [{}, {"MSME_KG_LANG": "xx"}])
def test_a_language_that_the_graph_lacks_is_refused(variables: dict[str, str], run: Run) -> None:
    ended = run("info", *([] if variables else ["--lang", "zh-CN"]), env=variables)
    assert ended.code == 2
    assert "does not fit --lang/MSME_KG_LANG\nhint: one of en, zh-Hant" in ended.err
