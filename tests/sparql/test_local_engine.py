"""Queries see the union of the files, each parsed by itself, whatever prefixes and bases they declare."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Run, scale_examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

from msme_kg.errors import KGError
from msme_kg.repository import Repository
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.results import GraphResult
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.subject_index import read_quads_about

HEAD = "@prefix a: <http://a.example/> .\n@prefix b: <http://b.example/> .\n"
HEADS = [
    f"{HEAD}\n",
    f"{HEAD}# a comment\n\n",
    f"# a comment\n\n{HEAD}\n",
    HEAD.replace(".example/>", ".example/x#>"),
]
DIRECTIVES = [
    "@prefix a: <http://evil.example/> .\n",
    "@prefix  b:<http://evil.example/> .\n",
    "PREFIX a: <http://evil.example/>\n",
    "prefix\tb: <http://evil.example/>\n",
    "@prefix : <http://evil.example/> .\n",
    "@base <http://evil.example/base/> .\n",
    "BaSe <http://evil.example/base/>\n",
]
STATEMENTS = [
    "a:s a:p a:o ;\n.\n",
    'a:s a:p "x" ;\n    b:q b:o ;\n.\n',
    "b:s b:p a:s ;\n.\n",
    "<http://a.example/s> b:p 1 ;\n.\n",
    "a:t a:p b:o .\n",
    ":s :p :o .\n",
    "<rel> a:p <#rel> .\n",
    "a:s a:p [ b:q b:o ] .\n",
    "_:x a:p _:y .\n",
    "a:s a:p ( a:o _:x ) .\n",
    'a:s a:p "\\n.\\n@prefix a: <http://evil.example/> ." ;\n.\n',
    'a:s a:p """\n.\n\na:s a:p """ ;\n.\n',
    "# a:s a:p a:evil ;\n.\n",
]
TORN = [
    "a:s a:p a:o ;\n",
    "a:q a:r .\n",
    'a:s a:p """\n',
    '""" .\n',
    "a:s a:p [\n",
    "] .\n",
    "# no line end",
    "a:s a:p (\n",
]

texts = st.builds(
    lambda head, parts: head + "".join(parts),
    st.sampled_from([*HEADS, ""]),
    st.lists(st.sampled_from([*DIRECTIVES, *STATEMENTS, *STATEMENTS, *TORN]), max_size=5),
)


def parsed_alone(texts_: list[str]) -> ox.Dataset | None:
    """Parse each file with the parser alone; None where one is malformed."""
    union = ox.Dataset()
    numbers = count()
    for text in texts_:
        nodes: dict[ox.BlankNode, ox.BlankNode] = {}

        def own(term, nodes=nodes):  # type: ignore[no-untyped-def]
            """Keep the blank nodes of two files apart."""
            if not isinstance(term, ox.BlankNode):
                return term
            return nodes.setdefault(term, ox.BlankNode(f"n{next(numbers)}"))

        try:
            for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
                union.add(ox.Quad(own(quad.subject), quad.predicate, own(quad.object)))
        except SyntaxError:
            return None
    return union


def canonical(dataset: ox.Dataset) -> set[ox.Quad]:
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return set(dataset)


@settings(max_examples=scale_examples(2000), deadline=None)
@given(st.lists(texts, min_size=1, max_size=4))
@example([f"{HEADS[0]}{STATEMENTS[2]}a:s a:p a:o ;\n.\n{STATEMENTS[2]}"])
def test_every_reader_returns_the_union_of_the_files(contents: list[str]) -> None:
    expected = parsed_alone(contents)
    files = tuple(
        GraphFile(path, f"http://graph.example/{number}", text.encode())
        for number, (path, text) in enumerate(
            zip(["ontology/msme.ttl", "b.ttl", "c.ttl", "d.ttl"], contents, strict=False)
        )
    )
    dataset = Dataset(files)
    if expected is None:
        with pytest.raises(KGError):
            LocalEngine(dataset)
        return
    engine = LocalEngine(dataset)
    assert len(expected) == len(set(ox.Dataset(dataset_quads(dataset))))
    wanted = canonical(expected)
    answer = engine.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    assert isinstance(answer, GraphResult)
    assert canonical(ox.Dataset(answer.quads)) == wanted
    assert canonical(ox.Dataset(dataset_quads(dataset))) == wanted
    for subject in {quad.subject for quad in expected if isinstance(quad.subject, ox.NamedNode)}:
        own = {(quad.predicate, quad.object) for quad in expected if quad.subject == subject}
        found = {(quad.predicate, quad.object) for quad in read_quads_about(files, {subject.value})}
        assert {one for one in found if not isinstance(one[1], ox.BlankNode)} == {
            one for one in own if not isinstance(one[1], ox.BlankNode)
        }


def dataset_quads(dataset: Dataset) -> list[ox.Quad]:
    return [ox.Quad(quad.subject, quad.predicate, quad.object) for quad in dataset.parse_quads()]


@pytest.mark.parametrize(
    "line",
    [
        "@prefix member: <http://evil.example/> .",
        "@base <http://evil.example/> .",
        "PREFIX person: <http://evil.example/>",
    ],
)
def test_directives_apply_to_their_file_only(line: str, copy_of_graph: Path) -> None:
    def coordinators() -> object:
        repository = Repository.find(copy_of_graph)
        engine = LocalEngine(Dataset.from_repository(repository, repository.list_default_graph_files()))
        return engine.select(
            "SELECT ?s ?p ?o WHERE { ?s ?p ?o FILTER(!isBlank(?s) && !isBlank(?o)) } "
            "ORDER BY STR(?s) STR(?p) STR(?o) LANG(?o)"
        ).rows

    before = coordinators()
    path = copy_of_graph / "data" / "actors" / "posts.ttl"
    path.write_text(f"{path.read_text(encoding='utf-8')}{line}\n", encoding="utf-8")
    assert coordinators() == before


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("SELECT ?s { ?s ?p ?o FILTER(xsd:dat(?o)) }", "XMLSchema#dat> is not a function"),
        ("SELECT ?s { ?s ?p ?o } ORDER BY <urn:f>(?o)", "<urn:f> is not a function"),
        ("SELECT (TRIPLE(<a:a>, <a:b>, 1) AS ?t) {}", "a quoted triple"),
        ("CONSTRUCT { <a:a> <a:p> ?t } { BIND(triple(<a:a>, <a:b>, 1) AS ?t) }", "a quoted triple"),
        ("SELECT ?t { BIND(<<( <a:a> <a:b> 1 )>> AS ?t) }", "a quoted triple"),
    ],
)
def test_a_query_that_cannot_be_answered_is_an_input_error(run: Run, query: str, what: str) -> None:
    ended = run("sparql", "-e", query)
    assert (ended.code, ended.out) == (3, ""), ended.err
    assert ended.err.startswith("query: error: "), ended.err
    assert what in ended.err


def test_an_error_in_a_canned_query_names_its_file(run: Run, copy_of_graph: Path) -> None:
    path = copy_of_graph / "queries/actors/members.rq"
    path.write_text(path.read_text(encoding="utf-8").replace("ORDER BY", "ORDER BY xsd:dat(?code)"))
    ended = run("--root", copy_of_graph, "query", "members")
    assert (ended.code, ended.out) == (3, ""), ended.err
    assert ended.err.startswith("queries/actors/members.rq: error: ")


@pytest.mark.parametrize("merges_rows", [False, True])
def test_a_triple_of_two_files_counts_once(merges_rows: bool) -> None:
    files = (GraphFile(f"{name}.nt", f"http://graph/{name}", b"<a:s> <a:p> <a:o> .") for name in "ab")
    engine = LocalEngine(Dataset(tuple(files)), merges_rows=merges_rows)
    for query, expected in {
        "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }": "1",
        "SELECT (count (DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }": "1",
        "SELECT (GROUP_CONCAT(STR(?s)) AS ?n) WHERE { ?s ?p ?o }": "a:s",
        "SELECT DISTINCT (STR(?o) AS ?n) WHERE { { SELECT ?o WHERE { ?s ?p ?o } LIMIT 2 } }": "a:o",
        "SELECT (COUNT(DISTINCT ?g) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }": "2",
    }.items():
        ((found,),) = engine.select(query).rows
        assert getattr(found, "value", None) == expected, query
    assert set(engine.select("SELECT ?s WHERE { ?s ?p ?o }").rows) == {(ox.NamedNode("a:s"),)}
