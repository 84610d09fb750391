"""Tests of SARIF: validity by the schema, URIs of files, and fingerprints.

The schema is the one of the SARIF committee that the npm package @microsoft/jest-sarif 1.0.0-beta.0 ships
(MIT licence, copyright Microsoft Corporation).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyoxigraph as ox
import pytest
from conftest import Run

from msme_kg.errors import SourceLocation
from msme_kg.namespaces import PrefixMap
from msme_kg.rendering.validation_report import ReportRenderer
from msme_kg.shacl.report import Finding, ValidationReport

SCHEMA = Path(__file__).with_name("sarif-2.1.0-rtm.5.json")
URI = re.compile(r"(?:[A-Za-z0-9._~/:-]|%[0-9A-F]{2})*")
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:Named a sh:NodeShape ; sh:targetClass ex:Person ; sh:node ex:Inner ;
    sh:property ex:Named-name , ex:Named-age , ex:Named-known .
ex:Named-name sh:path ex:name ; sh:minCount 1 ; sh:severity sh:Warning ;
    sh:message "100% needs a name,\\nplease"@en , "需要名稱"@zh-Hant .
ex:Named-age sh:path ex:age ; sh:maxInclusive 9 ; sh:severity sh:Info .
ex:Named-known sh:path ex:knows ; sh:nodeKind sh:Literal .
ex:Inner a sh:NodeShape ; sh:property [
    sh:path ( ex:knows ex:name ) ; sh:minCount 1 ; sh:message "none known" ] .
"""
DATA = """@prefix ex: <http://example.org/> .

ex:a a ex:Person ;
    ex:age 10 , 11 ;
    ex:knows ex:b .
<http://example.org/甲\\u0021"> a ex:Person ;
    ex:knows ex:c , ex:d .
""".replace('\\u0021"', "#%20")


def read_run(text: str) -> Any:
    """Validate a log by the SARIF schema and return its run."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema, of the test extra, is not installed")
    whole = json.loads(text)
    validator = jsonschema.Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert [f"{list(one.absolute_path)}: {one.message}" for one in validator.iter_errors(whole)] == []
    (run,) = whole["runs"]
    assert (whole["version"], whole["$schema"].rsplit("/", 1)[1]) == ("2.1.0", "sarif-2.1.0.json")
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    prints = [result["partialFingerprints"]["finding/v1"] for result in run["results"]]
    assert len(prints) == len(set(prints))
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["message"]["text"]
        for location in result.get("locations", ()):
            artifact = location["physicalLocation"]["artifactLocation"]
            assert URI.fullmatch(artifact["uri"])
            assert artifact.get("uriBaseId", "ROOT") in run["originalUriBaseIds"]
    return run


@pytest.fixture
def validate(run: Run, tmp_path: Path):
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf-8")

    def ask(*more: str, file: str = "data.ttl") -> Any:
        return run("validate", "--alone", "--shapes", "shapes.ttl", file, "--format", "sarif", *more)

    return ask


@pytest.mark.parametrize("more", [(), ("--full",), ("--lang", "zh-Hant"), ("--lang", "zh-Hant", "--full")])
def test_findings_of_every_severity_are_valid(validate, more: tuple[str, ...]) -> None:
    ended = validate(*more)
    assert ended.code == 1
    found = read_run(ended.out)
    assert {result["level"] for result in found["results"]} == {"error", "warning", "note"}
    texts = [result["message"]["text"] for result in found["results"]]
    assert any("需要名稱" in text for text in texts) == ("zh-Hant" in more)
    assert any("\n    because " in text for text in texts) == ("--full" in more)


def test_a_log_without_results_is_valid(validate, tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text("<http://example.org/x> a <http://example.org/Y> .", encoding="utf-8")
    ended = validate()
    assert ended.code == 0
    assert read_run(ended.out)["results"] == []


def test_rules_of_the_shipped_graph_are_described(run: Run, copy_of_graph: Path) -> None:
    path = copy_of_graph / "data/actors/organizations.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n[] rdfs:comment 1 .\norganization:itc rdfs:label 1 .\n", encoding="utf-8")
    found = read_run(run("validate", "--root", copy_of_graph, "--format", "sarif").out)
    assert len(found["results"]) > 1
    rules = {rule["id"]: rule for rule in found["tool"]["driver"]["rules"]}
    assert rules["convention/blank-node"]["shortDescription"]["text"].startswith("A blank node in the data.")
    assert rules["shape:Organization-label"]["shortDescription"]["text"]
    assert rules["shape:Organization-label"]["defaultConfiguration"] == {"level": "error"}


@pytest.mark.parametrize("name", ["a b.ttl", "中文.ttl", "50%#?.ttl", "a:b.ttl", "sub/ü.ttl"])
def test_artifact_locations_are_uris(validate, tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(DATA, encoding="utf-8")
    for given in (name, str(tmp_path / name)):
        found = read_run(validate(file=given).out)
        places = [one["locations"][0]["physicalLocation"] for one in found["results"]]
        for place in places:
            artifact = place["artifactLocation"]
            assert unquote(artifact["uri"]) == (given if given == name else f"file://{given}")
            assert ("uriBaseId" in artifact) == (given == name)
            assert place["region"]["startLine"] > 2


def test_a_file_name_that_is_not_utf8_is_escaped() -> None:
    place = SourceLocation("\udcff.ttl", 1, 2)
    finding = Finding("info", {"en": "x", "zh-Hant": "x"}, "lint/empty", location=place)
    text = ReportRenderer("en", "1", PrefixMap({})).render(ValidationReport((finding,)), "sarif")
    (result,) = read_run(text)["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "%FF.ttl"
    assert location["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 2}
    assert text.encode()
    assert json.loads(
        ReportRenderer("en", "1", PrefixMap({})).render(ValidationReport((finding,)), "json").encode()
    )


def read_fingerprints(text: str) -> list[tuple[int, str]]:
    """Return the line and fingerprint of each result."""
    return [
        (
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
            result["partialFingerprints"]["finding/v1"],
        )
        for result in read_run(text)["results"]
    ]


def test_fingerprints_do_not_depend_on_lines(validate, tmp_path: Path) -> None:
    before = read_fingerprints(validate().out)
    (tmp_path / "data.ttl").write_text(DATA.replace("\n\n", "\n\nex:new a ex:Thing .\n\n"), encoding="utf-8")
    after = read_fingerprints(validate().out)
    assert [line for line, _ in after] == [line + 2 for line, _ in before]
    assert [mark for _, mark in after] == [mark for _, mark in before]
    assert [mark for _, mark in read_fingerprints(validate("--lang", "zh-Hant").out)] == [
        mark for _, mark in before
    ]


def test_fingerprints_of_repeated_findings_differ() -> None:
    blank = ox.BlankNode("x")
    findings = [
        Finding("violation", {"en": "x", "zh-Hant": "x"}, "urn:s", focus, location=SourceLocation(file, line))
        for focus in (blank, ox.NamedNode("urn:a"))
        for file, line in (("a.ttl", 1), ("a.ttl", 2), ("b.ttl", 1))
    ]
    renderer = ReportRenderer("en", "1", PrefixMap({}))
    first = read_fingerprints(renderer.render(ValidationReport.from_findings(findings), "sarif"))
    assert len({mark for _, mark in first}) == len(findings)
    assert first == read_fingerprints(
        renderer.render(ValidationReport.from_findings(reversed(findings)), "sarif")
    )
