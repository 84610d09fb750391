"""Memberships and totals: windows, and counts on given days without queries."""

from __future__ import annotations

from collections import defaultdict

import pytest

from ontology.content import END, SOURCE_BRIEF, Content, Window, iri

NARROWED: dict[str, Window] = {
    "cd": ("2024-01-01", "2024-03-19"),
    "cv": ("2024-03-01", "2024-06-30"),
    "mu": ("2024-03-01", "2024-06-30"),
    "mv": ("2024-03-01", "2024-06-30"),
    "mz": ("2024-03-01", "2024-06-30"),
}
"""Membership windows narrowed by a second source: the 99th member, and the 103 of June 2024."""


def test_a_narrowed_window_has_a_note_and_both_sources(asked):
    for code, window in NARROWED.items():
        subject = iri(f"membership:{code}")
        assert asked.window(subject) == window
        assert asked.values(subject, "skos:editorialNote"), f"{subject}: say in a note what narrows it"
        assert len(asked.cited(subject)) > 1, f"{subject}: cite the source that narrows the window too"


def test_no_membership_has_ended(asked):
    """The United Kingdom was counted through the EU until 2020-01-31; its membership goes on."""
    assert asked.subjects("msme:throughUntil") == [iri("membership:gb")]
    assert asked.get_only_value("membership:gb", "msme:throughUntil") == "2020-01-31"
    for membership in asked.of_class("msme:Membership"):
        assert not asked.values(membership, *END), f"{membership}: nobody has left"


def test_the_signatories_that_the_brief_covers(asked):
    """Of 84 signatories, passage 1(1) names Chinese Taipei and covers the then 28 EU member states."""
    carried = {
        asked.get_only_value(sponsorship, "msme:sponsor")
        for sponsorship in asked.subjects("msme:sponsoredDocument", "document:wt-min-17-58")
        if f"{SOURCE_BRIEF}/1-1" in asked.values(sponsorship, "dcterms:source")
    }
    states = {
        member
        for membership in asked.subjects("msme:through", "member:eu")
        for member in asked.values(membership, "org:member")
    }
    assert len(states) == 28
    assert carried == states | {iri("member:tw")}


def status_on(content: Content, subject: str, day: str) -> str:
    """Return the status of a membership on a day: certain, possible, indirect or out."""
    start, end = content.window(subject)
    if content.values(subject, "msme:evidence") == [iri("evidence-level:indirect")]:
        return "indirect" if start is not None and start <= day else "out"
    if end is not None and end <= day:
        return "certain"
    return "possible" if start is None or start <= day else "out"


def totals_on(content: Content, day: str) -> list[int]:
    """Return the totals of members or founders of the latest date up to a day."""
    standing: dict[str, set[int]] = defaultdict(set)
    for claim in content.of_class("msme:CountClaim"):
        after, value = (
            content.get_only_value(claim, "msme:notAfter"),
            content.get_only_value(claim, "msme:value"),
        )
        if (
            content.values(claim, "msme:quantity")[0] in {iri("quantity:members"), iri("quantity:founders")}
            and content.values(claim, "msme:scope") == [iri("scope:all")]
            and value is not None
            and after is not None
            and after <= day
        ):
            standing[after].add(int(value))
    return sorted(standing[max(standing)])


@pytest.mark.parametrize(
    ("day", "stated", "certain", "possible", "indirect"),
    [
        ("2017-12-12", None, 0, 0, 0),
        ("2017-12-13", [84, 87, 88], 42, 31, 10),
        ("2020-12-11", [91], 46, 28, 10),
        ("2021-12-31", [93], 76, 0, 10),
        ("2022-07-26", [94], 77, 0, 10),
        ("2023-03-31", [97, 98], 79, 0, 10),
        ("2023-08-01", [98], 79, 0, 10),
        ("2024-08-01", [103], 84, 0, 10),
        ("2024-12-31", [103], 84, 0, 10),
        ("2025-12-31", [104], 85, 0, 10),
    ],
)
def test_numbers_of_members_on_a_day(asked, day, stated, certain, possible, indirect):
    statuses = [status_on(asked, membership, day) for membership in asked.of_class("msme:Membership")]
    assert (statuses.count("certain"), statuses.count("possible"), statuses.count("indirect")) == (
        certain,
        possible,
        indirect,
    )
    if stated is not None:
        assert totals_on(asked, day) == stated
