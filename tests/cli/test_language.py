"""Errors, hints and notes in the language that is chosen, and diagnostics that have one form in all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import Run

from msme_kg.message_catalog import build_text, join_alternatives, translate

NAMES = {
    "nobody": (
        ["describe", "xyzzy"],
        "錯誤：THING 查無符合「xyzzy」者\n提示：請輸入 IRI、縮寫 IRI、代碼、文件編號或名稱\n",
    ),
    "near": (["describe", "Nigerr"], "提示：是否指「尼日（member:ne）」或「奈及利亞（member:ng）」？\n"),
    "several": (
        ["describe", "貿易融資"],
        "錯誤：THING 之「貿易融資」可指多個事物\n提示：請擇一：COVID-19 期間",
    ),
    "closed": (
        ["query", "documents", "--area", "99"],
        "錯誤：--area 查無符合「99」者\n提示：請擇一：改善 MSMEs",
    ),
    "date": (
        ["query", "members", "--as-of", "2023-13-01"],
        "錯誤：「2023-13-01」非 --as-of 可用之日期\n提示：請輸入日、月或年，如 2023-08-01、2023-08 或 2023\n",
    ),
    "order": (
        ["query", "changes", "--from", "2024-01-01", "--to", "2023-01-01"],
        "錯誤：--from 2024-01-01 晚於 --to 2023-01-01\n提示：請對調兩日期\n",
    ),
    "choice": (
        ["query", "members", "--certainty", "x"],
        "錯誤：「x」不適用於 --certainty\n提示：請擇一：certain、possible\n",
    ),
    "choice of click": (
        ["brief", "--length", "long"],
        "錯誤：「long」不適用於 --length\n提示：請擇一：short、full\n",
    ),
    "near choice of click": (
        ["brief", "--length", "shrt"],
        "錯誤：「shrt」不適用於 --length\n提示：是否指「short」？\n",
    ),
    "choice of an argument": (
        ["export", "nosuch"],
        "錯誤：「nosuch」不適用於 FORM\n提示：請擇一：turtle、ntriples、",
    ),
    "argument too many": (
        ["info", "extra"],
        "錯誤：引數過多：「extra」\n提示：請參閱 msme-kg info --help\n",
    ),
    "Member without a name": (
        ["brief", "--for", ""],
        "錯誤：須為 --for 指定值\n提示：請參閱 msme-kg brief --help\n",
    ),
    "option without a name": (
        ["query", "members", "--member", ""],
        "錯誤：須為 --member 指定值\n提示：請參閱 msme-kg query members --help\n",
    ),
    "address of another": (
        ["describe", "member:uss"],
        "錯誤：THING 查無符合「member:uss」者\n提示：是否指「美國（member:us）」？\n",
    ),
    "number": (
        ["query", "members", "--limit", "all"],
        "錯誤：「all」不適用於 --limit\n提示：請輸入整數\n",
    ),
    "comparison": (
        ["brief", "--as-of", "2023-08-01", "--since", "2024-01-01"],
        "錯誤：2024-01-01 未早於 2023-08-01\n提示：請與較早之日期比較：--since 須早於 --as-of\n",
    ),
    "section": (
        ["brief", "--as-of", "2023-08-01", "--section", "meetings"],
        "錯誤：short 版說明資料無此章節：「meetings」\n提示：可用章節：",
    ),
    "two queries": (["sparql"], "錯誤：請指定檔案或 -e TEXT，二者擇一\n"),
    "query": (["query", "membrs"], "錯誤：無此查詢：「membrs」\n提示：是否指「members」？\n"),
    "command": (["valdate"], "錯誤：無此指令：「valdate」\n提示：是否指「validate」？\n"),
    "option": (
        ["query", "members", "--evidnce", "x"],
        "錯誤：無此選項：--evidnce\n提示：是否指「--evidence」？\n",
    ),
    "value": (["query", "members", "US"], "錯誤：「US」前未指定選項\n提示：可用選項：--as-of、--certainty、"),
    "value of the only option": (
        ["query", "evidence", "US"],
        "錯誤：「US」前未指定選項\n提示：是否指「--thing US」？\n",
    ),
    "number below the least": (
        ["query", "members", "--limit", "-1"],
        "錯誤：「-1」不適用於 --limit\n提示：請輸入 0 以上之整數\n",
    ),
    "number above the greatest": (
        ["serve", "--port", "99999"],
        "錯誤：「99999」不適用於 --port\n提示：請輸入 0 至 65535 之數字\n",
    ),
    "time of nothing": (
        ["query", "members", "--timeout", "0"],
        "錯誤：「0.0」不適用於 --timeout\n提示：請輸入大於 0、不超過 1000000 之數字\n",
    ),
    "time without a value": (
        ["query", "members", "--timeout", "nan"],
        "錯誤：「nan」不適用於 --timeout\n提示：請輸入數字，如 95 或 0.5\n",
    ),
    "file without a name": (
        ["query", "members", "--output", ""],
        "錯誤：須為 --output 指定值\n提示：請參閱 msme-kg query members --help\n",
    ),
    "folder without a name": (["site", ""], "錯誤：須為 DIR 指定值\n提示：請參閱 msme-kg site --help\n"),
    "root without a name": (
        ["info", "--root", ""],
        "錯誤：須為 --root 指定值\n提示：請參閱 msme-kg info --help\n",
    ),
    "argument": (["describe"], "錯誤：缺少引數：「THING」\n提示：請參閱 msme-kg describe --help\n"),
    "ending": (
        ["query", "members", "-o", "x.pdf"],
        "錯誤：x.pdf：本指令無法寫入副檔名為 .pdf 之檔案\n提示：",
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_errors_are_in_the_language_of_the_command(run: Run, name: str) -> None:
    args, expected = NAMES[name]
    ended = run(*args, "--lang", "zh-Hant")
    assert (ended.code, ended.out) == (2, "")
    assert expected in ended.err
    english = run(*args).err
    assert english.startswith("Error: ")
    assert "\nhint: " in english
    assert english.isascii() or "貿易融資" in english


def test_an_option_without_a_value_leads_to_the_help_of_its_command(run: Run) -> None:
    ended = run("query", "members", "--lang", "zh-Hant", "--eu")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "錯誤：須為 --eu 指定值\n提示：請參閱 msme-kg query members --help\n"


def test_notes_are_in_the_language_of_the_command(run: Run) -> None:
    ended = run("query", "members", "--member", "Korea", "--as-of", "2030-01-01", "--lang", "zh-Hant")
    assert ended.code == 0
    assert ended.err.splitlines() == [
        "註：「Korea」視為「韓國」<https://w3id.org/msme-kg/member/kr>",
        "註：紀錄止於 2025-12-31，其後尚無資料",
        "提示：來源：強調 COVID-19 期間微中小企業重要性之聲明（textile-future.com）；"
        "MSMEs 非正式工作小組 2021 年年度報告草案（web.wtocenter.org.tw）",
        "提示：韓國各項記載之來源：msme-kg describe member:kr",
    ]
    assert run("search", "qwzzk", "--lang", "zh-Hant").err == "查無資料，請減少字詞或改用其他字詞\n"
    ended = run("brief", "--for", "Korea", "--as-of", "2023-08-01", "--lang", "zh-Hant")
    assert ended.err == "註：「Korea」視為「韓國」<https://w3id.org/msme-kg/member/kr>\n"


def test_the_environment_chooses_the_language_of_errors_too(run: Run) -> None:
    environment: Mapping[str, str] = {**os.environ, "MSME_KG_LANG": "zh-TW"}
    assert run("describe", "xyzzy", env=environment).err.startswith("錯誤：")
    ended = run("--lang", "fr", "info", env=environment)
    assert ended.err == "錯誤：「fr」不適用於 --lang/MSME_KG_LANG\n提示：請擇一：en、zh-Hant\n"


def test_diagnostics_with_a_place_have_one_form(run: Run, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text("SELECT ?s WHERE { ?s ?p ?o\n", encoding="utf-8")
    chinese, english = run("sparql", "q.rq", "--lang", "zh-Hant"), run("sparql", "q.rq")
    assert chinese.code == 3
    assert chinese.err.startswith("q.rq:")
    assert chinese.err == english.err


def test_values_of_a_text_are_translated_too() -> None:
    text = build_text(
        "error.did-you-mean", names=join_alternatives(["a", build_text("error.no-values"), "c"])
    )
    assert text == "did you mean a or it takes no values or c?"
    assert translate(text, "zh-Hant") == "是否指「a」或「本指令無須輸入值」或「c」？"
    assert translate("of a file", "zh-Hant") == "of a file"
