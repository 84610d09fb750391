"""Messages are in the chosen language, and their placeholders are filled with abbreviated terms."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import Run

from msme_kg.message_catalog import load_messages
from msme_kg.namespaces import SHACL, PrefixMap
from msme_kg.shacl.validator import Validator
from msme_kg.storage.dataset import Dataset, GraphFile

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


# For each constraint component of SHACL Core a shape for the objects of ex:p, and an object that violates it.
CORE_CASES = {
    "And": ("sh:and ( [ sh:minLength 9 ] )", '"x"'),
    "Class": ("sh:class ex:Person", '"x"'),
    "Closed": ("sh:closed true", "[ ex:q 1 ]"),
    "Datatype": ("sh:datatype xsd:date", '"x"'),
    "Disjoint": ("sh:property [ sh:path ex:q ; sh:disjoint ex:r ]", "[ ex:q 1 ; ex:r 1 ]"),
    "Equals": ("sh:property [ sh:path ex:q ; sh:equals ex:r ]", "[ ex:q 1 ]"),
    "HasValue": ("sh:hasValue 1", '"x"'),
    "In": ("sh:in ( 1 2 3 4 5 6 7 8 9 10 11 )", '"x"'),
    "LanguageIn": ('sh:languageIn ( "en" "zh-Hant" )', '"x"@fr'),
    "LessThan": ("sh:property [ sh:path ex:q ; sh:lessThan ex:r ]", "[ ex:q 1 ; ex:r 1 ]"),
    "LessThanOrEquals": ("sh:property [ sh:path ex:q ; sh:lessThanOrEquals ex:r ]", "[ ex:q 2 ; ex:r 1 ]"),
    "MaxCount": ("sh:property [ sh:path ex:q ; sh:maxCount 1 ]", "[ ex:q 1 , 2 ]"),
    "MaxExclusive": ("sh:maxExclusive 1", "1"),
    "MaxInclusive": ("sh:maxInclusive 1", "2"),
    "MaxLength": ("sh:maxLength 1", '"xx"'),
    "MinCount": ("sh:property [ sh:path ex:q ; sh:minCount 1 ]", "[]"),
    "MinExclusive": ("sh:minExclusive 1", "1"),
    "MinInclusive": ("sh:minInclusive 1", "0"),
    "MinLength": ("sh:minLength 2", '"x"'),
    "Node": ("sh:node [ sh:minLength 9 ]", '"x"'),
    "NodeKind": ("sh:nodeKind sh:IRI", '"x"'),
    "Not": ("sh:not [ sh:maxLength 9 ]", '"x"'),
    "Or": ("sh:or ( [ sh:minLength 9 ] )", '"x"'),
    "Pattern": ('sh:pattern "^[0-9]{2}$"', '"x"'),
    "QualifiedMaxCount": (
        "sh:property [ sh:path ex:q ; sh:qualifiedValueShape [ sh:minLength 1 ] ; sh:qualifiedMaxCount 0 ]",
        "[ ex:q 1 ]",
    ),
    "QualifiedMinCount": (
        "sh:property [ sh:path ex:q ; sh:qualifiedValueShape [ sh:minLength 9 ] ; sh:qualifiedMinCount 1 ]",
        "[ ex:q 1 ]",
    ),
    "UniqueLang": ("sh:property [ sh:path ex:q ; sh:uniqueLang true ]", '[ ex:q "x"@en , "y"@en ]'),
    "Xone": ("sh:xone ( [ sh:minLength 9 ] )", '"x"'),
}
PREFIXES = "".join(f"{line}\n" for line in SHAPES.split("\n") if line.startswith("@prefix"))


def test_each_core_component_has_a_message_in_both_languages() -> None:
    keys = {re.sub("(?<!^)(?=[A-Z])", "-", name).lower() for name in CORE_CASES}
    assert {f"shacl.{key}" for key in keys} | {"shacl.nonconforming"} == {
        message_id for message_id in load_messages("en") if message_id.startswith("shacl.")
    }
    shapes = "".join(
        f"ex:S{number} a sh:NodeShape ; sh:targetObjectsOf ex:p{number} ; {asked} .\n"
        for number, (asked, _) in enumerate(CORE_CASES.values())
    )
    data = "".join(f"ex:a ex:p{number} {value} .\n" for number, (_, value) in enumerate(CORE_CASES.values()))
    file, rules = (
        Dataset((GraphFile(f"{name}.ttl", f"urn:{name}", f"{PREFIXES}{text}".encode()),))
        for name, text in (("data", data), ("shapes", shapes))
    )
    prefixes = PrefixMap({"sh": SHACL, "ex": "http://example.org/"})
    found = {
        one.constraint_component.removeprefix("sh:").removesuffix("ConstraintComponent"): one.message
        for one in Validator(rules, prefixes).validate(file).findings
    }
    assert set(found) == set(CORE_CASES)
    for name, message in found.items():
        assert re.search("[\u4e00-\u9fff]", message["zh-Hant"]), name
        assert message["en"].isascii() or name == "In", name
        assert "$" not in message["en"] + message["zh-Hant"] or name == "Pattern", name
    assert found["In"]["en"] == "It must be one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …."
    assert found["Pattern"]["zh-Hant"] == "須符合格式 ^[0-9]{2}$。"
    assert found["Class"]["en"] == "It must be an instance of ex:Person."
    assert found["LanguageIn"]["en"] == "Its language tag must be one of en, zh-Hant."
