"""Imports of short commands: a query loads neither rdflib nor pyshacl."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import environment

HEAVY = {"rdflib", "pyshacl", "SPARQLWrapper", "owlrl", "numpy", "pandas", "jinja2", "docx", "xlsxwriter"}


def loaded(tmp_path: Path, *args: str, **variables: str) -> set[str]:
    """Return the packages that a run of the command line imported, by the log of Python."""
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "msme_kg", *args],
        capture_output=True,
        cwd=tmp_path,
        env=environment("2025-12-31", more=variables),
        timeout=60,
        check=True,
    )
    assert ended.stdout
    lines = ended.stderr.decode().splitlines()
    return {
        line.rpartition("|")[2].strip().partition(".")[0] for line in lines if line.startswith("import time:")
    }


@pytest.mark.parametrize(
    "args",
    [
        ("query", "members"),
        ("query", "members", "--format", "csv", "--labels"),
        ("query", "evidence", "--thing", "WT/MIN(17)/58"),
        ("sparql", "-e", "ASK { ?s ?p ?o }"),
        ("describe", "US"),
        ("info",),
    ],
)
def test_a_query_loads_nothing_heavy(args: tuple[str, ...], tmp_path: Path) -> None:
    found = loaded(tmp_path, *args)
    assert {"pyoxigraph", "click", "msme_kg"} <= found
    assert found & HEAVY == set()


def test_a_validation_without_findings_loads_neither_rdflib_nor_pyshacl(tmp_path: Path) -> None:
    with_empty_cache = loaded(tmp_path, "validate", MSME_KG_CACHE="")
    loaded(tmp_path, "validate")
    cached = loaded(tmp_path, "validate")
    assert "numpy" in with_empty_cache
    assert with_empty_cache & {"rdflib", "pyshacl"} == set()
    assert cached & {*HEAVY, "yaml"} == set()


def test_headers_are_parsed_once(tmp_path: Path) -> None:
    loaded(tmp_path, "query", "members", "--as-of", "2020-02-01")
    found = loaded(tmp_path, "query", "members", "--as-of", "2020-02-02")
    assert "pyoxigraph" in found
    assert "yaml" not in found


def test_a_question_without_names_messages_or_errors_loads_nothing_for_them(tmp_path: Path) -> None:
    loaded(tmp_path, "query", "members", "--as-of", "2020-02-04", "--format", "csv")
    found = loaded(tmp_path, "query", "members", "--as-of", "2020-02-05", "--format", "csv")
    assert "csv" in found
    assert found & {"tomllib", "shlex"} == set()


def test_shapes_with_plain_patterns_are_compiled_without_their_translator(tmp_path: Path) -> None:
    shapes = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "[ a sh:NodeShape ; sh:targetSubjectsOf <urn:p> ; sh:nodeKind sh:IRI ; sh:pattern {} ] .\n"
    )
    (tmp_path / "data.ttl").write_text("<urn:s> <urn:p> 1 .\n", encoding="utf-8")
    for pattern, is_loaded in (('"^urn:[a-z]+$"', False), ('"^urn:\\\\p{Ll}+$"', True)):
        (tmp_path / "shapes.ttl").write_text(shapes.format(pattern), encoding="utf-8")
        found = loaded(tmp_path, "validate", "--alone", "--shapes", "shapes.ttl", "data.ttl")
        assert ("elementpath" in found) is is_loaded


def test_a_question_asked_again_loads_no_library(tmp_path: Path) -> None:
    loaded(tmp_path, "query", "members", "--as-of", "2020-02-03")
    found = loaded(tmp_path, "query", "members", "--as-of", "2020-02-03")
    assert found & {"click", "pyoxigraph", "yaml", "tomllib", "dataclasses"} == set()
