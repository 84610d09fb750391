"""Site: a page for every IRI, no dead links, equal triples in three formats, escaped data."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from conftest import Run
from rdflib.compare import isomorphic

from msme_kg.message_catalog import select_messages
from site_pages.built import BASE, PAGES, Built, canonicalize, get_folder, resolve_link
from site_pages.reader import Reader
from site_pages.small import EVIL, small_root, write

KINDS = (
    *("member/us", "membership/gb", "document/wt-min-17-58", "event/2020-12-11-meeting", "person"),
    *("claim/founders-2017-12-13-84-brief", "source/brief/1-1", "attestation/membership-ar-1"),
    *("ontology", "ontology/Membership", "shape/Award", "shape/Document-symbol", "vocab/event-kind"),
    *("vocab/event-kind/launch", "prefix/msme", "graph/data/sources", "dataset/msme-kg"),
)

OTHERS = ("", "about", "query", "query/members", "query/package", "member", "vocab", "search")


def test_every_iri_has_a_page_in_each_language_and_its_triples(site: Built) -> None:
    assert len(site.iris) > 2300
    for iri in site.iris:
        assert {f"{get_folder(iri)}/{name}" for name in (*PAGES.values(), "index.ttl")} <= site.files, iri


def test_internal_links_have_targets_and_external_links_are_marked(site: Built) -> None:
    followed = 0
    for page in site.pages:
        for href in site.links(page):
            if re.match("https?://", href):
                continue
            assert not re.match("[a-zA-Z][a-zA-Z0-9+.-]*:|/", href), (page, href)
            file, anchor = resolve_link(page, href)
            assert file in site.files, (page, href)
            assert not anchor or anchor in site.ids[file], (page, href)
            followed += 1
    assert followed > 100_000


def test_external_links_are_marked_and_nothing_external_is_loaded(site: Built) -> None:
    for page, text in site.pages.items():
        for tag in re.findall(r'<\w+[^>]* (?:href|src)="https?:[^>]*>', text):
            assert tag.startswith("<a ") or 'rel="canonical"' in tag, (page, tag)
            assert "external noreferrer" in tag, (page, tag)


def test_ids_are_unique_in_a_page(site: Built) -> None:
    for page, text in site.pages.items():
        ids = re.findall(r'\sid="([^"]*)"', text)
        assert len(ids) == len(set(ids)), page


def parse(content: bytes | str, form: ox.RdfFormat) -> set[ox.Quad]:
    return set(ox.parse(content if isinstance(content, bytes) else content.encode(), format=form))


def test_embedded_and_downloaded_triples_are_those_of_the_entity(site: Built) -> None:
    for iri in site.iris:
        folder = site.folder / get_folder(iri)
        pages = [f"{get_folder(iri)}/{name}" for name in PAGES.values()]
        stated = canonicalize(site.list_statements(iri))
        if not stated and (site.root / f"{iri.removeprefix(BASE + 'graph/')}.ttl").is_file():
            whole = (site.root / f"{iri.removeprefix(BASE + 'graph/')}.ttl").read_bytes()
            assert (folder / "index.ttl").read_bytes() == whole
            assert [site.embedded(page) for page in pages] == [[], []]
            continue
        assert canonicalize(parse((folder / "index.ttl").read_bytes(), ox.RdfFormat.TURTLE)) == stated, iri
        assert canonicalize(parse((folder / "index.jsonld").read_bytes(), ox.RdfFormat.JSON_LD)) == stated, (
            iri
        )
        english, chinese = (site.embedded(page) for page in pages)
        assert english == chinese
        (embedded,) = english
        assert canonicalize(parse(embedded, ox.RdfFormat.JSON_LD)) == stated, iri


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("kind", KINDS)
def test_rdflib_reads_equal_graphs_from_page_and_files(site: Built, kind: str) -> None:
    page = f"{kind}/index.html"
    for embedded in site.embedded(page):
        from_page = rdflib.Graph().parse(data=embedded, format="json-ld")
        turtle = rdflib.Graph().parse(site.folder / kind / "index.ttl", format="turtle")
        assert len(turtle) == len(site.list_statements(BASE + kind.replace("ontology/", "ontology#")))
        assert isomorphic(from_page, turtle)


@pytest.mark.parametrize("lang", PAGES)
@pytest.mark.parametrize("kind", [*KINDS, *OTHERS])
def test_every_text_has_a_language_tag(site: Built, kind: str, lang: str) -> None:
    page = f"{kind}/{PAGES[lang]}".lstrip("/")
    reader = Reader()
    reader.feed(site.pages.get(page) or site.pages[f"{kind}/{PAGES[lang]}"])
    assert reader.open == []
    assert {lang for lang, _ in reader.texts} <= {"en", "zh-Hant"}
    assert [text for lang, text in reader.texts if lang == "en" and re.search("[\u4e00-\u9fff]", text)] == []


def test_pages_have_citation_and_alternate_links(site: Built) -> None:
    english, chinese = site.pages["member/us/index.html"], site.pages["member/us/zh-Hant.html"]
    for page in (english, chinese):
        for name, form in (("index.ttl", "text/turtle"), ("index.jsonld", "application/ld+json")):
            assert f'<link rel="alternate" type="{form}" href="{name}">' in page
        for lang, name in PAGES.items():
            assert f'<link rel="alternate" hreflang="{lang}" href="{name}">' in page
        assert "United States" in page
        assert "美國" in page
        assert f">{BASE}member/us</code>" in page
    assert "“United States”. msme-kg: knowledge graph of the WTO" in english
    assert "「美國」，載於《msme-kg：WTO" in chinese


def test_dates_sources_and_conflicts_are_displayed_as_text(site: Built) -> None:
    membership = site.pages["membership/gb/index.html"]
    assert "13 December 2017" in membership
    assert 'href="#source-1"' in membership
    assert "passage 1(1)" in membership
    assert "2017 年 12 月 13 日" in site.pages["membership/gb/zh-Hant.html"]
    claim = site.pages["claim/founders-2017-12-13-84-brief/zh-Hant.html"]
    part = claim.partition("來源所述不一")[2].partition("</section>")[0]
    assert {"84", "87", "88"} <= set(re.findall("創始會員數 (8\\d)", part))


@pytest.mark.parametrize("lang", PAGES)
@pytest.mark.parametrize(
    "kind",
    [
        *("member/af", "member/uy", "member/de", "document/wt-min-17-58", "document/inf-msme-4-rev-2"),
        *("event/2020-12-11-meeting", "initiative/sbc-2025", "award/2025-silaiwali", "source/brief/1-1"),
        *("claim/founders-2017-12-13-84-brief", "organization/iwg-msmes", "person/matthew-wilson"),
    ],
)
def test_page_begins_with_the_answer_of_describe(site: Built, run: Run, kind: str, lang: str) -> None:
    told = run("describe", f"{BASE}{kind}", "--format", "md", "--lang", lang).out
    page = site.pages[f"{kind}/{PAGES[lang]}"].partition('<details class="evidence"')[0]
    facts = [html.unescape(heading) for heading in re.findall("<dt>(.+?)</dt><dd>", page)]
    assert facts == re.findall(r"^- \*\*(.+?)\*\*", told, re.MULTILINE)
    titles = re.findall(r'<h2 id="answer-\d+">(.+?) <span', page)
    assert titles == re.findall("^## (.+)$", told, re.MULTILINE)[:-1]  # the last are the statements


def test_answers_have_values_with_links_and_dates_in_words(site: Built) -> None:
    member = site.pages["member/af/index.html"]
    assert "<dt>Joined</dt><dd>" in member
    joined = member.partition("<dt>Joined</dt><dd>")[2].partition("</dd>")[0]
    assert re.sub("<[^>]+>", "", joined) == "between 13 December 2017 and 31 December 2021"
    assert joined.count('<span class="date">') == 2
    sponsored = member.partition("Documents it sponsors")[2].partition("</section>")[0]
    assert 'href="../../document/2020-covid-19-statement/index.html"' in sponsored
    assert '<span class="date">14 May 2020</span>' in sponsored
    package = site.pages["document/inf-msme-4-rev-2/zh-Hant.html"]
    assert package.count('href="../../document/inf-msme-4-rev-2-annex-') >= 6
    results = package.partition("後續成果")[2].partition("</section>")[0]
    assert 'href="../../review/ca-2024/zh-Hant.html"' in results
    copy = site.pages["source/web-wtocenter-org-tw-page-18079-400822/index.html"]
    assert (
        'href="../../document/inf-msme-w-58/index.html"'
        in copy.partition("Copy of")[2].partition("</div>")[0]
    )


def test_statements_are_folded_where_the_page_has_an_answer(site: Built) -> None:
    assert '<details class="evidence">' in site.pages["member/af/index.html"]
    assert '<details class="evidence" open>' in site.pages["shape/Award/index.html"]


def test_query_results_equal_those_of_the_command(site: Built, run: Run) -> None:
    for lang in PAGES:
        expected = run(
            "query", "members", "--as-of", "2025-12-31", "--lang", lang, "--labels", "--format", "csv"
        ).out
        shown = (site.folder / f"query/members/members.{lang}.csv").read_bytes().decode()
        assert shown == expected
    rows = json.loads((site.folder / "query/coverage/coverage.en.json").read_text("utf-8"))
    (row,) = rows
    assert (row["stated"], row["named"], row["unnamed"]) == (104, 85, 9)
    page = site.pages["query/members/index.html"]
    assert page.count("<tr><td ") == 85
    assert "31 December 2025" in page


def test_home_begins_with_the_state_at_the_end_of_the_record(site: Built) -> None:
    page = site.pages["index.html"]
    today = page.partition('id="page-today"')[2].partition("</section>")[0]
    assert '<span class="date">31 December 2025</span>' in today
    figures = re.findall(r"<strong>(.+?)</strong> (.+?)</a>", today)
    assert figures == [
        ("85 of 104", "members of the Group identified"),
        ("Matthew Wilson", "Coordinator, on behalf of Barbados"),
        ("2 December 2025", "last meeting held"),
        ("9", "documents issued in 2025"),
    ]
    assert "query/growth/growth.en.svg" in today
    subject = page.partition('id="page-subject"')[2].partition("</section>")[0]
    assert 'href="document/wt-min-17-58/index.html"' in subject
    latest = page.partition('id="page-changes"')[2].partition("</section>")[0]
    assert latest.count("<li>") == 8
    assert latest.index("8 December 2025") < latest.index("2 December 2025") < latest.index("November 2025")
    assert "shape/index.html" not in page
    assert 'href="../shape/index.html"' in site.pages["about/index.html"]
    assert "85（來源載 104）" in site.pages["zh-Hant.html"]


def test_tables_of_queries_have_headings_names_and_dates_of_the_language(site: Built) -> None:
    for lang, expected in {"en": "Coordinator", "zh-Hant": "協調人"}.items():
        page = site.pages[f"query/coordinators/{PAGES[lang]}"]
        assert re.findall('<th scope="col">(.+?)</th>', page)[0] == expected
        assert "etradeforall.org</a>" in page
    languages = site.pages["query/languages/zh-Hant.html"].partition("<tbody>")[2].partition("</tbody>")[0]
    assert "法文" in languages
    assert ">fr<" not in languages
    for name in ("members", "follow-up", "changes"):
        rows = site.pages[f"query/{name}/index.html"].partition("<tbody>")[2].partition("</tbody>")[0]
        texts = re.sub("<[^>]+>", "\n", rows).split("\n")
        assert [text for text in texts if re.fullmatch(r"[\d.-]{2,10}/[\d.-]{2,10}", text)] == []


def test_lists_have_every_entity_of_a_kind(site: Built) -> None:
    for kind in ("member", "document", "claim", "attestation", "shape"):
        things = {iri for iri in site.iris if iri.startswith(f"{BASE}{kind}/")} - site.deprecated
        rows = list(csv.DictReader(io.StringIO((site.folder / kind / f"{kind}.csv").read_text("utf-8-sig"))))
        assert {row["iri"] for row in rows} == things
        assert site.pages[f"{kind}/index.html"].count('<th scope="row">') == len(things)


def test_page_is_small_and_loads_two_files(site: Built) -> None:
    assert max(len(text.encode()) for text in site.pages.values()) < 1_000_000
    for page in site.pages:
        loaded = [href for href in site.links(page) if href.endswith((".css", ".js"))]
        assert len(loaded) == 2, page


def test_chinese_messages_have_full_width_punctuation() -> None:
    for key, text in select_messages("site.", "zh-Hant").items():
        assert not re.search(r"[\u4e00-\u9fff][,:;?!()]", text), key


def test_hostile_data_is_escaped(small: Built) -> None:
    for page, text in small.pages.items():
        assert "<script>" not in text, page
        assert "<img src=x" not in text, page
        assert re.findall(r'href="(?!https?:)[a-z]+:', text, re.IGNORECASE) == [], page
    page = small.pages["member/evil/index.html"]
    assert "&lt;script&gt;alert(&#39;label&#39;)&lt;/script&gt;" in page
    assert "javascript:alert(1)</code>" in page
    assert "{{ 7 * 7 }}" in page
    (embedded,) = small.embedded("member/evil/index.html")
    stated = small.list_statements(f"{BASE}member/evil")
    assert parse(embedded, ox.RdfFormat.JSON_LD) == stated


def test_no_iri_leaves_the_folder_or_overwrites_another_page(small: Built) -> None:
    assert small.folder.name == "site"
    assert {path.name for path in small.folder.parent.iterdir()} == {"site", "graph"}
    assert "WTO Members in the Group" in small.pages["query/members/index.html"]
    labels = re.findall('rdfs:label "(.+)"@en \\.', EVIL.replace("'", "&#39;"))
    assert len(labels) == 13
    for label in labels:
        assert [page for page, text in small.pages.items() if f"<h1>{label}</h1>" in text], label
    for page in small.pages:
        for href in small.links(page):
            if not re.match("https?://", href):
                assert resolve_link(page, href)[0] in small.files, (page, href)
    assert len({name.casefold() for name in small.files}) == len(small.files)


def test_site_with_base_url_has_canonical_links_and_sitemap(small: Built) -> None:
    address = "https://example.org/under/path/"
    page = small.pages["member/evil/zh-Hant.html"]
    assert f'<link rel="canonical" href="{address}member/evil/zh-Hant.html">' in page
    assert f'<link rel="alternate" hreflang="en" href="{address}member/evil/index.html">' in page
    listed = re.findall("<loc>(.*?)</loc>", (small.folder / "sitemap.xml").read_text("utf-8"))
    deprecated = {f"{get_folder(iri)}/{name}" for iri in small.deprecated for name in PAGES.values()}
    assert set(listed) == {address + name for name in small.pages.keys() - deprecated}


def test_output_is_reproducible(small: Built, tmp_path: Path) -> None:
    root = small_root(tmp_path / "elsewhere")
    variables = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    variables["MSME_KG_TODAY"] = "2031-01-01"
    options = ("--root", root, "--base-url", "https://example.org/under/path/")
    made = write(tmp_path / "again", *options, **variables)
    assert made.returncode == 0, made.stderr
    other = Built(tmp_path / "again", root)
    assert other.files == small.files
    for name in sorted(small.files):
        assert (other.folder / name).read_bytes() == (small.folder / name).read_bytes(), name


def test_foreign_folder_is_refused_and_own_folder_replaced(tmp_path: Path) -> None:
    root = small_root(tmp_path / "graph")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/letter.txt").write_text("mine")
    refused = write(tmp_path / "theirs", "--root", root)
    assert refused.returncode == 4
    assert b"hint: " in refused.stderr
    assert [path.name for path in (tmp_path / "theirs").iterdir()] == ["letter.txt"]
    assert write(tmp_path / "own", "--root", root).returncode == 0
    (root / "data/actors/evil.ttl").unlink()
    assert write(tmp_path / "own", "--root", root).returncode == 0
    assert not (tmp_path / "own/member/evil").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"graph", "theirs", "own"}


@pytest.mark.parametrize("address", ["example.org", "ftp://example.org/", "https://user:pw@example.org/"])
def test_invalid_url_is_refused(run: Run, tmp_path: Path, address: str) -> None:
    ended = run("site", tmp_path / "out", "--base-url", address)
    assert ended.code == 2
    assert "hint: give the full URL" in ended.err
    assert not (tmp_path / "out").exists()


def test_unwritable_folder_is_reported_in_one_line(run: Run, tmp_path: Path) -> None:
    ended = run("site", tmp_path / "not/there", "--root", small_root(tmp_path / "graph"))
    assert ended.code == 6
    assert "hint: nothing was changed" in ended.err


def test_deadline_ends_the_command_before_anything_is_written(run: Run, tmp_path: Path) -> None:
    ended = run("site", tmp_path / "out", "--timeout", "0.01")
    assert ended.code == 5
    assert "hint: raise the limit with --timeout SECONDS" in ended.err
    assert list(tmp_path.iterdir()) == []
