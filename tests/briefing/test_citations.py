"""Every sentence cites a source, and every citation leads to a source with a URL or file."""

from __future__ import annotations

import io
import re
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from notes import brief

from msme_kg.api import KnowledgeGraph
from msme_kg.briefing.content.note_model import SECTION_NAMES

CASES = [
    ("2023-08-01", "zh-Hant", None),
    ("2023-08-01", "en", None),
    ("2018-06-30", "zh-Hant", None),
    ("2015-01-01", "en", None),
    ("2025-12-31", "zh-Hant", "2023-08-01"),
    ("2025-12-31", "en", "2023-08-01"),
]
EACH = pytest.mark.parametrize(
    ("as_of", "lang", "since", "length"), [(*case, length) for case in CASES for length in SECTION_NAMES]
)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@EACH
def test_citations_in_markdown(as_of: str, lang: str, since: str | None, length: str) -> None:
    text = brief(as_of, lang, since, length=length)
    head, _, list_of_sources = text.rpartition("\n## ")
    body = [line for line in head.splitlines()[4:] if line and not line.startswith("## ")]
    cited: set[int] = set()
    for line in body:
        found = re.search(r"(?:\[\d+(?:\\\*)?\])+$", line)
        assert found, line
        sentence = line[: found.start()].rstrip()
        assert sentence[-1] in "。：.:", line
        assert sentence.count("。") <= 1, line
        cited |= {int(number) for number in re.findall(r"\d+", found[0])}
    sources = re.findall(r"^- \[(\d+)\] (.*)$", list_of_sources, re.MULTILINE)
    assert [int(number) for number, _ in sources] == list(range(1, len(sources) + 1))
    assert cited == set(range(1, len(sources) + 1))
    for _, entry in sources:
        assert re.search(r"<https?://[^>]+>|\S+\.txt", entry), entry


class _Page(HTMLParser):
    """Collects the ids, links and loaded resources of a page, and the citations of each line."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.lines: list[list[str]] = []
        self.entries: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        if tag == "p" and given.get("class") == "text":
            self.lines.append([])
        if tag == "li" and given.get("id", "").startswith("source-"):
            self.entries.append([])
        if tag == "a":
            self.links.append(given["href"])
            if self.entries:
                self.entries[-1].append(given["href"])
            elif self.lines:
                self.lines[-1].append(given["href"])
        else:
            self.loads += [
                given[key] for key in ("src", "href", "data", "poster", "xlink:href") if key in given
            ]


def page(text: str) -> _Page:
    read = _Page()
    read.feed(text)
    return read


@EACH
def test_citations_in_html(as_of: str, lang: str, since: str | None, length: str) -> None:
    text = brief(as_of, lang, since, "html", length)
    read = page(text)
    assert len(read.ids) == len(set(read.ids))
    inside = {one.removeprefix("#") for one in read.links if one.startswith("#")}
    assert inside <= set(read.ids)
    sources = {one for one in read.ids if one.startswith("source-")}
    assert sources <= inside
    assert all(any(one.startswith("#source-") for one in line) for line in read.lines)
    back = [[one for one in entry if one.startswith("#cited-")] for entry in read.entries]
    assert all(len(one) == 1 for one in back)
    assert len(read.entries) == len(sources)


@EACH
def test_html_page_is_self_contained(as_of: str, lang: str, since: str | None, length: str) -> None:
    text = brief(as_of, lang, since, "html", length)
    assert page(text).loads == []
    assert re.findall(r"url\s*\(|@import|<script|<link|<iframe|<img|<!ENTITY", text) == []
    assert f'<html lang="{lang}">' in text
    charts = {"short": 1, "full": 2}[length]
    assert text.count("<svg") == (0 if as_of == "2015-01-01" else charts)
    assert "@page { size: A4" in text


@EACH
def test_citations_in_docx(as_of: str, lang: str, since: str | None, length: str, kg: KnowledgeGraph) -> None:
    pytest.importorskip("docx", reason="the extra docx is not installed")
    made = kg.brief(as_of, lang, since, "docx", length=length)
    assert isinstance(made, bytes)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        tree = ElementTree.fromstring(archive.read("word/document.xml"))  # noqa: S314 (we wrote it)
        relations = archive.read("word/_rels/document.xml.rels").decode()
    marks = [one.get(f"{W}name", "") for one in tree.iter(f"{W}bookmarkStart")]
    assert len(marks) == len(set(marks))
    anchors = {anchor for one in tree.iter(f"{W}hyperlink") if (anchor := one.get(f"{W}anchor"))}
    assert anchors == set(marks)
    number = sum(one.startswith("source_") for one in marks)
    assert number == sum(one.startswith("cited_") for one in marks) > 0
    styles = [one.get(f"{W}val") for one in tree.iter(f"{W}pStyle")]
    linked_sections = len([one for one in marks if one.startswith("section_")])
    assert linked_sections == (styles.count("Heading1") if length == "full" else 0)
    fields = "".join(one.text or "" for one in tree.iter(f"{W}instrText"))
    assert (" TOC " in fields) is (length == "full")
    assert ("charts/growth.xml" in relations) is (as_of != "2015-01-01")
    assert relations.count('TargetMode="External"') >= number - 2  # all but the brief, which is a file
