"""Tables as people see them: folded on a terminal, with their size in words, and hints at wider answers."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from conftest import LONGEST, Run, environment

from msme_kg.message_catalog import select_messages
from msme_kg.namespaces import LANGUAGES
from msme_kg.rdf.source_excerpt import measure_width

MEMBERS = ("query", "members", "--as-of", "2017-12-13")


def show(folder: Path, *args: str, width: int = 80) -> tuple[str, str]:
    """Run the command line on a terminal of a width, and return what it shows and its notes."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    variables = environment("2025-12-31")
    variables.pop("COLUMNS", None)
    with (folder / "notes").open("wb") as notes:
        process = subprocess.Popen(
            [sys.executable, "-m", "msme_kg", *args], stdout=child, stderr=notes, cwd=folder, env=variables
        )
        os.close(child)
        shown = b""
        while True:
            try:
                chunk = os.read(parent, 65536)
            except OSError:  # Linux: the other end is closed
                break
            if not chunk:
                break
            shown += chunk
        os.close(parent)
        assert process.wait(LONGEST) == 0
    return shown.decode().replace("\r\n", "\n"), (folder / "notes").read_text()


@pytest.mark.parametrize("lang", ["en", "zh-Hant"])
def test_a_table_fits_the_terminal_and_says_how_many_rows(lang: str, tmp_path: Path, run: Run) -> None:
    options = (*MEMBERS, "--lang", lang, "--limit", "6")
    shown, _ = show(tmp_path, *options, width=60)
    assert all(measure_width(line) <= 60 for line in shown.splitlines())
    last = {"en": "the first 6 of 42 rows", "zh-Hant": "共 42 列，此為前 6 列"}[lang]
    assert shown.endswith(f"\n\n{last}\n")
    piped = run(*options).out
    assert max(map(measure_width, piped.splitlines())) > 60
    assert last not in piped


def test_an_answer_without_rows_is_a_sentence(tmp_path: Path, run: Run) -> None:
    empty = ("query", "champions", "--year", "2031")
    shown, notes = show(tmp_path, *empty)
    assert (shown, notes.splitlines()[0]) == ("", "Nothing is recorded: Champions (year: 2031)")
    ended = run(*empty, "--lang", "zh-Hant", "--format", "csv")
    assert ended.out.count("\n") == 1  # a program gets the names of the columns
    assert ended.err == "查無紀錄：冠軍競賽得獎者（年度：2031）\n"
    unsigned = ("query", "sponsors", "--symbol", "INF/MSME/W/36")
    named = run(*unsigned).err.splitlines()[0]  # without how an entity may be named
    assert named.startswith("Nothing is recorded: Who sponsors a document (document: Final Draft ")
    assert "（文件：「微中小企業宣言」終版草案）" in run(*unsigned, "--lang", "zh-Hant").err
    assert run("sparql", "-e", "SELECT ?x { ?x a msme:Nothing }").err == "no rows\n"


def test_sources_are_named_by_host_and_date_for_people_and_by_iri_for_programs(run: Run) -> None:
    ended = run("query", "coordinators", "--as-of", "2020-12-31", "--labels", "--format", "csv")
    assert "etradeforall.org; web.wtocenter.org.tw; wto.org 2018-03-27; wto.org\r\n" in ended.out
    sources = json.loads(run("query", "coordinators", "--as-of", "2020-12-31", "--format", "json").out)[0][
        "source"
    ]
    assert (
        "https://w3id.org/msme-kg/source/wto-org-english-news-e-news18-e-ddgra-27mar18-e-htm"
        in sources.split("; ")
    )
    wto = "wto.org"
    (row,) = (
        one for one in run("query", "coverage", "--as-of", "2017-12-13").out.splitlines() if "  87  " in one
    )
    assert all(host in row for host in ("taf2plus.com", "wto.org 2017-12-13", "wtoplurilaterals.info")), wto


def test_a_meeting_has_a_summary_and_its_sources(run: Run) -> None:
    ended = run(
        "query", "meetings", "--from", "2023-04-26", "--to", "2023-04-26", "--format", "csv", "--labels"
    )
    _, row = csv.reader(io.StringIO(ended.out))
    assert row[2].startswith("Change of Coordinator; digital economy agreements, trade digitalization, ")
    assert "etradeforall.org" in row[-1]
    chinese = run("query", "meetings", "--from", "2023-04-26", "--to", "2023-04-26", "--lang", "zh-Hant").out
    assert "「進展」" not in chinese
    assert "WTO「微中小企業聯合聲明倡議」進展、etradeforall.org" in chinese


@pytest.mark.parametrize(
    ("query", "more", "absent"),
    [
        ("documents", "5 more may have been issued in the period: --certainty possible", "INF/MSME/W/61"),
        ("timeline", "more may lie in the period: --certainty possible", "Package of six"),
    ],
)
def test_a_list_of_a_period_has_what_is_certainly_in_it(query: str, more: str, absent: str, run: Run) -> None:
    span = ("--from", "2021-01-01", "--to", "2021-12-31")
    ended = run("query", query, *span)
    assert more in ended.err
    assert absent not in ended.out
    assert absent in run("query", query, *span, "--certainty", "possible").out


def test_a_number_is_listed_once_with_the_sources_that_give_no_date(run: Run) -> None:
    ended = run("query", "sponsors", "--symbol", "INF/MSME/4/Rev.2", "--format", "csv")
    rows = [row for row in csv.reader(io.StringIO(ended.out)) if row[2].startswith("97 stated")]
    assert [(row[4], row[6].count("; ")) for row in rows] == [("2023-01-01/2023-03-31", 1)]
    assert "97 stated, 5 named" in (text := run("query", "sponsors", "--symbol", "INF/MSME/4/Rev.2").out)
    assert "2023-01-01/2023-03-31                            miti.gov.my; wto.org\n" in text


@pytest.mark.parametrize(
    ("asked", "source"),
    [
        (("observers", "--from", "2024-07"), "2024-07-01  web.wtocenter.org.tw 2024-07-17\n"),
        (("work-plan", "--item", "3.3"), "2023-03-16          mercojuris.com\n"),
        (("follow-up", "--annex", "3"), "  360brokerllc.com; wto.org 2022-04-07\n"),
        (("changes", "--from", "2023-03", "--to", "2023-03"), "gisbarbados.gov.bb; "),
        (("sponsors", "--symbol", "WT/MIN(17)/58"), "  wto.org 2017-12-13; wtoplurilaterals.info\n"),
    ],
)
def test_answers_about_acts_say_who_says_so(asked: tuple[str, ...], source: str, run: Run) -> None:
    assert source in run("query", *asked).out


def test_observers_are_wto_members_outside_of_the_group(run: Run) -> None:
    shown = run("query", "observers", "--help").out
    assert "WTO Members that are recorded at events of the Group without being" in shown
    assert "observers             WTO Members outside the Group at its events" in run("query", "--help").out


def test_revisions_have_titles(run: Run) -> None:
    for lang, title in (("en", "Package of six recommendations"), ("zh-Hant", "2020 年 12 月套案")):
        ended = run("query", "revisions", "--symbol", "INF/MSME/4", "--lang", lang)
        (row,) = (line for line in ended.out.splitlines() if line.startswith("INF/MSME/4/Rev.2"))
        assert title in row


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("chairs", "coordinators"),
        ("chairpersons", "coordinators"),
        ("協調人", "coordinators"),
        ("协调人", "coordinators"),
        ("joined", "accessions"),
        ("加入", "accessions"),
        ("文件", "documents"),
        ("membr", "members"),
    ],
)
def test_a_name_that_is_no_query_suggests_those_about_it(word: str, first: str, run: Run) -> None:
    ended = run("query", word)
    assert ended.code == 2
    assert f"hint: did you mean {first}" in ended.err


def test_an_annex_has_its_points_and_leads_to_what_was_done_about_it(run: Run) -> None:
    ended = run("query", "package", "--annex", "5")
    assert "\n5      provision       2. Members provide the database with more information" in ended.out
    assert ended.out.count("INF/MSME/4/Rev.2  2020-12-11") == len(ended.out.splitlines()) - 2
    assert ended.err == "hint: what was done about it (6): msme-kg query follow-up --annex 5\n"
    assert run("query", "follow-up", "--annex", "5", "--format", "csv").out.count("\n") == 7
    ended = run("query", "package", "--annex", "3")
    assert "\n3      editorial note  Whether it is a declaration or a recommendation, and what" in ended.out
    assert "editorial note" not in run("query", "package").out


@pytest.mark.parametrize("words", ["trade finance", "融資", "cross-border", "annex 6", "附件六", "6"])
@pytest.mark.parametrize("query", ["package", "follow-up"])
def test_an_annex_is_named_by_number_or_words_of_its_title(query: str, words: str, run: Run) -> None:
    ended = run("query", query, "--annex", words, "--format", "csv")
    assert ended.out == run("query", query, "--annex", "6", "--format", "csv").out
    assert ended.out.count("\n") > 2


def test_an_annex_that_is_none_of_the_package_is_refused_with_all_of_them(run: Run) -> None:
    for words in ("7", "services", "WT/MIN(17)/58"):
        ended = run("query", "follow-up", "--annex", words)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.count("document:inf-msme-4-rev-2-annex-") == 6
    ended = run("query", "follow-up", "--annex", "trade")
    assert ended.code == 2
    assert "Trade facilitation" in ended.err
    assert "MSMEs and the WTO Integrated Database" not in ended.err


@pytest.mark.parametrize("query", ["package", "follow-up", "sponsors"])
def test_a_version_without_an_answer_gets_that_of_the_one_that_has_it(query: str, run: Run) -> None:
    ended = run("query", query, "--symbol", "INF/MSME/4")
    note = "nothing is recorded for 'INF/MSME/4'; this is the answer for another version, INF/MSME/4/Rev.2\n"
    assert f"note: {note}" in ended.err
    assert ended.out == run("query", query, "--symbol", "INF/MSME/4/Rev.2").out
    assert "Nothing is recorded" not in ended.err
    # Programs get what they asked for.
    assert json.loads(run("query", query, "--symbol", "INF/MSME/4", "--format", "json").out) == []
    chinese = run("query", query, "--symbol", "INF/MSME/4", "--lang", "zh-Hant").err
    assert "註：「INF/MSME/4」查無紀錄；以下為另一版本 INF/MSME/4/Rev.2 之結果\n" in chinese
    assert "another version" not in run("query", query, "--symbol", "WT/MIN(24)/9").err


def test_where_there_is_no_answer_a_hint_leads_to_what_is_recorded(run: Run) -> None:
    asked = run("query", "declaration", "--symbol", "WT/MIN(24)/9")
    assert "Coordinator's Report for MC13: msme-kg describe document:wt-min-24-9\n" in asked.err
    assert (
        "what is recorded of Haiti: msme-kg describe member:ht"
        in run("query", "members", "--member", "Haiti").err
    )
    asked = run("query", "champions", "--year", "2019")
    assert re.search(r"hint: without --year there are rows \(\d\d\)\n", asked.err)
    asked = run("query", "observers", "--from", "2023", "--to", "2023")
    assert asked.err.endswith("hint: without --to there are rows (18)\n")
    asked = run("query", "follow-up", "--symbol", "INF/MSME/4", "--annex", "2")
    assert (asked.code, asked.err.splitlines()[1]) == (
        2,
        "hint: the document that was named has no annexes on record",
    )


def test_the_number_of_sources_of_a_member_leads_to_the_sources(run: Run) -> None:
    asked = ("query", "members", "--as-of", "2023-08-01", "--member", "Argentina")
    names, command = run(*asked).err.splitlines()
    assert names.startswith("hint: sources: conexionintal.iadb.org: ")
    assert "; diariodemocracia.com: " in names
    assert command == "hint: who says so of Argentina: msme-kg describe member:ar"
    assert run(*asked, "--format", "json").err == ""
    members = run("query", "members", "--as-of", "2023-08-01").err
    assert "who says so" not in members
    total = "(Date 2023-08-01; Stated total 98; Identified 79; "
    assert f"hint: what sources state of the number of members {total}" in members


def test_words_in_place_of_a_number_point_to_what_they_name(run: Run) -> None:
    ended = run("query", "work-plan", "--item", "low-value shipments")
    assert (ended.code, ended.out) == (2, "")
    assert "0.5; msme-kg describe 'low-value shipments' shows what sources say of one entity" in ended.err
    assert "describe" not in run("query", "champions", "--year", "20x").err


def test_a_period_without_certain_rows_names_the_possible_ones(run: Run) -> None:
    ended = run("query", "documents", "--kind", "package", "--from", "2020-12", "--to", "2020-12")
    assert (
        "hint: 1 more may have been issued in the period (INF/MSME/4/Rev.2, Package of six recommendations "
        "and declarations on MSMEs of December 2020, package): --certainty possible\n"
    ) in ended.err


def test_languages_have_names_for_people_and_codes_for_programs(run: Run) -> None:
    for lang, names in (
        ("en", "English; Spanish; French; Chinese"),
        ("zh-Hant", "英文、西班牙文、法文、中文"),
    ):
        (row,) = (
            line
            for line in run("query", "initiatives", "--kind", "platform", "--lang", lang).out.splitlines()
            if line.startswith("Trade4MSMEs")
        )
        assert f"  {names}  " in row
    shown = run("query", "languages", "--initiative", "trade4msmes").out
    assert re.findall(r"^Trade4MSMEs  (\w+)", shown, re.MULTILINE) == [
        "English",
        "Spanish",
        "French",
        "Chinese",
    ]
    rows = json.loads(run("query", "languages", "--initiative", "trade4msmes", "--format", "json").out)
    assert [row["language"] for row in rows] == ["en", "es", "fr", "zh"]


def test_each_language_of_the_graph_has_a_name(run: Run) -> None:
    query = "PREFIX dc: <http://purl.org/dc/elements/1.1/> SELECT DISTINCT ?code { ?thing dc:language ?code }"
    codes = {row["code"] for row in json.loads(run("sparql", "-e", query, "--format", "json").out)}
    assert codes
    for lang in LANGUAGES:
        assert codes <= select_messages("language.", lang).keys()


def test_a_part_of_a_name_is_taken_for_what_the_query_is_about(run: Run) -> None:
    ended = run("query", "declaration", "--symbol", "final draft", "--format", "csv")
    assert (
        ended.out.count(",INF/MSME/W/36,2021-09-24,https://w3id.org/msme-kg/document/inf-msme-w-36\r\n") == 7
    )
    assert "'final draft' is taken to mean Final Draft Declaration" in ended.err
    ended = run("query", "declaration", "--symbol", "宣言")
    assert ended.code == 2
    assert "document:inf-msme-w-36" in ended.err
    assert "wt-min-17-58" not in ended.err  # a declaration without points
    # Digits alone are only a hint, with what the query is about.
    for query, year, symbol in (("package", "2020", "4-rev-2"), ("declaration", "2021", "w-36")):
        ended = run("query", query, "--symbol", year)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.count("(document:") == ended.err.count(f"(document:inf-msme-{symbol})") == 1


def test_disagreements_are_values_that_exclude_each_other(run: Run) -> None:
    items = run("query", "conflicts").out
    assert items == run("query", "conflicts", "--of", "any").out
    assert "Membership in the Group: United States" in items  # December 2022, March 2023
    assert "Johannesburg" in items
    assert "Meeting of 26 April 2023" not in items  # April 2023, 26 April 2023
    assert "Alem" not in items
    names = run("query", "conflicts", "--of", "name", "--format", "csv", "--labels").out
    assert "\r\nMarco M. Alemán,,Marco Aleman,web.wtocenter.org.tw: Page/18079/415758\r\n" in names
    assert names.count("Valerie Pi") == 4


def test_plan_of_no_given_year_says_which_year_it_is(run: Run) -> None:
    plan = run("query", "work-plan")
    assert "note: --year 2023 is taken: the latest work programme recorded\n" in plan.err
    assert "--year" not in run("query", "work-plan", "--year", "2023").err
    assert "採用 --year 2023：現有紀錄中最近之工作計畫" in run("query", "work-plan", "--lang", "zh-Hant").err


def test_follow_up_of_an_annex_has_the_statuses_of_its_work_items(run: Run) -> None:
    rows = json.loads(run("query", "follow-up", "--annex", "2", "--labels", "--format", "json").out)
    done = [row["what"] for row in rows]
    assert "A Chinese version was reported as available." in done
    assert "Deliverable: A Global Trade Helpdesk with broader content, linked to national data." in done
    assert not [row for row in rows if (row["date"] or "9999") < "2020-12"]  # the Helpdesk is older


def test_members_whose_day_of_joining_is_not_known(run: Run) -> None:
    rows = json.loads(run("query", "unknowns", "--kind", "accession", "--format", "json").out)
    assert {row["subject"].split("/")[-2] for row in rows} == {"membership"}
    assert len(rows) == 52


def test_values_of_a_cell_are_joined_as_chinese_joins_them(run: Run) -> None:
    names = run("query", "initiatives", "--lang", "zh-Hant").out
    assert "  國際貿易中心、聯合國經濟及社會事務部、世界貿易組織  " in names
    titles = run("query", "meetings", "--lang", "zh-Hant", "--from", "2024-03-01", "--to", "2024-03-31").out
    assert (
        "女性領導之微中小企業融資管道彙編；安全認證優質企業（AEO）計畫微中小企業特別規定彙編；" not in titles
    )
    assert "女性領導之微中小企業融資管道彙編、安全認證優質企業（AEO）計畫微中小企業特別規定彙編、" in titles


def test_an_option_that_names_an_entity_is_shown_by_its_label(run: Run) -> None:
    ended = run("query", "documents", "--sponsor", "CN", "--to", "1990-01-01")
    assert "China" in ended.err


def test_an_answer_hints_at_what_a_wider_option_would_add(run: Run) -> None:
    possible = "hint: 31 more may have joined by then: --certainty possible\n"
    indirect = "hint: 10 more have indirect evidence only: --evidence indirect\n"
    total = (
        "hint: what sources state of the number of members (3): msme-kg query coverage --as-of 2017-12-13\n"
    )
    assert run(*MEMBERS).err == possible + indirect + total
    assert run(*MEMBERS, "--format", "md").err == possible + indirect + total
    assert run(*MEMBERS, "--certainty", "certain").err == indirect + total
    assert run(*MEMBERS, "--certainty", "possible", "--evidence", "indirect").err == total
    assert run(*MEMBERS, "--evidence", "stated", "--format", "csv").err == ""
    chinese = run(*MEMBERS, "--lang", "zh-Hant").err
    assert "另有 31 個會員可能已加入：--certainty possible" in chinese


def test_the_list_of_queries_fits_the_terminal_too(tmp_path: Path, run: Run) -> None:
    shown, _ = show(tmp_path, "query")
    assert all(measure_width(line) <= 80 for line in shown.splitlines())
    assert "coverage" in shown
    assert run("log", "--lang", "zh-Hant", "--limit", "0").out.split()[:3] == ["日期", "更新", "事物"]


@pytest.mark.parametrize("name", ["US", "South Korea"])
def test_a_name_in_place_of_a_choice_points_to_describe(name: str, run: Run) -> None:
    ended = run("query", "conflicts", "--of", name)
    assert (ended.code, ended.out) == (2, "")
    hint = "hint: one of number, date, name, place, symbol, any"
    typed = f"'{name}'" if " " in name else name
    assert f"{hint}; msme-kg describe {typed} shows what sources say of one entity\n" in ended.err
    in_chinese = run("query", "conflicts", "--of", name, "--lang", "zh-Hant").err
    assert f"；各來源就單一事物所載內容，請見 msme-kg describe {typed}\n" in in_chinese
    # What names nothing has the choices only.
    assert run("query", "conflicts", "--of", "zzz").err.endswith(f"{hint}\n")


def test_a_column_without_any_value_is_left_out_for_people_and_kept_for_programs(run: Run) -> None:
    """Whether a Coordinator certainly held office is said for a date only."""
    assert "Certainty" not in run("query", "coordinators").out
    assert "Certainty" in run("query", "coordinators", "--as-of", "2023-08-01").out
    assert "| Certainty |" not in run("query", "coordinators", "--format", "md").out
    assert run("query", "coordinators", "--format", "csv").out.startswith("person,member,from,to,certainty,")
    assert "certainty" in json.loads(run("query", "coordinators", "--format", "json").out)[0]


def test_a_work_item_without_a_status_says_so_to_people_only(run: Run) -> None:
    asked = ("query", "work-plan", "--as-of", "2023-08-01")
    assert "no report by then" in run(*asked).out
    assert "截至該日無報告紀錄" in run(*asked, "--lang", "zh-Hant", "--format", "md").out
    assert None in [row["status"] for row in json.loads(run(*asked, "--format", "json").out)]


def test_changes_list_a_new_state_once_and_point_to_the_timeline(run: Run) -> None:
    asked = ("query", "changes", "--from", "2024-07-01", "--to", "2024-07-31")
    rows = json.loads(run(*asked, "--format", "json").out)
    states = [row for row in rows if row["after"] == "A Chinese version was reported as available."]
    assert [row["before"] for row in states] == ["IATA's ONE Source data on logistics was added."]
    assert "hint: meetings, launches and all else by date (" in run(*asked).err


def test_unknowns_of_one_kind_and_the_kinds_there_are(run: Run) -> None:
    rows = json.loads(run("query", "unknowns", "--format", "json").out)
    chosen = json.loads(run("query", "unknowns", "--kind", "會員名稱", "--format", "json").out)
    assert chosen == rows[: len(chosen)]  # what matters most to a reader comes first
    last = "as of 2025-12-31: 104 stated, 95 recorded (counting indirect evidence), 9 not named"
    assert chosen[-1]["where"] == last
    wrong = run("query", "unknowns", "--kind", "wrong")
    assert (wrong.code, wrong.out) == (2, "")
    assert "one of member, accession, report, event, laureate, text, title, day, note" in wrong.err
