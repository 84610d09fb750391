"""Guards refuse queries and updates that would end the process or reach the network."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from conftest import scale_examples
from hypothesis import given, settings
from hypothesis import strategies as st

from msme_kg.errors import InputError, SafetyError
from msme_kg.namespaces import PrefixMap
from msme_kg.sparql.prologue import add_missing_prefixes
from msme_kg.sparql.query_guards import reject_unsafe_query, reject_unsafe_update
from msme_kg.sparql.query_lexer import read_prefixes

# The engine refuses this port before it connects, with an OSError.
PREFIX = "PREFIX : <http://127.0.0.1:9/> "


@pytest.mark.parametrize(
    "inside",
    [
        "SERVICE :a { ?s ?p ?o }",
        "service:a { ?s ?p ?o }",
        "SERVICE<http://127.0.0.1:9/> { ?s ?p ?o }",
        "?s ?p 1SERVICE :a { ?s ?p ?o }",
        "?s ?p trueSERVICE:a { ?s ?p ?o }",
        "?s ?p 1e5SERVICE:a { ?s ?p ?o }",
        "SERVICESILENT:a { ?s ?p ?o }",
        "#\rSERVICE :a { ?s ?p ?o }",
        ":a\\' ?p ?o . SERVICE :a { ?s ?p ?o } FILTER(1 != '')",
        "BIND('a' AS ?a) FILTER(?a<'>' || true) SERVICE :a { ?s ?p ?o } FILTER(?a != '')",
        'BIND(1 AS ?a) FILTER(true || ?a<0#>"""\n || 1 = 2) SERVICE :a { ?s ?p ?o } #"""\n',
        r"OPTIONAL { ?s :a\# ?o } SERVICE :a { ?x ?p ?y }",
        r"?s <urn:\u0041#> ?o . SERVICE :a { ?x ?p ?y }",
        r"?s <urn:\U00000041'> ?o . SERVICE :a { ?x ?p ?y } FILTER('a' != '')",
    ],
)
def test_service_is_refused_in_any_spelling(inside: str) -> None:
    with pytest.raises(SafetyError):
        reject_unsafe_query(f"{PREFIX}SELECT * {{ {inside} }}")


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX service: <http://a.example/> SELECT ?service { ?service a <http://a.example/service> }",
        "SELECT * { ?s msme:service 'SERVICE <a> {}' . FILTER(?s != ex:service) } # SERVICE",
        "SELECT * { ?s ?p ?o . FILTER(?o<5&&?p>3) FILTER(?o IN (<http://a.example/it's(#a>, <urn:a>)) }",
        "SELECT (1-1 AS ?x) { VALUES ?tag { 'a'@zh-Hant-TW } }",
    ],
)
def test_names_and_strings_like_keywords_are_accepted(query: str) -> None:
    assert reject_unsafe_query(query) == {"SELECT"}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * { GRAPHex:a { ?s ?p ?o } }", {"SELECT", "GRAPH"}),
        ("SELECT * FROM<urn:a> { ?s ?p ?o }", {"SELECT", "FROM"}),
        ("SELECT * FROMNAMEDex:a { GRAPH?g { ?s ?p ?o } }", {"SELECT", "FROM", "GRAPH"}),
    ],
)
def test_keywords_of_graphs_need_no_blank(query: str, words: set[str]) -> None:
    assert reject_unsafe_query(query) == words
    ox.Store().query(query, prefixes={"ex": "http://a.example/"})


FRAGMENTS = [
    *"'\"<>#(){}.;,/\n\r\\ ",
    *(
        "'''",
        '"""',
        "<<",
        "&&",
        ":a",
        "\\'",
        "?a",
        "?a<",
        "1",
        "1.",
        "true",
        "''",
        "a:b",
        "_:b",
        "<:a>",
        "\u3001",
    ),
    *("<'>", "<#>", "FILTER(", "BIND(1 AS ?a)", "?s ?p ", "@en", "{}", "||true)", "<http://a.example/'>"),
    *("SERVICE", "SERVICE:a{}", "SERVICE :a {}", "service<http://127.0.0.1:9/>{}"),
]


@settings(max_examples=scale_examples(3000), deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=9), st.lists(st.sampled_from(FRAGMENTS), max_size=6))
def test_no_accepted_query_calls_another_server(before: list[str], after: list[str]) -> None:
    query = f"{PREFIX}SELECT * {{ {''.join(before)} SERVICE :a {{}} {''.join(after)} }}"
    try:
        ox.Store().query(query, prefixes={"a": "http://127.0.0.1:9/"})
    except OSError:
        with pytest.raises(SafetyError):
            reject_unsafe_query(query)
    except SyntaxError:
        pass


@pytest.mark.parametrize(
    "update",
    [
        "LOAD <http://127.0.0.1:9/>",
        "LOAD:a",
        "LOADSILENT:a",
        "INSERT DATA {};LOAD:a INTO GRAPH:b",
        "CLEAR ALL",
        "ADD:a TO:b",
        "DROP GRAPH:a",
        "INSERT { ?s ?p ?o } WHERE { SERVICE:a { ?s ?p ?o } }",
        "CLEARALL",
        "CLEARSILENT DEFAULT",
        "DROPGRAPH:a",
        "COPYDEFAULTTO:a",
        "addDEFAULT TO :a",
        "MOVEDEFAULT TO :a",
        "CREATEGRAPH :a",
        "INSERT DATA {} ; CLEARNAMED",
        r"INSERT DATA { :a\# :b :c } ; CLEAR ALL",
        r"INSERT DATA { :a :b <urn:\u0041#> } ; CLEAR ALL",
        "PREFIX a.b:<urn:c> LOAD :a",
        "PREFIX a\ufeffb:<urn:c> LOAD :a",
        "BASE <urn:c> PREFIX a:<urn:c>DROP ALL",
    ],
)
def test_an_update_that_fetches_or_affects_whole_graphs_is_refused(update: str) -> None:
    with pytest.raises(SafetyError) as caught:
        reject_unsafe_update(f"{PREFIX}\n{update}", "change.ru")
    assert caught.value.location
    assert caught.value.location.line == 2


def test_prefix_may_have_the_name_of_an_operation() -> None:
    reject_unsafe_update("PREFIX load: <urn:a:> PREFIX add: <urn:b:> INSERT DATA { load:a add:b 1 }", "a.ru")
    reject_unsafe_update("PREFIX a.load: <urn:a:> WITH a.load:a DELETE {} WHERE { ?s ?p ?o }", "a.ru")
    reject_unsafe_update("WITH load:a DELETE {} WHERE {} ; WITH clear:a INSERT {} WHERE {}", "a.ru")


@pytest.mark.parametrize(
    "expression",
    [
        f"1{'-1' * 30_000}",
        f"?a<1{'+1' * 30_000}&&?a>2",
        f"?a<1{'&&1' * 30_000}&&?a>2",
        f"?a<{'(' * 300}1{')' * 300}&&?a>2",
        f"true{'-true' * 15_000}",
        f"{'!' * 3000}true",
    ],
)
def test_too_long_or_deep_expression_is_refused(expression: str) -> None:
    with pytest.raises(SafetyError):
        reject_unsafe_query(f"SELECT * {{ BIND(1 AS ?a) FILTER({expression}) }}")


def test_prefixes_are_read_and_missing_ones_added() -> None:
    text = (
        'PREFIX a: <urn:a#> prefix : <urn:b> SELECT * { a:x b-c:y "d:z" . <e:f> :g ?h } # PREFIX i: <urn:i>'
    )
    assert read_prefixes(text) == {"a": "urn:a#", "": "urn:b"}
    known = PrefixMap({"a": "urn:other", "b-c": "urn:c", "d": "urn:d", "e": "urn:e"})
    assert add_missing_prefixes(text, known) == f"PREFIX b-c: <urn:c> {text}"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("SELECT * { ?s ?p ?o FILTER(?o > 2020-01-01) }", '"2020-01-01"^^xsd:date'),
        ("SELECT * { ?s ?p ?o FILTER(2020/12/31 < ?o) }", '"2020-12-31"^^xsd:date'),
        ("SELECT * { ?s ?p ?o FILTER(?o = 2020-02) }", '"2020-02"^^xsd:gYearMonth'),
        ("SELECT (2020-01-01AS ?x) {}", '"2020-01-01"^^xsd:date'),
    ],
)
def test_date_without_quotes_is_not_taken_for_arithmetic(text: str, hint: str) -> None:
    for check in (
        reject_unsafe_query,
        lambda query: reject_unsafe_update(f"DELETE {{}} WHERE {{{query}}}", "a.ru"),
    ):
        with pytest.raises(InputError, match="is arithmetic, not a date") as caught:
            check(text)
        assert caught.value.code == "syntax/unquoted-date"
        assert hint in str(caught.value)
        assert caught.value.location
        assert caught.value.location.column


@pytest.mark.parametrize(
    "expression",
    ["2020 - 01 - 01", "2020-1990", "2020-12", "12-01-01", "(1/2)", '"2020-01-01"', "?x2020-01-01"],
)
def test_arithmetic_and_quoted_dates_pass(expression: str) -> None:
    assert reject_unsafe_query(f"SELECT * {{ ?s ?p ?o FILTER({expression} = ?o) }}") == {"SELECT"}
