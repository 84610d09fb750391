"""Operations as functions: reviews of an update, and concurrent edits that are not overwritten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import msme_kg
from msme_kg.api import KnowledgeGraph
from msme_kg.errors import ConflictError, UsageError
from msme_kg.operations import apply as apply_module
from msme_kg.operations.check import Review, read_update_request
from msme_kg.repository import Repository

SOURCE = "https://www.wto.org/example.pdf"


@pytest.fixture
def repository(copy_of_graph: Path) -> Repository:
    return Repository.find(copy_of_graph)


@pytest.fixture
def update(repository: Repository, tmp_path: Path) -> Path:
    """Return a file with a new source."""
    path = tmp_path / "new.ttl"
    entities = KnowledgeGraph.open(repository.root).new("source", url=SOURCE)
    path.write_text(entities.turtle, encoding="utf-8")
    return path


@pytest.fixture
def reviews(monkeypatch: pytest.MonkeyPatch) -> list[Review]:
    """Return a list to which each review is appended."""
    collected: list[Review] = []
    review_state = apply_module.review_state

    def collect(*args: object) -> Review:
        collected.append(review_state(*args))  # type: ignore[arg-type]
        return collected[-1]

    monkeypatch.setattr(apply_module, "review_state", collect)
    return collected


def test_one_review_serves_confirmation_and_writing(
    repository: Repository, update: Path, reviews: list[Review]
) -> None:
    request = read_update_request(add=[str(update)])
    applied = apply_module.apply(repository, request, author="A maintainer", confirm=lambda _: True)
    assert reviews == [applied.review]
    assert applied.activity is not None
    assert SOURCE in (repository.root / "data" / "sources.ttl").read_text(encoding="utf-8")


def test_review_is_repeated_if_a_file_changes_before_the_answer(
    repository: Repository, update: Path, reviews: list[Review]
) -> None:
    edited = repository.root / "data" / "actors" / "people.ttl"

    def edit_and_confirm(_: Review) -> bool:
        edited.write_bytes(edited.read_bytes() + b"\n")
        return True

    request = read_update_request(add=[str(update)])
    applied = apply_module.apply(repository, request, author="A maintainer", confirm=edit_and_confirm)
    assert len(reviews) == 2
    assert applied.activity is not None


def test_a_change_other_than_the_confirmed_one_is_a_conflict(repository: Repository, update: Path) -> None:
    request = read_update_request(add=[str(update)])

    def apply_elsewhere(_: Review) -> bool:
        KnowledgeGraph.open(repository.root).apply(add=update, author="Another maintainer")
        return True

    with pytest.raises(ConflictError):
        apply_module.apply(repository, request, author="A maintainer", confirm=apply_elsewhere)


@pytest.mark.parametrize("path", ["data/CHANGELOG.md", "data/README.md", "data/sources.ttl"])
def test_an_edit_while_apply_writes_is_not_overwritten(
    path: str, repository: Repository, update: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    KnowledgeGraph.open(repository.root).apply(add=update, author="A maintainer")
    file = repository.root / path
    other = update.with_name("other.ttl")
    other.write_text(update.read_text(encoding="utf-8").replace("example", "another"), encoding="utf-8")
    commit = apply_module.commit

    def edit_and_commit(*args: object) -> None:
        file.write_bytes(file.read_bytes() + b"\n# an edit\n")
        commit(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(apply_module, "commit", edit_and_commit)
    with pytest.raises(ConflictError):
        KnowledgeGraph.open(repository.root).apply(add=other, author="A maintainer")
    assert file.read_bytes().endswith(b"\n# an edit\n")


def test_results_have_html_for_notebooks(kg: KnowledgeGraph, update: Path) -> None:
    for result in (kg.check(add=update), kg.validate(update), kg.info()):
        html = result._repr_html_()
        assert html.startswith("<pre>")
        assert html.endswith("</pre>")
    assert kg.describe("TW")._repr_html_().startswith("<table>")
    queries = kg.queries()._repr_html_()
    assert "<td>members</td><td>Members on a date</td><td>as_of=today certainty=certain" in queries
    assert "<td>特定日期之小組會員</td>" in kg.with_language("zh-Hant").queries()._repr_html_()


def test_answers_in_notebooks_link_entities_and_nothing_that_runs(kg: KnowledgeGraph) -> None:
    html = kg.query("members", as_of="2023-08-01")._repr_html_()
    assert html.startswith("<table><caption>Members on a date (reference date: 2023-08-01)</caption>")
    assert '<a href="https://w3id.org/msme-kg/member/cn">China</a>' in html
    bad = """SELECT (IRI("javascript:alert(1)") AS ?a) ('https://a.example/"><script>' AS ?b) {}"""
    shown = kg.sparql(bad)._repr_html_()
    assert "<td>javascript:alert(1)</td><td>https://a.example/&quot;&gt;&lt;script&gt;</td>" in shown
    assert kg.sparql("ASK {}")._repr_html_() == "<p>true</p>"
    graph = kg.sparql("CONSTRUCT { member:us a msme:WTOMember } WHERE {}")._repr_html_()
    assert '<td><a href="https://w3id.org/msme-kg/member/us">' in graph


def test_the_note_shows_itself_in_notebooks(kg: KnowledgeGraph) -> None:
    note, page = (kg.brief("2023-08-01", format_name=form) for form in ("md", "html"))
    assert note._repr_markdown_() == note  # type: ignore[union-attr]
    assert note._repr_html_() is None  # type: ignore[union-attr]
    assert page._repr_html_().startswith("<!DOCTYPE")  # type: ignore[union-attr]
    assert page._repr_markdown_() is None  # type: ignore[union-attr]


def test_bundled_graph_is_read_only(repository: Repository, update: Path) -> None:
    bundled = msme_kg.open(repository.root)
    bundled.repository = replace(repository, bundled=True)
    with pytest.raises(UsageError):
        bundled.apply(add=update)
    with pytest.raises(UsageError):
        bundled.fmt()


def test_unknown_syntaxes_and_kinds_raise_with_a_hint(kg: KnowledgeGraph) -> None:
    with pytest.raises(UsageError) as caught:
        kg.export("turtel")
    assert "turtle" in (caught.value.hint or "")
    with pytest.raises(UsageError) as caught:
        kg.new("sourse", url=SOURCE)
    assert "source" in (caught.value.hint or "")
