"""The hook for git checks what is committed, and ``.gitattributes`` keeps the files canonical."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Run, environment
from small_graph import make_graph

SOURCE = "<http://purl.org/dc/terms/source>"
"""A property that no attestation has to cover."""
NOBODY = f"\n<https://w3id.org/msme-kg/a> {SOURCE} <https://w3id.org/msme-kg/b> .\n"


def git(folder: Path, *args: str, code: int = 0) -> str:
    """Run git with the hook's command on its path."""
    settings = ("user.name=n", "user.email=n@e", "commit.gpgsign=false")
    options = [word for setting in settings for word in ("-c", setting)]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["git", *options, *args],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=environment(more={"PATH": path}),
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def graph(tmp_path: Path, run: Run) -> Path:
    """Return a graph in canonical form in a repository with the hook, and nothing committed yet."""
    graph = make_graph(tmp_path / "graph")
    assert run("--root", graph, "fmt").code == 0
    git(graph, "init", "--quiet", "--initial-branch", "main")
    (graph / ".git/hooks").mkdir(exist_ok=True)
    shutil.copy(ROOT / "hooks/pre-commit", graph / ".git/hooks")
    (graph / ".gitignore").write_text(".msme-kg.*\n")
    git(graph, "add", "--all")
    return graph


def commit(folder: Path, *args: str, code: int = 0) -> str:
    return git(folder, "commit", "--quiet", "--message", "x", *args, code=code)


def break_file(graph: Path, run: Run) -> str:
    """Let a file refer to nothing, and return its former text."""
    file = graph / "data/a.ttl"
    text = file.read_text()
    file.write_text(text + NOBODY)
    assert run("--root", graph, "fmt").code == 0
    return text


def test_a_staged_fault_is_found_although_the_working_tree_is_well(graph: Path, run: Run) -> None:
    commit(graph)
    text = break_file(graph, run)
    git(graph, "add", "--all")
    (graph / "data/a.ttl").write_text(text)
    said = commit(graph, code=1)
    assert "data/a.ttl:3: violation: " in said
    assert "policy/unknown" in said
    git(graph, "add", "--all")
    commit(graph, "--allow-empty")


def test_a_fault_that_is_not_staged_stops_no_commit(graph: Path, run: Run) -> None:
    commit(graph)
    break_file(graph, run)
    (graph / "data/new.txt").touch()
    git(graph, "add", "data/new.txt")
    commit(graph)
    commit(graph, "--all", code=1)


def test_an_untracked_file_mends_nothing(graph: Path, run: Run) -> None:
    commit(graph)
    break_file(graph, run)
    described = f"<https://w3id.org/msme-kg/b> {SOURCE} <https://w3id.org/msme-kg/data/a.ttl> .\n"
    (graph / "data/b.ttl").write_text(described)
    assert run("--root", graph, "fmt").code == 0
    git(graph, "add", "data/a.ttl")
    assert run("--root", graph, "validate", "--changed-since", "HEAD").code == 0
    assert "policy/unknown" in commit(graph, code=1)
    git(graph, "add", "--all")
    commit(graph)


def test_only_the_named_files_of_a_commit_are_checked(graph: Path, run: Run) -> None:
    commit(graph)
    break_file(graph, run)
    git(graph, "add", "--all")
    (graph / "queries/notes.txt").touch()
    git(graph, "add", "--intent-to-add", "queries/notes.txt")
    commit(graph, "queries/notes.txt")
    commit(graph, "data/a.ttl", code=1)


def test_the_form_of_the_staged_file_counts(graph: Path) -> None:
    commit(graph)
    file = graph / "data/a.ttl"
    text = file.read_text()
    file.write_text(text.replace("\n", "\n\n"))
    git(graph, "add", "--all")
    file.write_text(text)
    assert "1 of 3 files differ from canonical form" in commit(graph, code=1)


def test_an_entity_that_vanishes_is_found(graph: Path) -> None:
    commit(graph)
    git(graph, "rm", "--quiet", "data/a.ttl")
    assert "policy/removed-entity" in commit(graph, code=1)


def test_a_graph_in_a_subfolder_of_a_linked_worktree_is_checked(
    graph: Path, run: Run, tmp_path: Path
) -> None:
    git(graph, "config", "msme-kg.root", "kg")
    (graph / "kg").mkdir()
    for path in ("data", "ontology", "queries"):
        git(graph, "mv", "-k", path, f"kg/{path}")
        if (graph / path).exists():
            (graph / path).rename(graph / "kg" / path)
    git(graph, "add", "--all")
    commit(graph)
    git(graph, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    linked = tmp_path / "linked"
    back = graph / ".git/worktrees/linked/gitdir"
    os.utime(back, (0, 0))  # git writes an old one anew
    text = break_file(linked / "kg", run)
    git(linked, "add", "--all")
    (linked / "kg/data/a.ttl").write_text(text)
    assert "data/a.ttl:3: violation" in commit(linked, code=1)
    git(linked, "add", "--all")
    commit(linked, "--allow-empty")
    assert back.read_text().strip() == str(linked / ".git")
    assert git(graph, "fsck", "--no-dangling") == ""


def test_line_ends_are_the_same_on_every_machine(graph: Path, run: Run, tmp_path: Path) -> None:
    git(graph, "config", "core.hooksPath", "/dev/null")
    for name, kept in (("without", False), ("with", True)):
        if kept:
            shutil.copy(ROOT / ".gitattributes", graph)
            git(graph, "add", "--all")
        commit(graph)
        git(tmp_path, "-c", "core.autocrlf=true", "clone", "--quiet", str(graph), name)
        assert (b"\r\n" in (tmp_path / name / "data/a.ttl").read_bytes()) is not kept
        assert run("--root", tmp_path / name, "fmt", "--check").code == int(not kept)
