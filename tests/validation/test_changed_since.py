"""Tests of ``validate`` with --changed-since, foreign files and --verbose."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result, Run

Git = Callable[..., None]


@pytest.fixture
def git(copy_of_graph: Path) -> Git:
    """Return git in a copy of the graph with everything committed."""

    def git(*args: str) -> None:
        named = ["-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *named, *args], cwd=copy_of_graph, check=True, capture_output=True)

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "all")
    return git


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def places(result: Result) -> list[tuple[str, str]]:
    return [(one["file"], one["path"]) for one in json.loads(result.out)["findings"]]


def validate(run: Run, graph: Path, *args: str) -> Result:
    return run("--root", graph, "validate", "--format", "json", *args)


def test_only_introduced_findings_are_reported(copy_of_graph: Path, git: Git, run: Run) -> None:
    organizations, persons = (
        copy_of_graph / f"data/actors/{name}.ttl" for name in ("organizations", "people")
    )
    edit(organizations, "    rdfs:label ", "    skos:note ")
    git("commit", "--quiet", "--all", "--message", "one fault")
    git("tag", "faulty")
    assert places(validate(run, copy_of_graph, "--changed-since", "HEAD")) == []
    edit(persons, "    rdfs:label ", "    skos:note ")
    new = places(validate(run, copy_of_graph, "--changed-since", "faulty"))
    both = places(validate(run, copy_of_graph))
    assert {file for file, _ in new} == {"data/actors/people.ttl"}
    assert set(both) > set(new)
    since = places(validate(run, copy_of_graph, "--changed-since", "HEAD~1"))
    assert sorted(since) == sorted(both)
    within = validate(run, copy_of_graph, "--changed-since", "HEAD~1", str(organizations))
    assert {file for file, _ in places(within)} == {"data/actors/organizations.ttl"}
    assert (
        within.code,
        validate(run, copy_of_graph, "--changed-since", "faulty", str(organizations)).code,
    ) == (1, 0)


def test_changed_shapes_are_applied(copy_of_graph: Path, git: Git, run: Run) -> None:
    shapes = copy_of_graph / "ontology/shapes/Organization.ttl"
    edit(shapes, "sh:minCount 1", "sh:minCount 9")
    result = validate(run, copy_of_graph, "--changed-since", "HEAD")
    assert result.code == 1
    assert {file for file, _ in places(result)} == {"data/actors/organizations.ttl"}
    git("checkout", "--", ".")
    assert validate(run, copy_of_graph, "--changed-since", "HEAD").code == 0


def test_removing_an_entity_is_reported_in_other_files(copy_of_graph: Path, git: Git, run: Run) -> None:
    assert git
    file = copy_of_graph / "data/actors/people.ttl"
    blocks = file.read_text(encoding="utf-8").split("\n\n")
    kept = [block for block in blocks if not block.startswith("person:matthew-wilson ")]
    assert len(kept) == len(blocks) - 1
    file.write_text("\n\n".join(kept), encoding="utf-8")
    result = validate(run, copy_of_graph, "--changed-since", "HEAD")
    assert result.code == 1
    assert "data/actors/tenures.ttl" in {file for file, _ in places(result)}


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--changed-since", "no-such"], "no revision is called 'no-such'"),
        (["--changed-since", "--output=x"], "no revision is called '--output=x'"),
        (["--changed-since", "HEAD", "--pyshacl-only"], "--changed-since goes neither"),
    ],
)
def test_incompatible_options_are_usage_errors(
    copy_of_graph: Path, git: Git, run: Run, args: list[str], words: str
) -> None:
    assert git
    result = validate(run, copy_of_graph, *args)
    assert (result.code, words in result.err) == (2, True), result.err


def test_changed_since_outside_git_is_a_usage_error(copy_of_graph: Path, run: Run) -> None:
    result = validate(run, copy_of_graph, "--changed-since", "HEAD")
    assert result.code == 2
    assert "not under git" in result.err


def test_verbose_lists_the_shapes_without_prefilter(tmp_path: Path, run: Run) -> None:
    shapes, data = tmp_path / "s.ttl", tmp_path / "d.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://e/> .\n"
        'e:S sh:targetClass e:C ; sh:sparql [ sh:select "SELECT $this WHERE { $this ?any 1 }" ] .'
    )
    data.write_text("@prefix e: <http://e/> . e:a a e:C ; e:p 1 .")
    quiet, loud = (
        run("validate", "--alone", "--shapes", shapes, data, *more) for more in ([], ["--verbose"])
    )
    assert (quiet.code, loud.code) == (1, 1)
    assert quiet.out == loud.out
    assert "to pySHACL" not in quiet.err
    assert "note: http://e/S goes to pySHACL whole: its query has a predicate that is not an IRI" in loud.err


def test_shape_and_focus_node_counts_are_printed(run: Run) -> None:
    result = run("validate")
    assert result.code == 0
    words = result.err.split()
    assert words[1:3] == ["shapes,", words[2]]
    assert int(words[0]) > 50
    assert result.err.rstrip().endswith(" s")
    assert "focus nodes, 0 findings in " in result.err
