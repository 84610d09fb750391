"""Package, declaration, work plan and work areas are carried as the tables of the dossier state them."""

from __future__ import annotations

import re

from ontology.content import BASE, Content, iri
from ontology.dossier import SOURCE_BRIEF, cited, sources, span, table, window


def classes(content: Content, subject: str) -> set[str]:
    return {one.removeprefix(f"{BASE}ontology#") for one in content.values(subject, "rdf:type")}


def test_each_part_of_the_package_is_carried(facts, asked):
    kinds = {"Recommendation", "Declaration"}
    for row in table(facts / "instruments/package_2020.tsv"):
        if row["item_kind"] not in {"cover", "annex"}:
            continue
        part = "cover" if row["item_kind"] == "cover" else f"annex-{row['item_no']}"
        subject = f"{BASE}document/inf-msme-4-rev-2-{part}"
        assert asked.values(subject, "dcterms:isPartOf") == [iri("document:inf-msme-4-rev-2")], subject
        number = row["item_no"] if row["item_kind"] == "annex" else None
        assert asked.one(subject, "msme:annexNumber") == number, subject
        assert classes(asked, subject) & kinds == set(filter(None, [row["instrument_kind"]])), (
            f"{subject}: its kind"
        )
        assert asked.text(subject, "rdfs:label", "zh-Hant") == [row["subject_label_zh_hant"]], subject
        label = row["title_en_official"] or row["subject_label_en"]
        assert asked.text(subject, "rdfs:label", "en") == [label], subject
        titles = asked.text(subject, "dcterms:title", "en")
        assert titles == list(filter(None, [row["title_en_official"]])), (
            f"{subject}: only a title that a source prints"
        )
        areas = row["work_areas_served"]
        areas = {"1", "2", "3", "4", "5", "6"} if areas == "all" else set(filter(None, areas.split(";")))
        assert set(asked.values(subject, "msme:workArea")) == {iri(f"work-area:{one}") for one in areas}, (
            subject
        )
        assert sources(asked, row["source_urls"]) <= cited(asked, subject), subject
        asks = [row[f"asks_for_{number}"] for number in (1, 2, 3) if row[f"asks_for_{number}"]]
        if row["item_no"] in {"2", "3"}:  # their second cells tell of follow-up in the Group, not of an ask
            asks, notes = asks[:1], asks[1:]
            assert len(asked.text(subject, "skos:note", "en")) == len(notes), (
                f"{subject}: a note on the follow-up"
            )
        points = asked.subjects("msme:inDocument", subject)
        assert len(points) == len(asks), f"{subject}: a provision for each ask"


def test_the_initiatives_of_the_package_are_carried(facts, asked):
    slugs = {"I1": "trade4msmes", "I2": "global-trade-helpdesk", "I3": "msme-tpr-database"}
    for row in table(facts / "instruments/package_2020.tsv"):
        if row["item_no"] in slugs:
            subject = iri(f"initiative:{slugs[row['item_no']]}")
            assert subject in asked
            assert subject in asked.values("document:inf-msme-w-36", "msme:supports"), (
                "the declaration supports it"
            )
            assert f"{SOURCE_BRIEF}/2-1-1" in asked.values(subject, "dcterms:source"), subject


def test_each_point_of_the_declaration_is_carried(facts, asked):
    found = {
        asked.one(one, "msme:number"): one
        for one in asked.subjects("msme:inDocument", "document:inf-msme-w-36")
    }
    rows = table(facts / "instruments/declaration_2021.tsv")
    # A2 to A4 are notes or events, not points (issue 2).
    assert set(found) == {row["point_no"] for row in rows} - {"A2", "A3", "A4"}
    for row in rows:
        if row["point_no"] in found:
            subject = found[row["point_no"]]
            assert sources(asked, row["source_urls"]) <= cited(asked, subject), subject
            assert {(one.language or "").lower() for one in asked.objects(subject, "msme:gist")} == {
                "en",
                "zh-hant",
            }
            if row["origin"] == "brief":
                assert asked.values(subject, "msme:numberedBy") == [SOURCE_BRIEF], subject
                assert f"{SOURCE_BRIEF}/2-1-{row['point_no']}" in asked.values(subject, "dcterms:source"), (
                    subject
                )
            else:
                assert iri("basis:own-numbering") in asked.values(subject, "msme:basis"), subject
    notes = cited(asked, iri("document:inf-msme-w-36")) | cited(asked, iri("event:2022-07-meeting"))
    for row in rows:
        if row["point_no"] in {"A2", "A3", "A4"}:
            assert sources(asked, row["source_urls"]) <= notes, f"{row['point_no']}: cite its sources"


def test_each_item_of_the_work_plan_is_carried(facts, asked):
    rows = table(facts / "instruments/work_plan_2023.tsv")
    found = {asked.one(one, "msme:number"): one for one in asked.of_class("msme:WorkItem")}
    assert set(found) == {row["sub_item"] or row["item"] for row in rows}
    for row in rows:
        subject = found[row["sub_item"] or row["item"]]
        assert asked.text(subject, "rdfs:label", "en") == [row["label_en"]], subject
        assert asked.text(subject, "rdfs:label", "zh-Hant") == [row["label_zh_hant"]], subject
        assert asked.values(subject, "msme:inProgramme") == [iri("document:2023-work-programme")], subject
        parent = [found[row["item"]]] if row["sub_item"] else []
        assert asked.values(subject, "msme:partOfItem") == parent, subject
        assert f"{SOURCE_BRIEF}/2-2-{row['item']}" in asked.values(subject, "dcterms:source"), subject
        assert {(one.language or "").lower() for one in asked.objects(subject, "msme:deliverable")} == {
            "en",
            "zh-hant",
        }
        reports = asked.subjects("msme:statusOf", subject)
        said = cited(asked, subject).union(*(cited(asked, one) for one in reports))
        said |= cited(asked, iri("document:2023-work-programme"))
        lacking = sources(asked, row["source_urls"]) - said
        assert not lacking, f"{subject}: neither the item nor its statuses cite {lacking}"
        for date in filter(None, re.split(r"; | to ", row["status_date"])):
            first, last = span(date)
            assert any(
                (start or "9999") <= last and first <= (end or "0000")
                for start, end in (window(asked, one) for one in reports)
            ), f"{subject}: no status of {date}"


def test_each_work_area_is_carried(facts, asked):
    rows = table(facts / "instruments/work_areas.tsv")
    assert len(rows) == 6
    for row in rows:
        subject = f"{BASE}vocab/work-area/{row['no']}"
        assert asked.text(subject, "skos:prefLabel", "en") == [row["label_en"]]
        assert asked.text(subject, "skos:prefLabel", "zh-Hant") == [row["label_zh_hant"]]
        assert sources(asked, row["source_urls"]) <= cited(asked, subject), subject
        assert subject in asked.values("organization:iwg-msmes", "msme:workArea")


def test_links_of_areas_are_those_of_the_compiler_and_say_so(facts, asked):
    for row in table(facts / "instruments/work_areas.tsv"):
        area = iri(f"work-area:{row['no']}")
        linked = set(asked.subjects("msme:workArea", area))
        for number in filter(None, row["work_plan_2023_items_linked"].split(";")):
            assert iri(f"work-item:2023-{number}") in linked
        for number in filter(None, row["package_annexes_linked"].split(";")):
            assert iri(f"document:inf-msme-4-rev-2-annex-{number}") in linked
    drawn = {
        thing
        for one in asked.subjects("msme:basis", "basis:drawn-link")
        if iri("msme:workArea") in asked.values(one, "msme:attests")
        for thing in asked.values(one, "msme:about")
    }
    things = {one for one in asked.subjects("msme:workArea") if "/work-item/" in one or "-annex-" in one}
    assert things <= drawn, f"say by an attestation that the link to an area is ours: {things - drawn}"


def test_each_passage_of_the_brief_is_cited(asked):
    """Sixteen passages: 1(1) to 1(3), 2(1) with six points, 2(2) with five items."""
    locators = {"1(1)", "1(2)", "1(3)", "2(1)", "2(2)"}
    locators |= {f"2(1){number}" for number in range(1, 7)} | {f"2(2){number}" for number in range(1, 6)}
    passages = {asked.one(one, "msme:locator"): one for one in asked.of_class("msme:Passage")}
    assert set(passages) == locators
    used = {one.object.value for one in asked if one.predicate.value == iri("dcterms:source")}
    for locator, passage in passages.items():
        assert asked.values(passage, "dcterms:isPartOf") == [SOURCE_BRIEF]
        slug = re.sub(r"-+", "-", re.sub(r"[()]", "-", locator)).strip("-")
        assert passage == f"{SOURCE_BRIEF}/{slug}"
        assert passage in used, f"nothing rests on passage {locator}: what of it is not carried?"
