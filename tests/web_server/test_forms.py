"""Forms of the server in a real browser: usable, accessible, within the content security policy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from site_pages import axe
from site_pages.browser import Browser
from site_pages.browser import browser as started
from site_pages.test_browser import RUN_AXE

from web_server.running import RunningServer

PAGES = {
    "home": "",
    "question": "query/members/",
    "question with an answer": "query/members/{page}?as_of=2018-01-01",
    "question with a choice": "query/follow-up/",
    "search": "search/{page}?q=helpdesk",
    "note": "note/",
    "SPARQL": "sparql/",
    "check": "check/",
}
FILES = ("index.html", "zh-Hant.html")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as session:
        session.open("about:blank")
        yield session


def address(server: RunningServer, name: str, file: str) -> str:
    path = PAGES[name]
    return server.url + (path.format(page=file) if "{" in path else path + file)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("name", PAGES)
def test_live_pages_are_accessible_narrow_and_load_nothing_foreign(
    server: RunningServer, browser: Browser, name: str, file: str
) -> None:
    script = axe.script()
    browser.requests()
    browser.warnings()
    browser.open(address(server, name, file))
    requested, failed = browser.requests()
    assert failed == []
    # Pictures of the browser's own fields have addresses that begin with data:.
    assert all(url.startswith((server.url, "data:")) for url in requested), requested
    assert browser.warnings() == []
    browser.run(f"{script};")
    assert browser.wait(RUN_AXE) == []
    browser.devtools(
        "Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=1, mobile=False
    )
    try:
        browser.open(address(server, name, file))
        width = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert browser.run(width) <= 0
    finally:
        browser.devtools("Emulation.clearDeviceMetricsOverride")


def submit(browser: Browser, values: dict[str, str]) -> None:
    """Fill in the form of the page and send it with its button, as a reader without the keyboard would."""
    browser.run(
        "const values = arguments[0], form = document.querySelector('main form');"
        "for (const name in values) form.elements[name].value = values[name];"
        "form.querySelector('button').click();",
        values,
    )


def wait_for(browser: Browser, script: str) -> None:
    browser.wait(
        f"const done = arguments[arguments.length - 1]; const look = () => ({script}) ? done(true) "
        ": setTimeout(look, 50); look();"
    )


def test_a_question_is_asked_with_a_form(server: RunningServer, browser: Browser) -> None:
    browser.open(server.url + "query/members/index.html")
    submit(browser, {"as_of": "2018-01-01"})
    wait_for(browser, "location.search.includes('as_of=2018-01-01')")
    assert browser.run("return document.querySelector('#ask-as_of').value") == "2018-01-01"
    rows = browser.run("return document.querySelectorAll('table.rows tbody tr').length")
    assert rows == len(server.ask("/api/members?as_of=2018-01-01&format=jsonl").text.splitlines())


def test_data_is_checked_with_a_form(server: RunningServer, browser: Browser) -> None:
    browser.open(server.url + "check/zh-Hant.html")
    submit(browser, {"add": "@prefix member: <https://w3id.org/msme-kg/member/> .\nmember:us a member:x ."})
    wait_for(browser, "document.querySelector('pre')")
    assert "pasted.ttl:2" in browser.run("return document.querySelector('pre').textContent")
    assert browser.run("return document.querySelector('#check-add').value").endswith("a member:x .")
    submit(browser, {"add": "this is no Turtle"})
    wait_for(browser, "document.querySelector('pre')?.textContent.includes('pasted.ttl:1')")


def test_a_word_is_searched_from_the_home_page(server: RunningServer, browser: Browser) -> None:
    browser.open(server.url + "index.html")
    submit(browser, {"q": "臺灣"})
    wait_for(browser, "location.pathname.includes('/search/')")
    assert "member/tw" in browser.run("return document.querySelector('table.rows tbody a').href")
