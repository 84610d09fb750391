"""Identifiers of the glossary exist, and its Chinese is that of the ontology."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest

from documentation.markdown import ROOT, list_rows

ROWS = list_rows(ROOT / "docs/glossary.md", "| term | identifier | 中文 |")
NAMESPACE = "https://w3id.org/msme-kg/ontology#"
CODE = "\n".join(
    f"{path.stem} {path.read_text(encoding='utf-8')}" for path in sorted((ROOT / "msme_kg").rglob("*.py"))
)


def test_glossary_has_all_rows_in_both_languages() -> None:
    assert len(ROWS) >= 40
    assert [row for row in ROWS if len(row) != 3 or not all(row)] == []
    assert [row[0] for row in ROWS if row[2] != "IRI" and not re.search("[\u4e00-\u9fff]", row[2])] == []


@pytest.mark.parametrize(
    "identifier", sorted({one for row in ROWS for one in re.findall("`([^`]+)`", row[1])})
)
def test_identifier_exists(identifier: str) -> None:
    if identifier.startswith(("ox.",)):
        assert hasattr(ox, identifier.removeprefix("ox."))
    elif re.fullmatch(r"[\w.]+", identifier) and not identifier.startswith("."):
        assert re.search(rf"\b{re.escape(identifier.rpartition('.')[2])}\b", CODE), identifier


def test_chinese_is_that_of_the_ontology() -> None:
    quads = list(ox.parse(path=str(ROOT / "ontology/msme.ttl"), format=ox.RdfFormat.TURTLE))
    labels = {
        quad.subject.value: quad.object.value
        for quad in quads
        if quad.predicate.value.endswith("#label") and (quad.object.language or "").lower() == "zh-hant"
    }
    compared = 0
    for _, identifiers, chinese in ROWS:
        for name in re.findall(r"`msme:(\w+)`", identifiers):
            label = labels[f"{NAMESPACE}{name}"]
            assert label in chinese, (name, label, chinese)
            compared += 1
    assert compared >= 10
