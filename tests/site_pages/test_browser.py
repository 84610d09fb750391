"""Pages in a browser: offline, from disk, under a server path, and accessible."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest

from site_pages import axe
from site_pages.browser import Browser
from site_pages.browser import browser as started
from site_pages.built import PAGES, Built

KINDS = {
    "home": "",
    "thing": "membership/gb",
    "thing with sources": "document/wt-min-17-58",
    "claim": "claim/founders-2017-12-13-84-brief",
    "passage": "source/brief/1-1",
    "attestation": "attestation/membership-ar-1",
    "term": "ontology/Membership",
    "shape": "shape/Document",
    "prefix": "prefix/msme",
    "file": "graph/data/actors/posts",
    "concept": "vocab/event-kind/launch",
    "list": "event",
    "questions": "query",
    "query": "query/members",
    "query with picture": "query/growth",
    "query with dates": "query/follow-up",
    "about the data": "about",
    "Member": "member/uy",
    "ontology": "ontology",
    "schemes": "vocab",
}
EACH = pytest.mark.parametrize("kind", KINDS)
RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ["violations"], preload: false }).then(
  (found) => done(found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`)),
  (fault) => done([String(fault)]));
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as session:
        session.open("about:blank")  # the start page of the browser sends many requests
        yield session


def address(site: Built, kind: str, lang: str = "en") -> str:
    return (site.folder / KINDS[kind] / PAGES[lang]).as_uri()


@EACH
@pytest.mark.parametrize("lang", PAGES)
def test_pages_are_accessible_and_load_nothing_external(
    site: Built, browser: Browser, kind: str, lang: str
) -> None:
    script = axe.script()
    browser.requests()
    browser.warnings()
    browser.open(address(site, kind, lang))
    requested, failed = browser.requests()
    assert failed == []
    assert len(requested) >= 3
    assert {url.partition(":")[0] for url in requested} == {"file"}
    assert browser.warnings() == []
    assert browser.run("return getComputedStyle(document.querySelector('.top')).backgroundColor") != (
        "rgba(0, 0, 0, 0)"
    )
    browser.run(f"{script};")
    assert browser.wait(RUN_AXE) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_screen_and_dark_mode(site: Built, browser: Browser, scheme: str) -> None:
    script = axe.script()
    browser.devtools(
        "Emulation.setDeviceMetricsOverride", width=320, height=800, deviceScaleFactor=1, mobile=False
    )
    browser.devtools(
        "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}]
    )
    try:
        for kind in KINDS:
            browser.open(address(site, kind, "zh-Hant"))
            assert browser.run("return document.documentElement.scrollWidth") <= 320, kind
        for kind in ("home", "thing with sources", "claim", "list", "Member", "query with dates"):
            browser.open(address(site, kind, "zh-Hant"))
            browser.run(f"{script};")
            assert browser.wait(RUN_AXE) == [], kind
    finally:
        browser.devtools("Emulation.clearDeviceMetricsOverride")
        browser.devtools("Emulation.setEmulatedMedia", features=[])


def test_filter_narrows_a_list_and_is_kept_in_the_url(site: Built, browser: Browser) -> None:
    count_rows = "return [...document.querySelectorAll('tbody tr')].filter((row) => !row.hidden).length"
    browser.open(address(site, "list"))
    everything = browser.run(count_rows)
    browser.run(
        "const field = document.querySelector('.filter select');"
        "field.value = [...field.options].find((one) => one.value === 'planned').value;"
        "field.dispatchEvent(new Event('input', { bubbles: true }));"
    )
    planned = browser.run(count_rows)
    assert 0 < planned < everything == 76
    assert browser.run("return document.querySelector('output').textContent") == f"{planned} of 76 shown"
    url = browser.run("return location.href")
    browser.open("about:blank")
    browser.open(url)
    assert browser.run(count_rows) == planned
    browser.open(address(site, "list") + "#q=geneva nonsense")
    assert browser.run(count_rows) == 0
    browser.run("document.querySelector('.filter button').click()")
    assert browser.run(count_rows) == everything


@pytest.mark.parametrize(
    ("page", "typed", "found"),
    [
        ("document", "wt/min(17)/58", "wt-min-17-58"),
        ("search", "WT MIN 17 58", "wt-min-17-58"),
        ("search", "ｉｎｆ／ｍｓｍｅ／４ rev 2", "inf-msme-4-rev-2"),
        ("search", "台灣", "member/tw"),
        ("search", "中华台北", "member/tw"),
        ("search", "TURKIYE", "member/tr"),
    ],
)
def test_any_spelling_of_a_name_finds_its_row(
    site: Built, browser: Browser, page: str, typed: str, found: str
) -> None:
    browser.open("about:blank")
    browser.open(f"{(site.folder / page / 'index.html').as_uri()}#{urlencode({'q': typed})}")
    shown = browser.run(
        "return [...document.querySelectorAll('tbody tr')].filter((row) => !row.hidden)"
        ".map((row) => row.querySelector('a').getAttribute('href'))"
    )
    assert 0 < len(shown) < 40
    assert any(f"{found}/" in address for address in shown)


@pytest.mark.parametrize("lang", PAGES)
def test_search_box_of_the_home_page_filters_the_list(site: Built, browser: Browser, lang: str) -> None:
    browser.warnings()
    browser.open(address(site, "home", lang))
    browser.run(
        "document.querySelector('.find input').value = 'wt/min(17)/58';"
        "setTimeout(() => document.querySelector('.find button').click());"
    )
    count = "return [...document.querySelectorAll('tbody tr')].filter((row) => !row.hidden).length"
    browser.wait(
        "const done = arguments[0], look = () => document.querySelector('.filter output') ? done() "
        ": setTimeout(look, 50); setTimeout(look, 500);"
    )
    assert browser.run("return location.pathname").endswith(f"/search/{PAGES[lang]}")
    assert 0 < browser.run(count) < 40
    assert browser.run("return document.querySelector('.filter input').value") == "wt/min(17)/58"
    assert browser.warnings() == []


def test_filtered_rows_can_be_saved(site: Built, browser: Browser, tmp_path: Path) -> None:
    browser.devtools("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    browser.open(address(site, "list") + "#1=planned")
    csv = browser.wait(
        "const done = arguments[0], made = URL.createObjectURL;"
        "URL.createObjectURL = (blob) => { blob.text().then(done); return made(blob); };"
        "[...document.querySelectorAll('.save button')][0].click();"
    )
    head, *rows = csv.strip().split("\r\n")
    assert head.startswith('"Name","Chinese name","When","status"')
    assert rows
    assert all('"planned"' in row for row in rows)


def test_pages_work_without_javascript(site: Built) -> None:
    with started(javascript=False) as plain:
        for kind, least in {"home": 40, "list": 74, "query": 85, "thing": 10}.items():
            plain.open(address(site, kind))
            text = plain.run("return document.querySelector('main').innerText")
            assert text.count("\n") > least
            assert plain.run("return document.querySelector('.filter')") is None
        assert plain.warnings() == []


def test_what_is_folded_is_printed(site: Built, browser: Browser) -> None:
    browser.open((site.folder / "member/us/index.html").as_uri())
    seen = "return [...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility()).length"
    assert browser.run(seen, ".statements td, .sources li") == 0
    browser.devtools("Emulation.setEmulatedMedia", media="print")
    try:
        assert browser.run(seen, ".statements td, .sources li") > 10
        assert browser.run(seen, "nav, form, button, [aria-labelledby=page-in]") == 0
    finally:
        browser.devtools("Emulation.setEmulatedMedia", media="")


def test_a_class_lists_its_entities_once(site: Built) -> None:
    page = site.pages["ontology/Award/index.html"]
    links = re.findall(r'href="\.\./\.\./award/[^"]*"', page)
    assert len(links) == len(set(links)) == 24


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Suppress the log."""


def test_pages_work_under_a_server_path(site: Built, browser: Browser) -> None:
    handler = partial(_Quiet, directory=str(site.folder.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            base = f"http://127.0.0.1:{server.server_port}/{site.folder.name}/"
            browser.requests()
            browser.warnings()
            browser.open(f"{base}{KINDS['thing']}/")
            browser.run("document.querySelector('.switch').click()")
            browser.run("[...document.querySelectorAll('.trail a')][0].click()")
            requested, failed = browser.requests()
            assert browser.run("return location.href") == f"{base}zh-Hant.html"
            assert failed == []
            assert all(url.startswith(base) or url.endswith("/favicon.ico") for url in requested)
            assert [text for text in browser.warnings() if "favicon" not in text] == []
        finally:
            server.shutdown()
            thread.join()
