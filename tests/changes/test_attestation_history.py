"""Corrections: sources keep what they gave, and new values need a source or basis of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from attested_graph import HEAD, make_attested_graph, review, update

from msme_kg.repository import Repository

NEW_DATE = """
membership:us dcterms:source source:later ;
  msme:notBefore "2022-12-14"^^xsd:date ; msme:notAfter "2022-12-14"^^xsd:date .
"""
OLD_DATE = 'membership:us msme:notBefore "2022-12-01"^^xsd:date ; msme:notAfter "2022-12-31"^^xsd:date .'
RULE = "policy/unattributed-change"


def attest(
    properties: str, thing: str = "us", number: int = 3, ground: str = "dcterms:source source:later"
) -> str:
    """Return a new attestation."""
    name = f"attestation:membership-{thing}-{number}"
    return f"\n{name} a msme:Attestation ; msme:of membership:{thing} ; {ground} ; {properties} ."


@pytest.fixture
def graph(tmp_path: Path) -> Repository:
    return make_attested_graph(tmp_path / "graph")


def read_block(graph: Repository, name: str) -> list[str]:
    """Return the statements of an entity, without the class; none if it is not there."""
    text = graph.read_text("data/memberships.ttl")
    blocks = (block for block in text.split("\n\n") if block.startswith(f"{name} "))
    return [line.strip(" ;") for line in next(blocks, "").splitlines()[1:-1]]


def read_attestation(graph: Repository, number: int, thing: str = "us") -> set[str]:
    """Return the statements of an attestation, without its thing and source."""
    lines = read_block(graph, f"attestation:membership-{thing}-{number}")
    return {line for line in lines if not line.startswith(("msme:of", "dcterms:source", "msme:basis"))}


def find_unattributed(graph: Repository, add: str, remove: str = "") -> list[tuple[str, str]]:
    """Return the properties that an update leaves without attribution, each with its place."""
    findings = review(graph, add, remove).proposal.report.findings
    assert {one.severity for one in findings if one.shape == RULE} <= {"violation"}
    return sorted((one.path, str(one.location)) for one in findings if one.shape == RULE)


def test_a_corrected_date_leaves_the_older_source_its_own(graph: Repository) -> None:
    update(graph, NEW_DATE + attest("msme:attests msme:notBefore , msme:notAfter"), OLD_DATE)
    assert read_attestation(graph, 1) == {
        'msme:notBefore "2022-12-01"^^xsd:date',
        'msme:notAfter "2022-12-31"^^xsd:date',
        'msme:place "日內瓦"@zh-Hant',
        "msme:attests skos:editorialNote",
    }
    assert read_attestation(graph, 3) == {"msme:attests msme:notBefore", "msme:attests msme:notAfter"}


@pytest.mark.parametrize(
    ("old", "new", "number", "says"),
    [
        ('msme:place "日內瓦"@zh-Hant', 'msme:place "伯恩"@zh-Hant', 1, 'msme:place "日內瓦"@zh-Hant'),
        ('msme:place "Geneva"@en', 'msme:place "Bern"@en', 1, 'msme:place "日內瓦"@zh-Hant'),
        ('skos:altLabel "America"@en', 'skos:altLabel "U.S."@en', 2, 'skos:altLabel "美利堅合眾國"@zh-Hant'),
        (
            'skos:altLabel "美利堅合眾國"@zh-Hant',
            'skos:altLabel "美"@zh-Hant',
            2,
            'skos:altLabel "America"@en',
        ),
    ],
)
def test_a_changed_place_or_name_leaves_others_their_values(
    old: str, new: str, number: int, says: str, graph: Repository
) -> None:
    update(graph, f"membership:us {new} ." + attest(new), f"membership:us {old} .")
    assert says in read_attestation(graph, number)
    assert not any(old in line for line in read_attestation(graph, 2))
    assert new in read_attestation(graph, 3)
    assert "msme:attests skos:altLabel" not in read_attestation(graph, number) or "altLabel" not in old


def test_a_further_value_is_not_attributed_to_the_older_source(graph: Repository) -> None:
    update(graph, "membership:us msme:symbol 'W/9' ." + attest('msme:symbol "W/9"'))
    assert "msme:recordSourced msme:symbol" in read_block(graph, "membership:us")
    name = 'msme:notBefore "2022-12-05"^^xsd:date'
    update(graph, f"membership:us {name} ." + attest(name, number=4))
    assert read_attestation(graph, 1) >= {
        'msme:notBefore "2022-12-01"^^xsd:date',
        "msme:attests msme:notAfter",
    }


def test_a_removed_value_stays_with_its_source(graph: Repository) -> None:
    update(graph, "", 'membership:us msme:notAfter "2022-12-31"^^xsd:date .')
    assert 'msme:notAfter "2022-12-31"^^xsd:date' in read_attestation(graph, 1)


def test_our_own_words_may_be_reworded_without_an_attestation(graph: Repository) -> None:
    update(
        graph,
        'membership:us skos:editorialNote "Better."@en .',
        'membership:us skos:editorialNote "Our words."@en .',
    )
    assert "msme:attests skos:editorialNote" in read_attestation(graph, 1)


def test_an_attestation_that_the_update_names_stays_as_it_says(graph: Repository) -> None:
    """A misprint of ours: the source gave the new value all along."""
    again = "attestation:membership-us-1 msme:attests msme:notBefore , msme:notAfter ."
    update(graph, NEW_DATE + again, OLD_DATE)
    assert read_attestation(graph, 1) >= {"msme:attests msme:notBefore", "msme:attests msme:notAfter"}


def test_a_value_that_an_older_source_gave_needs_no_other(graph: Repository) -> None:
    update(graph, NEW_DATE + attest("msme:attests msme:notBefore , msme:notAfter"), OLD_DATE)
    back = OLD_DATE.replace(" .", "")
    update(
        graph,
        back + " .",
        'membership:us msme:notBefore "2022-12-14"^^xsd:date ; msme:notAfter "2022-12-14"^^xsd:date .',
    )
    assert 'msme:notBefore "2022-12-14"^^xsd:date' in read_attestation(graph, 3)


def test_an_attestation_by_a_basis_goes_with_its_last_value(graph: Repository) -> None:
    remove = "membership:us skos:altLabel 'America'@en , '美利堅合眾國'@zh-Hant ; msme:place 'Geneva'@en ."
    update(graph, "", remove)
    assert read_block(graph, "attestation:membership-us-2") == []


def test_the_only_source_of_a_record_keeps_the_former_value(graph: Repository) -> None:
    update(
        graph,
        "membership:cn msme:symbol 'W/3' ." + attest("msme:attests msme:symbol", "cn", 7),
        "membership:cn msme:symbol 'W/2' .",
    )
    assert read_attestation(graph, 8, "cn") == {'msme:symbol "W/2"'}
    assert "dcterms:source source:brief" in read_block(graph, "attestation:membership-cn-8")
    assert not any("recordSourced" in line for line in read_block(graph, "membership:cn"))


def test_several_sources_of_a_record_do_not_state_the_corrected_value(graph: Repository) -> None:
    update(
        graph,
        "membership:us msme:symbol 'W/3' ." + attest("msme:attests msme:symbol"),
        "membership:us msme:symbol 'W/1' .",
    )
    assert not any("recordSourced" in line for line in read_block(graph, "membership:us"))


def test_a_new_value_without_source_or_basis_is_refused_with_its_line(graph: Repository) -> None:
    line = HEAD.count("\n") + 3
    assert find_unattributed(graph, NEW_DATE, OLD_DATE) == [
        ("msme:notAfter", f"add.ttl:{line}"),
        ("msme:notBefore", f"add.ttl:{line}"),
    ]
    assert find_unattributed(graph, NEW_DATE + attest("msme:attests msme:notBefore"), OLD_DATE) == [
        ("msme:notAfter", f"add.ttl:{line}")
    ]
    assert (
        find_unattributed(graph, NEW_DATE + attest("msme:attests msme:notBefore , msme:notAfter"), OLD_DATE)
        == []
    )


@pytest.mark.parametrize(
    ("add", "paths"),
    [
        ("membership:us msme:symbol 'W/9' .", ["msme:symbol"]),
        ("membership:us msme:symbol 'W/9' ; dcterms:source source:later .", []),
        ("membership:us rdfs:label 'USA'@en ; dcterms:modified '2023-01-01'^^xsd:date .", []),
        (
            "membership:us msme:place 'Bern'@en ."
            + attest("msme:attests msme:place", ground="msme:basis basis:own-words"),
            [],
        ),
        ("membership:us msme:place 'Bern'@en ." + attest("msme:place 'Berne'@en"), ["msme:place"]),
        ("source:new a msme:Passage ; rdfs:label 'A page'@en ; dcterms:title 'Page'@en .", []),
        (
            "membership:fr a msme:Membership ; rdfs:label 'France'@en ; msme:place 'Paris'@en .",
            ["msme:place"],
        ),
        (
            "membership:fr a msme:Membership ; rdfs:label 'France'@en ; msme:place 'Paris'@en ;"
            " dcterms:source source:brief ; msme:recordSourced msme:place .",
            [],
        ),
    ],
)
def test_each_new_statement_of_a_thing_is_attributed(add: str, paths: list[str], graph: Repository) -> None:
    assert [path for path, _ in find_unattributed(graph, add)] == paths


def test_the_review_lists_what_older_sources_are_shown_to_have_said(graph: Repository) -> None:
    result = review(graph, NEW_DATE + attest("msme:attests msme:notBefore , msme:notAfter"), OLD_DATE)
    text = result.render()
    assert "What earlier sources stated remains attributed to them:" in text
    assert "The brief: United States, not before: 2022-12-01" in text
    assert "- The brief: United States, not after: 2022-12-31" in result.render("md")
    kept = json.loads(result.render("json"))["kept"]
    assert {one["statement"]["object"]["value"] for one in kept} == {"2022-12-01", "2022-12-31"}
    assert {one["source"] for one in kept} == {"https://w3id.org/msme-kg/source/brief"}
    chinese = review(
        graph, NEW_DATE + attest("msme:attests msme:notBefore , msme:notAfter"), OLD_DATE, "zh-Hant"
    )
    assert "簡報：美國，不早於：2022-12-01" in chinese.render()


def test_the_sources_of_a_record_state_a_new_value_if_the_update_says_so(graph: Repository) -> None:
    new = "membership:us msme:symbol 'W/9' ."
    assert [path for path, _ in find_unattributed(graph, new)] == ["msme:symbol"]
    assert find_unattributed(graph, f"{new} membership:us msme:recordSourced msme:symbol .") == []
