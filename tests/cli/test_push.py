"""Command ``push`` to a real store: the store then holds the release, and foreign graphs are unchanged."""

from __future__ import annotations

import http.client
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph as ox
import pytest
from conftest import Result, Run
from triple_stores import oxigraph, virtuoso
from triple_stores.process import AbsentError, Server
from web_server import running

from msme_kg.repository import Repository
from msme_kg.storage.dataset import Dataset

GRAPH = "https://w3id.org/msme-kg/graph/"
FILE = "data/actors/members.ttl"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "server"
    folder.mkdir()
    try:
        with oxigraph.serve(folder) as server:
            yield server
    except AbsentError as absent:
        pytest.skip(str(absent))


def send(method: str, url: str, body: str = "", kind: str = "text/turtle") -> tuple[int, str]:
    """Send a request to a store without the package."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    headers = {"Accept": "application/n-quads, application/n-triples;q=0.9"}
    headers |= {"Content-Type": kind} if body else {}
    connection.request(method, f"{parts.path}?{parts.query}", body.encode() or None, headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def put(server: Server, graph: str, turtle: str) -> None:
    assert send("PUT", f"{server.store}?graph={quote(graph, safe='')}", turtle)[0] in {201, 204}


def list_statements(quads: Iterable[ox.Quad]) -> set[str]:
    """Return statements as N-Quads with canonical names of blank nodes, which each store names anew."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(map(str, dataset))


def read_store(server: Server) -> set[str]:
    """Return all statements of a store as N-Quads, read from the store itself."""
    status, text = send("GET", server.store)
    assert status == 200
    return list_statements(ox.parse(text, format=ox.RdfFormat.N_QUADS))


def read_release(root: Path) -> set[str]:
    """Return the statements of the default graph, with values in the form of the embedded store."""
    repository = Repository.find(root)
    embedded = ox.Store()
    embedded.extend(Dataset.from_repository(repository, repository.list_default_graph_files).parse_quads())
    return list_statements(embedded)


def count_outcomes(ended: Result) -> Counter[str]:
    return Counter(line.split("\t")[0] for line in ended.out.splitlines())


def test_the_release_is_pushed_once(store: Server, run: Run, copy_of_graph: Path) -> None:
    first = run("push", store.base, "--root", copy_of_graph)
    number = len(Repository.find(copy_of_graph).list_default_graph_files())
    assert (first.code, count_outcomes(first)) == (0, {"sent": number, "verified": number}), first.err
    assert read_store(store) == read_release(copy_of_graph)
    again = run(
        "push", store.query, "--root", copy_of_graph
    )  # the store is discovered from the URL of its query endpoint
    assert (again.code, count_outcomes(again)) == (0, {"unchanged": number, "verified": number})
    assert again.err == f"{urlsplit(store.base).netloc}: {number} unchanged, {number} verified\n"
    # Queries take the same addresses.
    question = ("query", "coverage", "--as-of", "2023-08-01", "--format", "csv", "--root", copy_of_graph)
    answers = [run(*question), *(run(*question, "--endpoint", url) for url in (store.base, store.query))]
    assert [answer.out for answer in answers] == [answers[0].out] * 3, answers[1].err


@pytest.mark.parametrize("via", ["gsp", "update"])
def test_only_changed_graphs_are_sent_and_only_own_graphs_removed(
    store: Server, run: Run, copy_of_graph: Path, via: str
) -> None:
    first = run("push", store.base, "--root", copy_of_graph, "--via", via)
    assert first.code == 0, first.err
    foreign = "https://example.org/graph/data/actors/members"
    shapes = f"{GRAPH}ontology/shapes/Award"
    put(store, foreign, '<a:a> <a:b> "ours is not the only graph" .')
    put(store, shapes, '<a:a> <a:b> "somebody loaded shapes too" .')
    put(store, f"{GRAPH}data/gone", '<a:a> <a:b> "a file of an earlier release" .')
    path = copy_of_graph / FILE
    path.write_text(path.read_text().replace('"China"@en', '"China, changed"@en'))
    (copy_of_graph / "data/sources.ttl").unlink()
    before = read_store(store)
    dry = run("push", store.base, "--root", copy_of_graph, "--via", via, "--dry-run")
    assert (dry.code, count_outcomes(dry)["to send"], count_outcomes(dry)["to remove"]) == (0, 1, 2)
    assert "verified" not in count_outcomes(dry)
    assert read_store(store) == before
    ended = run("push", store.base, "--root", copy_of_graph, "--via", via, "--lang", "zh-Hant")
    assert (ended.code, count_outcomes(ended)["已送出"], count_outcomes(ended)["已移除"]) == (0, 1, 2)
    rest = {quad for quad in read_store(store) if f"<{foreign}>" not in quad and f"<{shapes}>" not in quad}
    assert rest == read_release(copy_of_graph)
    assert len(read_store(store)) == len(rest) + 2


def test_a_statement_changed_in_the_store_is_restored(store: Server, run: Run, root: Path) -> None:
    assert run("push", store.base).code == 0
    body = (
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> DELETE { GRAPH ?g { ?s skos:notation ?o } } "
        "INSERT { GRAPH ?g { ?s skos:notation 1 } } WHERE "
        "{ { SELECT ?g ?s ?o { GRAPH ?g { ?s skos:notation ?o } } ORDER BY ?s ?o LIMIT 1 } }"
    )
    form = urlencode({"update": body})
    assert send("POST", store.update, form, "application/x-www-form-urlencoded")[0] == 204
    assert read_store(store) != read_release(root)  # as many statements, but not the same
    assert count_outcomes(run("push", store.base))["sent"] == 1
    assert read_store(store) == read_release(root)


def test_blank_nodes_and_equal_values_are_no_difference(store: Server, run: Run, copy_of_graph: Path) -> None:
    path = copy_of_graph / "data/extra.ttl"
    path.write_text(
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        '<a:a> <a:b> ( 01 "1.50"^^xsd:decimal [ <a:c> "字"@zh-Hant ] ), "x\\u0007\\"\\\\ %41"@en .\n'
    )
    for via in ("gsp", "update"):
        ended = run("push", store.base, "--root", copy_of_graph, "--via", via)
        assert ended.code == 0, ended.err
        assert count_outcomes(run("push", store.base, "--root", copy_of_graph))["sent"] == 0
        path.write_text(path.read_text() + '<a:a> <a:d> "and another" .\n')


@pytest.mark.parametrize(
    ("url", "options", "code", "says"),
    [
        ("http://127.0.0.1:1", [], 5, "127.0.0.1:1"),
        ("127.0.0.1:1", [], 2, "address"),
        ("http://me:secret@127.0.0.1:1", [], 2, "password"),
        ("{base}/nothing", [], 5, "answers no queries: status 404, "),
        ("{base}", ["--via", "gps"], 2, "gps"),
    ],
)
def test_an_error_is_one_line_and_a_hint(
    store: Server, run: Run, url: str, options: list[str], code: int, says: str
) -> None:
    ended = run("push", url.format(base=store.base), *options)
    assert (ended.code, ended.out) == (code, "")
    first, second = ended.err.splitlines()
    assert says in first
    assert "secret" not in ended.err
    assert second.startswith("hint: ")


def test_a_read_only_store_is_an_error(tmp_path: Path, run: Run) -> None:
    try:
        with oxigraph.serve(tmp_path):
            pass
        with oxigraph.serve(tmp_path, read_only=True) as server:
            ended = run("push", server.base)
    except AbsentError as absent:
        pytest.skip(str(absent))
    assert (ended.code, ended.out) == (5, "")
    assert len(ended.err.splitlines()) == 2


def test_a_read_only_store_is_compared_statement_by_statement(
    tmp_path: Path, run: Run, copy_of_graph: Path
) -> None:
    path = copy_of_graph / FILE
    (tmp_path / "server").mkdir()
    try:
        with oxigraph.serve(tmp_path / "server") as server:
            assert run("push", server.base, "--root", copy_of_graph).code == 0
        with oxigraph.serve(tmp_path / "server", read_only=True) as server:
            same = run("push", "--verify", server.base, "--root", copy_of_graph)
            path.write_text(path.read_text().replace('"China"@en', '"China, changed"@en'))
            (copy_of_graph / "data/sources.ttl").unlink()
            (copy_of_graph / "data/extra.ttl").write_text('<a:a> <a:b> "1", "2", "3", "4", "5" .')
            ended = run("push", "--verify", server.query, "--root", copy_of_graph)
    except AbsentError as absent:
        pytest.skip(str(absent))
    number = len(Repository.find(copy_of_graph).list_default_graph_files())
    assert (same.code, count_outcomes(same)) == (0, {"verified": number}), same.err
    assert ended.code == 1, ended.err
    lines = ended.out.splitlines()
    (members,) = (at for at, line in enumerate(lines) if line.endswith(f"\t{GRAPH}data/actors/members"))
    subject = "<https://w3id.org/msme-kg/member/cn> <http://www.w3.org/2000/01/rdf-schema#label>"
    count = lines[members].split("\t")[1].split(" ")[0]
    assert lines[members].startswith(f"different\t{count} ≠ {count}\t")
    assert lines[members + 1 : members + 3] == [
        f'\t-\t{subject} "China, changed"@en',
        f'\t+\t{subject} "China"@en',
    ]
    extra = lines.index(f"different\t0 ≠ 5\t{GRAPH}data/extra")
    examples = [f'\t-\t<a:a> <a:b> "{n}"' for n in (1, 2, 3)]
    assert lines[extra + 1 : extra + 5] == [*examples, "\t-\t… 5"]
    (sources,) = (line for line in lines if line.endswith(f"\t{GRAPH}data/sources"))
    assert sources.startswith("different\t")
    assert sources.split("\t")[1].endswith(" ≠ 0")
    assert count_outcomes(ended)["different"] == 3
    assert ended.err.splitlines()[0].endswith(" verified, 3 different")


def test_the_server_of_this_package_is_compared_too(run: Run) -> None:
    with running.serve() as server:
        ended = run("push", "--verify", f"{server.url}sparql")
    assert (ended.code, set(count_outcomes(ended))) == (0, {"verified"}), ended.err


@pytest.mark.parametrize("option", [("--dry-run",), ("--via", "gsp")])
def test_a_comparison_takes_no_option_for_writing(run: Run, option: tuple[str, ...]) -> None:
    ended = run("push", "--verify", "http://127.0.0.1:1", *option)
    assert (ended.code, ended.out) == (2, "")


def test_a_store_that_alters_the_data_is_detected(tmp_path: Path, run: Run, copy_of_graph: Path) -> None:
    """Virtuoso stores a year as its first day, and so keeps one of two statements."""
    (copy_of_graph / "data/extra.ttl").write_text(
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        '<a:a> <a:b> "2020"^^xsd:gYear, "2020-01-01"^^xsd:date .\n'
    )
    (tmp_path / "server").mkdir()
    try:
        with virtuoso.serve(tmp_path / "server") as server:
            anonymous = run("push", server.base, "--root", copy_of_graph)
            wrong = run("push", server.base, env={**server.environment, "MSME_KG_PASSWORD": "hidden"})
            ended = run("push", server.base, "--root", copy_of_graph, env=server.environment)
    except AbsentError as absent:
        pytest.skip(str(absent))
    assert (anonymous.code, anonymous.out) == (5, "")
    assert "MSME_KG_USER" in anonymous.err
    assert wrong.code == 5
    assert "hidden" not in wrong.err
    assert ended.code == 1
    lines = ended.out.splitlines()
    assert [line for line in lines if "different" in line] == [f"different\t1 ≠ 2\t{GRAPH}data/extra"]
    assert [line for line in lines if line.startswith('\t-\t<a:a> <a:b> "2020')]
