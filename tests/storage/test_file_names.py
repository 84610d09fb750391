"""Names of data and query files: an IRI for each, or one line that says what to rename."""

from __future__ import annotations

import os
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st
from publish.test_w3id import Rules
from site_pages.small import small_root

from msme_kg.errors import InputError
from msme_kg.publish.portal.w3id import render_htaccess
from msme_kg.repository import to_graph_iri, to_graph_path

GRAPH = "https://w3id.org/msme-kg/graph/data/"
ODD_NAMES = {
    "two words": "two%20words",
    'quo"te': "quo%22te",
    "l<t": "l%3Ct",
    "back\\slash": "back%5Cslash",
    "per%20cent": "per%2520cent",
    "ques?tion#": "ques%3Ftion%23",
    "{c^}|`": "%7Bc%5E%7D%7C%60",
    "臺灣\u3000縣": "臺灣%E3%80%80縣",
    "e\u0301\u202e\ufffe": "e%CC%81%E2%80%AE%EF%BF%BE",
    "a.b": "a.b",
    "it's (1)": "it's%20(1)",
}
UNUSABLE_NAMES = [b"line\nbreak", b"esc\x1b", b"delete\x7f", b"big5-\xbb\x4f", "c1\x85".encode()]
STATEMENT = '<https://w3id.org/msme-kg/member/{}> <http://www.w3.org/2000/01/rdf-schema#label> "{}"@en .\n'


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """Return a small graph with a file of each odd name."""
    root = small_root(tmp_path / "graph")
    for number, name in enumerate(ODD_NAMES):
        (root / f"data/{name}.ttl").write_text(STATEMENT.format(f"odd{number}", number))
    return root


def test_each_name_gives_a_valid_iri_and_comes_back() -> None:
    for name, expected in ODD_NAMES.items():
        iri = to_graph_iri(f"data/{name}.ttl")
        assert iri == ox.NamedNode(iri).value == GRAPH + expected
        assert to_graph_path(iri) == f"data/{name}.ttl"


@given(st.lists(st.text(min_size=1).filter(lambda part: "/" not in part), min_size=1))
def test_path_and_iri_are_one_to_one(parts: list[str]) -> None:
    path = f"{'/'.join(parts)}x.ttl"
    try:
        iri = to_graph_iri(path)
    except InputError:
        assert any(not char.isprintable() for char in path)
        return
    assert ox.NamedNode(iri).value == iri
    assert to_graph_path(iri) == path


def test_commands_on_files_with_odd_names(run: Run, odd: Path, tmp_path: Path) -> None:
    ended = run("export", "nquads", "--root", odd)
    assert ended.code == 0, ended.err
    graphs = {quad.graph_name.value for quad in ox.parse(ended.out.encode(), ox.RdfFormat.N_QUADS)}  # type: ignore[union-attr]
    assert {GRAPH + name for name in ODD_NAMES.values()} <= graphs
    chosen = run("export", "nquads", "--root", odd, "--graph", "data/two words")
    assert chosen.out.count("\n") == 1
    assert f"<{GRAPH}two%20words>" in chosen.out
    for command in (("validate",), ("info",), ("site", "site"), ("portal", "portal"), ("diff", odd, odd)):
        ended = run(*command, "--root", odd)
        assert ended.code in {0, 1}, ended.err
    for name in ODD_NAMES:
        assert (tmp_path / f"portal/data/{name}.nt").is_file()


def test_an_update_of_a_file_with_an_odd_name(run: Run, odd: Path, tmp_path: Path) -> None:
    (tmp_path / "add.ttl").write_text(STATEMENT.format("odd0", "added"))
    (tmp_path / "remove.ttl").write_text(STATEMENT.format("odd0", 0))
    ended = run("check", "--add", "add.ttl", "--remove", "remove.ttl", "--root", odd, "--format", "json")
    assert ended.code in {0, 1}, ended.err
    assert f"{GRAPH}two%20words" in ended.out or "two words.ttl" in ended.out


@pytest.mark.parametrize("name", UNUSABLE_NAMES)
@pytest.mark.parametrize(
    "command", [("validate",), ("query", "members"), ("export", "turtle"), ("site", "s")]
)
def test_an_unusable_name_is_refused_in_one_line(
    run: Run, tmp_path: Path, name: bytes, command: tuple[str, ...]
) -> None:
    root = small_root(tmp_path / "graph")
    path = os.path.join(os.fsencode(root), b"data", name + b".ttl")
    with open(path, "w") as file:
        file.write(STATEMENT.format("odd", 0))
    ended = run(*command, "--root", root)
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.count("\n") == 2
    assert ".ttl: error: the name of the file is not UTF-8, or has a line break" in ended.err
    assert ended.err.endswith("hint: rename the file\n")


@pytest.mark.parametrize("name", [b"two words", b'quo"te', b"l<t", b"per%cent", b"big5-\xbb\x4f", b"n" * 101])
@pytest.mark.parametrize("command", [("query",), ("portal", "p")])
def test_an_unusable_name_of_a_query_is_refused_in_one_line(
    run: Run, tmp_path: Path, name: bytes, command: tuple[str, ...]
) -> None:
    root = small_root(tmp_path / "graph")
    folder = os.path.join(os.fsencode(root), b"queries/actors")
    os.rename(os.path.join(folder, b"members.rq"), os.path.join(folder, name + b".rq"))
    ended = run(*command, "--root", root)
    assert (ended.code, ended.out) == (3, "")
    assert ".rq: error: the name of a query consists of at most 100 letters, digits, - and _\n" in ended.err
    assert ended.err.endswith("hint: rename the file\n")


def test_redirects_lead_to_files_with_odd_names(tmp_path: Path) -> None:
    base = "https://example.org/a%20b/$1/100%25/"
    paths = {f"https://w3id.org/msme-kg/kind{n}/x": f"data/{name}" for n, name in enumerate(ODD_NAMES)}
    (tmp_path / ".htaccess").write_text(render_htaccess(base, paths, "dump/all", {"^graph/(.+)$": "$1"}))
    rules = Rules.read(tmp_path / ".htaccess")
    decoded = "https://example.org/a b/$1/100%/"  # Apache encodes the target
    for number, name in enumerate(ODD_NAMES):
        expected = f"{decoded}data/{name}.ttl"
        assert rules.follow(f"kind{number}/x", "text/turtle") == (303, expected)
        assert rules.follow(f"graph/data/{name}", "text/turtle") == (303, expected)
    assert rules.follow("kind0/x", "text/html") == (303, f"{decoded}kind0/x/")
