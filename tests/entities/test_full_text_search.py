"""Command ``search``: ranking in both languages, and spellings of document symbols."""

from __future__ import annotations

import json

import pytest
from conftest import Run

BASE = "https://w3id.org/msme-kg/"


def search(run: Run, *words: str) -> list[str]:
    ended = run("search", "--format", "json", *words)
    assert ended.code == 0
    return [hit["thing"].removeprefix(BASE) for hit in json.loads(ended.out)]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("貿易政策檢討", "ontology#TradePolicyReview"),
        ("trade policy review", "ontology#TradePolicyReview"),
        ("wt min 17 58 rev1", "document/wt-min-17-58-rev-1"),
        ("全球貿易資訊平台", "initiative/global-trade-helpdesk"),
        ("global trade helpdesk", "initiative/global-trade-helpdesk"),
        ("Trade4MSMEs", "initiative/trade4msmes"),
        ("中華臺北", "member/tw"),
        ("中华台北", "member/tw"),
        ("Taiwan", "member/tw"),
        ("台灣", "member/tw"),
        ("TURKIYE", "member/tr"),
        ("helpdesk", "initiative/global-trade-helpdesk"),
        ("贸易政策检讨", "ontology#TradePolicyReview"),
        ("Separate Customs Territory of Taiwan, Penghu, Kinmen and Matsu", "member/tw"),
        ("turkey", "member/tr"),
        ("Wilson", "person/matthew-wilson"),
        ("MX", "member/mx"),
        ("annex 6", "document/inf-msme-4-rev-2-annex-6"),
        ("附件五", "document/inf-msme-4-rev-2-annex-5"),
        ("2021 declaration", "document/inf-msme-w-36"),
        ("2021 年宣言", "document/inf-msme-w-36"),
        ("TPR資料庫", "initiative/msme-tpr-database"),
        ("貿易政策檢討資料庫", "initiative/msme-tpr-database"),
        ("Buenos Aires statement", "document/wt-min-17-58"),
        ("阿布達比報告", "document/wt-min-24-9"),
    ],
)
def test_best_match_comes_first(run: Run, words: str, first: str) -> None:
    assert search(run, words)[0] == first


@pytest.mark.parametrize(
    ("words", "lang", "thing", "found"),
    [
        ("AEO", "en", "document/2025-aeo-study-report", "Study report on integration of MSMEs"),
        ("Wilson", "en", "event/2023-04-26-meeting", "Matthew Wilson (Barbados) was appointed Coordinator"),
        ("Wilson", "zh-Hant", "event/2023-04-26-meeting", "任命 Matthew Wilson（巴貝多）接替"),
        ("handbook", "en", "event/2024-03-meeting", "…meeting of 2024: handbooks and compendia,"),
    ],
)
def test_match_is_in_the_language_of_the_reader_and_in_whole_words(
    run: Run, words: str, lang: str, thing: str, found: str
) -> None:
    ended = run("search", words, "--lang", lang, "--format", "json")
    names = {hit["thing"].removeprefix(BASE): hit["name"] for hit in json.loads(ended.out)}
    assert names[thing].startswith(found)


def test_number_and_document_of_an_annex_follow_its_title(run: Run) -> None:
    hit = json.loads(run("search", "--format", "json", "貿易便捷化", "--lang", "zh-Hant").out)[0]
    assert hit["name"] == "貿易便捷化（INF/MSME/4/Rev.2 附件 3）"
    assert "Trade facilitation (Annex 3 of INF/MSME/4/Rev.2)" in run("search", "trade facilitation").out
    hit = json.loads(run("search", "--format", "json", "annex 6").out)[0]
    assert hit["name"].startswith(
        "Trade-related aspects of MSMEs' access to finance and cross-border payments ("
    )


def test_class_is_followed_by_entities_of_its_name(run: Run) -> None:
    assert any(one.startswith("review/") for one in search(run, "trade policy review", "--limit", "8"))


@pytest.mark.parametrize(
    "spelling",
    [
        "WT/MIN(17)/58/Rev.1",
        "wt/min(17)/58/rev.1",
        "WT/MIN(17)/58 Rev 1",
        "WT/MIN(17)/58/Rev1",
        "WTMIN1758Rev1",
        "wt min 17 58 rev 1",
        "wt-min-17-58-rev-1",
        "WT MIN (17) 58 REV.1",
        "WT/MIN/17/58/Rev.1",
        "  WT/MIN(17)/58/Rev.1  ",
        "ＷＴ／ＭＩＮ（１７）／５８／Ｒｅｖ．１",
    ],
)
def test_spellings_of_a_symbol_find_one_document(run: Run, spelling: str) -> None:
    assert search(run, spelling)[0] == "document/wt-min-17-58-rev-1"


def test_chinese_without_spaces_matches_most_bigrams(run: Run) -> None:
    assert "document/inf-msme-w-36" in search(run, "微中小企業宣言終版")[:3]


def test_words_match_in_any_order(run: Run) -> None:
    assert "document/inf-msme-w-61" in search(run, "practices", "compendium", "regulatory")[:3]


def test_record_keeping_is_not_found_and_slugs_are_not_shown(run: Run) -> None:
    hits = json.loads(run("search", "helpdesk", "--limit", "100", "--format", "json").out)
    assert not any("attestation/" in hit["thing"] for hit in hits)
    assert not any(hit["name"] == hit["thing"].rpartition("/")[2] for hit in hits)


def test_kinds_and_headings_are_words_of_the_language(run: Run) -> None:
    ended = run("search", "小組協調人", "--lang", "zh-Hant", "--format", "csv", "--labels")
    assert ended.out.splitlines()[:2] == ["\ufeff事物,類別,符合之處", "小組協調人,職位,小組協調人"]
    ended = run("search", "declaration", "--limit", "1", "--format", "csv", "--labels")
    assert ended.out.splitlines()[1] == "declaration,class,declaration"


def test_no_match_is_reported_and_succeeds(run: Run) -> None:
    ended = run("search", "zzzqqq")
    assert (ended.code, ended.out.splitlines()[0].split()) == (0, ["Entity", "Kind", "Found"])
    assert "nothing found" in ended.err


def test_hostile_text_is_searched_as_text(run: Run) -> None:
    ended = run("search", '" } DROP ALL #', "\x1b[31m")
    assert ended.code == 0
    assert "\x1b" not in ended.out + ended.err


@pytest.mark.parametrize(
    ("words", "found", "text"),
    [
        ("電子商務", "award/2024-o-kanata", "原住民工藝電子商務平台，並提供訓練。"),
        ("电子商务", "award/2024-o-kanata", "原住民工藝電子商務平台，並提供訓練。"),
        (
            "rounds of comments",
            "document/inf-msme-w-36",
            "…24 September 2021 after rounds of comments (WTO news of 28 September). MC12…",
        ),
    ],
)
def test_texts_are_found_and_cut_around_the_words(run: Run, words: str, found: str, text: str) -> None:
    hits = json.loads(run("search", words, "--format", "json").out)
    assert {"thing": f"{BASE}{found}", "name": text}.items() <= hits[0].items()


def test_words_may_be_in_the_name_and_in_a_text_together(run: Run) -> None:
    assert "document/inf-msme-w-36" in search(run, "MC12 declaration")
    assert search(run, "MC12 statement") == ["document/inf-msme-w-36"]


def test_names_come_before_texts(run: Run) -> None:
    hits = json.loads(run("search", "digitalisation", "--limit", "100", "--format", "json").out)
    in_names = ["digitalisation" in hit["name"].casefold() for hit in hits]
    assert in_names == sorted(in_names, reverse=True)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("聯合部長聲明", "event/2017-12-13-mc11-statement"),
        ("全球贸易信息平台", "initiative/global-trade-helpdesk"),
    ],
)
def test_nearest_names_are_found_where_none_matches(run: Run, words: str, first: str) -> None:
    assert search(run, words)[0] == first
