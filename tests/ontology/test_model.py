"""Memberships and totals: windows, and counts on given days without queries."""

from __future__ import annotations

from collections import defaultdict

import pytest

from ontology.content import END, SOURCE_BRIEF, Content, Window, iri

JOINED_IN_2024: dict[str, Window] = {
    "cd": ("2024-01-01", "2024-07-01"),
    **dict.fromkeys(("cv", "mu", "mv", "mz"), ("2024-03-01", "2024-07-01")),
}
"""Membership windows that neither elimination (the 99th member) nor a weak host (103 in June) may narrow."""


def test_neither_elimination_nor_a_weak_host_narrows_a_window(asked):
    for code, window in JOINED_IN_2024.items():
        subject = iri(f"membership:{code}")
        assert asked.window(subject) == window
        assert asked.values(subject, "skos:editorialNote"), f"{subject}: say in a note what ends the window"
        assert not [one for one in asked.cited(subject) if "cea-africa" in one]


CITED_BY: dict[str, str] = {
    "2017-draft-declaration-friends": "2017-12-11",
    "2020-draft-package-cover": "2020-11-05",
    "2022-rta-provisions-note": "2022-04-07",
    "2023-call-for-papers-rta-provisions": "2023-03-15",
    "2023-work-programme": "2023-03-15",
    "inf-msme-cn-26-rev-2": "2024-07-01",
    "inf-msme-w-51": "2024-07-01",
    "inf-msme-w-52": "2024-10-31",
    "inf-msme-w-61": "2025-02-07",
    "inf-msme-w-64-rev-1": "2025-12-08",
    "job-gc-80": "2015-11-19",
    "wt-gc-w-702": "2015-11-19",
    "wt-min-17-58-rev-1": "2021-12-31",
    "wt-wgtdf-16": "2021-12-31",
    "wt-wgtdf-w-98": "2021-05-17",
    "wt-wgtdf-w-98-add-1": "2021-05-17",
}
"""The last day of the earliest dated source or event that cites a text."""


def test_a_dated_citation_ends_the_window_of_a_text(asked):
    ends = {slug: asked.window(f"document:{slug}")[1] for slug in CITED_BY}
    assert ends == CITED_BY


def test_the_annual_report_of_2024_lies_between_its_neighbours_on_the_host_site(asked):
    assert asked.window("document:2024-annual-report") == ("2024-10-29", "2025-02-07")


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
        ("2023-03-15", [97], 79, 0, 10),
        ("2023-03-31", [98], 79, 0, 10),
        ("2023-08-01", [98], 79, 0, 10),
        ("2024-03-31", [99], 79, 5, 10),
        ("2024-06-30", [103], 79, 5, 10),
        ("2024-07-01", [103], 84, 0, 10),
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
