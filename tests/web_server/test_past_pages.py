"""Pages as on a day: right on that day, marked as such, and never mixed with those of today."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter

import pyoxigraph as ox
import pytest
from conftest import Run

from web_server.running import RunningServer

BASE = "https://w3id.org/msme-kg/"
HTML = {"Accept": "text/html"}


def test_a_page_has_what_there_was_on_the_day(server: RunningServer) -> None:
    then = server.ask("/member/tw/index.html?as_of=2020-06-30").text
    now = server.ask("/member/tw/index.html").text
    assert "TAITRA" in now
    assert "TAITRA" not in then
    assert "Statement on highlighting the importance of MSMEs in the time of COVID-19" in then
    assert "14 May 2020" not in server.ask("/member/tw/index.html?as_of=2020-05-13").text
    assert "As it was on 30 June 2020" in then
    assert '<a href="index.html">Show all that is recorded</a>' in then
    assert '<meta name="robots" content="noindex">' in then
    assert "noindex" not in now
    assert 'name="as_of" type="date" value="2020-06-30"' in then
    assert 'name="as_of" type="date" value=""' in now


def test_a_member_that_had_not_joined_has_no_membership(server: RunningServer) -> None:
    for day, is_member in (("2018-04-30", False), ("2026-01-01", True)):
        text = server.ask(f"/member/cv/index.html?as_of={day}").text
        assert ("membership/cv/index.html" in text) == is_member


def test_the_home_page_has_the_figures_of_the_day(server: RunningServer) -> None:
    page = server.ask("/zh-Hant.html?as_of=2021-06-30").text
    figures = page.partition('<ul class="figures"')[2].partition("</ul>")[0]
    assert "46（來源載 91）" in figures
    assert "José Luís Cancela Gómez" in figures
    assert 'href="query/coverage/zh-Hant.html?as_of=2021-06-30"' in figures
    assert "截至 <span" in page.partition('id="page-today"')[2][:60]


def test_what_had_not_begun_says_so(server: RunningServer) -> None:
    page = server.ask("/document/inf-msme-4-rev-2/index.html?as_of=2018-01-01").text
    assert "On 1 January 2018 this had not begun, or it had ended." in page
    assert "<table" not in page
    assert server.ask("/document/inf-msme-4-rev-2/index.ttl?as_of=2018-01-01").text.count("document:") == 0


@pytest.mark.parametrize("folder", ["member/tw", "organization/iwg-msmes", "document/inf-msme-4-rev-2"])
@pytest.mark.parametrize("day", ["2017-12-13", "2021-06-30", "2023-08-01"])
def test_statements_are_those_of_the_export(server: RunningServer, run: Run, folder: str, day: str) -> None:
    exported = run("export", "ntriples", "--as-of", day).out.encode()
    expected = {
        quad
        for quad in ox.parse(exported, format=ox.RdfFormat.N_TRIPLES)
        if quad.subject == ox.NamedNode(BASE + folder)
    }
    shown = server.ask(f"/{folder}/index.ttl?as_of={day}").body
    assert set(ox.parse(shown, format=ox.RdfFormat.TURTLE)) == expected


def test_links_keep_the_day(server: RunningServer) -> None:
    page = server.ask("/organization/iwg-msmes/index.html?as_of=2021-06-30").text
    for link in (
        '"../../document/wt-min-17-58/index.html?as_of=2021-06-30"',
        '"zh-Hant.html?as_of=2021-06-30"',
        '"../../index.html?as_of=2021-06-30"',
        '"index.ttl?as_of=2021-06-30"',
    ):
        assert link in page
    for path, accept, file in (
        ("/member/us", "text/html", "index.html"),
        ("/member/us", "text/turtle", "index.ttl"),
    ):
        reply = server.ask(f"{path}?as_of=2021-06-30", {"Accept": accept})
        assert (reply.status, reply.headers["location"]) == (303, f"/member/us/{file}?as_of=2021-06-30")


@pytest.mark.parametrize(
    ("typed", "day"), [("2021", "2021-12-31"), ("2021-06", "2021-06-30"), ("2020-02", "2020-02-29")]
)
def test_a_month_or_year_is_its_last_day(server: RunningServer, typed: str, day: str) -> None:
    reply = server.ask(f"/member/us/index.html?as_of={typed}")
    assert (reply.status, reply.headers["location"]) == (303, f"/member/us/index.html?as_of={day}")


@pytest.mark.parametrize("path", ["member/us/index.html", "member/us/zh-Hant.html", "index.html"])
def test_a_bad_day_is_named_at_the_form(server: RunningServer, path: str) -> None:
    reply = server.ask(f"/{path}?as_of=2021-02-30%22%3E", HTML)
    assert reply.status == 400
    assert 'aria-describedby="page-day-error"' in reply.text
    assert "2021-02-30" in reply.text.partition('id="page-day-error">')[2].partition("<")[0]
    assert 'value="2021-02-30&#34;&gt;"' in reply.text
    problem = server.ask(f"/{path}?as_of=2021-02-30")
    assert (problem.status, problem.headers["content-type"]) == (400, "application/problem+json")
    assert "2023-08-01" in json.loads(problem.body)["hint"]


def test_days_are_not_mixed_up(server: RunningServer) -> None:
    paths = [
        "/member/tw/index.html",
        *(f"/member/tw/index.html?as_of={day}-01-01" for day in range(2017, 2025)),
    ]
    first = [server.ask(path) for path in paths]
    again = [server.ask(path) for path in paths]
    assert [one.body for one in first] == [one.body for one in again]
    assert len({one.headers["etag"] for one in first}) == len(paths)
    for path, one in zip(paths, first, strict=True):
        assert server.ask(path, {"If-None-Match": one.headers["etag"]}).status == 304
    assert server.ask(paths[1], {"If-None-Match": first[0].headers["etag"]}).status == 200


def list_rows(server: RunningServer, path: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(server.ask(path).text.removeprefix("\ufeff"))))


def test_a_list_has_what_there_was_and_how_certainly(server: RunningServer) -> None:
    page = server.ask("/tenure/index.html?as_of=2020-12-11").text
    assert "As it was on 11 December 2020" in page
    assert "1 in this list" in page
    assert "Certainty on that date" in page
    assert "Certainty" not in server.ask("/tenure/index.html").text
    rows = list_rows(server, "/membership/membership.csv?as_of=2017-12-13")
    assert rows[0][-1] == "certainty"
    assert Counter(row[-1] for row in rows[1:]) == {"certain": 42, "possible": 41}  # 31, and 10 indirect
    for day, certain in (("2020-12-11", 46), ("2023-08-01", 79), ("2025-12-31", 85)):
        rows = list_rows(server, f"/membership/membership.csv?as_of={day}")
        assert [row[-1] for row in rows].count("certain") == certain, day
    # An event that is over has taken place.
    rows = list_rows(server, "/event/event.csv?as_of=2017-12-31")
    assert rows[-1][0] == f"{BASE}event/2017-12-13-mc11-statement"
    assert rows[-1][-1] == "certain"


def test_every_page_is_of_the_day_or_refuses_it(server: RunningServer) -> None:
    day = "2018-06-30"
    leads = {"index.html": "As it was on 30 June 2018", "zh-Hant.html": "截至 2018 年 6 月 30 日"}
    for folder in ("about", "search", "vocab", "query", "membership", "graph/data/actors/members"):
        for file, lead in leads.items():
            page = server.ask(f"/{folder}/{file}?as_of={day}").text
            (other,) = leads.keys() - {file}
            assert lead in page, folder
            assert f'class="switch" href="{other}?as_of={day}"' in page, folder
    for path in ("sparql/index.html", "note/index.html", "assets/site.css", "dump/msme-kg.nt", "feed.atom"):
        reply = server.ask(f"/{path}?as_of={day}")
        assert (reply.status, json.loads(reply.body)["code"]) == (400, "web/undated"), path
    assert server.ask(f"/graph/data/actors/members/index.ttl?as_of={day}").status == 400
    assert server.ask(f"/query/sponsors/index.html?as_of={day}", HTML).status == 400
    assert server.ask(f"/api/search?q=a&as_of={day}").status == 400


def test_lists_and_search_keep_the_day(server: RunningServer) -> None:
    page = server.ask("/index.html?as_of=2018-06-30").text
    assert 'href="event/index.html?as_of=2018-06-30"' in page
    assert 'href="query/members/index.html?as_of=2018-06-30"' in page
    assert 'href="query/sponsors/index.html"' in page  # it has no such option
    assert '<input type="hidden" name="as_of" value="2018-06-30">' in page
    reply = server.ask("/search/index.html?q=Declaration&as_of=2018-06")
    assert (reply.status, reply.headers["location"]) == (
        303,
        "/search/index.html?q=Declaration&as_of=2018-06-30",
    )
    then, now = (
        server.ask(f"/search/index.html?q=INF/MSME/4{day}").text for day in ("&as_of=2018-06-30", "")
    )
    assert "document/inf-msme-4-rev-2/index.html" in now
    assert "document/inf-msme-4-rev-2/index.html" not in then
    assert 'class="switch" href="zh-Hant.html?q=INF%2FMSME%2F4&amp;as_of=2018-06-30"' in then


def test_counts_are_of_the_day(server: RunningServer) -> None:
    pages = [server.ask(f"/about/index.html{day}").text for day in ("?as_of=2018-06-30", "")]
    things = [
        int(re.findall(r"<strong>([\d,]+)</strong> Entities", page)[0].replace(",", "")) for page in pages
    ]
    assert things[0] < things[1]
    assert ["Statements" in page for page in pages] == [False, True]
    rows = list_rows(server, "/attestation/attestation.csv?as_of=2018-06-30")
    assert f'>Attestations</a> <span class="count">{len(rows) - 1}</span>' in pages[0]


@pytest.mark.parametrize(
    ("path", "day", "later", "known"),
    [
        # The end of a window, on its page, in lists and in what points to it.
        ("tenure/jose-luis-cancela-gomez/index.html", "2020-12-11", "April 2023", "February 2018"),
        ("tenure/index.html", "2020-12-11", "26 April 2023", "February 2018"),
        ("tenure/tenure.csv", "2020-12-11", "2023-04-26", "2018-02-01"),
        ("organization/iwg-msmes/index.html", "2020-12-11", "26 April 2023", "February 2018"),
        # The last day on which something can have begun.
        ("membership/index.html", "2018-06-30", "31 December 2021", "on or after 13 December 2017"),
        # Remarks on uncertain dates.
        ("membership/gb/zh-Hant.html", "2018-06-30", "2025 年其自行提出", "2017 年 12 月 13 日"),
        ("member/gb/index.html", "2018-06-30", "31 January 2020", "Counted through"),
        # Descriptions, by property and in the answer.
        ("organization/ccpit-csc/index.html", "2024-12-31", "Mandarin edition of it (2025)", "CCPIT CSC"),
    ],
)
def test_a_page_tells_of_nothing_later(
    server: RunningServer, path: str, day: str, later: str, known: str
) -> None:
    now, then = (
        re.sub(r"<script.*?</script>", "", server.ask(f"/{path}{asked}").text, flags=re.DOTALL)
        for asked in ("", f"?as_of={day}")
    )
    shown = [re.sub(r"<[^>]+>", "", text) for text in (now, then)]
    assert [later in text for text in shown] == [True, False]
    assert known in shown[1]


def test_names_keep_later_years(server: RunningServer) -> None:
    page = server.ask("/document/inf-tge-w-10-rev-2/index.html?as_of=2025-12-31").text
    assert "Work Plan 2025-2026 of the Informal Working Group on Trade and Gender</span>" in page


def test_descriptions_of_the_api_are_of_the_day(server: RunningServer) -> None:
    address = "/api/describe?name=TW&format=json"
    rows, then = (json.loads(server.ask(f"{address}{asked}").body) for asked in ("", "&as_of=2018"))
    assert 10 < len(then) < len(rows)
    refused = server.ask("/api/describe?name=TW&as_of=soon")
    assert (refused.status, "soon" in refused.text) == (400, True)
