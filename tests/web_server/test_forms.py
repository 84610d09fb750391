"""Forms of the server in a real browser: usable, accessible, within the content security policy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

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
    "API": "api/",
    "home as on a day": "{page}?as_of=2021-06-30",
    "entity as on a day": "organization/iwg-msmes/{page}?as_of=2021-06-30",
    "query of an example": "sparql/{page}?example=members",
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
    # A browser asks for it on its own, on the first page.
    assert [text for text in browser.warnings() if "favicon" not in text] == []
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
    wait_for(browser, "document.querySelector('table.rows')")
    places = browser.run(
        "return [...document.querySelectorAll('.rows td:first-child')].map((one) => one.innerText)"
    )
    assert "pasted.ttl:2" in places
    assert browser.run("return document.querySelector('#check-add').value").endswith("a member:x .")
    submit(browser, {"add": "this is no Turtle"})
    wait_for(browser, "document.querySelector('.refusal')?.textContent.includes('pasted.ttl:1')")


@pytest.mark.parametrize(
    ("turtle", "fault", "hint"),
    [
        ("member:us a member:x .", "前綴 `member:` 未宣告", "請宣告：@prefix member: "),
        ("<urn:a> <urn:b> \u201cx\u201d .", "為排版引號", "請改用 `&#34;`"),
        ("<urn:a> <urn:b> 1", "第 1 行結尾缺少 `.`", "每個陳述均以句點結尾"),
    ],
)
def test_errors_of_syntax_are_in_the_language_of_the_page(
    server: RunningServer, turtle: str, fault: str, hint: str
) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    page = server.ask("/check/zh-Hant.html", form, f"add={quote(turtle)}").text
    assert fault in page.partition("<strong>pasted.ttl:1:")[2].partition("</strong>")[0]
    assert hint in page


def test_a_fault_that_several_rules_find_is_one_row(server: RunningServer) -> None:
    turtle = "<https://w3id.org/msme-kg/member/zz> a <https://w3id.org/msme-kg/ontology#WTOMember> ."
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    page = server.ask("/check/zh-Hant.html", form, f"add={quote(turtle)}").text
    rows = re.findall(r"<tr><td.*?</tr>", page)
    assert len(rows) == 3
    about = [re.sub(r"<[^>]*>", " ", row) for row in rows]
    assert sum("dcterms:source" in row for row in about) == 1
    (row,) = [row for row in about if "dcterms:source" in row]
    assert "shape:WTOMember-source" in row
    assert "queries/checks/unsourced.rq" in row
    assert "須至少有一個 msme:Source" in row
    assert "違規：3；警告：0；資訊：0" in page
    assert "本更新不得納入" in page


def test_a_choice_left_open_promises_nothing(server: RunningServer) -> None:
    """Without a choice, the evidence is at least `shown`, not all."""
    page = server.ask("/query/members/index.html").text
    (field,) = re.findall(r'<select [^>]*name="evidence".*?</select>', page)
    assert re.findall(r'<option value="">(.*?)</option>', field) == ["not specified"]


def test_the_api_can_be_tried_on_a_page(server: RunningServer, browser: Browser) -> None:
    led = server.ask("/api/", {"Accept": "text/html", "Accept-Language": "zh-TW"})
    assert (led.status, led.headers["location"]) == (303, "/api/zh-Hant.html")
    assert json.loads(server.ask("/api/").body)["openapi"] == "/api/openapi.json"
    browser.open(server.url + "api/index.html")
    browser.run(
        "const form = document.querySelector('form[action$=\"api/champions\"]');"
        "form.elements.year.value = '2023'; form.querySelector('button').click();"
    )
    wait_for(browser, "location.search.includes('year=2023')")
    assert [
        row["winner"].rpartition("/")[2] for row in json.loads(browser.run("return document.body.innerText"))
    ]


def test_a_word_is_searched_from_the_home_page(server: RunningServer, browser: Browser) -> None:
    browser.open(server.url + "index.html")
    submit(browser, {"q": "臺灣"})
    wait_for(browser, "location.pathname.includes('/search/')")
    assert "member/tw" in browser.run("return document.querySelector('table.rows tbody a').href")
