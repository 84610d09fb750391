"""The note of the brief's date states every fact of the brief, in either language."""

from __future__ import annotations

import re

import pytest
from notes import brief
from statements import PASSAGES, STATEMENTS

from msme_kg.briefing.content.note_model import SECTION_NAMES
from msme_kg.namespaces import LANGUAGES


@pytest.fixture(scope="module", params=[(lang, length) for lang in LANGUAGES for length in SECTION_NAMES])
def note(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Return a language and the body of a note in it, without the list of sources."""
    lang, length = request.param
    body, sources, _ = brief("2023-08-01", lang, length=length).partition("\n- [1] ")
    assert sources
    return lang, body


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text).casefold()


def name_in_chinese(passage: str) -> str:
    """Return the number of a passage as the brief prints it: 2(1)3 is 二、（一）3."""
    section, part, point = re.fullmatch(r"(\d)\((\d)\)(\d?)", passage).groups()  # type: ignore[union-attr]
    han = "一二三四五"
    return f"{han[int(section) - 1]}、（{han[int(part) - 1]}）" + (f"{point}." if point else "")


def test_check_list_covers_every_passage() -> None:
    assert [passage for passage, *_ in STATEMENTS] == sorted(
        (passage for passage, *_ in STATEMENTS), key=PASSAGES.index
    )
    assert {passage for passage, *_ in STATEMENTS} == set(PASSAGES)


@pytest.mark.parametrize("statement", STATEMENTS, ids=[f"{one[0]} {one[1]}" for one in STATEMENTS])
def test_note_has_every_statement_of_the_brief(
    statement: tuple[str, str, tuple[str, ...], tuple[str, ...]], note: tuple[str, str]
) -> None:
    lang, body = note
    words = statement[2] if lang == "zh-Hant" else statement[3]
    inside = squeezed(body)
    missing = [one for one in words if not any(squeezed(form) in inside for form in one.split("|"))]
    assert missing == []


def test_brief_is_cited_with_all_passages() -> None:
    text = brief("2023-08-01", "zh-Hant")
    (entry,) = re.findall(r"^- \[\d+\] WTO「微中小企業聯合聲明倡議」進展.*$", text, re.MULTILINE)
    assert "000_819d391495d1848e.txt" in entry
    cited = entry.partition("引用原件")[2].partition("，")[0].split("；")
    assert {name_in_chinese(passage) for passage in PASSAGES} - set(cited) == set()


@pytest.mark.parametrize("length", SECTION_NAMES)
def test_chinese_has_no_half_width_marks_or_spaces_next_to_han(length: str) -> None:
    """Titles in other languages keep their own marks."""
    text = brief("2025-12-31", "zh-Hant", "2023-08-01", length=length)
    body = text.partition("\n- [1] ")[0]
    han = "[\u4e00-\u9fff]"
    assert re.findall(rf"{han}[,;:!?]|[,;:!?]{han}|{han} {han}|{han} \w|\w {han}(?<!\d {han})", body) == []
