"""Brief and work areas: each passage is a source, and links to areas are marked as drawn by the compilers."""

from __future__ import annotations

import re

from ontology.content import SOURCE_BRIEF, iri


def test_links_to_work_areas_are_marked_as_ours(asked):
    drawn = {
        entity
        for attestation in asked.subjects("msme:basis", "basis:drawn-link")
        if iri("msme:workArea") in asked.values(attestation, "msme:attests")
        for entity in asked.values(attestation, "msme:of")
    }
    linked = {
        subject
        for subject in asked.subjects("msme:workArea")
        if "/work-item/" in subject or "-annex-" in subject
    }
    assert linked
    assert linked <= drawn, f"say by an attestation that the link to an area is ours: {linked - drawn}"


def test_each_passage_of_the_brief_is_cited(asked):
    """Sixteen passages: 1(1) to 1(3), 2(1) with six points, 2(2) with five items."""
    locators = {"1(1)", "1(2)", "1(3)", "2(1)", "2(2)"}
    locators |= {f"2(1){number}" for number in range(1, 7)} | {f"2(2){number}" for number in range(1, 6)}
    passages = {
        asked.get_only_value(passage, "msme:locator"): passage for passage in asked.of_class("msme:Passage")
    }
    assert set(passages) == locators
    used = {triple.object.value for triple in asked if triple.predicate.value == iri("dcterms:source")}
    for locator, passage in passages.items():
        assert asked.values(passage, "dcterms:isPartOf") == [SOURCE_BRIEF]
        slug = re.sub(r"-+", "-", re.sub(r"[()]", "-", locator)).strip("-")
        assert passage == f"{SOURCE_BRIEF}/{slug}"
        assert passage in used, f"nothing rests on passage {locator}: what of it is not carried?"
