"""Acceptance: results for members, totals, conflicts, coordinators, texts and evidence."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Run

from msme_kg.api import KnowledgeGraph
from msme_kg.sparql.date_intervals import parse_interval

BASE = "https://w3id.org/msme-kg/"
MSME = f"{BASE}ontology#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SOURCE = "http://purl.org/dc/terms/source"
PART = "http://purl.org/dc/terms/isPartOf"
TOTALS = {f"{BASE}vocab/quantity/members", f"{BASE}vocab/quantity/founders"}
WEAK = f"{BASE}vocab/evidence-level/indirect"
Things = dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]
WINDOW = ("notBefore", "notAfter", "endNotBefore", "endNotAfter")


def parse_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def parse_turtle(*files: Path) -> Things:
    """Return the objects by subject and property, read without the package."""
    things: Things = {}
    for file in files:
        for quad in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE):
            assert isinstance(quad.subject, ox.NamedNode)
            things.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(quad.object)
    return things


def get_value(thing: dict[str, list[ox.NamedNode | ox.Literal]], term: str) -> str | None:
    values = thing.get(MSME + term, [])
    assert len(values) < 2
    return values[0].value if values else None


def get_date(thing: dict[str, list[ox.NamedNode | ox.Literal]], term: str) -> date | None:
    text = get_value(thing, term)
    return None if text is None else date.fromisoformat(text)


@pytest.fixture(scope="module")
def claims(root: Path) -> Things:
    return {
        iri: thing
        for iri, thing in parse_turtle(*(root / "data" / "claims").glob("*.ttl")).items()
        if any(kind.value == f"{MSME}CountClaim" for kind in thing[TYPE])
        and get_value(thing, "value") is not None
    }


@pytest.fixture(scope="module")
def memberships(root: Path) -> Things:
    things = parse_turtle(root / "data" / "actors" / "memberships.ttl")
    return {iri: thing for iri, thing in things.items() if thing[TYPE][0].value == f"{MSME}Membership"}


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["2023-08-01"], 79),
        (["2023-08-01", "--evidence", "indirect"], 89),
        (["2017-12-13"], 42),
        (["2017-12-13", "--certainty", "possible"], 73),
        (["2017-12-13", "--certainty", "possible", "--evidence", "indirect"], 83),
        (["2020-12-11"], 46),
        (["2024-08-01"], 84),
        (["2025-12-31"], 85),
        (["2017-12-12", "--certainty", "possible", "--evidence", "indirect"], 0),
        (["1995-01-01", "--certainty", "possible", "--evidence", "indirect"], 0),
    ],
)
def test_number_of_members_on_a_date(options: list[str], count: int, run: Run) -> None:
    ended = run("query", "members", "--as-of", *options, "--format", "csv")
    assert ended.code == 0
    assert ended.err.startswith("" if count else "Nothing is recorded: Members on a date (")
    assert bool(ended.err) == (count == 0)
    rows = parse_csv(ended.out)
    assert len(rows) == count
    assert len({row["code"] for row in rows}) == count
    assert all(int(row["sources"]) > 0 for row in rows)


@pytest.mark.parametrize(
    ("as_of", "figures"),
    [
        ("2017-12-13", [(84, 42, 31, 10, 1), (87, 42, 31, 10, 4), (88, 42, 31, 10, 5)]),
        ("2020-12-11", [(91, 46, 28, 10, 7)]),
        ("2023-08-01", [(98, 79, 0, 10, 9)]),
        ("2025-12-31", [(104, 85, 0, 10, 9)]),
        ("2017-12-12", []),
    ],
)
def test_coverage_on_a_date(as_of: str, figures: list[tuple[int, ...]], run: Run) -> None:
    ended = run("query", "coverage", "--as-of", as_of, "--format", "csv")
    assert ended.code == 0
    assert bool(ended.err) == (not figures)
    columns = ("stated", "named", "possible", "indirect", "unnamed")
    rows = parse_csv(ended.out)
    assert [tuple(int(row[column]) for column in columns) for row in rows] == figures
    assert all(row["as_of"] == as_of and row["source"].startswith(f"{BASE}source/") for row in rows)


def compute_certainty(thing: dict[str, list[ox.NamedNode | ox.Literal]], on: date) -> str | None:
    """Return whether a window is certain or possible on a day, or None for neither.

    Certain: the start period is over, and there is no end period or it has not begun. Possible: not excluded.
    """
    a, b, c, d = (get_date(thing, term) for term in WINDOW)
    ends = c is not None or d is not None
    if b is not None and b <= on and (not ends or (c is not None and on <= c)):
        return "certain"
    return "possible" if (a is None or a <= on) and (d is None or on <= d) else None


def test_members_on_each_day_of_change_match_their_windows(kg: KnowledgeGraph, memberships: Things) -> None:
    bounds = {bound for thing in memberships.values() for term in WINDOW if (bound := get_date(thing, term))}
    days = {bound + timedelta(days=step) for bound in bounds for step in (-1, 0, 1)}
    assert len(days) > 20
    for on in sorted(days):
        expected = {}
        for thing in memberships.values():
            status, weak = compute_certainty(thing, on), get_value(thing, "evidence") == WEAK
            if status:
                (member,) = thing["http://www.w3.org/ns/org#member"]
                expected[member.value] = (status, weak)
        for certainty in ("certain", "possible"):
            members = kg.query("members", as_of=str(on), certainty=certainty, evidence="indirect")
            listed = {
                iri: status
                for iri, (status, weak) in expected.items()
                if weak or status == "certain" or certainty == "possible"
            }
            assert {row["member"]: str(row["certainty"]).rsplit("/", 1)[1] for row in members} == listed, (
                f"{on} {certainty}"
            )


def test_growth_has_a_row_for_each_date_of_a_total(kg: KnowledgeGraph, claims: Things, run: Run) -> None:
    ended = run("query", "growth", "--format", "csv")
    assert (ended.code, ended.err) == (0, "")
    rows = parse_csv(ended.out)
    expected = {
        (last, int(value), get_date(thing, "notBefore") or date.min)
        for thing in claims.values()
        if get_value(thing, "quantity") in TOTALS
        and get_value(thing, "scope") == f"{BASE}vocab/scope/all"
        and (last := get_date(thing, "notAfter"))
        and (value := get_value(thing, "value"))
    }
    assert len(expected) > 10
    dates = [parse_interval(row["date"], "date") for row in rows]
    assert [
        (last, int(row["stated"]), first or date.min) for (first, last), row in zip(dates, rows, strict=True)
    ] == sorted(expected)
    for as_of in {last for _, last in dates}:
        coverage = parse_csv(kg.query("coverage", as_of=str(as_of)).render("csv", labels=False))
        same = [row for (_, last), row in zip(dates, rows, strict=True) if last == as_of]
        assert {row.pop("within_eu") for row in coverage} == {"0"}
        assert [list(row.values())[1:] for row in coverage] == [list(row.values())[1:] for row in same]


@pytest.mark.parametrize("eu", ["each", "one"])
def test_columns_of_coverage_add_up_to_the_stated_total(kg: KnowledgeGraph, eu: str) -> None:
    parts = ("named", "possible", "indirect", "within_eu", "unnamed")
    (row,) = kg.query("coverage", as_of="2023-08-01", eu=eu)
    assert sum(int(str(row[name])) for name in parts) == row["stated"] == 98
    assert row["within_eu"] == {"each": 0, "one": 27}[eu]


def month_later(start: date) -> date:
    year, month = divmod(start.year * 12 + start.month, 12)
    return date(year, month + 1, min(start.day, 28))


def list_conflicting_claims(claims: Things) -> Iterator[tuple[str, str]]:
    """Yield each claim that conflicts with another one, with its value."""
    for iri, thing in claims.items():
        a, b = get_date(thing, "notBefore"), get_date(thing, "notAfter")
        for other in claims.values():
            c, d = get_date(other, "notBefore"), get_date(other, "notAfter")
            same = all(get_value(thing, term) == get_value(other, term) for term in ("quantity", "scope"))
            if not (same and a and b and c and d and get_value(thing, "value") != get_value(other, "value")):
                continue
            for (low, high), (first, last) in (((a, b), (c, d)), ((c, d), (a, b))):
                if low <= first and last <= high < month_later(low):
                    yield iri, str(get_value(thing, "value"))


def test_conflicts_follow_the_rule_for_overlapping_dates(root: Path, claims: Things, run: Run) -> None:
    ended = run("query", "conflicts", "--of", "number", "--format", "csv")
    assert (ended.code, ended.err) == (0, "")
    rows = parse_csv(ended.out)
    sources = parse_turtle(root / "data" / "sources.ttl")
    expected = set()
    for iri, value in list_conflicting_claims(claims):
        for cited in claims[iri][SOURCE]:
            whole = sources.get(cited.value, {}).get(PART, [cited])[0]
            expected.add((str(get_value(claims[iri], "quantity")), value, whole.value))
    assert {(row["quantity"], row["value"], row["source"]) for row in rows} == expected
    assert all(row["source"].startswith(f"{BASE}source/") for row in rows)

    def values(quantity: str, as_of: str) -> set[str]:
        return {
            row["value"]
            for row in rows
            if row["quantity"] == f"{BASE}vocab/quantity/{quantity}" and row["as_of"].startswith(as_of)
        }

    assert values("founders", "2017-12-13") == {"84", "87", "88"}
    assert values("members", "2023-03") == {"97", "98"}


@pytest.mark.parametrize(
    ("as_of", "person", "certainty"),
    [
        ("2018-01-15", "hector-casanueva", "possible"),
        ("2023-04-10", "jose-luis-cancela-gomez", "certain"),
        ("2023-08-01", "matthew-wilson", "certain"),
    ],
)
def test_the_coordinator_on_a_date(as_of: str, person: str, certainty: str, run: Run) -> None:
    ended = run("query", "coordinators", "--as-of", as_of, "--format", "csv")
    assert (ended.code, ended.err) == (0, "")
    (row,) = parse_csv(ended.out)
    assert row["person"] == f"{BASE}person/{person}"
    assert row["certainty"] == f"{BASE}vocab/certainty/{certainty}"


def test_all_three_coordinators_are_listed_in_order(run: Run) -> None:
    ended = run("query", "coordinators", "--format", "csv")
    assert [row["member"] for row in parse_csv(ended.out)] == [
        f"{BASE}member/{code}" for code in ("cl", "uy", "bb")
    ]


def query_in_chinese(run: Run, query: str) -> list[dict[str, str]]:
    ended = run("query", query, "--lang", "zh-Hant", "--labels", "--format", "json", today="2023-08-01")
    assert (ended.code, ended.err) == (0, "")
    return [{name: str(value or "") for name, value in row.items()} for row in json.loads(ended.out)]


def test_work_areas_are_named_as_in_the_brief(run: Run) -> None:
    assert [row["area"].removeprefix("透過 WTO ") for row in query_in_chinese(run, "work-areas")] == [
        "改善 MSMEs 獲得資訊的能力",
        "促進對 MSMEs 而言更可預測之監管環境",
        "降低 MSMEs 之貿易成本",
        "促使 MSMEs 更易獲得貿易融資",
        "貿易政策檢討（TPR）解決對 MSMEs 具特殊利益的議題",
        "在技術協助和能力建構倡議納入 MSMEs 在貿易上的需求及挑戰",
    ]


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def test_the_package_has_six_annexes(run: Run) -> None:
    rows = query_in_chinese(run, "package")
    assert [row["annex"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert all(is_chinese(row["title"]) and is_chinese(row["title_basis"]) for row in rows)


def test_the_declaration_has_the_points_of_the_brief_and_a1(run: Run) -> None:
    rows = query_in_chinese(run, "declaration")
    assert [row["point"] for row in rows] == ["1", "2", "3", "4", "5", "6", "A1"]
    terms = ("單一認諾", "私人部門", "6 項工作計畫", "外伸（reach out）", "新冠疫情", "監管環境")
    for term, row in zip(terms, rows, strict=False):
        assert term in row["text"], row
    assert "Trade4MSMEs 資訊平台" in rows[0]["text"]


def test_the_work_plan_has_five_items_and_twelve_sub_items(run: Run) -> None:
    rows = query_in_chinese(run, "work-plan")
    assert [row["item"] for row in rows if "." not in row["item"]] == ["1", "2", "3", "4", "5"]
    assert len([row for row in rows if "." in row["item"]]) == 12
    assert [row["item"] for row in rows] == sorted(row["item"] for row in rows)
    labels = {row["item"]: row["label"] for row in rows}
    assert labels["1"] == "促進微中小企業對資訊之取得"
    assert labels["2"] == "建構微中小企業進入國際貿易之能力"
    assert labels["3"] == "提供政策指引"
    assert labels["4"] == "執行 2020 年 12 月工作計畫"
    assert labels["5"] == "強化與私部門及其他利害關係人之交流"
    assert [labels[f"3.{number}"] for number in range(1, 6)] == [
        "區域貿易協定中之微中小企業條款",
        "永續性",
        "鄉村微中小企業",
        "低價值貨運快速通關",
        "電子化",
    ]
    assert "各國安全認證優質企業（AEO）的良好實踐概要" in labels["2.2"]
    assert all(not row["status_date"] or row["status_date"][:10] <= "2023-08-01" for row in rows)


def test_a_value_with_a_source_of_its_own_is_not_cited_for_the_record(run: Run) -> None:
    """The speakers are named by one source, while three sources state the other participants together."""
    answer = run("query", "evidence", "--thing", "event:2025-12-02-meeting", "--format", "csv")
    cited: dict[str, list[tuple[str, str]]] = {}
    for row in parse_csv(answer.out):
        if row["statement"].endswith("#wasAssociatedWith"):
            names = [row[one].rpartition("/")[2].partition("-")[0] for one in ("value", "source", "scope")]
            cited.setdefault(names[0], []).append((names[1], names[2]))
    assert cited["seiji"] == cited["julianne"] == [("einpresswire", "statement")]
    assert cited["wco"] == [(one, "record") for one in ("einpresswire", "globebanner", "web")]


SPELLINGS = ("WT/MIN(17)/58", "wt/min(17)/58", "document/wt-min-17-58", f"{BASE}document/wt-min-17-58")


def test_evidence_lists_the_source_of_each_statement_for_each_spelling(root: Path, run: Run) -> None:
    answers = [run("query", "evidence", "--thing", spelling, "--format", "csv") for spelling in SPELLINGS]
    assert {(answer.code, answer.err) for answer in answers} == {(0, "")}
    assert len({answer.out for answer in answers}) == 1
    rows = parse_csv(answers[0].out)
    assert all(row["source"].startswith((f"{BASE}source/", f"{BASE}vocab/basis/")) for row in rows)
    assert {row["locator"] for row in rows if row["source"] == f"{BASE}source/brief"} == {"1(1)", "1(2)"}

    thing = parse_turtle(root / "data" / "instruments" / "documents.ttl")[SPELLINGS[3]]
    housekeeping = {"type", "source", "recordSourced"}
    stated = {
        (term, value.value)
        for term, values in thing.items()
        for value in values
        if term.rpartition("#")[2].rpartition("/")[2] not in housekeeping
        and (isinstance(value, ox.NamedNode) or (value.language or "en") == "en")
    }
    assert len(stated) >= 10
    recorded = {(row["statement"], row["value"]) for row in rows if not row["scope"].endswith("own-words")}
    assert recorded == stated
