"""Feeds of the server: valid Atom by a real parser, of everything and of one thing."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from conftest import Run

from web_server.running import Reply, RunningServer, serve

ATOM = "{http://www.w3.org/2005/Atom}"
MEMBER_OF_2025 = "Cameroon (membership)"
NEW_MEMBERSHIP = "New: Membership in the Group: India (membership); source: example.org: accession-of-india"
HOSTILE = '"]]><script>&amp;\u202e{thing}'


def read_feed(reply: Reply) -> ET.Element:
    """Return the feed of a reply, which must have what RFC 4287 §4.1 requires."""
    assert reply.status == 200, reply.text
    assert reply.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(reply.body)  # noqa: S314 (our own)
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, (element, name)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", get(element, "updated"))
        assert urlsplit(get(element, "id")).scheme == "urn"
        assert all(link.get("href", "").startswith("http://") for link in element.findall(f"{ATOM}link"))
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert len({get(entry, "id") for entry in entries}) == len(entries)
    times = [get(entry, "updated") for entry in entries]
    assert times == sorted(times, reverse=True)
    if times:
        assert get(feed, "updated") == times[0]
    return feed


def get(element: ET.Element, name: str) -> str:
    text = element.findtext(f"{ATOM}{name}")
    assert text, name
    return text


def find_link(element: ET.Element, relation: str) -> str:
    (href,) = (link.get("href", "") for link in element.findall(f"{ATOM}link") if link.get("rel") == relation)
    return href


def find_entry(feed: ET.Element, title: str) -> ET.Element:
    (entry,) = (one for one in feed.findall(f"{ATOM}entry") if get(one, "title") == title)
    return entry


def test_the_feed_has_the_latest_changes_in_the_record(server: RunningServer) -> None:
    feed = read_feed(server.ask("/feed.atom"))
    joined = find_entry(feed, MEMBER_OF_2025)
    assert get(joined, "updated") == "2025-12-31T00:00:00Z"
    assert "Date: 2025\n" in get(joined, "content")
    assert urlsplit(find_link(joined, "alternate")).path == "/member/cm/index.html"
    assert find_link(feed, "self") == f"{server.url}feed.atom?lang=en"


def test_a_feed_is_in_the_language_of_the_reader(server: RunningServer) -> None:
    chinese = server.ask("/feed.atom?lang=zh-TW")
    feed = read_feed(chinese)
    assert find_link(find_entry(feed, "喀麥隆（會員資格）"), "alternate").endswith("/member/cm/zh-Hant.html")
    by_header = server.ask("/feed.atom", {"Accept-Language": "zh-TW, en;q=0.5"})
    assert by_header.body == chinese.body
    assert chinese.headers["content-language"] == "zh-Hant"


def test_a_thing_has_a_feed_of_its_own_with_the_same_entries(server: RunningServer) -> None:
    whole = read_feed(server.ask("/feed.atom"))
    feed = read_feed(server.ask("/member/cm/feed.atom"))
    assert get(feed, "title").startswith("Cameroon: changes")
    assert get(find_entry(feed, MEMBER_OF_2025), "id") == get(find_entry(whole, MEMBER_OF_2025), "id")
    meetings = read_feed(server.ask("/member/us/feed.atom"))
    assert get(meetings, "updated") == "2024-10-18T00:00:00Z"
    shape = read_feed(server.ask("/shape/Document/feed.atom"))
    assert shape.findall(f"{ATOM}entry") == []
    assert server.ask("/member/nowhere/feed.atom").status == 404
    assert server.ask("/member/us/feed.atom", body="").status == 405


@pytest.mark.parametrize(("page", "lang"), [("index", "en"), ("zh-Hant", "zh-Hant")])
def test_pages_lead_to_their_feeds(server: RunningServer, page: str, lang: str) -> None:
    text = server.ask(f"/member/us/{page}.html").text
    links = re.findall(
        r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">', text
    )
    assert links == [f"../../feed.atom?lang={lang}", f"feed.atom?lang={lang}"]


def test_addresses_are_those_that_the_client_knows() -> None:
    with serve("--prefix", "/kg") as under:
        proxy = {"X-Forwarded-Host": 'kg.example"<', "X-Forwarded-Proto": "http"}
        feed = read_feed(under.ask("/member/cm/feed.atom", proxy))
        assert find_link(feed, "self") == 'http://kg.example"</kg/member/cm/feed.atom?lang=en'
        again = read_feed(under.ask("/member/cm/feed.atom"))
        assert find_link(again, "self") == f"{under.url}member/cm/feed.atom?lang=en"


def test_recorded_changes_come_first_and_hostile_labels_break_nothing(
    run: Run, copy_of_graph: Path, tmp_path: Path
) -> None:
    table, update = tmp_path / "accessions.csv", tmp_path / "new.ttl"
    table.write_text(
        "member,since,evidence,source\nIN,2025-03,stated,https://example.org/accession-of-india\n"
    )
    root = ("--root", copy_of_graph)
    assert run(*root, "new", "membership", "--table", table, "--output", update).code == 0
    message = 'It wrote <to> & told "us"'
    ended = run(*root, "apply", "--yes", "--add", update, "--author", "A. Maintainer", "--message", message)
    assert ended.code == 0, ended.err
    members = copy_of_graph / "data/actors/members.ttl"
    label = HOSTILE.replace('"', '\\"')
    members.write_text(members.read_text("utf-8").replace('"Cameroon"@en', f'"{label}\\u000b"@en'), "utf-8")
    with serve(root=copy_of_graph) as server:
        feed = read_feed(server.ask("/feed.atom"))
        of_india = read_feed(server.ask("/member/in/feed.atom"))
        hostile = read_feed(server.ask("/member/cm/feed.atom"))
    recorded, same = (find_entry(one, NEW_MEMBERSHIP) for one in (feed, of_india))
    assert recorded.findtext(f"{ATOM}author/{ATOM}name") == "A. Maintainer"
    assert get(recorded, "content") == message
    changed = datetime.fromisoformat(get(recorded, "updated"))
    assert abs(datetime.now(changed.tzinfo) - changed) < timedelta(minutes=10)
    assert get(same, "id") == get(recorded, "id")
    assert get(hostile, "title").startswith(f"{HOSTILE}\\u000b: changes")
    assert find_entry(feed, f"{HOSTILE}\\u000b (membership)") is not None
