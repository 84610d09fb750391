"""Tests of the generated tables in the READMEs of data and ontology."""

from __future__ import annotations

from pathlib import Path

from conftest import SPECIAL, Run


def test_tables_are_current(run: Run) -> None:
    assert run("fmt", "--check").code == 0


def test_an_outdated_table_is_found_and_updated(run: Run, copy_of_graph: Path) -> None:
    readme = copy_of_graph / "data/README.md"
    fresh = readme.read_text(encoding="utf-8")
    readme.write_text(fresh.replace("24 award", "25 award", 1), encoding="utf-8")
    assert readme.read_text(encoding="utf-8") != fresh
    ended = run("fmt", "--check", "--root", str(copy_of_graph))
    assert (ended.code, ended.out) == (1, "data/README.md\n")
    assert run("fmt", "--root", str(copy_of_graph)).code == 0
    assert readme.read_text(encoding="utf-8") == fresh


def test_every_query_and_file_is_in_the_tables(root: Path) -> None:
    text = (root / "data/README.md").read_text(encoding="utf-8")
    for file in (root / "queries").rglob("*.rq"):
        if file.parent.name not in SPECIAL:
            assert f"`msme-kg query {file.stem}`" in text
    for file in (root / "data").rglob("*.ttl"):
        assert f"`{file.relative_to(root).as_posix()}`" in text
