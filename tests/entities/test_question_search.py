"""Search over canned queries: the question that someone means is found by its words, in either language."""

from __future__ import annotations

import pytest
from conftest import ROOT

from msme_kg.entities.question_search import QuestionIndex
from msme_kg.repository import Repository
from msme_kg.sparql.query_catalog import CANNED, QueryCatalog


@pytest.fixture(scope="module")
def index() -> QuestionIndex:
    return QuestionIndex(QueryCatalog(Repository(ROOT)).get_all(CANNED))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("who joined in 2024", "accessions"),
        ("2024年誰加入", "accessions"),
        ("加入 2024", "accessions"),
        ("2024年谁加入", "accessions"),
        ("Japan sponsored", "sponsors"),
        ("日本連署哪些文件", "sponsors"),
        ("who coordinated in 2021", "coordinators"),
        ("誰是協調人", "coordinators"),
        ("members on 2023-08-01", "members"),
        ("MEETINGS in 2023", "meetings"),
        ("what do sources disagree on", "conflicts"),
        ("說法不一", "conflicts"),
        ("observers", "observers"),
        ("冠軍得獎者", "champions"),
        ("trade policy reviews of Japan", "trade-policy-reviews"),
    ],
)
def test_a_question_is_found_by_its_words(index: QuestionIndex, typed: str, name: str) -> None:
    assert index.search(typed, 5)[0] == name


def test_other_questions_with_the_words_follow(index: QuestionIndex) -> None:
    assert index.search("Japan sponsored", 5) == ["sponsors", "documents", "member-profile"]
    assert len(index.search("members of the Group by date", 3)) == 3


@pytest.mark.parametrize("typed", ["", "2024", "INF/MSME/4/Rev.2", "WT/MIN(17)/58", "Japan", "who", "台"])
def test_names_alone_find_no_question(index: QuestionIndex, typed: str) -> None:
    assert index.search(typed, 5) == []
