"""Tasks of an analyst who has only a browser: from the home page to the answer, in at most four clicks."""

from __future__ import annotations

import datetime
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import LONGEST
from site_pages.browser import Browser
from site_pages.browser import browser as started

from web_server.running import RunningServer

MAX_CLICKS = 4
HOME = {"en": "index.html", "zh-Hant": "zh-Hant.html"}


class Analyst:
    """Someone at a browser, who types, clicks what is seen, and reads.

    Attributes:
        clicks: how often something was clicked or chosen.
    """

    def __init__(self, browser: Browser, server: RunningServer, downloads: Path) -> None:
        self._browser, self._server, self._downloads = browser, server, downloads
        self.clicks = 0
        browser.devtools("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(downloads))

    def go_home(self, lang: str) -> None:
        """Open the home page."""
        self._browser.open(self._server.url + HOME[lang])

    def type_address(self, path: str) -> None:
        """Open a path of the site."""
        self._browser.open(self._server.url + path)

    def type(self, field: str, text: str) -> None:
        """Write into the field of a form."""
        self._browser.run(
            "const field = document.getElementById(arguments[0]);"
            "field.value = arguments[1]; field.dispatchEvent(new Event('input', { bubbles: true }));",
            field,
            text,
        )

    def choose(self, field: str, value: str) -> None:
        """Choose a value of a field."""
        self.clicks += 1
        self._browser.run("document.getElementById(arguments[0]).value = arguments[1];", field, value)

    def click(self, words: str, within: str = "body") -> None:
        """Click the first link, button or summary that is seen and has exactly these words.

        Args:
            words: its text.
            within: the selector of the part of the page.
        """
        self.clicks += 1
        seen = self._browser.run(
            "const found = [...document.querySelectorAll(arguments[1])].flatMap((one) =>"
            "  [...one.querySelectorAll('a, button, summary')])"
            "  .find((one) => one.checkVisibility()"
            "    && (one.innerText ?? one.textContent).trim() === arguments[0]);"
            "if (found) setTimeout(() => found.click()); return Boolean(found);",
            words,
            within,
        )
        assert seen, f"{words!r} is not seen on {self.address}"

    @property
    def address(self) -> str:
        """The address of the page, without that of the server."""
        return str(self._browser.run("return decodeURI(location.href)")).removeprefix(self._server.url)

    def read(self, selector: str = "main") -> str:
        """Return the text that is seen in the first element of a selector; empty if there is none."""
        return str(
            self._browser.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)
        )

    def read_rows(self) -> list[str]:
        """Return the text of each row of the first table."""
        return list(
            self._browser.run(
                "return [...document.querySelector('table.rows').tBodies[0].rows].map((row) => row.innerText)"
            )
        )

    def wait_for(self, text: str, selector: str = "main") -> None:
        """Wait until a text is seen."""
        ends = time.monotonic() + LONGEST
        while text not in self.read(selector):
            assert time.monotonic() < ends, f"{text!r} is not seen on {self.address}: {self.read()[:2000]}"
            time.sleep(0.05)

    def wait_for_file(self, pattern: str) -> Path:
        """Wait until a file is saved whole."""
        ends = time.monotonic() + LONGEST
        while True:
            files = [path for path in self._downloads.glob(pattern) if path.suffix != ".crdownload"]
            if files and not list(self._downloads.glob("*.crdownload")):
                return files[0]
            assert time.monotonic() < ends, f"no file {pattern}: {list(self._downloads.iterdir())}"
            time.sleep(0.05)

    def search(self, words: str, lang: str) -> None:
        """Search from the home page."""
        self.go_home(lang)
        self.type("page-words", words)
        self.click({"en": "Search", "zh-Hant": "檢索"}[lang], "form.find")
        self.wait_for(words, "h1")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as session:
        session.open("about:blank")
        yield session


@pytest.fixture
def analyst(browser: Browser, server: RunningServer, tmp_path: Path) -> Iterator[Analyst]:
    someone = Analyst(browser, server, tmp_path)
    yield someone
    assert 0 < someone.clicks <= MAX_CLICKS


def read_workbook(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


def test_who_joined_in_2024_says_who_into_excel(analyst: Analyst) -> None:
    analyst.search("who joined in 2024", "en")
    analyst.click("Accessions in a period")
    analyst.wait_for("Accessions in a period", "h1")
    analyst.type("ask-from", "2024")
    analyst.type("ask-to", "2024")
    analyst.click("Ask")
    analyst.wait_for("Rows: 5")
    assert [row.split("\t")[2] for row in analyst.read_rows()] == [
        "Democratic Republic of the Congo",
        "Cabo Verde",
        "Mauritius",
        "Maldives",
        "Mozambique",
    ]
    assert "web.wtocenter.org.tw 2024-07-17" in analyst.read_rows()[1]
    analyst.click("Excel")
    workbook = read_workbook(analyst.wait_for_file("accessions*.xlsx"))
    for text in ("Cabo Verde", "Mozambique", "Sources", "web.wtocenter.org.tw"):
        assert text in workbook


def test_the_note_of_today_in_chinese_for_word(analyst: Analyst) -> None:
    analyst.go_home("zh-Hant")
    analyst.click("說明資料", "header")
    analyst.wait_for("說明資料", "h1")
    analyst.choose("note-format", "docx")
    analyst.click("產製說明資料")
    path = analyst.wait_for_file("note-*.docx")
    assert path.name in {f"note-{datetime.date.today()}-zh-Hant.docx", f"note-{_tomorrow()}-zh-Hant.docx"}
    with zipfile.ZipFile(path) as archive:
        text = re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())
    assert "微中小企業" in text
    assert "協調人" in text


def _tomorrow() -> datetime.date:
    return datetime.date.today() + datetime.timedelta(days=1)


def test_which_documents_japan_sponsored(analyst: Analyst) -> None:
    analyst.search("which documents did Japan sponsor", "en")
    analyst.click("Documents", ".cards")
    analyst.wait_for("Documents", "h1")
    analyst.type("ask-sponsor", "Japan")
    analyst.click("Ask")
    analyst.wait_for("Rows: 1")
    (row,) = analyst.read_rows()
    assert "Statement on highlighting the importance of MSMEs in the time of COVID-19" in row
    assert "14 May 2020" in row


def test_what_was_true_of_the_group_on_a_day(analyst: Analyst) -> None:
    analyst.go_home("en")
    analyst.type("page-day", "2021-06-30")
    analyst.click("Show")
    analyst.wait_for("As it was on 30 June 2021")
    figures = analyst.read(".figures")
    assert "46 of 91" in figures
    assert "José Luís Cancela Gómez" in figures
    analyst.click("Informal Working Group on Micro, Small and Medium-sized Enterprises")
    analyst.wait_for("All statements, with their sources")
    analyst.click("All statements, with their sources")
    analyst.click("Show all that is recorded")
    analyst.wait_for("Informal Working Group on Micro, Small and Medium-sized Enterprises", "h1")
    assert "as_of" not in analyst.address


def test_a_turtle_that_is_wrong_and_mended(analyst: Analyst) -> None:
    analyst.go_home("zh-Hant")
    analyst.click("檢核資料", "header")
    analyst.wait_for("檢核資料", "h1")
    analyst.type("check-add", "document:inf-msme-4-rev-2\n  rdfs:comment “x” .")
    analyst.click("檢核", "main")
    analyst.wait_for("pasted.ttl:1")
    analyst.type("check-add", "@prefix document: <https://w3id.org/msme-kg/document/> .\n")
    analyst.click("檢核", "main")
    analyst.wait_for("本更新無任何變動")


def test_a_query_with_an_error_is_mended(analyst: Analyst, browser: Browser) -> None:
    analyst.go_home("en")
    analyst.click("SPARQL", "header")
    analyst.wait_for("SPARQL", "h1")
    query = "SELECT (COUNT(*) AS ?n) WHERE {\n  ?x a msme:WTOMembr\n  FILTR(?x > 1)\n}"
    analyst.type("sparql-query", query)
    analyst.click("Ask")
    analyst.wait_for("did you mean FILTER?")
    assert "line 3, column 3" in analyst.read(".result")
    marked = "const { value, selectionStart, selectionEnd } = document.activeElement;"
    assert browser.run(f"{marked} return value.slice(selectionStart, selectionEnd)") == "FILTR"
    analyst.type("sparql-query", "SELECT (COUNT(*) AS ?n) WHERE { ?x a msme:WTOMem")
    browser.run("const field = document.getElementById('sparql-query'); field.focus();")
    analyst.wait_for("msme:WTOMember", ".names")
    analyst.click("msme:WTOMember (WTO Member)")
    analyst.wait_for("", ".names")
    browser.run("document.getElementById('sparql-query').value += ' }'")
    analyst.click("Ask")
    analyst.wait_for("Rows: 1", ".result")
    assert analyst.read_rows() == ["120"]


def test_changes_of_one_member_by_feed(analyst: Analyst, browser: Browser, server: RunningServer) -> None:
    analyst.search("Uruguay", "en")
    analyst.click("Uruguay")
    analyst.wait_for("Uruguay", "h1")
    feed = browser.run(
        "return [...document.querySelectorAll('aside a')].find((one) => one.innerText === 'Atom').href"
    )
    text = server.ask("/" + feed.removeprefix(server.url)).text
    assert "<title>Uruguay: changes" in text
    assert "Change of Coordinator from Chile to Uruguay" in text


def test_a_document_by_its_symbol(analyst: Analyst) -> None:
    analyst.search("INF/MSME/4/Rev.2", "zh-Hant")
    analyst.click(
        "2020 年 12 月套案（6 項工作計畫，以 Recommendation 或 Declaration 為名）", "tbody tr:first-child"
    )
    analyst.wait_for("INF/MSME/4/Rev.2")


@pytest.mark.parametrize(
    ("typed", "folder"),
    [
        ("INF/MSME/4/Rev.2", "document/inf-msme-4-rev-2/"),
        ("WT/MIN(17)/58", "document/wt-min-17-58/"),
        ("wt/min(17)/58/", "document/wt-min-17-58/"),
        ("inf-msme-4-rev-2", "document/inf-msme-4-rev-2/"),
        ("日本", "member/jp/"),
    ],
)
def test_a_symbol_typed_as_an_address(analyst: Analyst, typed: str, folder: str) -> None:
    analyst.type_address(typed)
    assert analyst.address.startswith(folder)
    analyst.clicks = 1


def test_a_wrong_symbol_typed_as_an_address_has_near_ones(analyst: Analyst) -> None:
    analyst.type_address("WT/MIN(17)/59")
    title = "Declaration on the Establishment of a WTO Informal Work Programme for MSMEs"
    analyst.click(f"Joint Ministerial Statement: {title}")
    analyst.wait_for("WT/MIN(17)/58")


def test_members_on_a_day_into_a_spreadsheet(analyst: Analyst) -> None:
    analyst.go_home("zh-Hant")
    analyst.click("特定日期之小組會員")
    analyst.wait_for("特定日期之小組會員", "h1")
    analyst.type("ask-as_of", "2023-08-01")
    analyst.click("查詢")
    analyst.wait_for("共 79 列")
    analyst.click("CSV")
    content = analyst.wait_for_file("members*.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    head, *rows = content.decode("utf-8-sig").split("\r\n")
    assert head.startswith("代碼,會員,加入日期")
    assert len(rows) == 80
    assert rows[0].startswith("AF,阿富汗,2017-12-13")


def test_where_sources_disagree(analyst: Analyst) -> None:
    analyst.go_home("en")
    analyst.click("Sources that disagree")
    analyst.wait_for("Sources that disagree", "h1")
    stated = [row for row in analyst.read_rows() if row.startswith("founding members")]
    assert {row.split("\t")[2] for row in stated} == {"84", "87", "88"}


def test_the_champions_of_a_year(analyst: Analyst) -> None:
    analyst.search("2023 冠軍得獎者", "zh-Hant")
    analyst.click("冠軍競賽得獎者", ".cards")
    analyst.wait_for("冠軍競賽得獎者", "h1")
    analyst.type("ask-year", "2023")
    analyst.click("查詢")
    analyst.wait_for("共 3 列")
    assert [row.split("\t")[2] for row in analyst.read_rows()] == ["Coprogeny", "Divasity.com", "Hey Success"]


def test_when_a_member_joined_and_who_says_so(analyst: Analyst) -> None:
    analyst.search("臺灣", "zh-Hant")
    analyst.click("中華臺北", "tbody tr:first-child")
    analyst.wait_for("中華臺北", "h1")
    facts = analyst.read(".facts")
    assert re.search(r"加入\s+2017 年 12 月 13 日", facts)
    assert re.search(r"載明會員資格之來源\s+「進展說明」一、（一）", facts)
    analyst.click("全部陳述及其來源")
    analyst.wait_for("來源", ".evidence")
