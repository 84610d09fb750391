"""Simplified Chinese characters in texts tagged zh-Hant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Run

from msme_kg.validation.simplified_chinese import find_simplified

HEAD = """@prefix member: <https://w3id.org/msme-kg/member/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
COMMON_TRADITIONAL = [
    bytes([lead, trail]).decode("big5")
    for lead in range(0xA4, 0xC7)
    for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    if (lead, trail) < (0xC6, 0x7F)
]
"""Level 1 of Big5: the 5,401 characters in common use in Taiwan."""
SPOKEN = ("zh-Hant", ".ttl", ".rq", ".j2")
"""The files of the product with texts in Traditional Chinese, by language or ending."""


@pytest.mark.parametrize(
    ("text", "char"),
    [
        ("世界贸易组织", "贸"),
        ("微中小企业", "业"),
        ("電子商務发展", "发"),
        ("小組會議记录", "记"),
        ("國際機构", "构"),
        ("參与", "与"),
        ("WTO 会員", "会"),
        ("臺灣與中国", "国"),
        ("纪录片", "纪"),
        ("内部", "内"),
    ],
)
def test_simplified_character_is_found(text: str, char: str) -> None:
    assert find_simplified(text) == char


@pytest.mark.parametrize(
    "text",
    [
        "世界貿易組織微中小型企業非正式工作小組",
        "皇后、后稷；台北、臺北；里長、公里；只有、一只；干涉、乾隆",  # also in Simplified texts
        "准許、批准；岩石；群眾；吃飯；床鋪；周杰倫；余先生；出征；面粉；松樹；鬥志、北斗；谷地；丑時；范先生",
        "珉、煊、坂本、胜肽、着",  # not in Big5, but not Simplified either
        "中小企業（SMEs）１２３",
        "かな漢字",
        "",
    ],
)
def test_what_both_writing_systems_share_passes(text: str) -> None:
    assert find_simplified(text) == ""


def test_common_traditional_characters_pass() -> None:
    assert len(COMMON_TRADITIONAL) == 5401
    assert [char for char in COMMON_TRADITIONAL if find_simplified(char)] == []


def test_each_common_simplified_character_is_found_or_shared() -> None:
    """Level 1 of GB 2312: whoever writes Simplified is noticed within a few words."""
    common = [
        bytes([lead, trail]).decode("gb2312")
        for lead in range(0xB0, 0xD8)
        for trail in range(0xA1, 0xFF)
        if (lead, trail) < (0xD7, 0xFA)
    ]
    assert len(common) == 3755
    found = [char for char in common if find_simplified(char)]
    assert 1200 < len(found) < 1700
    assert {"发", "国", "业", "员", "会", "议", "贸", "组", "织"} <= set(found)


def test_texts_of_the_product_are_traditional(root: Path) -> None:
    folders = ("data", "ontology", "queries", "briefing", "msme_kg/messages")
    files = [file for folder in folders for file in (root / folder).rglob("*") if file.name.endswith(SPOKEN)]
    files += (root / "msme_kg/messages").glob("zh-Hant*")
    texts = {file: file.read_text(encoding="utf-8") for file in files if file.is_file()}
    assert sum(len(re.findall("[\u4e00-\u9fff]", text)) for text in texts.values()) > 40_000
    assert {file: find_simplified(text) for file, text in texts.items() if find_simplified(text)} == {}


def test_update_with_a_simplified_text_is_reported_on_its_line(run: Run, root: Path, tmp_path: Path) -> None:
    added = tmp_path / "new.ttl"
    added.write_text(
        f'{HEAD}member:us skos:altLabel "美利堅合眾國"@zh-Hant ,\n  "美国"@zh-Hant , "美国"@zh-Hans .\n',
        encoding="utf-8",
    )
    result = run("check", "--root", root, "--add", added, "--format", "github")
    assert result.out.count("lint/simplified") == 1
    assert re.search(r"new\.ttl,line=4,.*lint/simplified.*国", result.out)


def test_simplified_text_in_an_update_request_is_reported(run: Run, root: Path, tmp_path: Path) -> None:
    (tmp_path / "new.ru").write_text(
        "PREFIX member: <https://w3id.org/msme-kg/member/>\n"
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
        'INSERT DATA { member:us skos:altLabel "美国"@zh-hant , "美國"@zh-Hant }\n',
        encoding="utf-8",
    )
    result = run("check", "--root", root, "--update", tmp_path / "new.ru", "--lang", "zh-Hant")
    assert len(re.findall(r"new\.ru:3: warning: .*「国」.*\[lint/simplified\]", result.out)) == 1
    assert result.out.count("lint/simplified") == 1


def test_whole_graph_and_foreign_file_are_linted(run: Run, copy_of_graph: Path, tmp_path: Path) -> None:
    members = copy_of_graph / "data/actors/members.ttl"
    text = members.read_text(encoding="utf-8")
    assert text.count('"美國"@zh-Hant') == 2
    members.write_text(text.replace('"美國"@zh-Hant', '"美国"@zh-Hant', 1), encoding="utf-8")
    line = text[: text.index('"美國"')].count("\n") + 1
    foreign = tmp_path / "foreign.ttl"
    foreign.write_text('<http://e/a> <http://e/b> "中国"@zh-Hant , "中国"@zh , "中国" .\n', encoding="utf-8")
    assert f"members.ttl:{line}: warning" in run("validate", "--root", copy_of_graph).out
    result = run("validate", "--root", copy_of_graph, foreign)
    assert result.code == 0
    assert result.out.count("lint/simplified") == 1
