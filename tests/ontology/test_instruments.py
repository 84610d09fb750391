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


def test_only_a_review_that_was_reported_has_a_report(asked):
    reviews = asked.of_class("msme:TradePolicyReview")
    status = {one: asked.get_only_value(one, "msme:reportStatus") for one in reviews}
    reported = {one for one in reviews if status[one] == iri("review-status:reported")}
    assert {one for one in reviews if asked.values(one, "msme:reportedAt")} == reported
    assert all(asked.values(one, "msme:announcedAt") for one in set(reviews) - reported)


def test_a_report_on_a_review_is_no_status_besides(asked):
    replaced = {
        one: asked.get_only_value(one, "dcterms:isReplacedBy")
        for one in asked.subjects("msme:statusOf", "work-item:2023-4-1")
    }
    assert replaced
    reviews = {one for one in asked.subjects("msme:followsUp", "work-item:2023-4-1") if "/review/" in one}
    assert set(replaced.values()) == reviews
