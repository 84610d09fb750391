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
"""Properties whose texts are ours; names, titles and labels are those of the sources."""


@pytest.fixture(scope="module")
def fingerprints() -> Fingerprints:
    """Return the fingerprints of the source texts."""
    return Fingerprints.read(FINGERPRINTS)


def literals(content: Content) -> Iterator[tuple[str, ox.Triple]]:
    for triple, name in content.triples:
        if isinstance(triple.object, ox.Literal):
            yield f"{name}: {triple.subject.value.removeprefix(BASE)}", triple


def own_prose(content: Content) -> Iterator[tuple[str, ox.Literal]]:
    wanted = {iri(one) for one in OWN_PROSE}
    return ((place, one.object) for place, one in literals(content) if one.predicate.value in wanted)


def test_fingerprints_find_texts_in_other_texts():
    found = Fingerprints.create(
        ["Some title of 2020"], ["A sentence, of five words."], "一二三四五六七八九十" * 3
    )
    assert found.find_title("By the way: some TITLE of 2020.") == "some title of 2020"
    assert found.find_title("Some title of 2021") == ""
    assert found.find_sentence("It is “a sentence of five words”, no?") == "a sentence of five words"
    assert found.find_passage("甲一二三四五六七八九十一二三四五六七八九十一二三四 五乙")
    assert found.find_passage("甲一二三四五六七八九十一二三四五六七八九十一二三四乙") == ""


def test_titles_that_no_source_shows_are_nowhere(asked, fingerprints):
    assert fingerprints.titles
    copied = [
        f"{place}: {title}"
        for place, one in literals(asked)
        if (title := fingerprints.find_title(one.object.value))
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
    """Labels use its terms; our own prose has no more than a phrase of it in one piece."""
    assert len(fingerprints.passages) > 1000
    copied = [
        f"{place}: {passage}…"
        for place, literal in own_prose(asked)
        if (literal.language or "").startswith("zh") and (passage := fingerprints.find_passage(literal.value))
    ]
    assert not copied, "say it in other words:\n" + "\n".join(copied)


def test_no_membership_begins_before_the_founding(asked):
    for one in asked.of_class("msme:Membership"):
        assert (asked.window(one)[0] or "") >= "2017-12-13", f"{one}: the Group began on 2017-12-13"
