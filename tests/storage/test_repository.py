"""What belongs to a graph is read whole or not at all, and nothing from elsewhere is read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import LONGEST, ROOT, Result, Run, environment, respect_permissions
from small_graph import LABEL, make_graph

from msme_kg.errors import InputError, SafetyError
from msme_kg.repository import LOCK_FILE, Repository

SECRET = "what nobody else may read"
LABEL_OF_A_MEMBER = (
    '<https://w3id.org/msme-kg/source/brief> <http://www.w3.org/2004/02/skos/core#altLabel> "U.S."@en .'
)


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """Return a graph of three small files, in canonical form."""
    return make_graph(tmp_path / "graph")


def run_unprivileged(*args: str | Path, cwd: Path) -> Result:
    """Run the command line as a user who has no permission that the files do not give."""
    ended = subprocess.run(
        [sys.executable, "-m", "msme_kg", *map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        timeout=LONGEST,
        env=environment(),
        preexec_fn=respect_permissions,
    )
    return Result(ended.returncode, ended.stdout, ended.stderr)


def list_files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != LOCK_FILE)
    return {str(path): path.read_bytes() for path in paths}


@pytest.mark.parametrize(
    "command",
    [
        ["validate"],
        ["validate", "data/a.ttl"],
        ["export", "ntriples"],
        ["fmt"],
        ["fmt", "--check"],
        ["check", "--add", "add.ttl"],
        ["apply", "--yes", "--add", "add.ttl"],
        ["diff", ".", "graph"],
        ["portal", "out"],
        ["site", "out"],
        ["sparql", "-e", "SELECT * { ?s ?p ?o }"],
        ["info"],
    ],
    ids=" ".join,
)
def test_a_folder_that_cannot_be_read_stops_every_command(graph: Path, command: list[str]) -> None:
    (graph.parent / "add.ttl").write_text(LABEL.format("data/new.ttl"))
    before = list_files(graph)
    (graph / "data/sub").chmod(0)
    ended = run_unprivileged("--root", graph, *command, cwd=graph.parent)
    (graph / "data/sub").chmod(0o755)
    assert (ended.code, ended.out) == (3, ""), ended.err
    assert ended.err.splitlines()[0].endswith("data/sub: error: cannot read: Permission denied")
    assert list_files(graph) == before
    assert not (graph.parent / "out").exists()


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        ("ontology/shapes", 0),
        ("queries/checks", 0),
        ("data", 0),
        ("data", 0o444),
        (".", 0),
        (".", 0o444),
        ("data/sub", 0o444),
        ("data/a.ttl", 0),
        ("ontology/shapes/s.ttl", 0),
        ("queries/checks/c.rq", 0),
    ],
)
def test_anything_that_cannot_be_read_stops_a_validation(graph: Path, path: str, mode: int) -> None:
    (graph / "ontology/shapes/s.ttl").touch()
    shutil.copy(next((ROOT / "queries/checks").glob("*.rq")), graph / "queries/checks/c.rq")
    assert run_unprivileged("--root", graph, "validate", cwd=graph.parent).code == 0
    (graph / path).chmod(mode)
    ended = run_unprivileged("--root", graph, "validate", cwd=graph.parent)
    (graph / path).chmod(0o755)
    assert (ended.code, ended.out) == (3, ""), ended.err
    assert "cannot read: Permission denied" in ended.err


def test_a_readme_that_cannot_be_read_stops_fmt(graph: Path) -> None:
    (graph / "data/README.md").touch(mode=0)
    ended = run_unprivileged("--root", graph, "fmt", cwd=graph.parent)
    assert (ended.code, "data/README.md: error: cannot read" in ended.err) == (3, True), ended.err


@pytest.mark.parametrize("target", ["sub", "../more", "../../elsewhere"])
def test_a_link_to_a_folder_is_refused(graph: Path, target: str, run: Run) -> None:
    (graph / "data/linked").symlink_to(target)
    (graph / "data" / target).mkdir(exist_ok=True)
    ended = run("--root", graph, "validate")
    assert ended.code == (4 if "elsewhere" in target else 3)
    assert ended.err.startswith("data/linked: error: a link ")


def test_a_link_into_a_folder_that_cannot_be_read_is_refused(graph: Path) -> None:
    (graph / "more/folder").mkdir(parents=True)
    (graph / "data/linked").symlink_to("../more/folder")
    (graph / "more").chmod(0)
    ended = run_unprivileged("--root", graph, "validate", cwd=graph.parent)
    (graph / "more").chmod(0o755)
    assert (ended.code, "data/linked: error: cannot read" in ended.err) == (3, True), ended.err


def test_links_to_files_within_the_root_are_followed(graph: Path, run: Run) -> None:
    (graph / "more.txt").write_text(LABEL.format("data/more.ttl"))
    (graph / "data/more.ttl").symlink_to("../more.txt")
    (graph / "data/unrelated.txt").symlink_to("/etc/passwd")
    assert "data/more.ttl" in run("--root", graph, "export", "ntriples").out


def test_folders_nested_a_thousand_deep_are_read(graph: Path, run: Run) -> None:
    folder = graph / "data" / "/".join("a" * 1200)
    try:
        subprocess.run(["mkdir", "-p", folder], check=True)
        (folder / "c.ttl").write_text(LABEL.format("deep"))
        assert "deep" in run("--root", graph, "export", "ntriples").out
        assert run("--root", graph, "fmt").code == 0
    finally:
        subprocess.run(["rm", "-r", graph], check=True)  # Python before 3.12 cannot


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Return a folder outside the graph with files that could take the place of its own."""
    folder = tmp_path / "elsewhere"
    (folder / "en").mkdir(parents=True)
    for name in ("LICENSE", "secret.ttl", "README.md", "CHANGELOG.md", "en/note.j2", "page.html.j2", "x.rq"):
        (folder / name).write_text(SECRET)
    return folder


@pytest.mark.parametrize(
    ("path", "name", "command"),
    [
        ("data/README.md", "README.md", ["fmt"]),
        ("ontology/README.md", "README.md", ["fmt", "--check"]),
        ("data/CHANGELOG.md", "CHANGELOG.md", ["apply", "--yes", "--add", "add.ttl"]),
        ("queries/members.rq", "x.rq", ["query", "members"]),
        ("queries/checks/c.rq", "x.rq", ["validate"]),
        ("queries/linked", ".", ["query", "members"]),
        ("data/sources.ttl", "secret.ttl", ["sparql", "-e", "SELECT * { ?s ?p ?o }"]),
        ("ontology/shapes/s.ttl", "secret.ttl", ["validate"]),
        ("briefing", ".", ["brief", "--as-of", "2024-01-01"]),
        ("briefing/en", "en", ["brief", "--as-of", "2024-01-01"]),
        ("briefing/en/note.j2", "en/note.j2", ["brief", "--as-of", "2024-01-01"]),
        ("briefing/page.html.j2", "page.html.j2", ["brief", "--as-of", "2024-01-01", "--format", "html"]),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
@pytest.mark.parametrize("hops", [1, 2])
def test_nothing_is_read_through_a_link_out_of_the_root(
    copy_of_graph: Path, secret: Path, run: Run, path: str, name: str, command: list[str], hops: int
) -> None:
    shutil.copytree(ROOT / "briefing", copy_of_graph / "briefing")
    (copy_of_graph.parent / "add.ttl").write_text(LABEL_OF_A_MEMBER)
    link = copy_of_graph / path
    shutil.rmtree(link) if link.is_dir() else link.unlink(missing_ok=True)
    target = secret / name
    if hops == 2:
        (copy_of_graph / "hop").symlink_to(target)
        target = copy_of_graph / "hop"
    link.symlink_to(target)
    before = list_files(secret)
    ended = run("--root", copy_of_graph, *command)
    assert (ended.code, ended.out) == (4, ""), ended.err
    assert ended.err.count("\n") == 2
    assert "a link that leaves the folder" in ended.err
    assert SECRET not in ended.err
    assert list_files(secret) == before
    assert not (copy_of_graph.parent / "out").exists()


@pytest.mark.parametrize("name", ["../../LICENSE", "../LICENSE", "/etc/passwd", "en/../../LICENSE", "a\0b"])
def test_templates_include_only_templates(copy_of_graph: Path, run: Run, name: str) -> None:
    shutil.copytree(ROOT / "briefing", copy_of_graph / "briefing")
    (copy_of_graph / "LICENSE").write_text(SECRET)
    template = copy_of_graph / "briefing/en/note.j2"
    escaped = name.replace("\0", "\\0")
    template.write_text(template.read_text() + f'{{% include "{escaped}" %}}')
    ended = run("--root", copy_of_graph, "brief", "--as-of", "2024-01-01")
    assert (ended.code, ended.out) == (3, ""), ended.err
    assert "the template is missing" in ended.err


@pytest.mark.parametrize("path", ["data/a.ttl", "data/README.md", "LICENSE", "briefing/en/note.j2"])
def test_a_pipe_is_not_waited_for(graph: Path, path: str) -> None:
    (graph / path).parent.mkdir(parents=True, exist_ok=True)
    (graph / path).unlink(missing_ok=True)
    os.mkfifo(graph / path)
    repository = Repository.find(graph)
    with pytest.raises(InputError, match="not a file, but a pipe or device"):
        repository.read(path)
    (graph / path).unlink()
    (graph / path).symlink_to("/dev/zero")
    with pytest.raises(SafetyError):
        repository.read(path)


@pytest.mark.parametrize(
    "path", ["data/README.md", "data/CHANGELOG.md", "queries/x.rq", "briefing/en/note.j2"]
)
def test_text_that_is_not_utf_8_is_named(copy_of_graph: Path, run: Run, path: str) -> None:
    shutil.copytree(ROOT / "briefing", copy_of_graph / "briefing")
    (copy_of_graph.parent / "add.ttl").write_text(LABEL_OF_A_MEMBER)
    (copy_of_graph / path).write_bytes("# 臺灣".encode("big5"))
    commands = {"briefing": ["brief", "--as-of", "2024-01-01"]}
    ended = run("--root", copy_of_graph, *commands.get(path[:8], ["apply", "--yes", "--add", "add.ttl"]))
    assert ended.code == 3, ended.err
    assert f"{path}:1:3: error: not UTF-8" in ended.err


def test_commands_end_well_in_a_folder_that_was_deleted(graph: Path, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    (tmp_path / "add.ttl").write_text(LABEL.format("data/a.ttl"))
    commands: list[tuple[int, list[str]]] = [
        (0, ["validate"]),
        (0, ["apply", "--yes", "--add", str(tmp_path / "add.ttl")]),
        (0, ["export", "ntriples"]),
        (3, ["validate", "x.ttl"]),
        (3, ["diff", ".", str(graph)]),
        (6, ["export", "ntriples", "-o", "x.nt"]),
    ]
    for code, command in commands:
        script = f'cd "{tmp_path}/gone" && rmdir "{tmp_path}/gone" && exec "$@"'
        (tmp_path / "gone").mkdir(exist_ok=True)
        ended = subprocess.run(
            ["sh", "-c", script, "sh", sys.executable, "-m", "msme_kg", "--root", str(graph), *command],
            capture_output=True,
            text=True,
            env=environment(),
            timeout=LONGEST,
            check=False,
        )
        assert ended.returncode == code, (command, ended.stderr)
        assert "Traceback" not in ended.stderr
