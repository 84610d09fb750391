"""Proves that SARIF is valid by its schema, names files as URIs, and knows a finding again after an edit.

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


def check(text: str) -> Any:
    """Return the one run of a valid log."""
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
def asked(run: Run, tmp_path: Path):
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf-8")

    def ask(*more: str, file: str = "data.ttl") -> Any:
        return run("validate", "--alone", "--shapes", "shapes.ttl", file, "--format", "sarif", *more)

    return ask


@pytest.mark.parametrize("more", [(), ("--full",), ("--lang", "zh-Hant"), ("--lang", "zh-Hant", "--full")])
def test_findings_of_every_severity_are_valid(asked, more: tuple[str, ...]) -> None:
    ended = asked(*more)
    assert ended.code == 1
    found = check(ended.out)
    assert {result["level"] for result in found["results"]} == {"error", "warning", "note"}
    texts = [result["message"]["text"] for result in found["results"]]
    assert any("需要名稱" in text for text in texts) == ("zh-Hant" in more)
    assert any("\n    because " in text for text in texts) == ("--full" in more)


def test_what_conforms_is_valid(asked, tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text("<http://example.org/x> a <http://example.org/Y> .", encoding="utf-8")
    ended = asked()
    assert ended.code == 0
    assert check(ended.out)["results"] == []


def test_the_shipped_graph_with_a_fault_is_valid_and_its_rules_are_described(
    run: Run, copy_of_graph: Path
) -> None:
    path = copy_of_graph / "data/actors/organizations.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n[] rdfs:comment 1 .\norganization:itc rdfs:label 1 .\n", encoding="utf-8")
    found = check(run("validate", "--root", copy_of_graph, "--format", "sarif").out)
    assert len(found["results"]) > 1
    rules = {rule["id"]: rule for rule in found["tool"]["driver"]["rules"]}
    assert rules["convention/blank-node"]["shortDescription"]["text"].startswith("A blank node in the data.")
    assert rules["shape:Organization-label"]["shortDescription"]["text"]
    assert rules["shape:Organization-label"]["defaultConfiguration"] == {"level": "error"}


@pytest.mark.parametrize("name", ["a b.ttl", "中文.ttl", "50%#?.ttl", "a:b.ttl", "sub/ü.ttl"])
def test_files_are_named_as_uris(asked, tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(DATA, encoding="utf-8")
    for given in (name, str(tmp_path / name)):
        found = check(asked(file=given).out)
        places = [one["locations"][0]["physicalLocation"] for one in found["results"]]
        for place in places:
            artifact = place["artifactLocation"]
            assert unquote(artifact["uri"]) == (given if given == name else f"file://{given}")
            assert ("uriBaseId" in artifact) == (given == name)
            assert place["region"]["startLine"] > 2


def test_a_name_that_is_no_text_is_escaped_too() -> None:
    place = SourceLocation("\udcff.ttl", 1, 2)
    finding = Finding("info", {"en": "x", "zh-Hant": "x"}, "lint/empty", location=place)
    text = ReportRenderer("en", "1", PrefixMap({})).render(ValidationReport((finding,)), "sarif")
    (result,) = check(text)["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "%FF.ttl"
    assert location["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 2}
    assert text.encode()
    assert json.loads(
        ReportRenderer("en", "1", PrefixMap({})).render(ValidationReport((finding,)), "json").encode()
    )


def prints(text: str) -> list[tuple[int, str]]:
    """Give line and fingerprint of each result."""
    return [
        (
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
            result["partialFingerprints"]["finding/v1"],
        )
        for result in check(text)["results"]
    ]


def test_fingerprints_survive_a_line_put_in_above(asked, tmp_path: Path) -> None:
    before = prints(asked().out)
    (tmp_path / "data.ttl").write_text(DATA.replace("\n\n", "\n\nex:new a ex:Thing .\n\n"), encoding="utf-8")
    after = prints(asked().out)
    assert [line for line, _ in after] == [line + 2 for line, _ in before]
    assert [mark for _, mark in after] == [mark for _, mark in before]
    assert [mark for _, mark in prints(asked("--lang", "zh-Hant").out)] == [mark for _, mark in before]


def test_fingerprints_tell_apart_what_agrees_in_all_but_the_place() -> None:
    blank = ox.BlankNode("x")
    findings = [
        Finding("violation", {"en": "x", "zh-Hant": "x"}, "urn:s", focus, location=SourceLocation(file, line))
        for focus in (blank, ox.NamedNode("urn:a"))
        for file, line in (("a.ttl", 1), ("a.ttl", 2), ("b.ttl", 1))
    ]
    renderer = ReportRenderer("en", "1", PrefixMap({}))
    first = prints(renderer.render(ValidationReport.from_findings(findings), "sarif"))
    assert len({mark for _, mark in first}) == len(findings)
    assert first == prints(renderer.render(ValidationReport.from_findings(reversed(findings)), "sarif"))
