"""Each query has the same rows in three engines, and no value can change a query."""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from zlib import crc32

import pyoxigraph as ox
import pytest
import rdflib
from conftest import Run, environment
from hypothesis import given
from hypothesis import strategies as st
from triple_stores import oxigraph

from msme_kg.api import KnowledgeGraph
from msme_kg.errors import UsageError
from msme_kg.repository import Repository
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.query_catalog import BRIEFING, CANNED, QueryCatalog

ROOT = Path(__file__).resolve().parents[1]
CATALOG = QueryCatalog(Repository.find(ROOT))
QUERIES = CATALOG.list(CANNED)
ASKED = QUERIES | {path: path for path in CATALOG.list(BRIEFING).values()}
SLOW_IN_RDFLIB = {"changes", "conflicts", "evidence", "queries/briefing/differences.rq"}
"""Queries that rdflib answers in time that grows with the square of the number of attestations."""
XSD = "http://www.w3.org/2001/XMLSchema#"
Cell = tuple[str, ...] | None
Rows = list[tuple[Cell, ...]]


def files() -> list[Path]:
    """Return the files of the graph that is asked, found without the package."""
    found = [ROOT / "ontology" / "msme.ttl", *(ROOT / "ontology" / "vocab").glob("*.ttl")]
    return found + [path for path in (ROOT / "data").rglob("*.ttl") if "changes" not in path.parts]


def literal(text: str, language: str | None, datatype: str | None) -> Cell:
    if datatype == f"{XSD}integer":
        return ("integer", str(int(text)))
    return (
        "text",
        text,
        (language or "").lower(),
        "" if language or datatype == f"{XSD}string" else datatype or "",
    )


def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def embedded() -> ox.Store:
    store = ox.Store()
    for file in files():
        store.load(path=str(file), format=ox.RdfFormat.TURTLE)
    return store


def rows_embedded(store: ox.Store, query: str) -> Rows:
    def cell(term: ox.NamedNode | ox.BlankNode | ox.Literal | None) -> Cell:
        if isinstance(term, ox.Literal):
            return literal(term.value, term.language, term.datatype.value)
        return None if term is None else ("iri", term.value)

    answer = store.query(query)
    width = len(answer.variables)
    return [tuple(cell(row[at]) for at in range(width)) for row in answer]


@pytest.fixture(scope="module")
def pure() -> Iterator[rdflib.Graph]:
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    graph = rdflib.Graph()
    for file in files():
        graph.parse(file, format="turtle")
    yield graph
    rdflib.NORMALIZE_LITERALS = before


def rows_pure(graph: rdflib.Graph, query: str) -> Rows:
    def cell(term: object) -> Cell:
        if isinstance(term, rdflib.Literal):
            return literal(str(term), term.language, str(term.datatype) if term.datatype else None)
        return None if term is None else ("iri", str(term))

    return [tuple(map(cell, row)) for row in graph.query(query)]  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the graph that ``msme-kg export`` wrote, and yield where queries go."""
    folder = tmp_path_factory.mktemp("server")
    oxigraph.load(folder, environment())
    with oxigraph.serve(folder, read_only=True) as served:
        yield served.query


def rows_served(address: str, query: str) -> Rows:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    headers = {
        "Content-Type": "application/sparql-query",
        "Accept": "application/sparql-results+json",
    }
    connection.request("POST", parts.path, query.encode(), headers)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    assert response.status == 200, body
    answer = json.loads(body)

    def cell(term: dict[str, str] | None) -> Cell:
        if term and term["type"] == "literal":
            return literal(term["value"], term.get("xml:lang"), term.get("datatype"))
        return None if term is None else ("iri", term["value"])

    return [
        tuple(cell(row.get(name)) for name in answer["head"]["vars"]) for row in answer["results"]["bindings"]
    ]


def sort_joined(name: str, rows: Rows) -> Rows:
    """Return rows with the values in joined cells sorted, which each engine joins in an order of its own."""
    query = CATALOG.get(CANNED, name) if name in QUERIES else None
    joined = [at for at, column in enumerate(query.columns) if column in query.joined] if query else []

    def sort_cell(at: int, cell: Cell) -> Cell:
        return (cell[0], "; ".join(sorted(cell[1].split("; "))), *cell[2:]) if cell and at in joined else cell

    return [tuple(sort_cell(at, cell) for at, cell in enumerate(row)) for row in rows]


@pytest.fixture(scope="module")
def few(embedded: ox.Store, pure: rdflib.Graph) -> tuple[ox.Store, rdflib.Graph]:
    """Return the graph without three of four attestations, in both engines."""

    def is_kept(subject: str) -> bool:
        return "/attestation/" not in subject or crc32(subject.encode()) % 4 == 0

    store, graph = ox.Store(), rdflib.Graph()
    store.extend(quad for quad in embedded if is_kept(getattr(quad.subject, "value", "")))
    graph += (triple for triple in pure if is_kept(str(triple[0])))
    assert len(store) == len(graph)
    return store, graph


@pytest.mark.parametrize("name", ASKED)
def test_pasted_query_has_the_same_rows_in_rdflib(
    name: str, embedded: ox.Store, pure: rdflib.Graph, few: tuple[ox.Store, rdflib.Graph]
) -> None:
    query = text_of(ASKED[name])
    engine, graph = few if name in SLOW_IN_RDFLIB else (embedded, pure)
    expected = sort_joined(name, rows_embedded(engine, query))
    assert expected
    assert sort_joined(name, rows_pure(graph, query)) == expected


@pytest.mark.parametrize("name", ASKED)
def test_pasted_query_has_the_same_rows_on_a_server(name: str, embedded: ox.Store, server: str) -> None:
    query = text_of(ASKED[name])
    expected = sort_joined(name, rows_embedded(embedded, query))
    assert sort_joined(name, rows_served(server, query)) == expected


def test_command_members_has_the_rows_of_the_pasted_query(embedded: ox.Store, run: Run) -> None:
    ended = run("query", "members", "--as-of", "2023-08-01", "--format", "srj")
    assert (ended.code, ended.err) == (0, "")
    answer = list(ox.parse_query_results(ended.out.encode(), format=ox.QueryResultsFormat.JSON))
    pasted = list(embedded.query(text_of(QUERIES["members"])))
    assert len(pasted) == 79
    assert [tuple(row[at] for at in range(8)) for row in answer] == [
        tuple(row[at] for at in range(8)) for row in pasted
    ]


HOSTILE = {
    "quote": '" } DROP ALL #',
    "angle": "> } #",
    "line": "2023-08-01\n} DROP ALL #",
    "backslash": "\\",
    "escape": "\\u0022 } DROP ALL #",
    "long": "x" * 20_000,
    "empty": "",
}
OPTIONS = [
    (query.name, parameter.name) for query in CATALOG.get_all(CANNED) for parameter in query.parameters
]


def fingerprint() -> str:
    digest = hashlib.sha256()
    for part in ("ontology", "data", "queries"):
        for path in sorted((ROOT / part).rglob("*.*")):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_hostile_values_are_refused_by_every_option(name: str, option: str, kg: KnowledgeGraph) -> None:
    before = fingerprint()
    required = {"evidence": {"thing": "member/us"}, "member-profile": {"member": "CN"}}.get(name, {})
    for value in (*HOSTILE.values(), "2023-08-01\x00", "\x00"):
        with pytest.raises(UsageError) as caught:
            kg.query(name, **{**required, option: value})
        assert caught.value.hint
        assert len(caught.value.message) < 1000
        assert len(caught.value.hint) < 5000  # a closed set is listed whole
        assert "\n" not in caught.value.message
        assert "\x00" not in str(caught.value)
    assert fingerprint() == before


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    ("name", "option"),
    [("evidence", "thing"), ("members", "as-of"), ("members", "eu"), ("work-plan", "year")],
)
def test_a_hostile_value_is_refused_with_a_hint(name: str, option: str, value: str, run: Run) -> None:
    before = fingerprint()
    ended = run("query", name, f"--{option}", HOSTILE[value])
    assert (ended.code, ended.out) == (2, "")
    first, second = ended.err.splitlines()
    assert first.startswith("Error: ")
    assert f"--{option}" in first
    assert second.startswith("hint: ")
    assert fingerprint() == before


TRICKY = st.text(
    st.one_of(
        st.sampled_from("\\\"'{}<>#?$@^uU0x2\n\r\t\x00\x7f\u2028 "), st.characters(exclude_categories=["Cs"])
    )
)
BLOCK = "SELECT ?v WHERE {\n  VALUES ?in_v { %s }  # param\n  BIND(?in_v AS ?v)\n}"


def values_of(query: str) -> list[ox.NamedNode | ox.Literal | None]:
    answer = ox.Store().query(query)
    assert isinstance(answer, ox.QuerySolutions)
    return [row["v"] for row in answer]


@given(TRICKY, st.sampled_from(['"example"', "UNDEF", "<a:b>", ""]))
def test_bound_text_is_unchanged(text: str, example: str) -> None:
    assert values_of(bind_values(BLOCK % example, {"v": [ox.Literal(text)]})) == [ox.Literal(text)]


@given(st.lists(TRICKY, max_size=4), TRICKY)
def test_bound_terms_keep_number_and_order(texts: list[str], text: str) -> None:
    terms = [
        *map(ox.Literal, texts),
        ox.Literal(text, language="zh-hant"),
        ox.Literal(text, datatype=ox.NamedNode("a:b")),
    ]
    assert values_of(bind_values(BLOCK % "UNDEF", {"v": [*terms, None]})) == [*terms, None]


@given(TRICKY.map(lambda text: f"https://example.org/{text}"))
def test_bound_iri_is_refused_or_unchanged(text: str) -> None:
    try:
        iri = ox.NamedNode(text)
    except ValueError:
        return
    assert values_of(bind_values(BLOCK % "UNDEF", {"v": [iri]})) == [iri]


def test_only_marked_blocks_are_bound() -> None:
    unmarked = "SELECT ?v WHERE { VALUES ?in_v { 1 } BIND(?in_v AS ?v) }"
    assert bind_values(unmarked, {"v": [ox.Literal("other")]}) == unmarked
