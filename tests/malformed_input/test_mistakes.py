"""Each kind of mistake is named with its place, source line, caret, likely cause and cure."""

from __future__ import annotations

import ast
import json
import re
import tomllib
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import mistakes
import pyoxigraph as ox
import pytest
from conftest import ROOT, Run
from mistakes import Mistake

from msme_kg.changes.table_input import read_table
from msme_kg.errors import InputError, KGError
from msme_kg.rdf.encoding import decode_utf8
from msme_kg.rdf.parser import parse
from msme_kg.rdf.source_excerpt import MAX_WIDTH, render_excerpt
from msme_kg.sparql.query_header import parse_query
from msme_kg.sparql.syntax_error import build_syntax_error

MESSAGES = tomllib.loads((ROOT / "msme_kg/messages/syntax.toml").read_text(encoding="utf-8"))
FORMATS: dict[str, tuple[list[Mistake], str, str]] = {
    "a.ttl": (mistakes.TURTLE, mistakes.HEAD, ""),
    "other.ttl": (mistakes.OTHER_TURTLE, "", ""),
    "a.nt": (mistakes.NTRIPLES, "", ""),
    "a.trig": (mistakes.TRIG, mistakes.HEAD, ""),
    "a.jsonld": (mistakes.JSON, "", ""),
    "a.rdf": (mistakes.RDF_XML, mistakes.XML, mistakes.END),
    "other.rdf": (mistakes.OTHER_XML, "", ""),
    "query": (mistakes.SPARQL, mistakes.QUERY, ""),
    "a.ru": (mistakes.UPDATE, mistakes.QUERY, ""),
    "a.rq": (mistakes.YAML, "", ""),
    "a.csv": (mistakes.TABLE, "", ""),
}
CASES = [
    pytest.param(name, before + one.text + after, one, id=f"{name}-{one.code}-{number}")
    for name, (some, before, after) in FORMATS.items()
    for number, one in enumerate(some)
]


def run_query(text: str) -> None:
    try:
        ox.Store().query(text)
    except SyntaxError as error:
        raise build_syntax_error(error, text) from None


def run_update(text: str) -> None:
    try:
        ox.Store().update(text)
    except SyntaxError as error:
        raise build_syntax_error(error, text, "a.ru") from None


def read_rows(text: str, folder: Path) -> None:
    """Read a table; raise its first error."""
    file = folder / "a.csv"
    file.write_text(text, encoding="utf-8", newline="")
    errors = read_table(str(file), ["title", "url", "date"]).errors
    if errors:
        raise errors[0]


def find_error(name: str, text: str, folder: Path) -> KGError:
    """Read a malformed text; return the error."""
    readers: dict[str, Callable[[], object]] = {
        "query": lambda: run_query(text),
        "a.ru": lambda: run_update(text),
        "a.rq": lambda: parse_query(text, name),
        "a.csv": lambda: read_rows(text, folder),
    }
    with pytest.raises(InputError) as caught:
        readers.get(name, lambda: list(parse(text.encode(), name)))()
    return caught.value


@pytest.mark.parametrize(("name", "text", "mistake"), CASES)
def test_mistake_is_named_with_its_place_and_cure(
    name: str, text: str, mistake: Mistake, tmp_path: Path
) -> None:
    error = find_error(name, text, tmp_path)
    assert error.code == f"syntax/{mistake.code}", error
    assert error.location
    place = f"{error.location.line}:{error.location.column}".removesuffix(":0")
    assert place == mistake.place, error
    assert mistake.words in str(error)
    printed = str(error).replace(str(tmp_path), "")
    assert {unicodedata.category(char) for char in printed} & {"Cc", "Cf", "Zl", "Zp"} <= {"Cc"}
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", printed)


@pytest.mark.parametrize(("name", "text", "mistake"), CASES)
def test_caret_is_under_the_place(name: str, text: str, mistake: Mistake, tmp_path: Path) -> None:
    location = find_error(name, text, tmp_path).location
    assert location
    lines = text.split("\n") if name != "a.csv" else re.split(r"\r\n?|\n", text)
    if ":" not in mistake.place or not lines[location.line - 1].strip(" \t\r"):
        return
    shown, caret = location.excerpt.split("\n")
    source = lines[location.line - 1].rstrip("\r")
    widths = {char: 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in shown}
    at = sum(widths[char] for char in shown[: len(shown)])
    assert caret.strip() == "^"
    assert len(caret) - 1 <= at
    # Whatever stands before the caret is what stands before the place, with escapes for unseen characters.
    before, width = "", 0
    for char in shown:
        if width >= len(caret) - 1:
            break
        before += char
        width += widths[char]
    unescaped = re.sub(r"\\u([0-9a-f]{4})(?![0-9A-F])", lambda match: chr(int(match[1], 16)), before[2:])
    if "\\u" not in source:
        assert unescaped.replace("    ", "\t") == source[: location.column - 1].replace("    ", "\t")


def test_kinds_are_many_and_each_message_is_used() -> None:
    """Each id of the catalog of messages has a mistake in the table, but for those of other tests."""
    codes = {one.code for some, _, _ in FORMATS.values() for one in some}
    elsewhere = {"encoding", "lost-character", "check-focus", "too-long", "other"}
    assert {key.partition("/")[0] for key in MESSAGES} - codes == elsewhere
    assert len(codes) >= 90
    constants = {
        node.value
        for path in (ROOT / "msme_kg").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    unused = {
        key
        for key in MESSAGES
        if key not in constants
        and not {key.partition("/")[0] + "/", key.partition("/")[0]} & constants
        and key.partition("/")[2] not in constants
    }
    assert unused == set()


@pytest.mark.parametrize(
    ("text", "encoding", "words"),
    [
        ("世界貿易組織微中小企業非正式工作小組", "big5", "Big5"),
        ("世界贸易组织微中小企业非正式工作组", "gbk", "GB 2312"),
        ("世界貿易機関の中小企業に関する非公式作業部会です", "cp932", "Shift JIS"),
        ("café", "latin-1", "Latin-1"),
        ("a – b", "cp1252", "Windows-1252"),
        ("plain text of some length", "utf-16", "UTF-16"),
        ("plain text of some length", "utf-16-le", "UTF-16"),
        ("plain text", "utf-32", "UTF-32"),
    ],
)
def test_other_encodings_are_named(text: str, encoding: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        decode_utf8(f"# one\n{text}\n".encode(encoding), "a.ttl")
    assert caught.value.code == "syntax/encoding"
    assert words in str(caught.value)
    if not encoding.startswith("utf"):
        assert text in str(caught.value), "the excerpt shows the text as it was meant"


def test_one_broken_byte_in_utf8_is_not_another_encoding() -> None:
    with pytest.raises(InputError) as caught:
        decode_utf8("# 世界貿易組織 中小企業\n".encode() + b"caf\xe9\n", "a.ttl")
    assert "looks like" not in str(caught.value)
    assert "a.ttl:2:4: error: not UTF-8" in str(caught.value)


@pytest.mark.parametrize("text", ["ex:a ex:b 😀 .", "ex:a ex:b … ."])
def test_no_guess_where_no_cause_is_likely(text: str, tmp_path: Path) -> None:
    error = find_error("a.ttl", mistakes.HEAD + text, tmp_path)
    assert error.hint is None
    assert "hint" not in str(error)
    assert "2:11" in str(error)


def test_long_lines_are_cut_around_the_place() -> None:
    shown, caret = render_excerpt("x" * 5000 + "?" + "y" * 5000, 5001).split("\n")
    assert len(shown) <= MAX_WIDTH + 4
    assert shown[len(caret) - 1] == "?"
    assert (shown.strip()[0], shown[-1]) == ("…", "…")


@pytest.mark.parametrize(
    ("source", "column", "before"),
    [
        ("\tx", 2, 6),
        ("中文x", 3, 6),
        ("e\u0301x", 3, 3),
        ("\u200bx", 2, 8),
        ("🧀x", 2, 4),
        ("x", 1, 2),
        ("x", 2, 3),
    ],
)
def test_tabs_wide_and_unseen_characters_keep_the_caret_in_place(
    source: str, column: int, before: int
) -> None:
    assert render_excerpt(source, column).split("\n")[1] == " " * before + "^"


def test_prefix_of_the_graph_is_suggested(run: Run, tmp_path: Path) -> None:
    (tmp_path / "new.ttl").write_text("<http://e/a> <http://e/b> member:in .\n", encoding="utf-8")
    for words in (("validate", "new.ttl"), ("check", "--add", "new.ttl")):
        ended = run(*words)
        assert ended.code == 3
        assert "@prefix member: <https://w3id.org/msme-kg/member/> ." in ended.err


def test_query_may_use_prefixes_of_the_graph_before_its_mistake(run: Run) -> None:
    ended = run("sparql", "-e", "SELECT ?s WHERE { ?s a msme:Membership FILTER ?s > 1 }")
    assert ended.code == 3
    assert "the condition of `FILTER` is not in parentheses" in ended.err


@pytest.mark.parametrize("words", [("validate", "bad.ttl"), ("check", "--add", "bad.ttl")])
def test_machine_formats_carry_the_same_with_the_stable_id(
    words: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    (tmp_path / "bad.ttl").write_text(mistakes.HEAD + "ex:a ex:b ex:c\nex:d ex:e ex:f .\n", encoding="utf-8")
    text = run(*words)
    assert (text.code, text.out) == (3, "")
    code = "syntax/missing-dot"
    for form in ("json", "sarif", "github"):
        ended = run(*words, "--format", form)
        assert ended.code == 3
        assert ended.err == text.err
        assert code in ended.out
        assert "is missing at the end of line 2. each statement ends with a dot" in ended.out
    whole = json.loads(run(*words, "--format", "sarif").out)
    (result,) = whole["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 2, "startColumn": 15}
    assert whole["runs"][0]["invocations"] == [{"executionSuccessful": False}]
    (finding,) = json.loads(run(*words, "--format", "json").out)["findings"]
    assert (finding["file"], finding["line"], finding["column"]) == ("bad.ttl", 2, 15)
    assert "file=bad.ttl,line=2,col=15,title=syntax/missing-dot" in run(*words, "--format", "github").out


def test_file_of_a_query_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my.rq").write_text("SELECT * WHERE { ?s ?p ?o\n", encoding="utf-8")
    assert run("sparql", "my.rq").err.startswith("my.rq:1:16: error: query syntax: the `{`")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("severity: violation", "severity: fatal"), "untyped.rq:2: error: `fatal` is not a severity"),
        (("#+ severity: violation\n", ""), "error: a check needs severity, problem and solution"),
        (("?focus", "?thing"), "error: the query of a check selects no `?focus`"),
    ],
)
def test_faulty_check_is_named_with_its_place(
    change: tuple[str, str], says: str, copy_of_graph: Path, run: Run
) -> None:
    check = copy_of_graph / "queries/checks/untyped.rq"
    text = check.read_text(encoding="utf-8")
    assert change[0] in text
    check.write_text(text.replace(*change), encoding="utf-8")
    ended = run("--root", copy_of_graph, "validate")
    assert ended.code == 3
    assert says in ended.err
    assert "hint: " in ended.err


LONG = 17_000_000


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        (
            "a.ttl",
            b'<http://e/a> <http://e/b> 1 .\n<http://e/a> <http://e/b> "' + b"\\u0041" * (LONG // 6) + b'" .',
            "2:27",
        ),
        ("a.ttl", b"<http://e/a> <http://e/b> <http://e/" + b"x" * LONG + b"> .", "1:27"),
        ("a.nt", b'<http://e/a> <http://e/b> "' + b"x" * LONG + b'" .', "1:27"),
        ("a.ttl", b"#" + b"x" * LONG + b"\n<http://e/a> <http://e/b> 1 .", "1:1"),
        ("a.jsonld", b'{"http://e/b": "' + b"x" * LONG + b'"}', "1:16"),
    ],
    ids=["escapes", "iri", "ntriples", "comment", "json"],
)
def test_term_that_exceeds_the_buffer_of_the_parser_is_malformed_input(
    name: str, content: bytes, place: str
) -> None:
    with pytest.raises(InputError) as caught:
        list(parse(content, name))
    assert str(caught.value).startswith(f"{name}:{place}: error: a term or comment longer than 16 MB")
    assert caught.value.code == "syntax/too-long"


def test_repeated_columns_are_reported_once_and_their_cells_have_no_effect(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("url,url,url,foo,foo\nhttps://x.org/,b,,c,d\n", encoding="utf-8")
    table = read_table(str(tmp_path / "a.csv"), ["title", "url", "date"])
    errors = table.errors
    assert table.rows[0].cells["url"] == "https://x.org/"
    assert [error.message for error in errors] == [
        "column 'url' occurs twice",
        "unknown column 'foo'",
        "column 'foo' occurs twice",
    ]


@pytest.mark.parametrize("first", ["[Content_Types].xml", "docProps/app.xml", "xl/large.xml", "mimetype"])
def test_office_documents_are_not_called_archives(first: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as file:
        is_open = first == "mimetype"
        file.writestr(first, "application/vnd.oasis.opendocument.spreadsheet" if is_open else "x" * 5000)
        if not is_open and first != "[Content_Types].xml":
            file.writestr("[Content_Types].xml", "x")
    with pytest.raises(InputError, match="an Office document"):
        read_table(str(tmp_path / "a.xlsx"), ["title"])


@pytest.mark.parametrize(
    "data", ["<< ex:a ex:b ex:c >> ex:d 1", "ex:a ex:b <<( ex:a ex:b ex:c )>>", "ex:a ex:b 1 {| ex:c 2 |}"]
)
def test_quoted_triple_in_an_update_is_refused_with_its_file(data: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.ru").write_text(f"{mistakes.QUERY}INSERT DATA {{ {data} }}\n", encoding="utf-8")
    ended = run("check", "--update", "a.ru")
    assert ended.code == 3
    assert ended.err.startswith("a.ru: error: a quoted triple")
