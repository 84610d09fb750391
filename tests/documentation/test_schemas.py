"""Output of ``--format json`` fits the JSON Schemas in docs/schemas."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Run
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from documentation.markdown import ROOT

SCHEMAS = {
    path.name: json.loads(path.read_bytes()) for path in sorted((ROOT / "docs/schemas").glob("*.json"))
}
REGISTRY: Registry[object] = Registry().with_resources(
    (name, Resource.from_contents(schema)) for name, schema in SCHEMAS.items()
)


def list_object_schemas(schema: object) -> Iterator[dict[str, object]]:
    """Yield every schema of an object with properties."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for value in schema.values():
            yield from list_object_schemas(value)


def require_fit(name: str, text: str) -> object:
    found = json.loads(text)
    Draft202012Validator(SCHEMAS[name], registry=REGISTRY).validate(found)
    return found


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_valid_and_allows_nothing_unknown(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    for schema in list_object_schemas(SCHEMAS[name]):
        assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("rows.json", ["query", "members", "--as-of", "2023-08-01"]),
        ("rows.json", ["query", "coverage", "--as-of", "2023-08-01", "--labels"]),
        (
            "rows.json",
            ["sparql", "-e", "SELECT ?x ?y (1.5 AS ?z) (true AS ?w) WHERE { VALUES ?x { 1 UNDEF } }"],
        ),
        ("search.json", ["search", "貿易政策檢討"]),
        ("describe.json", ["describe", "CN"]),
        ("info.json", ["info"]),
        ("findings.json", ["validate"]),
    ],
)
def test_output_fits(run: Run, name: str, words: list[str]) -> None:
    ended = run(*words, "--format", "json")
    assert ended.code == 0, ended.err
    assert require_fit(name, ended.out)


def test_lines_of_jsonl_are_rows(run: Run) -> None:
    for line in run("query", "coverage", "--format", "jsonl").out.splitlines():
        require_fit("rows.json", f"[{line}]")


SHAPES = """
@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
ex:Outer a sh:NodeShape ; sh:targetClass ex:Person ; sh:property ex:Outer-knows .
ex:Outer-knows a sh:PropertyShape ; sh:path ex:knows ; sh:node ex:Inner .
ex:Inner a sh:NodeShape ; sh:property ex:Inner-name .
ex:Inner-name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 .
"""


def test_findings_with_reasons_fit(run: Run, tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    data = "@prefix ex: <http://example.org/> . ex:a a ex:Person ; ex:knows ex:b ."
    (tmp_path / "data.ttl").write_text(data, encoding="utf-8")
    ended = run("validate", "--alone", "--shapes", "shapes.ttl", "data.ttl", "--full", "--format", "json")
    found = require_fit("findings.json", ended.out)
    assert isinstance(found, dict)
    assert not found["conforms"]
    assert any(one["reasons"] for one in found["findings"])


def break_people(root: Path) -> None:
    """Change an entity, and add one with an IRI and one without."""
    people = root / "data/actors/people.ttl"
    text = people.read_text(encoding="utf-8")
    text = text.replace("    msme:represents member:ch ;\n", "    msme:represents person:nobody ;\n", 1)
    added = 'person:nobody a foaf:Person ; foaf:age 3 .\n[] rdfs:label "x"@fr .\n'
    people.write_text(f"{text}\n{added}", encoding="utf-8")


def test_difference_fits(run: Run, copy_of_graph: Path) -> None:
    before = copy_of_graph.parent / "before"
    shutil.copytree(copy_of_graph, before)
    break_people(copy_of_graph)
    ended = run("diff", before, copy_of_graph, "--format", "json")
    found = require_fit("diff.json", ended.out)
    assert isinstance(found, dict)
    assert {one["change"] for one in found["things"]} == {"new", "changed"}


@pytest.mark.parametrize("command", ["check", "apply"])
def test_review_fits(run: Run, copy_of_graph: Path, tmp_path: Path, command: str) -> None:
    (tmp_path / "gone.ttl").write_text(
        "@prefix msme: <https://w3id.org/msme-kg/ontology#> ."
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
        '<https://w3id.org/msme-kg/person/chambovey> rdfs:label "Didier Chambovey"@en ;'
        "  msme:represents <https://w3id.org/msme-kg/member/ch> .",
        encoding="utf-8",
    )
    more = ["--yes"] if command == "apply" else []
    ended = run(command, "--remove", "gone.ttl", *more, "--root", copy_of_graph, "--format", "json")
    assert ended.code == 1
    found = require_fit("proposal.json", ended.out)
    assert isinstance(found, dict)
    assert not found["allowed"]
    assert found["findings"]


def test_answers_that_change_fit(run: Run, tmp_path: Path) -> None:
    (tmp_path / "end.ttl").write_text(
        "<https://w3id.org/msme-kg/membership/us> <https://w3id.org/msme-kg/ontology#endNotAfter>"
        '  "2025-06-30"^^<http://www.w3.org/2001/XMLSchema#date> .',
        encoding="utf-8",
    )
    found = require_fit("proposal.json", run("check", "--add", "end.ttl", "--format", "json").out)
    assert isinstance(found, dict)
    answers = {(one["query"], one["options"].get("as_of")): one for one in found["answers"]}
    members = answers["members", "2025-12-31"]
    assert (members["before"], members["after"]) == (85, 84)
    assert [row["code"] for row in members["removed"]] == ["US"]
