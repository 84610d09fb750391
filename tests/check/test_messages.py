"""Proves that a message with placeholders is told in the chosen language, filled as people write terms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Run

from msme_kg.check.messages import captured

SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix msme: <https://w3id.org/msme-kg/ontology#> .
@prefix ex: <http://example.org/> .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
ex:S a sh:NodeShape ; sh:targetClass ex:Person ;
    sh:sparql [ sh:prefixes ex: ;
        sh:message "{$this} knows {?value}, aged {?age}, of {?kind}."@en ;
        sh:message "{?value} 屬 {?kind}，年 {?age}，{?this} 識之{?nothing}。"@zh-Hant ;
        sh:select '''SELECT $this ?value ?age ?kind WHERE {
            $this ex:knows ?value . ?value ex:age ?age ; a ?kind }'''
    ] .
ex:T a sh:PropertyShape ; sh:targetSubjectsOf ex:note ; sh:path ex:note ;
    sh:message "no note {?value} at {$PATH}"@en , "不得有註 {?value}"@zh-Hant ;
    sh:sparql [ sh:prefixes ex: ; sh:select "SELECT $this ?value WHERE { $this $PATH ?value }" ] .
ex:Shortest a sh:ConstraintComponent ;
    sh:parameter [ sh:path ex:shortest ] ;
    sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes ex: ;
        sh:message "{?value} is shorter than {$shortest}"@en , "{?value} 短於 {$shortest}"@zh-Hant ;
        sh:ask "ASK { FILTER(STRLEN(STR($value)) >= $shortest) }" ] .
ex:U a sh:NodeShape ; sh:targetObjectsOf ex:code ; ex:shortest 4 .
"""
DATA = """@prefix msme: <https://w3id.org/msme-kg/ontology#> .
@prefix ex: <http://example.org/> .
ex:a a ex:Person ; ex:knows [ a msme:Event ; ex:age 7 ] .
ex:b ex:note "100% {?age} $1" .
ex:c ex:code "abc" .
"""
ENGLISH = [
    "http://example.org/a knows [], aged 7, of https://w3id.org/msme-kg/ontology#Event.",
    "abc is shorter than 4",
    "no note 100% {?age} $1 at <http://example.org/note>",
]
CHINESE = [
    "[] 屬 https://w3id.org/msme-kg/ontology#Event，年 7，http://example.org/a 識之{?nothing}。",
    "abc 短於 4",
    "不得有註 100% {?age} $1",
]


@pytest.mark.parametrize(("lang", "expected"), [("en", ENGLISH), ("zh-Hant", CHINESE)])
@pytest.mark.parametrize("seed", [0, 1])
def test_placeholders_are_filled_in_the_chosen_language(
    run: Run, tmp_path: Path, lang: str, expected: list[str], seed: int
) -> None:
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf-8")
    words = ("validate", "--alone", "--shapes", "shapes.ttl", "data.ttl", "--lang", lang, "--format")
    ended = run(*words, "json", seed=seed)
    assert sorted(one["message"] for one in json.loads(ended.out)["findings"]) == sorted(expected)
    log = json.loads(run(*words, "sarif", seed=seed).out)["runs"][0]
    rules = {one["id"]: one["shortDescription"]["text"] for one in log["tool"]["driver"]["rules"]}
    assert ("{?age}" in rules["http://example.org/S"]) == (
        "年" in rules["http://example.org/S"] or lang == "en"
    )


@pytest.mark.parametrize(
    ("template", "text", "known", "expected"),
    [
        ("plain", "plain", {}, {}),
        ("plain", "other", {}, None),
        ("{?a}", "", {}, {"a": ""}),
        ("a {?x} b {$y} c", "a 1 b 2 c", {}, {"x": "1", "y": "2"}),
        ("a {?x} b {?x}", "a 1 b 1", {}, {"x": "1"}),
        ("a {?x} b {?x}", "a 1 b 2", {}, None),
        ("{?value}: {?x}", "1: 2", {"value": "1"}, {"x": "2"}),
        ("{?value}: {?x}", "{?value}: 2", {"value": "1"}, {"x": "2"}),
        ("a {?x}", "b 1", {}, None),
        ("{?x} end", "1 End", {}, None),
        ("{?x}a{?y}a", "a", {}, None),
        ("{?x}{?y}", "12", {}, {"x": "1", "y": "2"}),
    ],
)
def test_what_placeholders_hold_is_read_from_a_filled_text(
    template: str, text: str, known: dict[str, str], expected: dict[str, str] | None
) -> None:
    assert captured(template, text, known) == expected
