"""Folding of names: the spellings that are one name, and those that are not."""

from __future__ import annotations

import pytest
from conftest import scale_examples
from hypothesis import given, settings
from hypothesis import strategies as st

from msme_kg.name_folding import fold_name, read_chinese_variants

GROUPS = read_chinese_variants().split()


@pytest.mark.parametrize(
    "spellings",
    [
        ("臺灣", "台灣", "台湾", "臺 湾"),
        ("中華臺北", "中华台北", "中華台北"),
        ("貿易便捷化", "贸易便捷化"),
        ("裡、裏、里", "里里里"),
        ("乾燥", "干燥"),
        ("Türkiye", "TURKIYE", "türkiye", "Tu\u0308rkiye"),
        ("Côte d’Ivoire", "cote d'ivoire", "COTE D IVOIRE"),
        ("ＷＴ／ＭＩＮ（１７）／５８", "WT/MIN(17)/58", "wt min 17 58"),
        ("Straße", "STRASSE"),
        ("ﾃﾞｰﾀ", "データ"),
    ],
)
def test_spellings_of_one_name_are_equal(spellings: tuple[str, ...]) -> None:
    assert len({fold_name(one) for one in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("Niger", "Nigeria"), ("INF/MSME/4/Rev.1", "INF/MSME/4/Rev.2"), ("美國", "英國"), ("智利", "秘魯")],
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


def test_each_chinese_character_is_in_one_group() -> None:
    chars = [char for group in GROUPS for char in group]
    assert len(chars) == len(set(chars)) > 5000
    assert min(map(len, GROUPS)) > 1


@settings(max_examples=scale_examples(200), deadline=None)
@given(st.text(max_size=20))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_name(fold_name(text)) == fold_name(text)
