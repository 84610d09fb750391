"""Members, counts, sponsors and people are what the tables of the dossier state, and no more."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from ontology.content import BASE, Content, iri
from ontology.dossier import (
    BRIEF,
    CLAIM_WINDOWS,
    SOURCE_BRIEF,
    Window,
    addresses,
    cited,
    expected,
    plain,
    sources,
    span,
    table,
    window,
)

LEVELS = {"A": "stated", "B": "shown", "C": "indirect"}

# Windows that are narrower than the row of members.tsv, each with the other table that narrows it.
NARROWED: dict[str, tuple[Window, str]] = {
    "CD": (
        ("2024-01-01", "2024-03-19"),
        "counts.tsv and meetings.tsv: the 99th, welcomed by the news of 19 March 2024",
    ),
    "CV": (
        ("2024-03-01", "2024-06-30"),
        "counts.tsv: 103 members in June 2024, and merges.tsv: by the end of June",
    ),
    "MU": (
        ("2024-03-01", "2024-06-30"),
        "counts.tsv: 103 members in June 2024, and merges.tsv: by the end of June",
    ),
    "MV": (
        ("2024-03-01", "2024-06-30"),
        "counts.tsv: 103 members in June 2024, and merges.tsv: by the end of June",
    ),
    "MZ": (
        ("2024-03-01", "2024-06-30"),
        "counts.tsv: 103 members in June 2024, and merges.tsv: by the end of June",
    ),
}

# Membership


def test_each_membership_is_a_row_and_each_row_a_membership(facts, asked):
    rows = {row["iso3166_alpha2"].lower() for row in table(facts / "membership/members.tsv")}
    assert {one.removeprefix(f"{BASE}membership/") for one in asked.of_class("msme:Membership")} == rows


def test_each_window_of_membership_is_that_of_its_row(facts, asked):
    wrong = []
    for row in table(facts / "membership/members.tsv"):
        code = row["iso3166_alpha2"]
        want = expected(row)
        if code in NARROWED:
            narrow, reason = NARROWED[code]
            assert narrow != want, f"{code} is no longer narrowed: take it out of NARROWED"
            assert (narrow[0] or "") >= (want[0] or ""), f"{code}: {reason} widens the window"
            assert (narrow[1] or "9999") <= (want[1] or "9999"), f"{code}: {reason} widens the window"
            want = narrow
        found = window(asked, f"membership:{code.lower()}")
        if found != want:
            wrong.append(f"membership:{code.lower()} has {found}, the row gives {want}")
    assert not wrong, "\n".join(wrong)


def test_each_narrowed_window_says_so_and_keeps_both_sources(facts, asked):
    rows = {row["iso3166_alpha2"]: row for row in table(facts / "membership/members.tsv")}
    for code in NARROWED:
        subject = f"{BASE}membership/{code.lower()}"
        assert asked.values(subject, "skos:editorialNote"), (
            f"{subject}: say in an editorial note what narrows it"
        )
        more = cited(asked, subject) - sources(asked, rows[code]["source_urls"])
        assert more, f"{subject}: cite the source that narrows the window beside those of the row"


def test_each_membership_has_the_evidence_and_the_sources_of_its_row(facts, asked):
    for row in table(facts / "membership/members.tsv"):
        subject = f"{BASE}membership/{row['iso3166_alpha2'].lower()}"
        level = asked.values(subject, "msme:evidence")
        assert level == [iri(f"evidence-level:{LEVELS[row['evidence_class']]}")], (
            f"{subject}: evidence of its class"
        )
        lacking = sources(asked, row["source_urls"]) - cited(asked, subject)
        assert not lacking, f"{subject}: cite {lacking}"


def test_memberships_through_the_union(facts, asked):
    """The United Kingdom was counted as an EU state until 2020-01-31; its membership goes on."""
    for row in table(facts / "membership/members.tsv"):
        subject = f"membership:{row['iso3166_alpha2'].lower()}"
        through = row["eu_member_state"] == "y" or row["iso3166_alpha2"] == "GB"
        assert asked.values(subject, "msme:through") == ([iri("member:eu")] if through else []), subject
        until = "2020-01-31" if row["iso3166_alpha2"] == "GB" else None
        assert asked.one(subject, "msme:throughUntil") == until, subject
        assert not asked.values(subject, "msme:endNotBefore", "msme:endNotAfter"), (
            f"{subject}: nobody has left"
        )


def test_each_member_has_the_names_and_codes_of_its_row(facts, asked):
    for row in table(facts / "membership/members.tsv"):
        subject = f"member:{row['iso3166_alpha2'].lower()}"
        assert asked.text(subject, "rdfs:label", "en") == [row["wto_short_name"]], subject
        codes = {one.value for one in asked.objects(subject, "skos:notation")}
        assert codes == set(filter(None, (row["iso3166_alpha2"], row["iso3166_alpha3"]))), subject
        matches = asked.values(subject, "skos:exactMatch", "skos:closeMatch")
        item = row["wikidata_qid"]
        assert matches == ([f"http://www.wikidata.org/entity/{item}"] if item else []), subject
        names = asked.text(subject, "rdfs:label", "zh-Hant") + asked.text(subject, "skos:altLabel", "zh-Hant")
        assert any(name in row["name_zh_hant"] for name in names), (
            f"{subject}: keep the dossier's Chinese name"
        )


def status_on(content: Content, subject: str, day: str) -> str:
    """Return what a membership without an end is on a day: certain, possible, indirect or out."""
    start, end = window(content, subject)
    if content.values(subject, "msme:evidence") == [iri("evidence-level:indirect")]:
        return "indirect" if start is not None and start <= day else "out"
    if end is not None and end <= day:
        return "certain"
    return "possible" if start is None or start <= day else "out"


def totals_on(content: Content, day: str) -> list[int]:
    """Return the exact totals of members, founders included, that stand latest on a day."""
    standing: dict[str, set[int]] = defaultdict(set)
    for claim in content.of_class("msme:CountClaim"):
        after, value = content.one(claim, "msme:notAfter"), content.one(claim, "msme:value")
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
def test_golden_counts(asked, day, stated, certain, possible, indirect):
    """Totals of the reconciliation in the notes of the sources, counted here without any query."""
    found = [status_on(asked, one, day) for one in asked.of_class("msme:Membership")]
    assert (found.count("certain"), found.count("possible"), found.count("indirect")) == (
        certain,
        possible,
        indirect,
    )
    if stated is not None:
        assert totals_on(asked, day) == stated


# Claims


def test_each_count_is_carried_by_a_claim(facts, asked):
    claims = defaultdict(list)
    for claim in asked.of_class("msme:CountClaim"):
        for source in cited(asked, claim):
            claims[source].append(claim)
    wrong = []
    for row in table(facts / "membership/counts.tsv"):
        (source,) = sources(asked, row["source_url"])
        if row["number"].startswith("over "):
            value = (None, str(int(row["number"].removeprefix("over ")) + 1))
        else:
            value = (row["number"], None)
        key = (row["date"], row["number"])
        want = CLAIM_WINDOWS[key] if key in CLAIM_WINDOWS else span(row["date"])
        if not any(
            (asked.one(one, "msme:value"), asked.one(one, "msme:lowerBound")) == value
            and window(asked, one) == want
            for one in claims[source]
        ):
            wrong.append(
                f"{row['date']} {row['number']} ({row['what_counted']}): no claim of {source} with {want}"
            )
    assert not wrong, "\n".join(wrong)


def test_each_claim_is_a_row_of_the_dossier(facts, asked):
    """A number in the graph that no table has would be made up."""
    known = {
        (source, re.sub(r"\D", "", row["number"]))
        for row in table(facts / "membership/counts.tsv")
        for source in sources(asked, row["source_url"])
    }
    for row in table(facts / "instruments/meetings.tsv"):
        if row["members_count_reported"]:
            number = re.match(r"\d+", row["members_count_reported"])
            # Rows that cite pages beyond issue 2 are read as far as their sources are in the graph.
            for url in row["source_urls"].split(" ; "):
                if url == BRIEF or plain(url) in addresses(asked):
                    known |= {(source, number[0]) for source in sources(asked, url)}
    for row in table(facts / "initiatives/stats.tsv"):
        for url in row["source_urls"].split(" ; "):
            if url == BRIEF or plain(url) in addresses(asked):
                known |= {(source, one) for source in sources(asked, url) for one in row["value"].split("; ")}
    for claim in asked.of_class("msme:CountClaim"):
        value = asked.one(claim, "msme:value") or str(int(asked.one(claim, "msme:lowerBound") or 0) - 1)
        (source,) = cited(asked, claim)
        assert (source, value) in known, f"{claim}: which row of the dossier gives {value}?"


def test_each_count_that_a_meeting_reports_is_carried(facts, asked):
    """Each stands in the month of its meeting, or in the month that the cell itself names."""
    claims = [
        (asked.one(one, "msme:value"), window(asked, one))
        for one in asked.of_class("msme:CountClaim")
        if asked.values(one, "msme:quantity") == [iri("quantity:members")]
    ]
    for row in table(facts / "instruments/meetings.tsv"):
        if found := re.match(r"\d+", row["members_count_reported"]):
            month = row["date"][:7] if "March 2023" not in row["members_count_reported"] else "2023-03"
            opening, closing = span(month)
            assert any(
                value == found[0] and first and last and first <= closing and opening <= last
                for value, (first, last) in claims
            ), f"{row['date']}: {row['members_count_reported']} members are carried by no claim"


# Sponsors, observers, people


def documents_of(text: str) -> str:
    return "document:2020-covid-19-statement" if "COVID-19" in text else "document:inf-msme-4-rev-2"


def test_each_named_sponsor_is_carried(facts, asked):
    found = {
        (asked.one(one, "msme:sponsoredDocument"), asked.one(one, "msme:sponsor")): one
        for one in asked.of_class("msme:Sponsorship")
    }
    for row in table(facts / "membership/sponsors.tsv"):
        if code := row["iso3166_alpha2"].lower():
            key = (iri(documents_of(row["document"])), iri(f"member:{code}"))
            assert key in found, f"{row['sponsor']} as sponsor of {row['document']} is not carried"
            want = span(row["sponsor_date"]) if row["sponsor_date"] else (None, None)
            assert window(asked, found[key]) == want, found[key]
            assert sources(asked, row["source_url"]) <= cited(asked, found[key]), found[key]


def test_each_sponsorship_is_stated(facts, asked):
    """By the table of sponsors, for the founding declaration by a founder that a source names.

    Else by the sponsors that the table of documents names.
    """
    rows = {
        (iri(documents_of(row["document"])), iri(f"member:{row['iso3166_alpha2'].lower()}"))
        for row in table(facts / "membership/sponsors.tsv")
        if row["iso3166_alpha2"]
    }
    members = {
        iri(f"member:{row['iso3166_alpha2'].lower()}"): row for row in table(facts / "membership/members.tsv")
    }
    founding = {iri("document:wt-min-17-58"), iri("document:wt-min-17-58-rev-1")}
    for one in asked.of_class("msme:Sponsorship"):
        key = (asked.one(one, "msme:sponsoredDocument"), asked.one(one, "msme:sponsor"))
        if key[0] in founding:
            assert members[key[1]]["founder_status"] == "stated", f"{one}: no source names it as signatory"
        elif key not in rows:
            words = " ".join(row["sponsors"] for row in table(facts / "instruments/documents.tsv"))
            names = asked.values(key[1], "rdfs:label", "skos:altLabel")
            assert any(name.split(",")[0] in words for name in names), f"{one}: which row states it?"


def test_the_signatories_that_the_brief_covers_are_carried(facts, asked):
    """84 signatories, among them Chinese Taipei and the then 28 EU states (passage 1(1))."""
    carried = {
        asked.one(one, "msme:sponsor")
        for one in asked.of_class("msme:Sponsorship")
        if asked.one(one, "msme:sponsoredDocument") == iri("document:wt-min-17-58")
        and f"{SOURCE_BRIEF}/1-1" in asked.values(one, "dcterms:source")
    }
    states = {
        iri(f"member:{row['iso3166_alpha2'].lower()}")
        for row in table(facts / "membership/members.tsv")
        if row["eu_member_state"] == "y" or row["iso3166_alpha2"] == "GB"
    }
    assert len(states) == 28
    assert carried == states | {iri("member:tw")}


def test_each_observed_non_member_is_carried(facts, asked):
    found = {}
    for one in asked.of_class("msme:Observation"):
        (event,) = asked.values(one, "msme:atEvent")
        (member,) = asked.values(one, "msme:observedMember")
        found[member, window(asked, event)] = one
    rows = set()
    for row in table(facts / "membership/nonmembers_observed.tsv"):
        member = iri(f"member:{row['iso3166_alpha2'].lower()}")
        rows.add(key := (member, span(row["observed_as_non_member_on"])))
        assert key in found, f"{row['wto_short_name']} as a non-member on {row['observed_as_non_member_on']}"
        assert sources(asked, row["source_url"]) <= cited(asked, found[key]), found[key]
        assert row["wto_short_name"] in asked.text(member, "rdfs:label", "en")
    assert set(found) == rows


def test_each_person_is_carried_and_no_institution_is_one(facts, asked):
    named = {asked.one(one, "foaf:name"): one for one in asked.of_class("foaf:Person")}
    bodies = {**{asked.text(one, "rdfs:label", "en")[0]: one for one in asked.of_class("msme:WTOMember")}}
    bodies["WTO Secretariat"] = iri("organization:wto-secretariat")
    rows = {}
    for row in table(facts / "membership/people.tsv"):
        if row["person"]:
            name = row["person"].removeprefix("Ambassador ")
            rows[name] = row
            assert name in named, f"{row['person']} is not carried"
            subject = named[name]
            assert asked.values(subject, "msme:represents") == [bodies[row["representing"]]], subject
            assert sources(asked, row["source_urls"]) <= cited(asked, subject) | {
                source for tenure in asked.subjects("org:member", subject) for source in cited(asked, tenure)
            }, subject
    assert set(named) == set(rows), "a person that the table does not have"


def test_the_coordinators(facts, asked):
    rows = {
        row["person"]: row
        for row in table(facts / "membership/people.tsv")
        if row["role"].startswith("Coordinator")
    }
    tenures = {}
    for one in asked.of_class("msme:Tenure"):
        (person,) = asked.values(one, "org:member")
        tenures[asked.one(person, "foaf:name")] = one
    assert set(tenures) == set(rows)
    for name, row in rows.items():
        if row["term_start"]:
            assert window(asked, tenures[name]) == span(row["term_start"]), tenures[name]
        end = asked.one(tenures[name], "msme:endNotBefore"), asked.one(tenures[name], "msme:endNotAfter")
        assert end == (span(row["term_end"]) if row["term_end"] else (None, None)), tenures[name]
