"""Queries of endpoints: same output as for local files, and tolerance for deviations of stores."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pyoxigraph as ox
import pytest
from conftest import Result, Run, environment
from http_faults.answers import ASK, CONSTRUCT, JSON, ROWS, SELECT, XML
from http_faults.server import Faulty, Talk, response, serve
from triple_stores import oxigraph
from triple_stores.process import free_port

import msme_kg
from msme_kg.api import KnowledgeGraph
from msme_kg.errors import RemoteError, UsageError
from msme_kg.sparql.prologue import add_missing_prefixes, list_projected_variables
from msme_kg.sparql.results import AskResult, Solutions


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("remote")
    oxigraph.load(folder, environment())
    with oxigraph.serve(folder, read_only=True) as server:
        yield server.query


@pytest.mark.parametrize(
    "args",
    [
        ("query", "members", "--as-of", "2023-08-01"),
        ("query", "members", "--as-of", "2023-08-01", "--format", "srj", "--evidence", "indirect"),
        ("query", "members", "--format", "csv", "--labels", "--lang", "zh-Hant", "--limit", "3"),
        ("query", "coverage", "--as-of", "2025-12-31", "--format", "json"),
        ("query", "timeline", "--kind", "meeting", "--lang", "zh-Hant"),
        ("query", "evidence", "--thing", "WT/MIN(17)/58", "--format", "tsv"),
        ("query", "member-profile", "--member", "中國", "--format", "srx"),
        ("query", "documents", "--kind", "declaration", "--format", "md"),
        ("query", "work-plan", "--lang", "zh-Hant"),
        ("describe", "US"),
        ("describe", "member/tw", "--lang", "zh-Hant", "--format", "jsonl"),
        ("search", "trade finance"),
        ("search", "貿易融資", "--format", "json", "--labels", "--lang", "zh-Hant"),
        ("search", "Qwertyuiop"),
        (
            "sparql",
            "-e",
            "SELECT ?m ?l { ?m a msme:WTOMember ; rdfs:label ?l } ORDER BY ?m ?l",
            "--limit",
            "9",
        ),
        ("sparql", "-e", "ASK { member:us a msme:WTOMember }"),
        ("sparql", "-e", "ASK { member:us a msme:Document }", "--exit-code"),
        ("sparql", "-e", "CONSTRUCT { ?s rdfs:label ?l } { ?s a msme:Initiative ; rdfs:label ?l }"),
        ("sparql", "-e", "DESCRIBE member:us", "--format", "jsonld"),
        ("brief", "--as-of", "2023-08-01"),
        ("brief", "--as-of", "2027-01-01", "--since", "2023-08-01", "--format", "html", "--lang", "zh-Hant"),
        ("brief", "--as-of", "soon"),
        ("query", "members", "--as-of", "soon"),
        ("query", "member-profile", "--member", "Untied States"),
        ("sparql", "-e", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"),
        ("sparql", "-e", "INSERT DATA { <a:b> <a:b> <a:b> }"),
        ("sparql", "-e", "LOAD <http://127.0.0.1:9/>"),
        ("sparql", "-e", "CLEAR ALL"),
    ],
)
def test_endpoint_output_equals_local_output(args: tuple[str, ...], url: str, run: Run) -> None:
    here = run(*args, today="2026-02-03")
    there = run(*args, "--endpoint", url, today="2026-02-03")
    assert (there.code, there.out) == (here.code, here.out)
    # No further query is put to an endpoint for a hint at another answer.
    assert there.err == re.sub(r"(?m)^hint: .*: (?:--\w+ \w+|msme-kg query .*)\n", "", here.err)
    assert bool(here.out) == (here.code in {0, 1})


def test_workbook_from_an_endpoint_has_the_same_sources(url: str, tmp_path: Path, run: Run) -> None:
    query = ("query", "members", "--as-of", "2023-08-01")
    assert run(*query, "-o", "here.xlsx").code == 0
    assert run(*query, "--endpoint", url, "-o", "there.xlsx").code == 0
    books = [openpyxl.load_workbook(tmp_path / f"{name}.xlsx") for name in ("here", "there")]
    # The third sheet also has the hints, for which no further query is put to an endpoint.
    here, there = (
        [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets[:2]] for book in books
    )
    assert there == here


def test_end_of_coverage_note_also_appears_for_endpoints(url: str, run: Run) -> None:
    ended = run("query", "members", "--as-of", "2099-01-01", "--limit", "1", "--endpoint", url)
    assert ended.code == 0
    assert ended.err.startswith("note: the record ends on 20")


def test_syntax_error_has_code_3_and_the_message_of_the_store(url: str, run: Run) -> None:
    ended = run("sparql", "-e", "SELECT ?s WHERE { ?s ?p }", "--endpoint", url)
    assert (ended.code, ended.out) == (3, "")
    first, second = ended.err.splitlines()
    assert first.startswith("Error: query syntax: 127.0.0.1:")
    assert "error at 1:" in first
    assert second.startswith("hint: ")
    for query in ("# hello", "hello", "PREFIX a: <a:>"):
        assert run("sparql", "-e", query, "--endpoint", url).code == 3


def test_chart_is_drawn_from_endpoint_results(url: str, tmp_path: Path, run: Run) -> None:
    picture = tmp_path / "growth.svg"
    assert run("query", "growth", "--plot", picture, "--endpoint", url).code == 0
    assert "</svg>" in picture.read_text()


def test_failover_to_the_next_endpoint(
    url: str, tmp_path: Path, run: Run, kg: KnowledgeGraph, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    dying = f"http://127.0.0.1:{port}/query"
    here = run("query", "members", "--as-of", "2023-08-01")
    ended = run("query", "members", "--as-of", "2023-08-01", "--endpoint", dying, "--endpoint", url)
    assert (ended.code, ended.out) == (0, here.out)
    (line,) = ended.err.splitlines()
    assert line.startswith(f"note: 127.0.0.1:{port}: it refused the connection; asking 127.0.0.1:")
    # Only one process may open a store, so the one that dies has its own.
    oxigraph.load(tmp_path, environment())
    dates = ("2017-12-13", "2020-12-11", "2023-08-01", "2025-12-31")
    wanted = {day: list(kg.query("members", as_of=day)) for day in dates}
    own = oxigraph.serve(tmp_path, port=port, read_only=True)
    with caplog.at_level(logging.WARNING, "msme_kg"), own as server:
        remote = msme_kg.open(endpoint=[dying, url])
        for day in dates:
            assert list(remote.query("members", as_of=day)) == wanted[day]
            if day == dates[1]:
                assert caplog.messages == []
                server.process.kill()
                server.process.wait(10)
    (said,) = caplog.messages
    assert said.startswith(f"127.0.0.1:{port}: it refused the connection; asking ")


def test_python_api_queries_an_endpoint(url: str, kg: KnowledgeGraph) -> None:
    remote = msme_kg.open(endpoint=url, lang="zh-Hant")
    local = msme_kg.open(lang="zh-Hant")
    for name, options in {"coordinators": {}, "package": {"symbol": "INF/MSME/4/Rev.2"}}.items():
        assert str(remote.query(name, **options)) == str(local.query(name, **options))
    assert remote.resolve("US") == kg.resolve("US")
    for wrong in ("", "nowhere", "ftp://a/", "http://", "http://a:99999/", "http://a b/", []):
        with pytest.raises(UsageError):
            msme_kg.open(endpoint=wrong)


def answer(body: str, query: str, media_type: str = JSON, *more: str) -> Solutions | AskResult:
    """Ask a store that answers so."""
    with serve({"": response(body, media_type, "200 OK", *more)}) as server:
        got = msme_kg.open(endpoint=server.url("")).sparql(query)
        assert isinstance(got, Solutions | AskResult)
        return got


def row(**terms: dict[str, str]) -> str:
    return json.dumps({"head": {"vars": list(terms)}, "results": {"bindings": [terms]}})


XSD = "http://www.w3.org/2001/XMLSchema#"


def test_deviations_of_stores_are_accepted() -> None:
    said = row(
        a={"type": "typed-literal", "value": "01", "datatype": f"{XSD}integer"},
        b={"type": "literal", "value": "文件", "xml:lang": "zh-hant"},
        c={"type": "bnode", "value": "nodeID://b10001"},
        d={"type": "bnode", "value": "_:b 1"},
        e={"type": "literal", "value": "x", "datatype": f"{XSD}string"},
    )
    got = answer(said, "SELECT ?a ?b ?c ?d ?e { }", f"{JSON}; charset=UTF-8")
    assert isinstance(got, Solutions)
    assert got.columns == ("a", "b", "c", "d", "e")
    a, b, c, d, e = got.rows[0]
    assert a == ox.Literal("01", datatype=ox.NamedNode(f"{XSD}integer"))
    assert (b, e) == (ox.Literal("文件", language="zh-hant"), ox.Literal("x"))
    assert isinstance(c, ox.BlankNode)
    assert isinstance(d, ox.BlankNode)
    assert c != d


def test_xml_and_json_results_are_equal() -> None:
    terms = (
        '<binding name="b"><uri>http://e/é</uri></binding><binding name="a"><literal xml:lang="zh-hant">'
        '文件 &lt;</literal></binding><binding name="c"><bnode>x</bnode></binding>'
    )
    text = (
        '<?xml version="1.0"?>\n<s:sparql xmlns:s="http://www.w3.org/2005/sparql-results#"><s:head>{}</s:head>'
        "<s:results><s:result>{}</s:result></s:results></s:sparql>\n<!-- the end -->\n"
    )
    head = "".join(f'<variable name="{one}"/>' for one in "abcd")
    for tag in ("variable", "binding", "literal", "uri", "bnode"):
        head, terms = (
            one.replace(f"<{tag}", f"<s:{tag}").replace(f"</{tag}", f"</s:{tag}") for one in (head, terms)
        )
    got = answer(text.format(head, terms), "SELECT * {}", XML)
    assert isinstance(got, Solutions)
    a, b, c, d = got.rows[0]
    assert (a, b, d) == (ox.Literal("文件 <", language="zh-hant"), ox.NamedNode("http://e/é"), None)
    assert isinstance(c, ox.BlankNode)
    yes = '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>true</boolean></sparql>'
    assert answer(yes, ASK, XML) == AskResult(True)


@pytest.mark.parametrize(
    ("bindings", "truth"),
    [
        ([], False),
        ([{"__ask_retval": {"type": "typed-literal", "value": "1", "datatype": f"{XSD}integer"}}], True),
        ([{"__ask_retval": {"type": "typed-literal", "value": "0", "datatype": f"{XSD}integer"}}], False),
    ],
)
def test_boolean_as_table_is_accepted(bindings: list[object], truth: bool) -> None:
    said = json.dumps({"head": {"vars": ["__ask_retval"]}, "results": {"bindings": bindings}})
    assert answer(said, ASK) == AskResult(truth)
    assert answer(said.replace("__ask_retval", "__ASK_RETVAL"), ASK) == AskResult(truth)


def test_columns_follow_the_select_clause() -> None:
    said = row(b={"type": "literal", "value": "2"}, a={"type": "literal", "value": "1"})
    got = answer(said, "SELECT ?a (STR(?x) AS ?b) WHERE { ?a ?x ?y }")
    assert isinstance(got, Solutions)
    assert (got.columns, [one and one.value for one in got.rows[0]]) == (("a", "b"), ["1", "2"])


def test_row_limit_that_is_not_reached_is_ignored() -> None:
    assert isinstance(answer(json.dumps(ROWS), SELECT, JSON, "X-SPARQL-MaxRows: 4"), Solutions)


def test_empty_graph_is_a_result() -> None:
    with serve({"": response("", "application/n-triples")}) as server:
        assert msme_kg.open(endpoint=server.url("")).sparql(CONSTRUCT).quads == ()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("said", "shown"),
    [("not a number", "not a number"), ("INF", "INF"), ("9" * 5_000, "9" * 5_000), ("7", 7)],
)
def test_malformed_number_stays_text(said: str, shown: object, run: Run) -> None:
    datatype = f"{XSD}double" if said == "INF" else f"{XSD}integer"
    body = row(a={"type": "literal", "value": said, "datatype": datatype})
    with serve({"": response(body)}) as server:
        ended = run("sparql", "-e", SELECT, "--format", "json", "--endpoint", server.url(""))
    assert (ended.code, json.loads(ended.out)) == (0, [{"a": shown}])


def test_control_characters_in_labels_are_escaped(run: Run) -> None:
    names = {
        "thing": {"type": "uri", "value": "http://e/x"},
        "name": {"type": "literal", "value": "finances\x1b[2J", "xml:lang": "en"},
        "type": {"type": "uri", "value": "http://e/kind"},
    }
    rank = {"type": "literal", "value": "2", "datatype": f"{XSD}integer"}
    others = {
        word: json.dumps({"head": {"vars": columns.split()}, "results": {"bindings": []}})
        for word, columns in {
            "?replacement": "thing replacement",
            "?composing": "class",
            "admin:kind ?kind": "class kind",
            "?is_place": "thing name tag is_place",
            "?links": "thing links",
            "?text ": "thing text",
        }.items()
    }
    named = row(**names, rank=rank)

    def answer_query(talk: Talk) -> None:
        (query,) = talk.request.form["query"]
        response(next((answer for word, answer in others.items() if word in query), named))(talk)

    with serve({"": answer_query}) as server:
        ended = run("describe", "finanzes 2J", "--endpoint", server.url(""))
    assert ended.code == 2
    assert "finances\\u001b[2J" in ended.err


def test_request_is_a_form_with_the_used_prefixes(run: Run) -> None:
    query = 'SELECT ?a { ?a a msme:WTOMember ; rdfs:label "foaf:x" } # skos:x'
    with serve({"": response(json.dumps(ROWS))}) as server:
        assert run("sparql", "-e", query, "--endpoint", server.url("?default-graph-uri=")).code == 0
        (request,) = server.requests
    assert request.line == "POST /?default-graph-uri= HTTP/1.1"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["accept"].startswith("application/sparql-results+json")
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["user-agent"] == f"msme-kg/{msme_kg.__version__}"
    assert request.headers["host"] == f"127.0.0.1:{server.port}"
    assert "authorization" not in request.headers
    (sent,) = request.form["query"]
    assert list(request.form) == ["query"]
    assert sent.endswith(query)
    assert sent.count("PREFIX") == 2
    assert "\n" not in sent


def test_prefixes_and_columns_of_a_query(kg: KnowledgeGraph) -> None:
    own = "PREFIX msme: <a:> SELECT ?x { ?x msme:a work-item:b ; <rdfs:c> 'skos:d' }"
    assert add_missing_prefixes(own, kg.prefixes) == f"PREFIX work-item: <{kg.prefixes['work-item']}> {own}"
    assert add_missing_prefixes("ASK { ?x nosuch:a ?foaf }", kg.prefixes) == "ASK { ?x nosuch:a ?foaf }"
    assert list_projected_variables(
        "# SELECT ?no\nSELECT DISTINCT ?a (COUNT(DISTINCT ?b) AS ?c) $d { ?e ?f ?g }"
    ) == (
        "a",
        "c",
        "d",
    )
    assert list_projected_variables("SELECT * { SELECT ?a {} }") is None
    assert list_projected_variables("SELECT (COUNT(*) AS ?n) FROM <a:b> WHERE {}") == ("n",)


def test_failed_query_leaves_the_engine_usable(url: str) -> None:
    remote = msme_kg.open(endpoint=f"http://127.0.0.1:{free_port()}/")
    for _ in range(2):
        with pytest.raises(RemoteError):
            remote.query("work-areas")
    assert len(msme_kg.open(endpoint=url).query("work-areas")) == 6


def test_second_endpoint_is_not_queried_without_need(run: Run, url: str) -> None:
    with serve({"query": response("{}")}) as reserve:
        assert isinstance(reserve, Faulty)
        ended = run("query", "work-areas", "--endpoint", url, "--endpoint", reserve.url("query"))
        assert ended == run("query", "work-areas")
        assert isinstance(ended, Result)
        assert reserve.connections == 0
