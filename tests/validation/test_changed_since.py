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
    edit(organizations, "Organization ;\n    rdfs:label ", "Organization ;\n    skos:note ")
    git("commit", "--quiet", "--all", "--message", "one fault")
    git("tag", "faulty")
    assert places(validate(run, copy_of_graph, "--changed-since", "HEAD")) == []
    edit(persons, "Person ;\n    rdfs:label ", "Person ;\n    skos:note ")
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
        (["--changed-since", "HEAD", "--engine", "pyshacl"], "--changed-since goes neither"),
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


def test_verbose_lists_the_shapes_left_to_pyshacl(tmp_path: Path, run: Run) -> None:
    shapes, data = tmp_path / "s.ttl", tmp_path / "d.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://e/> .\n"
        'e:S sh:targetClass e:C ; sh:pattern "^(?!http://e/a)" .'
    )
    data.write_text("@prefix e: <http://e/> . e:a a e:C ; e:p 1 .")
    quiet, loud = (
        run("validate", "--alone", "--shapes", shapes, data, *more) for more in ([], ["--verbose"])
    )
    assert (quiet.code, loud.code) == (1, 1)
    assert quiet.out == loud.out
    assert "to pySHACL" not in quiet.err
    assert "note: http://e/S is left to pySHACL: sh:pattern is not a regular expression of XPath" in loud.err


def test_shape_and_focus_node_counts_are_printed(run: Run) -> None:
    result = run("validate")
    assert result.code == 0
    words = result.err.split()
    assert words[1:3] == ["shapes,", words[2]]
    assert int(words[0]) > 50
    assert result.err.rstrip().endswith(" s")
    assert "focus nodes, 0 findings in " in result.err


def identify(result: Result) -> set[tuple[str, ...]]:
    keys = ("shape", "focus", "path", "value", "severity")
    return {tuple(str(one[key]) for key in keys) for one in json.loads(result.out)["findings"]}


def without_block(text: str, subject: str) -> str:
    """Return Turtle without the block of a subject."""
    kept = [block for block in text.split("\n\n") if not block.startswith(f"{subject} ")]
    assert len(kept) == text.count("\n\n")
    return "\n\n".join(kept)


PEOPLE = "data/actors/people.ttl"
WILSON = "person:matthew-wilson a foaf:Person ;"
DUPLICATE = 'person:matthew-a a foaf:Person ;\n    rdfs:label "Matthew  WILSON"@en ;\n.\n\n'
WILSON_LABEL = '"Matthew Wilson"@en ;\n    rdfs:label "Matthew Wilson"@zh'
EDITS: dict[str, tuple[str, Callable[[str], str | None]]] = {
    "a file vanishes": ("data/claims/counts.ttl", lambda _: None),
    "a file of vocabulary vanishes": ("ontology/vocab/work-area.ttl", lambda _: None),
    "a file is emptied": (PEOPLE, lambda text: text.split("\n\n")[0]),
    "an entity vanishes": (PEOPLE, lambda text: without_block(text, "person:matthew-wilson")),
    "an IRI is changed": (PEOPLE, lambda text: text.replace(WILSON, WILSON.replace("matthew", "m"))),
    "a reference dangles": (
        PEOPLE,
        lambda text: text.replace(WILSON, f"{WILSON}\n    rdfs:seeAlso person:x ;"),
    ),
    "a label is French": (
        PEOPLE,
        lambda text: text.replace(WILSON_LABEL, '"Matthieu Wilson"@fr ;\n    rdfs:label "Matthew Wilson"@zh'),
    ),
    "a duplicate is added": (PEOPLE, lambda text: text.replace(WILSON, DUPLICATE + WILSON)),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_change_by_hand_has_the_findings_of_the_same_update(
    copy_of_graph: Path, git: Git, run: Run, tmp_path: Path, name: str
) -> None:
    assert git
    path, edit_text = EDITS[name]
    old = (copy_of_graph / path).read_text(encoding="utf-8")
    new = edit_text(old)
    assert new != old
    (tmp_path / "old.ttl").write_text(old, encoding="utf-8")
    (tmp_path / "new.ttl").write_text(new or "", encoding="utf-8")
    # A statement that both have stays.
    update = ["--remove", "old.ttl", *(["--add", "new.ttl"] if new else [])]
    checked = run("--root", copy_of_graph, "check", *update, "--format", "json")
    if new is None:
        (copy_of_graph / path).unlink()
    else:
        (copy_of_graph / path).write_text(new, encoding="utf-8")
    validated = validate(run, copy_of_graph, "--changed-since", "HEAD")
    assert checked.code == validated.code == 1
    # The update names the attestations in the file once more, and so says who states the new value.
    by_hand, proposed = (
        {one for one in identify(answer) if one[0] != "policy/unattributed-change"}
        for answer in (validated, checked)
    )
    assert by_hand == proposed
    assert any("policy/" in one[0] for one in identify(validated))


def test_a_file_that_is_only_renamed_loses_no_entity(copy_of_graph: Path, git: Git, run: Run) -> None:
    git("mv", "data/claims/counts.ttl", "data/claims/totals.ttl")
    result = validate(run, copy_of_graph, "--changed-since", "HEAD")
    assert {one[0] for one in identify(result)} == {"queries/checks/misplaced.rq"}
    git("mv", "data/claims/totals.ttl", "data/claims/counts.ttl")
    assert validate(run, copy_of_graph, "--changed-since", "HEAD").code == 0


def test_a_graph_that_is_new_since_a_revision_has_the_findings_of_a_validation(
    copy_of_graph: Path, git: Git, run: Run
) -> None:
    git("rm", "-r", "--quiet", "--cached", ".")
    git("commit", "--quiet", "--message", "none")
    result = validate(run, copy_of_graph, "--changed-since", "HEAD")
    assert (result.code, identify(result)) == (0, set())
