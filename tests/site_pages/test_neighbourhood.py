"""Neighbourhood of an entity as a picture: who is in it, with links and text, within its frame."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import pairwise

import pytest

from site_pages.browser import Browser
from site_pages.browser import browser as started
from site_pages.built import PAGES, Built, resolve_link

PICTURE = re.compile(r"<svg .*?</svg>", re.DOTALL)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as session:
        session.open("about:blank")
        yield session


def read_lines(picture: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", picture)]


def test_records_of_a_relation_are_passed_through(site: Built) -> None:
    (incoming,) = PICTURE.findall(site.pages["member/uy/index.html"])
    assert 'aria-label="Leads here: Uruguay"' in incoming
    lines = read_lines(incoming)
    assert lines[0] == "Uruguay"
    after = dict(pairwise(lines))
    assert after["← membership"].startswith("Informal Working Group on Micro")
    assert after["← sponsorship"].startswith("Statement on highlighting")
    assert after["← represents"] == "José Luís Cancela Gómez"
    assert "../../membership/uy/index.html" not in incoming


def test_labels_are_in_the_language_of_the_page(site: Built) -> None:
    incoming, outgoing = PICTURE.findall(site.pages["organization/iwg-msmes/zh-Hant.html"])
    assert read_lines(outgoing)[1:5] == ["→ 設立依據", read_lines(outgoing)[2], "→ 開放對象", "世界貿易組織"]
    assert "document/wt-min-17-58/zh-Hant.html" in outgoing
    assert "另有 95 項" in read_lines(incoming)


def test_pictures_are_small_and_lead_to_pages(site: Built) -> None:
    drawn = 0
    for page, text in site.pages.items():
        for picture in PICTURE.findall(text):
            drawn += 1
            links = [unescape(href) for href in re.findall(r'<a href="([^"]*)"', picture)]
            neighbours = [href for href in links if not href.startswith("#")]
            assert 0 < len(neighbours) <= 6, page
            assert len(picture) < 6_000, page
            assert 'id="page-in"' in text
            for href in neighbours:
                assert resolve_link(page, href)[0] in site.files, (page, href)
    assert drawn > 2_000
    assert not PICTURE.findall(site.pages["attestation/membership-ar-1/index.html"])
    assert not PICTURE.findall(site.pages["shape/Award/index.html"])


@pytest.mark.parametrize("lang", PAGES)
@pytest.mark.parametrize(
    "folder", ["organization/iwg-msmes", "document/inf-msme-4-rev-2", "document/wt-min-17-58", "member/uy"]
)
def test_text_stays_within_the_picture(site: Built, browser: Browser, folder: str, lang: str) -> None:
    browser.open((site.folder / folder / PAGES[lang]).as_uri())
    beyond = browser.run(
        "return [...document.querySelectorAll('.neighbours svg')].flatMap((svg) =>"
        " [...svg.querySelectorAll('text')]"
        " .filter((one) => one.getBBox().x + one.getBBox().width > svg.viewBox.baseVal.width)"
        " .map((one) => one.textContent))"
    )
    assert beyond == []
