"""Pages of the server: the bytes of the static site, and answers to questions."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import ROOT

from msme_kg.operations.site import Site
from msme_kg.repository import Repository
from web_server.running import RunningServer, serve

LIVE = re.compile(r"<!-- live -->.*?<!-- /live -->\n?", re.DOTALL)


def test_files_are_those_of_the_static_site_but_for_live_blocks(server: RunningServer) -> None:
    files = Site.read(Repository(ROOT)).renderer.render_all()
    static = {path: content if isinstance(content, bytes) else b"".join(content) for path, content in files}
    kinds = {}
    for path in sorted(static):
        kinds.setdefault((path.split("/")[0], path.rpartition("/")[2].rpartition(".")[2]), []).append(path)
    for paths in kinds.values():  # one in fifty of each kind, and at least one
        for path in paths[::50]:
            reply = server.ask(f"/{path}")
            assert reply.status == 200, path
            if path.endswith(".html"):
                assert LIVE.sub("", reply.text) == static[path].decode(), path
            else:
                assert reply.body == static[path], path


def test_an_entity_is_a_page_in_the_language_of_the_reader_or_rdf(server: RunningServer) -> None:
    page = server.ask("/member/us", {"Accept": "text/html", "Accept-Language": "zh-TW,zh;q=0.9,en;q=0.5"})
    assert (page.status, page.headers["location"]) == (303, "/member/us/zh-Hant.html")
    assert server.ask("/member/us", {"Accept-Language": "fr"}).headers["location"] == "/member/us/index.html"
    turtle = server.ask("/member/us", {"Accept": "text/turtle"})
    assert (turtle.status, turtle.headers["content-type"]) == (200, "text/turtle; charset=utf-8")
    assert turtle.headers["content-location"] == "/member/us/index.ttl"
    assert turtle.body == server.ask("/member/us/index.ttl").body
    linked = server.ask("/member/us", {"Accept": "application/ld+json"})
    assert json.loads(linked.body)
    refused = server.ask("/member/us", {"Accept": "image/png"})
    assert refused.status == 406
    assert "text/turtle" in json.loads(refused.body)["hint"]
    for header in ("vary", "etag"):
        assert header in server.ask("/member/us/index.html").headers
    assert 'rel="alternate"' in server.ask("/member/us/index.html").headers["link"]


def test_a_deprecated_entity_leads_to_what_replaces_it(copy_of_graph: Path) -> None:
    (copy_of_graph / "data/actors/deprecated.ttl").write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n@base <https://w3id.org/msme-kg/> .\n"
        "<member/zz> owl:deprecated true ; <http://purl.org/dc/terms/isReplacedBy> <member/vn> .\n"
        "<member/zy> owl:deprecated true .\n",
        encoding="utf-8",
    )
    with serve("--prefix", "/kg", root=copy_of_graph) as server:
        for path in ("/member/zz", "/member/zz/"):
            reply = server.ask(path, {"Accept": "text/turtle"})
            assert (reply.status, reply.headers["location"]) == (301, "/kg/member/vn")
        assert server.ask("/member/zy").status == 303
        assert "Viet Nam" in server.ask("/member/zz/index.html").text


def test_a_page_that_is_missing_names_near_ones(server: RunningServer) -> None:
    reply = server.ask("/member/united-states")
    problem = json.loads(reply.body)
    assert (reply.status, reply.headers["content-type"]) == (404, "application/problem+json")
    assert problem["detail"] == "there is no such page"
    assert "member/us" in problem["hint"]
    page = server.ask("/nowhere", {"Accept": "text/html", "Accept-Language": "zh-Hant"})
    assert page.status == 404
    assert '<html lang="zh-Hant">' in page.text
    assert page.text.count("查無此頁") == 2  # title and heading


def test_content_that_a_client_has_is_not_sent_again(server: RunningServer) -> None:
    first = server.ask("/member/de/index.html", {"Accept-Encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    again = server.ask(
        "/member/de/index.html", {"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]}
    )
    assert (again.status, again.body) == (304, b"")
    assert (
        "content-encoding" not in server.ask("/member/de/index.html", {"Accept-Encoding": "gzip;q=0"}).headers
    )
    form = {"Content-Type": "application/sparql-query", "If-None-Match": "*"}
    assert server.ask("/sparql", form, "ASK {}").status == 200
    other = server.ask("/member/de/index.html", {"If-None-Match": '"something-else"'})
    assert other.status == 200
    head = server.ask("/member/de/index.html", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) == len(server.ask("/member/de/index.html").body)


def test_a_form_asks_a_canned_query(server: RunningServer) -> None:
    reply = server.ask("/query/members/index.html?as_of=2018-01-01&certainty=certain")
    assert reply.status == 200
    assert 'value="2018-01-01"' in reply.text
    assert "default options" not in reply.text
    assert "as_of=2018-01-01&amp;certainty=certain&amp;format=xlsx" in reply.text
    assert 'href="zh-Hant.html?as_of=2018-01-01&amp;certainty=certain"' in reply.text
    csv = server.ask("/query/members/members.en.csv?as_of=2018-01-01&certainty=certain")
    here = server.ask("/api/members?as_of=2018-01-01&certainty=certain&format=csv")
    assert csv.text.count("\r\n") == here.text.count("\r\n") > 10
    refused = server.ask("/query/members/index.html?as_of=never")
    assert refused.status == 400
    assert "never" in json.loads(refused.body)["detail"]


@pytest.mark.parametrize(
    ("asked", "at", "message"),
    [
        ("as_of=never&certainty=possible", 'id="ask-error-as_of">', "is not a date"),
        ("certainty=sure", 'id="ask-error-certainty">', "certain, possible"),
        ("member=Atlantis", 'id="ask-error-member">', "Atlantis"),
        ("from=2024", '<p class="refusal" role="alert">', "has no option"),
    ],
)
def test_a_form_says_at_the_field_what_is_wrong(
    server: RunningServer, asked: str, at: str, message: str
) -> None:
    reply = server.ask(f"/query/members/index.html?{asked}", {"Accept": "text/html"})
    assert (reply.status, reply.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert message in reply.text.partition(at)[2].partition("<")[0]
    assert ('value="never"' in reply.text) == ("never" in asked)
    assert "<table" not in reply.text


def test_csv_of_pages_is_for_spreadsheets(server: RunningServer) -> None:
    for path, head in (
        ("/query/members/members.en.csv", "Code,Member,Since,Until,Counted through,"),
        ("/member/member.csv", "iri,label_en,label_zh-Hant,"),
    ):
        body = server.ask(path).body
        assert body.startswith(b"\xef\xbb\xbf")
        assert body.decode("utf-8-sig").startswith(head)
    assert "https://w3id.org/msme-kg/member/ar" in server.ask("/query/members/members.en.json").text


def test_the_editor_has_the_text_of_an_example(server: RunningServer) -> None:
    page = server.ask("/sparql/index.html?example=members").text
    text = page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    assert text.startswith("SELECT ")
    assert "?in_as_of" in text
    assert "LIMIT 20" in server.ask("/sparql/index.html?example=none").text


def test_policy_forbids_foreign_content(server: RunningServer) -> None:
    policy = server.ask("/index.html").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert server.ask("/index.html").headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("prefix", ["/kg", "/a/b-c"])
def test_pages_work_under_a_path(prefix: str, server: RunningServer) -> None:
    with serve("--prefix", prefix) as under:
        assert under.url.endswith(f"{prefix}/")
        assert under.ask("/member/us/index.html").body == server.ask("/member/us/index.html").body
        assert under.ask("/member/us").headers["location"] == f"{prefix}/member/us/index.html"
        assert under.ask("/member/us", {"Accept": "text/turtle"}).status == 200


@pytest.mark.parametrize(
    ("page", "words"), [("index", "Taiwan"), ("zh-Hant", "台北"), ("index", "wtmin(17)58")]
)
def test_search_finds_by_any_spelling_the_best_first(server: RunningServer, page: str, words: str) -> None:
    reply = server.ask(f"/search/{page}.html?q={quote(words)}")
    assert reply.status == 200
    assert "data-filter" not in reply.text
    first = re.search(r'<th scope="row"><a href="\.\./([^"]+)/', reply.text)
    assert first is not None
    assert first[1] == ("document/wt-min-17-58" if "17" in words else "member/tw")


def test_the_note_keeps_its_styles_without_unsafe_ones(server: RunningServer) -> None:
    reply = server.ask("/api/note?as_of=2023-08-01&lang=zh-Hant&format=html")
    assert reply.status == 200
    policy = reply.headers["content-security-policy"]
    assert "unsafe" not in policy + reply.text.partition("</head>")[0]
    digest = b64encode(sha256(reply.text.partition("<style>")[2].partition("</style>")[0].encode()).digest())
    assert f"'sha256-{digest.decode()}'" in policy
    document = server.ask("/api/note?as_of=2023-08-01&format=docx")
    assert document.body.startswith(b"PK")
    assert "note-2023-08-01-en.docx" in document.headers["content-disposition"]
    refused = server.ask("/api/note?as_off=2023-08-01")
    assert refused.status == 400
    assert "as_of" in json.loads(refused.body)["hint"]


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/sparql/?example=members", "/sparql/index.html?example=members"),
        ("/note?for=US&lang=en", "/note/index.html?for=US&lang=en"),
        ("/search/?q=helpdesk", "/search/index.html?q=helpdesk"),
        ("/query/members?certainty=possible", "/query/members/index.html?certainty=possible"),
        ("/WT/MIN(17)/58?as_of=2023-12-31", "/document/wt-min-17-58?as_of=2023-12-31"),
    ],
)
def test_what_was_asked_is_kept_on_the_way_to_a_page(server: RunningServer, path: str, page: str) -> None:
    reply = server.ask(path)
    assert (reply.status, reply.headers["location"]) == (303, page)


@pytest.mark.parametrize(
    ("path", "detail", "hint"),
    [
        ("/api/member", "no query is called member", "did you mean /api/members?"),
        ("/api/zzzz", "no query is called zzzz", "/api/ lists them"),
        ("/api/members?labels=maybe", "'maybe' does not fit labels", "write true or false"),
        ("/api/members?limit=-1", "'-1' does not fit limit", "write a whole number of at least 0"),
        ("/api/terms?format=csv", "'csv' does not fit format", "one of json"),
        ("/api/members?lang=fr", "'fr' does not fit lang", "one of en, zh-Hant"),
        ("/feed.atom?lang=fr", "'fr' does not fit lang", "one of en, zh-Hant"),
        ("/feed.atom?lan=en", "there is no option 'lan'", "did you mean lang?"),
        (
            "/api/documents?from=2024&to=2020",
            "from 2024-01-01 is later than to 2020-12-31",
            "exchange the two dates",
        ),
        ("/member/uss", "there is no such page", "did you mean /member/us?"),
        (
            "/api/describe?name=US&deprecated=true",
            "there is no option 'deprecated'",
            "its options: as_of, format, labels, lang, limit, name",
        ),
    ],
)
def test_the_api_says_what_it_does_not_take(server: RunningServer, path: str, detail: str, hint: str) -> None:
    problem = json.loads(server.ask(path).body)
    assert (problem["detail"], problem["hint"]) == (detail, hint)


def test_the_api_describes_no_more_than_asked(server: RunningServer) -> None:
    assert len(json.loads(server.ask("/api/describe?name=US&limit=3").body)) == 3
