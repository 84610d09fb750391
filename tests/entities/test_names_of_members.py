"""Short and other names in common use, by which Members are found; `skos:hiddenLabel` has them."""

from __future__ import annotations

import pytest
from conftest import Run

from msme_kg.api import KnowledgeGraph

BASE = "https://w3id.org/msme-kg/"
WORDS = {
    "ag": (
        "安提瓜",
        "安提瓜和巴布達",
    ),
    "au": ("澳洲",),
    "bb": ("巴巴多斯",),
    "bd": ("孟加拉國",),
    "bj": ("貝寧",),
    "bn": ("文萊",),
    "bw": ("博茨瓦納",),
    "bz": ("伯利茲",),
    "cd": (
        "DR Congo",
        "DRC",
        "民主剛果",
        "剛果（金）",
    ),
    "ci": (
        "Ivory Coast",
        "科特迪瓦",
    ),
    "cr": ("哥斯達黎加",),
    "cv": (
        "Cape Verde",
        "佛得角",
    ),
    "cy": ("塞浦路斯",),
    "cz": (
        "Czechia",
        "捷克共和國",
    ),
    "dj": ("吉布提",),
    "do": (
        "多明尼加共和國",
        "多米尼加",
        "多米尼加共和國",
    ),
    "ec": ("厄瓜多爾",),
    "ga": ("加蓬",),
    "gb": (
        "Britain",
        "Great Britain",
        "UK",
        "聯合王國",
    ),
    "gd": ("格林納達",),
    "ge": ("格魯吉亞",),
    "gh": ("加納",),
    "gm": ("岡比亞",),
    "gt": ("危地馬拉",),
    "gy": ("圭亞那",),
    "hn": ("洪都拉斯",),
    "hr": ("克羅地亞",),
    "it": ("意大利",),
    "ke": ("肯尼亞",),
    "kg": (
        "Kyrgyzstan",
        "吉爾吉斯斯坦",
    ),
    "kr": (
        "ROK",
        "South Korea",
        "南韓",
        "大韓民國",
    ),
    "kz": ("哈薩克斯坦",),
    "la": (
        "Laos",
        "老撾",
    ),
    "li": ("列支敦士登",),
    "me": ("黑山",),
    "mn": ("蒙古國",),
    "mo": ("Macau",),
    "mt": ("馬耳他",),
    "mu": ("毛里求斯",),
    "mv": ("馬爾代夫",),
    "mz": ("莫桑比克",),
    "ne": ("尼日爾",),
    "ng": ("尼日利亞",),
    "nz": ("新西蘭",),
    "ph": ("The Philippines",),
    "qa": ("卡塔爾",),
    "ru": (
        "Russia",
        "俄國",
        "俄羅斯聯邦",
    ),
    "rw": ("盧旺達",),
    "sa": (
        "沙特",
        "沙特阿拉伯",
    ),
    "si": ("斯洛文尼亞",),
    "sk": (
        "Slovakia",
        "斯洛伐克共和國",
    ),
    "tz": ("坦桑尼亞",),
    "us": (
        "United States of America",
        "美利堅合眾國",
    ),
    "vu": ("瓦努阿圖",),
    "zm": ("贊比亞",),
    "zw": ("津巴布韋",),
    "tw": ("Taiwan", "臺灣"),
}


@pytest.mark.parametrize("code", WORDS)
def test_a_name_in_common_use_names_the_member(code: str, kg: KnowledgeGraph) -> None:
    # Whole names, so no part of the name of another entity comes into it.
    found = {word: kg.resolver.resolve(word, "--member").value for word in WORDS[code]}
    assert found == dict.fromkeys(WORDS[code], f"{BASE}member/{code}")


def test_words_to_search_by_are_those_listed(kg: KnowledgeGraph) -> None:
    rows = kg.sparql(
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
        "PREFIX msme: <https://w3id.org/msme-kg/ontology#> "
        "SELECT ?member ?word { ?member a msme:WTOMember ; skos:hiddenLabel ?word }"
    )
    assert rows
    listed = {(f"{BASE}member/{code}", word) for code, words in WORDS.items() for word in words}
    assert {(row["member"].value, row["word"].value) for row in rows} == listed


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(
            ("UK", "gb"),
            ("U.K.", "gb"),
            ("Russia", "ru"),
            ("俄国", "ru"),
            ("south korea", "kr"),
            ("南韩", "kr"),
        ),
        *(("韓國", "kr"), ("Ivory Coast", "ci"), ("象牙海岸", "ci"), ("Laos", "la"), ("寮國", "la")),
        *(("Vietnam", "vn"), ("Tanzania", "tz"), ("Moldova", "md"), ("Macedonia", "mk"), ("英國", "gb")),
    ],
)
def test_describe_takes_the_member(name: str, code: str, run: Run) -> None:
    ended = run("describe", name)
    assert (ended.code, ended.out.splitlines()[1]) == (0, f"{BASE}member/{code}")


@pytest.mark.parametrize("name", ["UAE", "阿聯", "Bolivia", "玻利維亞", "Venezuela"])
def test_a_member_that_the_graph_does_not_describe_is_no_other_entity(name: str, run: Run) -> None:
    ended = run("describe", name)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.endswith("\nhint: give an IRI, CURIE, code, symbol or label\n")
