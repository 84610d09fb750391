"""A date after a day, and a text that names one, tell of what is later."""

from __future__ import annotations

from datetime import date

import pyoxigraph as ox
import pytest

from msme_kg.namespaces import XSD
from msme_kg.rendering.later_facts import is_later

DAY = date(2021, 6, 30)


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("welcomed in the news item of 15 March 2023", "en", True),
        ("welcomed on 30 June 2021", "en", False),
        ("welcomed on 1 July 2021", "en", True),
        ("welcomed in July 2021", "en", True),
        ("welcomed in June 2021", "en", False),
        ("a report of 2021, on 30 pages", "en", False),
        ("absent in 2019, listed in 2022", "en", True),
        ("the document WT/L/2025 has 2030 words", "en", True),
        ("the document WT/L/2025", "en", False),
        ("on 31 June 2021", "en", False),
        ("2021 年 7 月 1 日會議摘要", "zh-Hant", True),
        ("2021 年 6 月 30 日會議摘要", "zh-Hant", False),
        ("2021 年 7 月會議", "zh-Hant", True),
        ("2022 年名單", "zh-Hant", True),
        ("2021 年名單", "zh-Hant", False),
        ("2022 年 3 月", "zh-hant", True),
        ("rapport de 2022", "fr", True),
    ],
)
def test_texts(text: str, lang: str, expected: bool) -> None:
    assert is_later(ox.Literal(text, language=lang), DAY) == expected


def test_other_terms() -> None:
    dates = [ox.Literal(text, datatype=ox.NamedNode(f"{XSD}date")) for text in ("2021-06-30", "2021-07-01")]
    assert [is_later(one, DAY) for one in dates] == [False, True]
    assert not is_later(ox.Literal("INF/MSME/4 of 2022"), DAY)  # no text in a language
    assert not is_later(ox.NamedNode("https://example.org/2022"), DAY)
    assert not is_later(None, DAY)
