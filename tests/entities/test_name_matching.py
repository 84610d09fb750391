"""Patterns of names: what an archive is asked for misses no name that matches."""

from __future__ import annotations

from pathlib import Path

import pytest

from msme_kg.entities.name_matching import NamePattern
from msme_kg.name_folding import fold_name
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.repository import Repository

ANY = NamePattern("any")


@pytest.fixture(scope="module")
def names(root: Path) -> list[tuple[str, str]]:
    """Return the names and texts of the graph, each with its folded form."""
    names = OpenGraph.from_files(Repository.find(root), "en").names
    found = [*names.find_matching_names(ANY), *names.find_matching_texts(ANY)]
    return [(name.name, fold_name(name.name)) for name in found]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("helpdesk", {"helpdesk"}),
        ("Trade4MSMEs proposals", {"trade", "proposal"}),
        ("declaration of Buenos Aires", {"declaration", "bueno", "aire"}),
        ("of the", {"of", "the"}),
        ("in the city of", {"in", "the", "city", "of"}),
        ("附件六", {"附件", "件六"}),
        ("策 貿", {"策", "貿", "策貿"}),
        ("MC11 聯合", {"mc", "联合"}),
        ("INF/MSME/4/Rev.2", {"inf", "msme", "4", "rev", "2"}),
        ("98 members", {"98", "member"}),
        ("…", set()),
    ],
)
def test_each_name_that_matches_has_a_part_of_the_pattern(
    names: list[tuple[str, str]], text: str, parts: set[str]
) -> None:
    pattern = NamePattern(text)
    assert pattern.parts == {fold_name(part) for part in parts}
    matching = [folded for name, folded in names if pattern.compute_score(name) >= 0.35]
    assert bool(matching) == bool(parts)
    assert [folded for folded in matching if not any(part in folded for part in pattern.parts)] == []
