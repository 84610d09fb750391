"""Conflicts between sources: kept as claims with different values, or as a note in both languages."""

from __future__ import annotations

from collections import defaultdict

import pytest

from ontology.content import iri
from ontology.source_conflicts import CLAIMED, NOTED, OWN_VALUES


def test_the_query_shows_conflicting_numbers(kg):
    values_by_month: dict[tuple[str, str], set[str]] = defaultdict(set)
    sources: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in kg.query("conflicts"):
        key = row["quantity"].rpartition("/")[2], str(row["as_of"])[:7]
        values_by_month[key].add(str(row["value"]))
        sources[key].add(row["source"])
    for key, (quantity, values) in CLAIMED.items():
        month = {"founders": "2017-12", "members": "2023-03"}[quantity]
        assert values_by_month[quantity, month] == values, f"{key}: {quantity} as of {month}"
        assert len(sources[quantity, month]) >= len(values), f"{key}: a source for each value"


@pytest.mark.parametrize("key", NOTED, ids=lambda key: f"{key[0]}-{key[1]}")
def test_a_note_in_both_languages_keeps_the_conflict(asked, key):
    for entity, *words in NOTED[key]:
        assert iri(entity) in asked, entity
        notes = {tag: " ".join(asked.text(entity, "skos:editorialNote", tag)) for tag in ("en", "zh-hant")}
        for english, chinese in zip(words[::2], words[1::2], strict=True):
            assert english in notes["en"], f"{entity}: {english!r} is not in {notes['en']!r}"
            assert chinese in notes["zh-hant"], f"{entity}: {chinese!r} is not in {notes['zh-hant']!r}"


def test_notes_are_the_words_of_the_compilers_by_definition(asked):
    assert iri("basis:own-words") in asked.values("skos:editorialNote", "msme:basis")


@pytest.mark.parametrize("key", OWN_VALUES, ids=lambda key: f"{key[0]}-{key[1]}")
def test_a_source_that_differs_keeps_its_own_value(kg, key):
    for entity, predicate, value, source in OWN_VALUES[key]:
        answer = kg.sparql(
            f"ASK {{ ?attestation msme:of {entity} ; dcterms:source {source} ; {predicate} ?own . "
            f"FILTER(STR(?own) = '{value}') "
            f"FILTER NOT EXISTS {{ {entity} {predicate} ?own }} }}"
        )
        assert answer.value, (entity, predicate, value)


def test_each_numbered_conflict_about_a_date_place_or_symbol_is_counted():
    assert len(OWN_VALUES) == 13
    assert OWN_VALUES.keys() & NOTED.keys() == {
        ("membership", 11),
        ("initiatives", 9),
        ("initiatives", 11),
        ("initiatives", 15),
    }
