"""Unverified titles and copied text: neither sentences of the source tables nor passages of the brief."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from ontology.content import BASE, Content, iri
from ontology.fingerprints import Fingerprints

FINGERPRINTS = Path(__file__).parents[1] / "golden" / "source-texts.tsv"
OWN_PROSE = (
    "skos:note",
    "skos:editorialNote",
    "skos:scopeNote",
    "skos:definition",
    "skos:changeNote",
    "msme:gist",
    "msme:deliverable",
    "dcterms:description",
)
"""Properties with texts of our own; names, titles and labels are quoted from the sources."""


@pytest.fixture(scope="module")
def fingerprints() -> Fingerprints:
    """Return the fingerprints of the source texts."""
    return Fingerprints.read(FINGERPRINTS)


def literals(content: Content) -> Iterator[tuple[str, ox.Triple]]:
    for triple, name in content.triples:
        if isinstance(triple.object, ox.Literal):
            yield f"{name}: {triple.subject.value.removeprefix(BASE)}", triple


def own_prose(content: Content) -> Iterator[tuple[str, ox.Literal]]:
    wanted = {iri(prop) for prop in OWN_PROSE}
    return ((place, triple.object) for place, triple in literals(content) if triple.predicate.value in wanted)


def test_fingerprints_find_texts_in_other_texts():
    prints = Fingerprints.create(
        ["Some title of 2020"], ["A sentence, of five words."], "一二三四五六七八九十" * 3
    )
    assert prints.find_title("By the way: some TITLE of 2020.") == "some title of 2020"
    assert prints.find_title("Some title of 2021") == ""
    assert prints.find_sentence("It is “a sentence of five words”, no?") == "a sentence of five words"
    assert prints.find_passage("甲一二三四五六七八九十一二三四五六七八九十一二三四 五乙")
    assert prints.find_passage("甲一二三四五六七八九十一二三四五六七八九十一二三四乙") == ""


def test_titles_without_a_source_are_absent(asked, fingerprints):
    assert fingerprints.titles
    copied = [
        f"{place}: {title}"
        for place, triple in literals(asked)
        if (title := fingerprints.find_title(triple.object.value))
    ]
    assert not copied, "remove what no source shows:\n" + "\n".join(copied)


def test_no_sentence_of_the_source_tables_is_copied(asked, fingerprints):
    assert len(fingerprints.sentences) > 200
    copied = [
        f"{place}: {sentence}"
        for place, literal in own_prose(asked)
        if (sentence := fingerprints.find_sentence(literal.value))
    ]
    assert not copied, "say it in other words:\n" + "\n".join(copied)


def test_no_passage_of_the_brief_is_copied(asked, fingerprints):
    """Labels use its terms; our own prose quotes no more than a phrase of it."""
    assert len(fingerprints.passages) > 1000
    copied = [
        f"{place}: {passage}…"
        for place, literal in own_prose(asked)
        if (literal.language or "").startswith("zh") and (passage := fingerprints.find_passage(literal.value))
    ]
    assert not copied, "say it in other words:\n" + "\n".join(copied)


def test_no_membership_begins_before_the_founding(asked):
    for membership in asked.of_class("msme:Membership"):
        assert (asked.window(membership)[0] or "") >= "2017-12-13", (
            f"{membership}: the Group began on 2017-12-13"
        )
