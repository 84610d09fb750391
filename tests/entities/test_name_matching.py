"""Patterns of names: what an archive is asked for misses no name that matches."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from msme_kg.entities.name_matching import ALL_WORDS, PART_OF_WORDS, NamePattern
from msme_kg.name_folding import fold_name
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.repository import Repository

ANY = NamePattern("any")


@pytest.fixture(scope="module")
def names(root: Path) -> list[tuple[str, str]]:
    """Return the names and texts of the graph, each with its folded form."""
    names = OpenGraph.from_files(Repository.find(root), "en").names
    found = [*names.find_matching_names(ANY, 0.0), *names.find_matching_texts(ANY, 0.0)]
    return [(name.name, fold_name(name.name)) for name in found]


@pytest.mark.parametrize(
    "text",
    [
        "helpdesk",
        "Trade4MSMEs proposals",
        "declaration of Buenos Aires",
        "of the",
        "in the city of",
        "cross-border e-commerce",
        "附件六",
        "策 貿",
        "MC11 聯合",
        "INF/MSME/4/Rev.2",
        "98 members",
    ],
)
def test_each_name_that_matches_has_a_part_of_the_pattern(names: list[tuple[str, str]], text: str) -> None:
    pattern = NamePattern(text)
    for score, rank in product((0.35, 0.5, PART_OF_WORDS, ALL_WORDS), (len, lambda part: -len(part))):
        chosen = pattern.choose_parts(score, rank)
        matching = [folded for name, folded in names if pattern.compute_score(name) >= score]
        assert matching or score > 0.35
        assert [folded for folded in matching if not any(part in folded for part in chosen)] == []
