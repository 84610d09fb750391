"""Command ``diff``: comparison of folders, files and revisions, formats, and errors."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Result, Run, environment

from msme_kg.repository import to_graph_iri

Git = Callable[..., None]
PERSON = "data/actors/people.ttl"
CLAIMS = "data/claims/counts.ttl"


@pytest.fixture
def git(copy_of_graph: Path) -> Git:
    """Commit a copy of the graph, and return a function that runs git in it."""

    def git(*args: str) -> None:
        named = ["-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *named, *args], cwd=copy_of_graph, check=True, capture_output=True)

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "all")
    return git


@pytest.fixture
def diff(copy_of_graph: Path, git: Git, run: Run) -> Run:
    """Return a function that runs ``diff`` on a committed copy of the graph."""
    assert git

    def diff(*args: str | Path, **more: bytes) -> Result:
        return run("--root", copy_of_graph, "diff", *args, **more)

    return diff


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def change(graph: Path) -> None:
    """Change an entity, remove one, and add one."""
    edit(graph / PERSON, '"Matthew Wilson"@en', '"Matthew C. Wilson"@en')
    file = graph / CLAIMS
    head, *blocks = file.read_text(encoding="utf-8").split("\n\n")
    first = next(block for block in blocks if block.startswith("claim:"))
    rest = [block for block in blocks if block != first]
    labels = 'rdfs:label "Made up"@en ;\n    rdfs:label "虛構"@zh-Hant ;'
    new = f"claim:made-up\n    a msme:CountClaim ;\n    {labels}\n."
    file.write_text("\n\n".join([head, new, *rest]), encoding="utf-8")


def test_working_files_are_compared_with_a_revision(copy_of_graph: Path, diff: Run) -> None:
    assert diff("HEAD", "--exit-code") == Result(0, "no differences\n", "")
    change(copy_of_graph)
    result = diff("HEAD", "--exit-code")
    assert (result.code, result.err) == (1, "")
    new, removed, changed = (result.out.index(f"{word} (1)") for word in ("New", "Removed", "Changed"))
    assert new < removed < changed
    assert "\nMade up (claim:made-up), count claim\n  + is a   count claim (msme:CountClaim)\n" in result.out
    line = '  - label  "Matthew Wilson"@en\n  + label  "Matthew C. Wilson"@en\n'
    assert f"\nMatthew C. Wilson (person:matthew-wilson), person\n{line}" in result.out
    assert result.out.splitlines()[-1].startswith("1 new, 1 removed, 1 changed; statements: 4 added, ")
    assert diff("HEAD").code == 0


def test_text_is_chinese_on_request(copy_of_graph: Path, diff: Run) -> None:
    change(copy_of_graph)
    text = diff("HEAD", "--lang", "zh-Hant").out
    assert text.startswith("新增（1）\n\n虛構 (claim:made-up)，所載會員數\n")
    assert text.splitlines()[-1].startswith("新增 1 項、移除 1 項、變更 1 項；陳述增 4 條、減 ")
    assert diff("HEAD", "HEAD", "--lang", "zh-Hant").out == "無差異\n"


def test_json_is_one_object(copy_of_graph: Path, diff: Run) -> None:
    change(copy_of_graph)
    comparison = json.loads(diff("HEAD", "--format", "json").out)
    assert [one["change"] for one in comparison["things"]] == ["new", "removed", "changed"]
    assert comparison["added"] == sum(len(one["added"]) for one in comparison["things"])
    assert comparison["things"][2] == {
        "thing": "https://w3id.org/msme-kg/person/matthew-wilson",
        "label": "Matthew C. Wilson",
        "classes": ["http://xmlns.com/foaf/0.1/Person"],
        "change": "changed",
        "added": [
            {
                "subject": "https://w3id.org/msme-kg/person/matthew-wilson",
                "predicate": "http://www.w3.org/2000/01/rdf-schema#label",
                "object": {"type": "literal", "value": "Matthew C. Wilson", "xml:lang": "en"},
                "graph": to_graph_iri(PERSON),
            }
        ],
        "removed": comparison["things"][2]["removed"],
    }


def test_markdown_escapes_the_data(run: Run, tmp_path: Path) -> None:
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    (tmp_path / "a.ttl").write_text("")
    (tmp_path / "b.ttl").write_text(f'<http://example.org/a> {label} "**<b>`x`\\n```\\n# y" .')
    lines = run("diff", "a.ttl", "b.ttl", "--format", "md").out.splitlines()
    assert lines[:4] == ["1 new; statements: 1 added, 0 removed", "", "### New (1)", ""]
    assert lines[4].startswith(r"**\*\*\<b\>\`x\`")
    assert lines[5:] == ["", "```diff", r'+ label  "**<b>`x`\n```\n# y"', "```"]


def test_sparql_update_turns_one_state_into_the_other(copy_of_graph: Path, diff: Run, git: Git) -> None:
    def read_state() -> ox.Dataset:
        dataset = ox.Dataset()
        for path in sorted([*copy_of_graph.glob("ontology/**/*.ttl"), *copy_of_graph.glob("data/**/*.ttl")]):
            graph = ox.NamedNode(to_graph_iri(path.relative_to(copy_of_graph).as_posix()))
            for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE):
                dataset.add(ox.Quad(quad.subject, quad.predicate, quad.object, graph))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        return dataset

    before = read_state()
    change(copy_of_graph)
    edit(copy_of_graph / "ontology/shapes/Person.ttl", '( "en" "zh-Hant" )', '( "zh-Hant" "en" "fr" )')
    (copy_of_graph / "data/sources.ttl").rename(copy_of_graph / "data/origins.ttl")
    git("commit", "--quiet", "--all", "--message", "change")
    git("add", ".")
    git("commit", "--quiet", "--message", "origins")
    store = ox.Store()
    store.extend(before)
    store.update(diff("HEAD~2", "HEAD", "--format", "sparql-update").out)
    updated = ox.Dataset(store)
    updated.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert updated == read_state()


def test_path_in_the_graph_is_compared_with_the_same_path_in_a_revision(
    copy_of_graph: Path, diff: Run
) -> None:
    change(copy_of_graph)
    assert diff("HEAD", copy_of_graph / PERSON).out.endswith("1 changed; statements: 1 added, 1 removed\n")
    assert diff(copy_of_graph / PERSON, "HEAD").out.endswith("1 changed; statements: 1 added, 1 removed\n")
    assert diff("HEAD", copy_of_graph / "data/actors").out.endswith(
        "1 changed; statements: 1 added, 1 removed\n"
    )
    assert diff("HEAD", copy_of_graph / "ontology").out == "no differences\n"


def test_folders_outside_the_graph_are_compared(run: Run, tmp_path: Path) -> None:
    for side, value in (("old", "1"), ("new", "2")):
        (tmp_path / side / "deep").mkdir(parents=True)
        (tmp_path / side / "deep/a.nt").write_text(f'<http://e/a> <http://e/p> "{value}" .\n')
        (tmp_path / side / "same.trig").write_text("<http://e/g> { <http://e/b> <http://e/p> 1 }")
        (tmp_path / side / "notes.txt").write_text("no RDF")
    update = run("diff", "old", "new", "--format", "sparql-update").out
    assert update.count(f"GRAPH <{to_graph_iri('deep/a.nt')}>") == 2
    assert "http://e/b" not in update
    shown = run("diff", "old", "new").err
    assert shown == "".join(
        f"note: {side} is not the folder of a graph; RDF files read in it: 2\n" for side in ("old", "new")
    )


def test_a_deleted_working_directory_is_reported(tmp_path: Path, root: Path) -> None:
    (tmp_path / "gone").mkdir()
    words = [sys.executable, "-m", "msme_kg", "diff", ".", ".", "--root", str(root)]
    command = [
        "sh",
        "-c",
        'cd "$1" && rmdir "$1" && shift && exec "$@"',
        "sh",
        str(tmp_path / "gone"),
        *words,
    ]
    ended = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr == ".: error: cannot read: No such file or directory\nhint: name a folder\n"


def test_a_folder_that_holds_too_much_is_refused(diff: Run, tmp_path: Path) -> None:
    """Such as the root of a disk: nothing in it is read."""
    (tmp_path / "one.nt").write_text("<http://e/a> <http://e/p> <http://e/b> .\n")
    for name, what in (("size", "1,073,741,824 bytes of RDF"), ("number", "10,000 RDF files")):
        (tmp_path / name / "deep").mkdir(parents=True)
        with (tmp_path / name / "deep/a.nt").open("wb") as file:
            file.truncate(1 << 31 if name == "size" else 1)
        for number in range(10_000 if name == "number" else 1):
            (tmp_path / name / f"{number}.nt").touch()
        for words in ((name, "one.nt"), ("one.nt", name), ("HEAD", tmp_path / name)):
            ended = diff(*words)
            assert (ended.code, ended.out) == (4, ""), ended.err
            assert f"{name}: error: the folder holds more than {what}\nhint: name the folder of" in ended.err


def test_files_of_several_formats_and_standard_input_are_compared(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonld").write_text('{"@id": "http://e/a", "http://e/p": "x"}')
    (tmp_path / "b.nt").write_text('<http://e/a> <http://e/p> "x" .\n')
    assert run("diff", "a.jsonld", "b.nt").out == "no differences\n"
    assert run("diff", "-", "b.nt", stdin=b'<http://e/a> <http://e/p> "y" .').out.startswith("Changed (1)")
    update = run("diff", "b.nt", "-", "--format", "sparql-update").out
    assert update == 'DELETE DATA {\n  <http://e/a> <http://e/p> "x" .\n}\n'


def test_file_is_compared_with_a_whole_folder(run: Run, root: Path, tmp_path: Path) -> None:
    run("export", "turtle", "--output", "all.ttl")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/sources.ttl").write_bytes((root / "data/sources.ttl").read_bytes())
    result = run("diff", "data", "all.ttl", "--format", "json")
    assert json.loads(result.out)["removed"] == 0
    assert "note: one side is a single file" in result.err


def test_an_existing_path_has_precedence_over_a_revision(diff: Run, git: Git, tmp_path: Path) -> None:
    git("tag", "mine")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/a.nt").write_text("<http://e/a> <http://e/p> <http://e/b> .\n")
    (tmp_path / "b.nt").write_text("<http://e/a> <http://e/p> <http://e/b> .\n")
    assert diff("mine", "b.nt").out == "no differences\n"
    assert diff("mine~0", "HEAD").out == "no differences\n"


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["HEED"], 2, "Error: no file, folder or revision is called 'HEED'\nhint: did you mean HEAD?\n"),
        (["good.nt", "godo.nt"], 2, "revision is called 'godo.nt'\nhint: did you mean good.nt?\n"),
        (["bad.ttl", "good.nt"], 3, "bad.ttl:2:8: error: "),
        (["good.nt", "text.txt"], 3, "Error: the ending of 'text.txt' names no RDF format\n"),
        (["good.nt", "link.nt"], 4, "link.nt: error: a link that leaves its folder\n"),
        (["good.nt", "http://example.org/x.ttl"], 2, "hint: download it first: no address is fetched\n"),
        (["-", "-"], 2, "Error: standard input cannot be both sides\n"),
        (["empty", "good.nt"], 2, "Error: the folder 'empty' contains no RDF file\n"),
        (["good.nt", "good.nt", "--format", "txet"], 2, "'txet' does not fit --format"),
        ([], 2, "Error: 'A' is missing\n"),
    ],
)
def test_errors_have_a_hint(diff: Run, tmp_path: Path, args: list[str], code: int, message: str) -> None:
    (tmp_path / "good.nt").write_text("<http://e/a> <http://e/p> <http://e/b> .\n")
    (tmp_path / "bad.ttl").write_text("@prefix e: <http://e/> .\ne:a e:b .\n")
    (tmp_path / "text.txt").write_text("")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link.nt").symlink_to("/etc/hostname")
    result = diff(*args)
    assert (result.code, result.out) == (code, "")
    assert message in result.err
    assert "\nhint: " in result.err


def test_graph_outside_git_has_no_revisions(copy_of_graph: Path, run: Run) -> None:
    result = run(
        "--root", copy_of_graph, "diff", "HEAD", env={"GIT_CEILING_DIRECTORIES": str(copy_of_graph.parent)}
    )
    assert result.code == 2
    assert "no file or folder is called 'HEAD', and the graph is not under git" in result.err


def test_refused_update_names_the_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<http://e/a> <http://e/p> [ <http://e/q> 1 ] , [ <http://e/q> 1, 2 ] .")
    (tmp_path / "b.ttl").write_text("<http://e/a> <http://e/p> [ <http://e/q> 1, 2 ] .")
    result = run("diff", "a.ttl", "b.ttl", "--format", "sparql-update", "--output", "out.ru")
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith("a.ttl: error: SPARQL Update cannot distinguish")
    assert not (tmp_path / "out.ru").exists()


def test_revisions_are_completed(copy_of_graph: Path, run: Run, git: Git) -> None:
    git("tag", "release-1")
    words = {"COMP_WORDS": f"msme-kg --root {copy_of_graph} diff rel", "COMP_CWORD": "4"}
    ended = run(env={"_MSME_KG_COMPLETE": "bash_complete", **words})
    assert (ended.out, ended.err) == ("file,rel\nplain,release-1\n", "")
