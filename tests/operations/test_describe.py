"""Descriptions: an answer for each class of entity, then its statements; in RDF with what belongs to it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Run

import msme_kg
from msme_kg.sparql.results import Solutions

ROOT = Path(__file__).resolve().parents[2]
_MEMBERS = """PREFIX msme: <https://w3id.org/msme-kg/ontology#>
SELECT ?member WHERE { ?member a msme:WTOMember } ORDER BY STR(?member)"""
BASE = "https://w3id.org/msme-kg/"
ANSWERS = {
    "US": [
        "Joined: December 2022\nDate stated by: Progress note of 1 August 2023, passage 1(3)\nEvidence: ",
        "Another source: March 2023\nStated by: wto.org: english/news_e/news23_e/igmsm_15mar23_e.htm\n",
    ],
    "Taiwan": [
        "Joined: 13 December 2017\nDate: no source states exactly this; from the sources of",
        "Less exact: December 2017\nStated by: Progress note of 1 August 2023, passage 1(1)\n",
        "Joint Ministerial Statement",
        "signatory",
    ],
    "CN": [
        "Joined: 13 December 2017\nDate: inferred\n",
        "Membership stated by: Informal Working Group on MSMEs - 2021 Draft annual report",
        "Note: The start date rests on a press report of 11 December 2017",
    ],
    "BR": ["Joined: 13 December 2017\nDate: inferred\n", "Note: The start date rests on a press report"],
    "GB": [
        "Evidence: shown\nThat is: Participation is shown by other evidence, though the Member is not named",
        "Counted through: European Union\nCounted through it until: 2020-01-31\n",
    ],
    "EU": [
        "Membership stated by:\n  - Progress note of 1 August 2023, passage 1(3)\n",
        "Members counted through it: 27\nFormerly also: United Kingdom\n"
        "How they are counted: individually, beside it; with --eu one, ",
    ],
    "IN": ["In the Group: nothing recorded shows that it takes part\n"],
    "SV": ["Date: first possible day inferred\nDate stated by: Informal Working Group on MSMEs - 2021 Draft"],
    "UY": [
        "Says who: no source states it; it rests on the sources of the record as a whole\n"
        "Sources of the record:\n  - ",
        "\nTenure of José Luís Cancela Gómez as Coordinator  ended April 2023  wto.org: english/tratop_e/",
    ],
    "member:de": ["Counted through: European Union"],
    "Barbados": ["Matthew Wilson"],
    "wt/min(17)/58": ["Symbol: WT/MIN(17)/58", "When: 13 December 2017", "Named sponsors: 30", "Revised by:"],
    "event:2024-03-meeting": ["When: March 2024\n", "Also stated: 19 March 2024\n"],
    "INF/MSME/4/Rev.2": ["Also stated: December 2020\n", "Adopted at: ", "Annexes", "Revision of: "],
    "INF/MSME/W/36": ["Points", "Point"],
    "initiative:trade4msmes": [
        "Kind of initiative: platform",
        "Home page: https://trade4msmes.org",
        "Languages",
    ],
    "INF/MSME/W/58": ["symbol     INF/TGE/COM/10  globebanner.com", "symbol     INF/TGE/COM/11  Informal"],
    "event:2025-07-22-global-sme-ministerial": [
        "\nWhat other sources state\n\nStatement  Another source  Stated by\n",
        "\nplace      Durban          msmenews.sbs: wto-2025-news-items-9\n",
        "Place: Johannesburg",
    ],
    "event:2022-06-12-mc12": ["Another source: ended 15 June 2022\nStated by: leconomistebenin.com"],
    "Valerie Picard": ["\nname of a person  Valerie Piccard  einpresswire.com: "],
    "event:2020-12-11-meeting": ["Adopted: ", "Status: held"],
    "Matthew Wilson": [
        "Represents: Barbados",
        "\nPosts in the Group\n\nPost                      On behalf of  When\n",
        "\nCoordinator of the Group  Barbados      26 April 2023\n",
    ],
    "award:2021-taitra": ["Year: 2021", "Winner: TAITRA"],
    "claim:founders-2017-12-13-84-brief": ["Value: 84", "Says who: Progress note of 1 August 2023"],
    "source:brief": ["Kind: source", "Date: 2023-08-01"],
    "organization:itc": ["Acronym: ITC", "Operates:"],
    "宣言": [
        "Entities of this class",
        "Final Draft Declaration on Micro, Small and Medium-sized Enterprises",
    ],
    "annex 3": ["\nPoints\n\nPoint  In short\n", "\n1      Deals with trade facilitation for MSMEs.\n"],
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
    assert "\n加入：2017 年 12 月 13 日\n" in answer
    assert "\n證據強度：明載\n" in answer
    assert "\n較不精確之記載：2017 年 12 月\n其來源：「進展說明」一、（一）\n" in answer
    assert "另有來源載為" not in answer
    text = run("describe", "US", "--format", "md").out
    assert text.startswith(f"# United States\n\n<{BASE}member/us>\n\n- **Kind**: WTO Member\n")
    assert "\n## Statements\n\n|  | Property | Value |\n" in text


@pytest.mark.parametrize(
    ("lang", "joined", "grounds", "absent"),
    [
        (
            "en",
            "Joined",
            ("Membership stated by", "Says who"),
            "In the Group: nothing recorded shows that it takes part",
        ),
        (
            "zh-Hant",
            "加入",
            ("載明會員資格之來源", "會員資格依據"),
            "小組會員資格：依現有紀錄，查無其參與小組之記載",
        ),
    ],
)
def test_every_member_has_a_line_that_says_who_or_why_nobody_does(
    lang: str, joined: str, grounds: tuple[str, str], absent: str
) -> None:
    """Of 120 WTO Members in the graph 95 have a membership, ten of them by indirect evidence only."""
    colon = "：" if lang == "zh-Hant" else ":"
    graph = msme_kg.open(ROOT, lang=lang)
    table = graph.sparql(_MEMBERS)
    assert isinstance(table, Solutions)
    iris = [term.value for (term,) in table.rows if isinstance(term, ox.NamedNode)]
    answers = {iri: graph.describe(iri).render().partition("\n\n")[2] for iri in iris}
    shown = [text for text in answers.values() if f"\n{joined}{colon}" in text]
    assert len(shown) == 95
    for text in shown:
        named, unstated = (f"\n{ground}{colon}" in text for ground in grounds)
        assert named is not unstated
        assert absent not in text
    assert all(absent in text for text in answers.values() if text not in shown)


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


def test_a_state_as_on_a_day(run: Run) -> None:
    then = run("describe", "TW", "--as-of", "2020-06-30").out
    assert "As it was on 30 June 2020" in then
    assert re.findall(r"^.+  signatory +(.+)$", then, re.MULTILINE) == ["13 December 2017", "14 May 2020"]
    assert "TAITRA" in run("describe", "TW").out
    assert "TAITRA" not in then
    assert "2018-04-30" not in run("describe", "CV").out
    for day, joined in (("2018-04-30", False), ("2026-01-01", True)):
        assert ("\nJoined: " in run("describe", "CV", "--as-of", day).out) == joined
    absent = run("describe", "INF/MSME/4/Rev.2", "--as-of", "2018")
    assert "\n\nOn 31 December 2018 this had not begun, or it had ended.\n\nStatements\n" in absent.out
    assert "note: --as-of 2018 is taken as 2018-12-31" in absent.err
    assert run("describe", "INF/MSME/4/Rev.2", "--as-of", "2018", "--format", "ntriples").out == ""


def test_a_state_as_on_a_day_has_no_later_fact(run: Run) -> None:
    tenure = "tenure:jose-luis-cancela-gomez"
    for day, when in (("2020", "February 2018"), ("2023-05", "February 2018 to 26 April 2023")):
        out = run("describe", tenure, "--as-of", day).out
        if day == "2020":
            assert f"\nWhen: {when}\n" in out
            assert "2023" not in out
        else:
            assert "had ended" in out.splitlines()[3]
    remark = "It co-sponsored the COVID-19 statement of 2020"
    for day, is_known in (("2019-12-31", False), ("2020-12-31", True)):
        assert (remark in run("describe", "TW", "--as-of", day).out) == is_known
    role = "supports a Mandarin edition of it (2025)"
    for day, is_known in (("2024-12-31", False), ("2025-12-31", True)):
        assert (role in run("describe", "organization:ccpit-csc", "--as-of", day).out) == is_known


def test_a_day_that_is_none_is_refused(run: Run) -> None:
    wrong = run("describe", "TW", "--as-of", "MC12")
    assert (wrong.code, wrong.out) == (2, "")
    assert "12 June 2022" in wrong.err or "2022-06-1" in wrong.err
    beyond = run("describe", "TW", "--as-of", "2030-01-01")
    assert "note: the record ends on 2025-12-31" in beyond.err
