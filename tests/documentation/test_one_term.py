"""Each matter has one name in all texts, according to the tables “One term” of the glossary."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml

from documentation.markdown import ROOT, list_documents, list_rows, read_prose

HEADERS = {"en": "| term | not | except |", "zh-Hant": "| English | 中文 | not | except |"}
BASE = "https://w3id.org/msme-kg/"


@dataclass(frozen=True)
class Rule:
    """Row of a table.

    Attributes:
        term: the one name.
        others: expressions for names not to use.
        exceptions: entities and files that may have such a name, or the beginnings of their names.
        reason: why they may.
    """

    term: str
    others: tuple[re.Pattern[str], ...]
    exceptions: tuple[str, ...]
    reason: str

    def find(self, text: str) -> str | None:
        """Return the first name in a text that is not to be used."""
        return next((found[0] for one in self.others if (found := one.search(text))), None)


def read_rules(language: str) -> list[Rule]:
    """Return the rules of a language."""
    flags = re.IGNORECASE if language == "en" else 0
    return [
        Rule(
            cells[-3],
            tuple(re.compile(one, flags) for one in re.findall("`([^`]+)`", cells[-2])),
            tuple(re.findall("`([^`]+)`", cells[-1])),
            re.sub("`[^`]+`", "", cells[-1]).strip(" ;"),
        )
        for cells in list_rows(ROOT / "docs/glossary.md", HEADERS[language])
    ]


def list_texts(root: Path, language: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of a language, each with the name of its entity or file."""
    for path in [*root.glob("data/**/*.ttl"), *root.glob("ontology/**/*.ttl")]:
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            if (
                isinstance(quad.object, ox.Literal)
                and (quad.object.language or "").lower() == language.lower()
            ):
                place = str(quad.subject).strip("<>").removeprefix(BASE).replace("/", ":", 1)
                yield place, quad.object.value
    for path in root.glob("queries/**/*.rq"):
        lines = path.read_text(encoding="utf-8").splitlines()
        header = yaml.safe_load("\n".join(line[2:] for line in lines if line.startswith("#+")))
        yield from ((_name(path, root), text) for text in _walk(header, language))
    for path in root.glob(f"msme_kg/messages/*{language}.toml"):
        messages = tomllib.loads(path.read_text(encoding="utf-8"))
        yield from (
            (_name(path, root), re.sub(r"\{\w+\}", "", text))
            for text in _walk({language: messages}, language)
        )
    for path in root.glob(f"briefing/{language}/*.j2"):
        yield _name(path, root), path.read_text(encoding="utf-8")
    rules = [row for header in HEADERS.values() for row in list_rows(ROOT / "docs/glossary.md", header)]
    for path in list_documents(root):
        if path.name != "CHANGELOG.md":  # it says what names were
            prose = " ".join(
                line
                for line in read_prose(path).splitlines()
                if tuple(map(str.strip, line[1:-1].split("|"))) not in rules
                and (language == "en" or re.search("[\u4e00-\u9fff]", line))
            )
            yield _name(path, root), re.sub(r"\s+", " ", re.sub("`[^`]+`", "", prose))


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _walk(node: object, language: str, *, inside: bool = False) -> Iterator[str]:
    """Yield the texts below the keys that name a language."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _walk(value, language, inside=inside or key == language)
    elif inside and isinstance(node, list):
        for one in node:
            yield from _walk(one, language, inside=True)
    elif inside and isinstance(node, str):
        yield node


@pytest.mark.parametrize("language", HEADERS)
def test_no_text_has_a_second_name(language: str) -> None:
    rules = read_rules(language)
    assert len(rules) >= 35
    hits = [
        (place, rule, found)
        for place, text in list_texts(ROOT, language)
        for rule in rules
        if (found := rule.find(text))
    ]
    used = {(rule.term, one) for place, rule, _ in hits for one in rule.exceptions if place.startswith(one)}
    second_names = [
        f"{place}: {found!r}, should be {rule.term!r}"
        for place, rule, found in hits
        if not place.startswith(rule.exceptions or ("-",))
    ]
    assert second_names == []
    assert used == {(rule.term, one) for rule in rules for one in rule.exceptions}, (
        "an exception without a case"
    )


@pytest.mark.parametrize("language", HEADERS)
def test_rules_are_sound(language: str) -> None:
    for rule in read_rules(language):
        assert rule.others, rule
        assert rule.find(rule.term) is None, rule
        assert bool(rule.exceptions) == bool(rule.reason), rule


@pytest.mark.parametrize(("language", "name"), [("en", "statistic claim"), ("zh-Hant", "統計主張")])
def test_seeded_second_name_is_found_in_each_kind_of_text(tmp_path: Path, language: str, name: str) -> None:
    seeds = {
        "data/a.ttl": f'<{BASE}event/one> <urn:p> "A {name}."@{language} .',
        "ontology/shapes/a.ttl": f'<{BASE}event/one> <urn:p> "A {name}."@{language.lower()} .',
        "queries/a.rq": f"#+ title: {{{language}: A {name}}}\nSELECT * {{}}",
        f"msme_kg/messages/{language}.toml": f'[a]\nb = "A {name}: {{entity}}."',
        f"briefing/{language}/a.j2": f"{{% macro a() %}}A {name}.{{% endmacro %}}",
        "README.md": "A\n" + name.replace(" ", "\n") + ".",
    }
    for place, text in seeds.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text, encoding="utf-8")
    rules = read_rules(language)
    found = [
        place for place, text in list_texts(tmp_path, language) if any(rule.find(text) for rule in rules)
    ]
    assert len(found) == len(seeds)
