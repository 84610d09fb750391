"""What sources say differently is kept: as claims that stand side by side, or as a note in both languages."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from ontology.content import iri

from source_audit.conflicts import CLAIMED, NOTED

HEADINGS = ("## Discrepancies, left as they are", "## Conflicts between sources")


def test_every_numbered_conflict_has_its_place(facts):
    listed = set()
    for path in facts.glob("*/NOTES.md"):
        text = path.read_text(encoding="utf-8")
        (heading,) = (one for one in HEADINGS if one in text)
        section = text.partition(heading)[2].partition("\n## ")[0]
        listed |= {(path.parent.name, int(one)) for one in re.findall(r"^(\d+)\. ", section, re.MULTILINE)}
    assert len(listed) == 13 + 12 + 17
    assert listed == set(CLAIMED) | set(NOTED)
    assert not set(CLAIMED) & set(NOTED)


def test_the_query_shows_the_conflicts_of_numbers(kg):
    shown: dict[tuple[str, str], set[str]] = defaultdict(set)
    sources: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in kg.query("conflicts"):
        key = row["quantity"].rpartition("/")[2], str(row["as_of"])[:7]
        shown[key].add(str(row["value"]))
        sources[key].add(row["source"])
    for key, (quantity, values) in CLAIMED.items():
        month = {"founders": "2017-12", "members": "2023-03"}[quantity]
        assert shown[quantity, month] == values, f"{key}: {quantity} as of {month}"
        assert len(sources[quantity, month]) >= len(values), f"{key}: a source for each value"


@pytest.mark.parametrize("key", NOTED, ids=lambda key: f"{key[0]}-{key[1]}")
def test_a_note_in_both_languages_keeps_the_conflict(graph, key):
    for thing, *words in NOTED[key]:
        assert iri(thing) in graph, thing
        notes = {tag: " ".join(graph.text(thing, "skos:editorialNote", tag)) for tag in ("en", "zh-hant")}
        for english, chinese in zip(words[::2], words[1::2], strict=True):
            assert english in notes["en"], f"{thing}: {english!r} is not in {notes['en']!r}"
            assert chinese in notes["zh-hant"], f"{thing}: {chinese!r} is not in {notes['zh-hant']!r}"


@pytest.mark.parametrize("key", NOTED, ids=lambda key: f"{key[0]}-{key[1]}")
def test_a_note_says_that_its_words_are_ours(graph, key):
    for thing, *_ in NOTED[key]:
        assert iri("basis:own-words") in graph.values(thing, "msme:basis"), thing
