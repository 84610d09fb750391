"""Conflicts between sources: kept as claims with different values, or as a note in both languages."""

from __future__ import annotations

from collections import defaultdict

import pytest

from ontology.content import iri
from ontology.source_conflicts import CLAIMED, NOTED


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


@pytest.mark.parametrize("key", NOTED, ids=lambda key: f"{key[0]}-{key[1]}")
def test_the_note_is_marked_as_our_own_words(asked, key):
    for entity, *_ in NOTED[key]:
        assert iri("basis:own-words") in asked.values(entity, "msme:basis"), entity
