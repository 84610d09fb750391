"""The commands query, sparql, describe, info and export: forms, options, exit codes and errors."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from conftest import SPECIAL, Result, Run, environment

BASE = "https://w3id.org/msme-kg/"
MEMBERS = ("query", "members", "--as-of", "2023-08-01")
HEAVY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?i) }"


def assert_fails(ended: Result, code: int) -> tuple[str, str]:
    """Assert the exit code of a failed run; return its message and hint, without the source line."""
    assert (ended.code, ended.out) == (code, ""), ended.err
    lines = [line for line in ended.err.splitlines() if not line.startswith("  ")]
    assert len(lines) == 2, ended.err
    assert lines[1].startswith("hint: ")
    assert len(ended.err) < 2000
    assert all(char == "\n" or unicodedata.category(char) not in {"Cc", "Cf"} for char in ended.err)
    return lines[0], lines[1]


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        (["quary"], "quary", "mean"),
        (["query", "membrs"], "membrs", "members"),
        (["query", "members", "--as-off", "2023-08-01"], "--as-off", "--as-of"),
        (["query", "members", "--as-of", "2023-02-29"], "2023-02-29", "2023-08-01, 2023-08 or 2023"),
        (["query", "members", "--as-of", "2023-8-1"], "2023-8-1", "2023-08-01, 2023-08 or 2023"),
        (["query", "members", "--as-of", "２０２３-08-01"], "--as-of", "2023-08-01, 2023-08 or 2023"),
        (["query", "members", "--certainty", "posible"], "posible", "possible"),
        (["query", "members", "--evidence", "zzz"], "zzz", "stated, shown, indirect"),
        (["query", "members", "--format", "jsn"], "jsn", ""),
        (["query", "members", "--limit", "-1"], "-1", ""),
        (["query", "members", "surplus"], "surplus", ""),
        (["query", "work-plan", "--year", "23"], "23", "2023"),
        (["query", "evidence"], "--thing", ""),
        (["query", "evidence", "--thing", "Matthew Willson"], "Matthew Willson", "person:matthew-wilson"),
        (["query", "package", "--symbol", "INF/MSME/4/Rev.3"], "--symbol", "INF/MSME/4/Rev.2"),
        (["query", "initiatives", "--kind", "platfrom"], "platfrom", "platform"),
        (["describe", "nothing is called so"], "nothing is called so", ""),
        (["describe"], "THING", ""),
        (["export", "turtel"], "turtel", ""),
        (["export", "turtle", "--graph", "data/actor"], "data/actor", "data/actors"),
        (["sparql"], "-e", ""),
        (["sparql", "a.rq", "-e", "ASK {}"], "-e", ""),
        (["sparql", "-e", "ASK {}", "--format", "turtle"], "turtle", "table"),
        (["sparql", "-e", "CONSTRUCT WHERE { ?s a ?o }", "--format", "csv"], "csv", "turtle"),
        (["info", "--lang", "fr"], "fr", ""),
        (["info", "--timeout", "0"], "--timeout", ""),
        (["info", "--timeout", "soon"], "--timeout", ""),
        (["info", "--root", "nowhere"], "nowhere", "--root"),
        (["query", "--root", "nowhere"], "nowhere", "--root"),
    ],
)
def test_wrong_usage_exits_with_2_and_names_near_matches(
    args: list[str], message: str, hint: str, run: Run
) -> None:
    first, second = assert_fails(run(*args), 2)
    assert first.startswith("Error: ")
    assert message in first
    assert hint in first + second


def test_help_is_shown_without_a_command(run: Run) -> None:
    ended = run()
    text = ended.out + ended.err
    assert text.lstrip().startswith("Usage: ")
    assert all(f"\n  {name} " in text for name in ("query", "sparql", "describe", "info", "export"))


def test_help_explains_options_in_the_chosen_language(run: Run) -> None:
    english, chinese = run("query", "members", "-h"), run("query", "members", "--lang", "zh-Hant", "-h")
    assert (english.code, chinese.code) == (0, 0)
    assert "the reference date" in english.out
    assert "查詢日期" in chinese.out
    assert "[default: today]" in english.out


def test_query_without_a_name_lists_all_queries(root: Path, run: Run) -> None:
    ended = run("query", "--lang", "zh-Hant")
    assert ended.out.splitlines()[0].split() == ["查詢", "名稱", "選項"]
    assert (ended.code, ended.err) == (0, "")
    assert "特定日期之小組會員" in ended.out
    assert "--as-of --certainty --evidence --eu" in ended.out
    files = [path for path in (root / "queries").rglob("*.rq") if path.parent.name not in SPECIAL]
    assert len(ended.out.splitlines()) == 2 + len(files)


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("SELECT ?s\nWHERE { ?s ?p ?o }\nORDER BI ?s\n", "3:"),
        ("SELEKT ?s WHERE { ?s ?p ?o }", "1:1"),
        ("SELECT ?s WHERE { ?s nosuchprefix:a ?o }", "1:"),
        ("SELECT ?s (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", "1:"),
        ("#", "1:1"),
    ],
)
def test_a_syntax_error_in_a_query_exits_with_3_and_names_line_and_column(
    query: str, place: str, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "a.rq").write_text(query)
    for ended in (
        run("sparql", "-e", query),
        run("sparql", "a.rq"),
        run("sparql", "-", stdin=query.encode()),
    ):
        first, _ = assert_fails(ended, 3)
        assert f":{place}" in first
        assert "error: query syntax: " in first


def test_an_unreadable_query_file_exits_with_3(tmp_path: Path, run: Run) -> None:
    assert assert_fails(run("sparql", "none.rq"), 3)[0].startswith("none.rq: error: ")
    assert assert_fails(run("sparql", "."), 3)[0].startswith(".: error: ")
    (tmp_path / "latin.rq").write_bytes(b"ASK {}\n# caf\xe9")
    assert assert_fails(run("sparql", "latin.rq"), 3)[0].startswith("latin.rq:2")
    assert run("sparql", "-", stdin=b"\xef\xbb\xbfASK {}").code == 0


def test_a_malformed_data_file_exits_with_3_and_names_the_location(copy_of_graph: Path, run: Run) -> None:
    file = copy_of_graph / "data" / "sources.ttl"
    file.write_bytes(file.read_bytes() + b"\nsource:x a msme:Source ;; .\n_:x _:y\n")
    line = file.read_bytes().count(b"\n")
    for args in (["info"], [*MEMBERS], ["describe", "US"], ["export", "turtle"], ["sparql", "-e", "ASK {}"]):
        first, _ = assert_fails(run(*args, "--root", copy_of_graph), 3)
        assert first.startswith(f"data/sources.ttl:{line}:")


@pytest.mark.parametrize(
    "query",
    [
        "INSERT DATA { <a:b> <a:b> <a:b> }",
        "PREFIX a: <a:> DELETE WHERE { ?s ?p ?o }",
        "BASE <a:b> DROP ALL",
        "# only a remark\nCLEAR DEFAULT",
        "LOAD <http://127.0.0.1:9/>",
        "copy <a:b> TO <a:c>",
        "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * WHERE { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }",
        'SELECT * WHERE { BIND("\\"" AS ?x) SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }',
        "SELECT * WHERE { FILTER(1 < 2) SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } FILTER(2 > 1) }",
    ],
)
def test_updates_and_service_calls_are_refused_with_4(query: str, run: Run) -> None:
    assert_fails(run("sparql", "-e", query), 4)


@pytest.mark.parametrize(
    "query",
    [
        'ASK { FILTER("SERVICE <http://x/> DROP ALL" != "") }',
        "ASK { # SERVICE <http://x/> {}\n}",
        "PREFIX service: <a:> PREFIX drop: <a:> SELECT ?drop WHERE { BIND(1 AS ?drop) }",
        'ASK { BIND("((((((((((" AS ?x) }',
    ],
)
def test_keywords_in_strings_comments_and_names_are_not_refused(query: str, run: Run) -> None:
    ended = run("sparql", "-e", query)
    assert (ended.code, ended.err) == (0, "")


DEEP = {
    "braces": "SELECT * WHERE " + "{" * 30_000 + "}" * 30_000,
    "brackets": "ASK { FILTER(" + "(" * 30_000 + "1" + ")" * 30_000 + ") }",
    "blank nodes": "ASK { ?s ?p " + "[ a " * 10_000 + "?o" + "]" * 10_000 + "}",
    "nots": "ASK { FILTER(" + "!" * 60_000 + "true) }",
    "signs": "SELECT (" + "- " * 30_000 + "1 AS ?x) WHERE {}",
    "paths": "ASK { ?s " + "(" * 30_000 + "a" + ")*" * 30_000 + " ?o }",
    "triple terms": "ASK { ?s ?p " + "<<( ?s ?p " * 5_000 + "?o" + " )>>" * 5_000 + " }",
    "too long": "ASK { " + "# remark\n" * 20_000 + "}",
}
LONG = {
    "unions": "SELECT * WHERE {" + "UNION".join(["{}"] * 13_000) + "}",
    "optionals": "SELECT * WHERE {" + "OPTIONAL{}" * 9_900 + "}",
    "sums": "SELECT (" + "+".join(["1"] * 49_000) + " AS ?x) WHERE {}",
    "ands": "ASK { FILTER(" + "&&".join(["1"] * 33_000) + ") }",
    "ors": "ASK { FILTER(" + "||".join(["0"] * 33_000) + ") }",
    "sequences": "ASK { ?s " + "/".join(["a"] * 49_000) + " ?o }",
    "alternatives": "ASK { ?s " + "|".join(["a"] * 49_000) + " ?o }",
    "binds": "SELECT * WHERE {" + "".join(f"BIND(1 AS ?v{n})" for n in range(5_000)) + "}",
    "minuses": "SELECT * WHERE {" + "MINUS{}" * 14_000 + "}",
    "filters": "SELECT * WHERE {" + "FILTER(1)" * 11_000 + "}",
    "triples": "ASK {" + "?s a ?o." * 11_000 + "}",
    "objects": "ASK { ?s a " + ",".join(["?o"] * 30_000) + " }",
    "lists": "ASK { ?s a (" + "1 " * 45_000 + ") }",
}


@pytest.mark.parametrize("what", DEEP)
def test_a_deeply_nested_query_is_refused_without_a_crash(what: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "deep.rq").write_text(DEEP[what])
    assert_fails(run("sparql", "deep.rq"), 4)


@pytest.mark.parametrize("what", LONG)
def test_a_long_flat_query_is_answered_or_refused(what: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "long.rq").write_text(LONG[what])
    ended = run("sparql", "long.rq", "--format", "csv")
    assert (ended.code, ended.err) == (0, "") or assert_fails(ended, 4)


def test_an_exceeded_deadline_exits_with_5(run: Run) -> None:
    for args in (["--timeout", "1", "sparql", "-e", HEAVY], ["sparql", "--timeout", "1", "-e", HEAVY]):
        first, second = assert_fails(run(*args), 5)
        assert "1 second" in first
        assert "--timeout" in second
    assert_fails(run(*MEMBERS, "--timeout", "0.001"), 5)


def test_ask_prints_true_or_false_and_sets_the_exit_code_on_request(run: Run) -> None:
    yes, no = "ASK { ?s a msme:WTOMember }", "ASK { ?s a <a:b> }"
    assert run("sparql", "-e", yes) == Result(0, "true\n", "")
    assert run("sparql", "-e", no) == Result(0, "false\n", "")
    assert run("sparql", "-e", yes, "--exit-code") == Result(0, "true\n", "")
    assert run("sparql", "-e", no, "--exit-code") == Result(1, "false\n", "")
    srj = run("sparql", "-e", no, "--format", "srj").out
    assert json.loads(srj)["boolean"] is False
    srx = ElementTree.fromstring(run("sparql", "-e", no, "--format", "srx").out)  # noqa: S314 (our own output)
    assert srx.findtext("{http://www.w3.org/2005/sparql-results#}boolean") == "false"


def test_common_options_work_before_and_after_the_command(copy_of_graph: Path, run: Run) -> None:
    (copy_of_graph / "queries" / "actors" / "members.rq").rename(copy_of_graph / "queries" / "mine.rq")
    wanted = run("query", "work-areas", "--lang", "zh-Hant")
    assert "獲得資訊" in wanted.out
    assert run("--lang", "zh-Hant", "query", "work-areas") == wanted
    assert run("query", "--lang", "zh-Hant", "work-areas") == wanted
    assert run("query", "--lang=zh-Hant", "work-areas") == wanted
    assert run("query", "work-areas", "--lang=ZH-hant") == wanted
    assert_fails(run("query", "work-areas", "--lang", "fr"), 2)
    mine = ("--as-of", "2023-08-01")
    expected = run("--root", copy_of_graph, "query", "mine", *mine)
    assert expected.code == 0
    assert run("query", "--root", copy_of_graph, "mine", *mine) == expected
    assert run("query", "mine", *mine, "--root", copy_of_graph) == expected
    assert run("query", "mine", *mine, f"--root={copy_of_graph}") == expected
    assert run("query", "mine", *mine, env={"MSME_KG_ROOT": str(copy_of_graph)}) == expected
    assert run("query", "members", *mine, env={"MSME_KG_ROOT": str(copy_of_graph)}).code == 2
    for place in (["--debug", "info"], ["info", "--debug"]):
        assert run(*place).code == 0


def read_srx(text: str) -> list[list[str | None]]:
    space = "{http://www.w3.org/2005/sparql-results#}"
    tree = ElementTree.fromstring(text)  # noqa: S314 (our own output)
    names = [one.get("name") for one in tree.iter(f"{space}variable")]
    rows = []
    for result in tree.iter(f"{space}result"):
        cells = {one.get("name"): "".join(one.itertext()) for one in result}
        rows.append([cells.get(name) for name in names])
    return rows


@pytest.mark.parametrize(
    "query",
    [
        (*MEMBERS,),
        ("query", "coordinators"),
        ("query", "work-plan", "--lang", "zh-Hant"),
        ("query", "evidence", "--thing", "WT/MIN(17)/58"),
        (
            "sparql",
            "-e",
            'SELECT ("a\\"b|c,\\n\\t<&\\\\ 中" AS ?x) ("é"@zh-Hant AS ?y) (1.50 AS ?z) ?none {}',
        ),
    ],
)
def test_every_format_of_a_select_has_the_same_rows(query: tuple[str, ...], run: Run) -> None:
    def render(form: str) -> str:
        ended = run(*query, "--format", form, today="2023-08-01")
        assert ended.code == 0
        assert ended.err == "" or (
            form in {"md", "table"} and ended.err.startswith(("hint: ", "註：採用 --year 2023："))
        )
        assert ended.out.endswith("\n")
        return ended.out

    columns, *expected = csv.reader(io.StringIO(render("csv"), newline=""))
    assert expected
    assert read_srx(render("srx")) == [[cell or None for cell in row] for row in expected]
    for form, syntax in (
        ("srj", ox.QueryResultsFormat.JSON),
        ("srx", ox.QueryResultsFormat.XML),
        ("tsv", ox.QueryResultsFormat.TSV),
    ):
        parsed = ox.parse_query_results(render(form).encode(), format=syntax)
        assert [name.value for name in parsed.variables] == columns
        assert [
            [row[at].value if row[at] else "" for at in range(len(columns))] for row in parsed
        ] == expected
    objects = json.loads(render("json"))
    assert [json.loads(line) for line in render("jsonl").splitlines()] == objects
    assert all(list(one) == columns for one in objects)
    texts = [["" if cell is None else str(cell) for cell in one.values()] for one in objects]
    assert [[cell.replace("1.50", "1.5") for cell in row] for row in expected] == texts
    lines = render("md").splitlines()
    assert len(lines) == len(expected) + 2
    shown = [cells for cells in zip(*expected, strict=True) if any(cells) or query[0] == "sparql"]
    assert {line.replace("\\|", "").count("|") for line in lines} == {len(shown) + 1}
    assert len(render("table").splitlines()) == len(expected) + 2


def test_numbers_are_json_numbers(run: Run) -> None:
    (row,) = json.loads(run("query", "coverage", "--as-of", "2023-08-01", "--format", "json").out)
    assert (row["stated"], row["named"], row["unnamed"]) == (98, 79, 9)
    assert row["as_of"] == "2023-08-01"


def test_labels_replace_iris_on_request(run: Run) -> None:
    plain = run(*MEMBERS, "--format", "csv", "--limit", "1").out
    english = run(*MEMBERS, "--format", "csv", "--limit", "1", "--labels").out
    chinese = run(*MEMBERS, "--format", "csv", "--limit", "1", "--labels", "--lang", "zh-Hant").out
    assert f"{BASE}member/af" in plain
    assert BASE not in english + chinese
    assert "Afghanistan" in english
    assert "阿富汗" in chinese
    for form in ("json", "jsonl", "tsv"):
        assert "Afghanistan" in run(*MEMBERS, "--format", form, "--limit", "1", "--labels").out
        assert "Afghanistan" not in run(*MEMBERS, "--format", form, "--limit", "1").out


@pytest.mark.parametrize("count", [0, 1, 79, 1000])
def test_limit_keeps_the_first_rows(count: int, run: Run) -> None:
    whole = run(*MEMBERS, "--format", "csv").out.splitlines()
    assert run(*MEMBERS, "--format", "csv", "--limit", str(count)).out.splitlines() == whole[: count + 1]
    query = "SELECT ?s WHERE { ?s a msme:WTOMember } ORDER BY ?s"
    assert len(run("sparql", "-e", query, "--format", "csv", "--limit", "3").out.splitlines()) == 4


def test_output_goes_to_a_file_or_with_a_dash_to_standard_output(tmp_path: Path, run: Run) -> None:
    for args in (
        [*MEMBERS, "--format", "csv"],
        ["sparql", "-e", "ASK {}"],
        ["describe", "US"],
        ["info"],
        ["export", "turtle", "--graph", "data/actors/posts"],
        ["query"],
    ):
        straight = run(*args)
        assert straight.code == 0
        assert run(*args, "--output", "-") == straight
        assert run(*args, "--output", "file.txt") == Result(0, "", "")
        assert (tmp_path / "file.txt").read_bytes().decode() == straight.out
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


def test_an_unwritable_output_exits_with_6_and_changes_nothing(tmp_path: Path, run: Run) -> None:
    (tmp_path / "folder").mkdir()
    for target in ("missing/file.csv", "folder"):
        assert_fails(run(*MEMBERS, "--format", "csv", "--output", target), 6)
    assert [path.name for path in tmp_path.rglob("*")] == ["folder"]


def test_a_failed_query_leaves_the_output_file_unchanged(tmp_path: Path, run: Run) -> None:
    (tmp_path / "kept.csv").write_text("kept")
    assert run("query", "members", "--as-of", "never", "--output", "kept.csv").code == 2
    assert (tmp_path / "kept.csv").read_text() == "kept"


@pytest.mark.parametrize(
    "args", [["export", "ntriples"], ["query", "sources", "--format", "json"], ["query"]]
)
def test_a_closed_pipe_ends_without_a_message(args: list[str], tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "msme_kg", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment(),
    )
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(60), err) == (0, b"")


def columns_of_terminal(line: str) -> list[str]:
    """Return the text of each terminal column; the second one of a wide character is empty."""
    cells: list[str] = []
    for char in line:
        if unicodedata.combining(char):
            cells[-1] += char
        else:
            cells += [char, ""] if unicodedata.east_asian_width(char) in "WF" else [char]
    return cells


@pytest.mark.parametrize(
    "query",
    [
        (*MEMBERS,),
        ("query", "work-plan", "--as-of", "2023-08-01"),
        ("query", "sponsors"),
        ("query", "coordinators"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh-Hant"])
def test_table_columns_are_aligned_and_not_truncated(query: tuple[str, ...], lang: str, run: Run) -> None:
    table = run(*query, "--lang", lang).out
    text = run(*query, "--lang", lang, "--format", "csv", "--labels").out.removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text)))
    filled = [place for place, cells in enumerate(zip(*rows[1:], strict=True)) if any(cells)]
    head, *expected = [[row[place] for place in filled] for row in rows]
    absent = {"en": "no report by then", "zh-Hant": "截至該日無報告紀錄"}[lang]
    if query[1] == "work-plan":
        expected = [
            [
                cell or absent if name in {"Status", "進度"} else cell
                for name, cell in zip(head, row, strict=True)
            ]
            for row in expected
        ]
    lines = table.splitlines()[-len(expected) - 2 :]
    starts: list[tuple[int, int | None]] = []
    at = 0
    for rule in lines[1].split("  "):
        starts.append((at, at + len(rule)))
        at += len(rule) + 2
    starts[-1] = (starts[-1][0], None)  # a long last cell goes beyond the rule
    for line, row in zip([lines[0], *lines[2:]], [head, *expected], strict=True):
        cells = columns_of_terminal(line)
        assert ["".join(cells[start:end]).rstrip() for start, end in starts] == row


def test_a_date_after_the_end_of_the_record_is_noted_on_stderr(run: Run) -> None:
    within = run("query", "members", "--as-of", "2025-12-31", "--format", "csv")
    beyond = run("query", "members", "--as-of", "2026-01-01", "--format", "csv")
    assert (within.code, within.err) == (0, "")
    assert (beyond.code, beyond.out) == (0, within.out)
    assert "2025-12-31" in beyond.err
    assert run("query", "members", "--format", "csv", today="2026-01-01") == beyond
    assert run("query", "members", "--format", "csv", today="2025-12-31") == within
    assert run("query", "coverage", "--as-of", "2030-01-01").err
    assert run("query", "accessions", "--from", "2023-01-01", "--to", "2030-01-01").err
    assert run("query", "work-areas", today="2030-01-01").err == ""


def test_an_invalid_value_of_today_is_wrong_usage(run: Run) -> None:
    first, _ = assert_fails(run("query", "members", today="soon"), 2)
    assert "MSME_KG_TODAY" in first


@pytest.mark.parametrize(
    "spelling", ["US", "us", "member:us", "member/us", f"{BASE}member/us", "United States"]
)
def test_describe_accepts_every_spelling_of_an_entity(spelling: str, run: Run) -> None:
    ended = run("describe", spelling)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"United States\n{BASE}member/us\n\n")
    assert ended == run("describe", "US")
    assert "\n←  " in ended.out


def test_describe_as_json_is_a_table(run: Run) -> None:
    rows = json.loads(run("describe", "WT/MIN(17)/58", "--format", "json").out)
    assert all(list(row) == ["direction", "property", "value"] for row in rows)
    assert {row["direction"] for row in rows} == {"in", "out"}


def test_info_counts_statements_and_gaps(run: Run) -> None:
    counts = json.loads(run("info", "--format", "json").out)
    assert counts["record_ends"] == "2025-12-31"
    assert counts["without_source"] == counts["without_label"] == 0
    dump = run("export", "ntriples").out.splitlines()
    assert counts["statements"] == len(set(dump)) == len(dump)
    text = run("info", "--lang", "zh-Hant").out
    assert re.search(f"^陳述數 +{counts['statements']}$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("syntax", "form"),
    [
        ("turtle", ox.RdfFormat.TURTLE),
        ("ntriples", ox.RdfFormat.N_TRIPLES),
        ("nquads", ox.RdfFormat.N_QUADS),
        ("trig", ox.RdfFormat.TRIG),
        ("rdfxml", ox.RdfFormat.RDF_XML),
        ("jsonld", ox.RdfFormat.JSON_LD),
    ],
)
def test_exports_contain_the_same_graph(syntax: str, form: ox.RdfFormat, root: Path, run: Run) -> None:
    ended = run("export", syntax, seed=1)
    assert (ended.code, ended.err) == (0, "")
    assert run("export", syntax, seed=2) == ended
    parsed = {(one.subject, one.predicate, one.object) for one in ox.parse(ended.out.encode(), format=form)}
    files = [root / "ontology" / "msme.ttl", *(root / "ontology" / "vocab").glob("*.ttl")]
    files += (root / "data").rglob("*.ttl")
    expected = {
        (one.subject, one.predicate, one.object)
        for file in files
        for one in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE)
    }
    assert {one for one in parsed if "BlankNode" not in f"{one}"} == {
        one for one in expected if "BlankNode" not in f"{one}"
    }
    assert len(parsed) == len(expected)


def test_construct_results_are_written_in_any_rdf_syntax(run: Run) -> None:
    query = "CONSTRUCT { ?s skos:notation ?n } WHERE { ?s a msme:WTOMember ; skos:notation ?n }"
    default = run("sparql", "-e", query)
    assert "member:us skos:notation" in default.out
    lines = run("sparql", "-e", query, "--format", "ntriples").out.splitlines()
    assert lines == sorted(lines)
    parsed = ox.parse(default.out.encode(), format=ox.RdfFormat.TURTLE)
    assert len(list(parsed)) == len(lines) > 80


def test_user_text_in_messages_is_shortened_and_escaped(run: Run) -> None:
    for args in (["query", "\x1b[31m" + "x" * 5000], ["describe", "\u202e\x07" * 900], ["\x1b]0;title\x07"]):
        assert_fails(run(*args), 2)


def test_description_in_markdown_escapes_the_label(run: Run, copy_of_graph: Path) -> None:
    path = copy_of_graph / "data/events/events.ttl"
    label = r'event:x a msme:Event ; rdfs:label "<script>\u001b[x](javascript:y)"@en .'
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{label}\n", encoding="utf-8")
    ended = run("describe", "event:x", "--root", copy_of_graph, "--format", "md")
    assert ended.code == 0
    first, _, second, *_ = ended.out.splitlines()
    assert (first, second) == (r"# \<script\>\\u001b\[x\](javascript:y)", f"<{BASE}event/x>")
    assert not re.search(r"(?<!\\)<script|(?<!\\)\]\(|\x1b", ended.out)


@pytest.mark.parametrize(
    "words",
    [
        ("-e", "ASK {}", "--labels"),
        ("-e", "DESCRIBE skos:Concept", "--labels"),
        ("-e", "SELECT * {}", "--labels", "--format", "srj"),
        ("-e", "SELECT * {}", "--labels", "--format", "srx"),
        ("-e", "SELECT * {}", "--exit-code"),
        ("-e", "DESCRIBE skos:Concept", "--exit-code"),
    ],
)
def test_options_that_do_not_fit_the_query_are_refused(run: Run, words: tuple[str, ...]) -> None:
    ended = run("sparql", *words)
    assert (ended.code, ended.out) == (2, "")
    assert "\nhint: " in ended.err
