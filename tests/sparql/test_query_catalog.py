"""Headers of queries come from the cache, where they were parsed before, and are the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from msme_kg.errors import InputError
from msme_kg.repository import Repository
from msme_kg.sparql import query_catalog
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.query_catalog import CANNED, CHECKS, QueryCatalog


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty cache folder."""
    monkeypatch.setenv("MSME_KG_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the paths of the queries whose headers are parsed from now on."""
    paths: list[str] = []
    parse_header = query_catalog.parse_header

    def parse(text: str, path: str) -> dict[str, object]:
        paths.append(path)
        return parse_header(text, path)

    monkeypatch.setattr(query_catalog, "parse_header", parse)
    return paths


def read_members(root: Path) -> CannedQuery:
    return QueryCatalog(Repository.find(root)).get(CANNED, "members")


@pytest.mark.usefixtures("caches")
def test_a_header_is_parsed_once(copy_of_graph: Path, parsed: list[str]) -> None:
    first = read_members(copy_of_graph)
    assert parsed == ["queries/actors/members.rq"]
    assert read_members(copy_of_graph) == first
    assert parsed == ["queries/actors/members.rq"]


@pytest.mark.usefixtures("caches")
def test_the_headers_of_a_group_are_parsed_once(copy_of_graph: Path, parsed: list[str]) -> None:
    catalog = QueryCatalog(Repository.find(copy_of_graph))
    first, count = catalog.get_all(CHECKS), len(parsed)
    assert catalog.get_all(CHECKS) == first
    assert len(parsed) == count == len(first)


@pytest.mark.usefixtures("caches")
def test_a_changed_header_is_parsed_anew(copy_of_graph: Path) -> None:
    before, path = read_members(copy_of_graph), copy_of_graph / "queries/actors/members.rq"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(before.title["en"], "Changed", 1), encoding="utf-8")
    assert read_members(copy_of_graph).title["en"] == "Changed"
    path.write_text(text.replace("#+ title:", "#+ titel:", 1), encoding="utf-8")
    with pytest.raises(InputError, match="unknown key 'titel'"):
        read_members(copy_of_graph)


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.write_bytes(path.read_bytes().replace(b"Members", b"members")),
        lambda path: path.write_bytes(b""),
        lambda path: path.with_name("secret").write_bytes(b"0" * 32),
    ],
)
def test_a_damaged_entry_is_not_believed(
    harm: Callable[[Path], object], copy_of_graph: Path, caches: Path, parsed: list[str]
) -> None:
    first = read_members(copy_of_graph)
    harm(*caches.glob("headers-*"))
    assert read_members(copy_of_graph) == first
    assert len(parsed) == 2


def test_keys_that_are_not_text_are_not_stored(copy_of_graph: Path, caches: Path) -> None:
    path = copy_of_graph / "queries/actors/members.rq"
    text = path.read_text(encoding="utf-8")
    words = "{en: Certain, zh-Hant: 確定}"
    path.write_text(text.replace("#+ columns:\n", f"#+ columns:\n#+   true: {words}\n", 1), encoding="utf-8")
    for _ in range(2):
        assert read_members(copy_of_graph).columns["True"] == {"en": "Certain", "zh-Hant": "確定"}
    assert list(caches.glob("headers-*")) == []
