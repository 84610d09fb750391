"""Descriptions: an answer for each class of entity, then its statements; in RDF with what belongs to it."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Run

BASE = "https://w3id.org/msme-kg/"
ANSWERS = {
    "US": ["In the Group: December 2022", "Evidence: stated", "Progress note of 1 August 2023, passage 1(3)"],
    "Taiwan": ["In the Group: 13 December 2017", "Joint Ministerial Statement", "signatory"],
    "member:de": ["Counted through: European Union"],
    "Barbados": ["Matthew Wilson"],
    "wt/min(17)/58": ["Symbol: WT/MIN(17)/58", "When: 13 December 2017", "Named sponsors: 30", "Revised by:"],
    "INF/MSME/4/Rev.2": ["Adopted at: ", "Annexes", "Revision of: "],
    "INF/MSME/W/36": ["Points", "Point"],
    "initiative:trade4msmes": [
        "Kind of initiative: platform",
        "Home page: https://trade4msmes.org",
        "Languages",
    ],
    "event:2020-12-11-meeting": ["Adopted: ", "Status: held"],
    "Matthew Wilson": ["Represents: Barbados", "Post: ", "On behalf of: Barbados"],
    "award:2021-taitra": ["Year: 2021", "Winner: TAITRA"],
    "claim:founders-2017-12-13-84-brief": ["Value: 84", "Says who: Progress note of 1 August 2023"],
    "source:brief": ["Kind: source", "Date: 2023-08-01"],
    "organization:itc": ["Acronym: ITC", "Operates:"],
    "宣言": [
        "Entities of this class",
        "Final Draft Declaration on Micro, Small and Medium-sized Enterprises",
    ],
    "membership:us": ["Member: United States", "Evidence: stated"],
}


@pytest.mark.parametrize("name", ANSWERS)
def test_description_opens_with_an_answer(run: Run, name: str) -> None:
    ended = run("describe", name)
    assert (ended.code, ended.err) == (0, "")
    answer, _, statements = ended.out.partition("\nStatements\n")
    for text in ANSWERS[name]:
        assert text in answer
    assert "→" in statements
    assert "rdf:type" not in ended.out


def test_a_paper_that_a_member_wrote_is_listed_once(run: Run) -> None:
    answer = run("describe", "US").out.partition("\nStatements\n")[0]
    assert answer.count("Proposal on small businesses' links to trade policy") == 1
    answer = run("describe", "Mexico").out.partition("\nStatements\n")[0]
    assert answer.count("Proposal on business informality") == 1
    assert "Statement on highlighting the importance of MSMEs in the time of COVID-19" in answer


def test_answer_in_chinese_and_in_markdown(run: Run) -> None:
    answer = run("describe", "中华台北", "--lang", "zh-Hant").out.partition("\n陳述\n")[0]
    assert answer.startswith(f"中華臺北\n{BASE}member/tw\n")
    assert "\n加入小組：2017年12月13日\n" in answer
    assert "\n證據強度：明載\n" in answer
    text = run("describe", "US", "--format", "md").out
    assert text.startswith(f"# United States\n\n<{BASE}member/us>\n\n- **Kind**: WTO Member\n")
    assert "\n## Statements\n\n|  | Property | Value |\n" in text


def test_rows_keep_their_shape(run: Run) -> None:
    rows = json.loads(run("describe", "US", "--format", "json").out)
    assert {
        "direction": "out",
        "property": "http://www.w3.org/2000/01/rdf-schema#label",
        "value": "美國",
    } in rows
    assert {row["direction"] for row in rows} == {"out", "in"}


def parse(text: str) -> set[str]:
    return {quad.subject.value for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)}


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("US", {"member/us", "membership/us", "attestation/membership-us-1"}, {"member/cn", "source/brief"}),
        ("INF/MSME/W/36", {"document/inf-msme-w-36", "provision/inf-msme-w-36-1"}, {"member/us"}),
        ("Wilson", {"person/matthew-wilson", "tenure/matthew-wilson"}, {"post/coordinator"}),
    ],
)
def test_rdf_has_what_belongs_to_the_entity(run: Run, name: str, inside: set[str], outside: set[str]) -> None:
    subjects = {iri.removeprefix(BASE) for iri in parse(run("describe", name, "--format", "turtle").out)}
    assert inside <= subjects
    assert not outside & subjects


def test_ending_of_the_output_names_the_syntax(run: Run, tmp_path: Path) -> None:
    assert run("describe", "US", "-o", "us.ttl").code == 0
    assert f"{BASE}membership/us" in parse((tmp_path / "us.ttl").read_text(encoding="utf-8"))
    assert (tmp_path / "us.ttl").read_text(encoding="utf-8") == run(
        "describe", "US", "--format", "turtle"
    ).out
