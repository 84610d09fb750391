"""Both languages have the same messages with the same placeholders, and the package uses all of them."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from msme_kg.message_catalog import format_in_all_languages, load_messages, load_syntax_messages
from msme_kg.namespaces import LANGUAGES

PACKAGE = Path(__file__).resolve().parents[1] / "msme_kg"
KEYS_FROM_DATA = {"eu-authority", "language", "query-tag", "standard-term"}
"""The tables whose keys come from the graph: codes of authority tables, languages, tags, CURIEs."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_languages_have_the_same_ids_in_the_same_order() -> None:
    first, *others = (list(load_messages(lang)) for lang in LANGUAGES)
    assert first
    for other in others:
        assert other == first


@pytest.mark.parametrize("message_id", load_messages("en"))
def test_languages_have_the_same_placeholders(message_id: str) -> None:
    first, *others = (placeholders(load_messages(lang)[message_id]) for lang in LANGUAGES)
    assert all(other == first for other in others)


@pytest.mark.parametrize("message_id", load_messages("zh-Hant"))
def test_chinese_is_chinese(message_id: str) -> None:
    text = load_messages("zh-Hant")[message_id]
    if re.search("[A-Za-z]{2}", re.sub(r"\{\w+(!r)?\}", "", load_messages("en")[message_id])):
        assert re.search("[\u4e00-\u9fff]", text), text


def test_syntax_errors_are_in_chinese_too() -> None:
    english, chinese = (load_syntax_messages(lang) for lang in LANGUAGES)
    assert list(chinese) == list(english)
    for key, texts in english.items():
        for text, translated in zip(texts, chinese[key], strict=True):
            assert placeholders(translated) <= placeholders(text), key
            assert bool(translated) == bool(text), key
            if re.search("[A-Za-z]{2}", re.sub(r"\{\w+\}|`[^`]*`", "", text)):
                assert re.search("[\u4e00-\u9fff]", translated), key


def test_every_message_is_used() -> None:
    """A message is used where its id is a constant, or its key is one where its table begins an id.

    Page templates read the table ``site`` as attributes of ``w``, with ``_`` for ``-``.
    """
    constants: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.add(node.value)
    for path in PACKAGE.rglob("*.html"):
        names = re.findall(r"\bw\.(\w+)", path.read_text(encoding="utf-8"))
        constants.update(name.replace("_", "-") for name in names)
    unused = []
    for message_id in load_messages("en"):
        table, _, key = message_id.partition(".")
        is_key_used = key in constants or table in KEYS_FROM_DATA
        if message_id not in constants and not (f"{table}." in constants and is_key_used):
            unused.append(message_id)
    assert unused == []


def test_values_fill_placeholders_in_both_languages() -> None:
    with pytest.raises(KeyError):
        format_in_all_languages("push.no-such-message")
    assert format_in_all_languages("push.sent") == {"en": "sent", "zh-Hant": "已送出"}
