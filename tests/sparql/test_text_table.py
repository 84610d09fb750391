"""Aligned tables that are folded to the width of a terminal."""

from __future__ import annotations

import re

import pytest
from conftest import scale_examples
from hypothesis import given, settings
from hypothesis import strategies as st

from msme_kg.rdf.source_excerpt import measure_width
from msme_kg.sparql.text_table import format_table

WORDS = st.text("ab -/;（），中文臺é", max_size=40).map(lambda text: " ".join(text.split()))


def test_cells_are_folded_at_words_and_between_chinese_characters() -> None:
    rows = [["AF", "2017-12-13/2021-12-31", "會員為改善微中小企業（MSMEs）之參與，通過宣言。"]]
    assert format_table(["Code", "Since", "Text"], rows, 40) == (
        "Code  Since             Text\n"
        "────  ────────────────  ────────────────\n"
        "AF    2017-12-13/       會員為改善微中小\n"
        "      2021-12-31        企業（MSMEs）之\n"
        "                        參與，通過宣言。\n"
    )


def test_a_table_that_fits_is_not_folded() -> None:
    rows = [["AF", "Afghanistan"], ["中國", "China"]]
    assert format_table(["Code", "Member"], rows, 80) == format_table(["Code", "Member"], rows)


def test_rows_become_records_where_columns_do_not_fit() -> None:
    head = [f"column{number}" for number in range(6)]
    assert format_table(head, [["a", "", "b c", "", "", "d"], ["e"] * 6], 30).startswith(
        "column0: a\ncolumn2: b c\ncolumn5: d\n\ncolumn0: e\n"
    )


@settings(max_examples=scale_examples(100), deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=4), st.integers(20, 90))
def test_lines_fit_and_nothing_is_lost(rows: list[tuple[str, str, str]], width: int) -> None:
    head = ("Code", "名稱", "Since")
    text = format_table(head, rows, width)
    assert all(measure_width(line) <= width for line in text.splitlines())
    for index in range(3):
        for row in rows:
            assert set(row[index]) <= set(text) | {" "}
    letters = re.sub(r"[\s─:]", "", text)
    if "────" in text:
        assert sorted(letters) == sorted(re.sub(r"\s", "", "".join(map("".join, (head, *rows)))))


@pytest.mark.parametrize("width", [1, 2, 3])
def test_no_width_is_too_small(width: int) -> None:
    assert "中" in format_table(["a"], [["中文 word"]], width)
