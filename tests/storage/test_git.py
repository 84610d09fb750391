"""Git is asked about the repository of the graph, and runs, fetches and changes nothing for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import Run
from small_graph import LABEL, PATHS, make_graph

from msme_kg.errors import DeadlineExceededError, InputError, SafetyError
from msme_kg.repository import Repository
from msme_kg.storage import git_process
from msme_kg.storage.git import (
    is_git_checkout,
    list_ref_names,
    read_revision,
    read_user_name,
    resolve_commit,
)


def run_git(folder: Path, *args: str, stdin: bytes = b"") -> str:
    identity = (
        "user.name=n",
        "user.email=n@example.org",
        "commit.gpgsign=false",
        "protocol.file.allow=always",
    )
    options = [word for setting in identity for word in ("-c", setting)]
    done = subprocess.run(["git", *options, *args], cwd=folder, check=True, capture_output=True, input=stdin)
    return done.stdout.decode().strip()


def commit(folder: Path) -> None:
    if not (folder / ".git").exists():
        run_git(folder, "init", "--quiet")
    run_git(folder, "add", "--all")
    run_git(folder, "commit", "--quiet", "--message", "x")


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """Return a committed graph."""
    root = make_graph(tmp_path / "graph")
    commit(root)
    return root


def read(root: Path, revision: str = "HEAD") -> dict[str, str]:
    return {file.path: file.content.decode() for file in read_revision(Repository.find(root), revision)}


ALL = {path: LABEL.format(path) for path in PATHS}


def lose_blob(root: Path, path: str) -> None:
    name = run_git(root, "rev-parse", f"HEAD:{path}")
    (root / ".git/objects" / name[:2] / name[2:]).unlink()


PARTIAL = {"core.repositoryFormatVersion": "1", "extensions.partialClone": "x", "remote.x.promisor": "true"}


@pytest.mark.parametrize(
    "settings",
    [
        {"remote.x.url": "/nowhere", "remote.x.uploadpack": "{evil}"},
        {"remote.x.url": "/nowhere", "remote.x.uploadpack": "{evil}", "protocol.file.allow": "always"},
        {"remote.x.url": "ext::{evil}", "protocol.ext.allow": "always"},
        {"remote.x.url": "ssh://h/p", "core.sshCommand": "{evil}", "protocol.ssh.allow": "always"},
        {"remote.x.url": "git://h/p", "core.gitProxy": "{evil}", "protocol.git.allow": "always"},
        {"remote.x.url": "http://127.0.0.1:9/p", "credential.helper": "!{evil}"},
    ],
    ids=lambda settings: settings["remote.x.url"].partition(":")[0] + str(len(settings)),
)
def test_a_missing_object_is_not_fetched(
    graph: Path, tmp_path: Path, run: Run, settings: dict[str, str]
) -> None:
    evil, marker = tmp_path / "evil", tmp_path / "marker"
    evil.write_text(f"#!/bin/sh\necho ran >> {marker}\nexit 1\n")
    evil.chmod(0o755)
    for key, value in (PARTIAL | settings).items():
        run_git(graph, "config", key, value.format(evil=evil))
    lose_blob(graph, "data/a.ttl")
    for command in (["diff", "HEAD"], ["validate", "--changed-since", "HEAD"]):
        ended = run("--root", graph, *command)
        assert (ended.code, ended.out) == (3, ""), ended.err
        assert ended.err.startswith("data/a.ttl: error: git lacks this file")
        assert ended.err.count("\n") == 2
    assert not marker.exists()


def test_no_setting_of_a_repository_starts_a_program(graph: Path, tmp_path: Path) -> None:
    evil, marker = tmp_path / "evil", tmp_path / "marker"
    evil.write_text(f"#!/bin/sh\necho $0 $@ >> {marker}\n")
    evil.chmod(0o755)
    (graph / ".gitattributes").write_text("*.ttl filter=x diff=x merge=x\n")
    commit(graph)
    commands = ("alternateRefsCommand", "askPass", "editor", "fsmonitor", "gitProxy", "pager", "sshCommand")
    keys = [f"core.{name}" for name in commands] + ["diff.external", "diff.x.command", "diff.x.textconv"]
    keys += ["filter.x.clean", "filter.x.process", "filter.x.smudge", "gpg.program", "sequence.editor"]
    keys += [f"alias.{name}" for name in ("cat-file", "config", "ls-tree", "rev-parse")]
    keys += [f"pager.{name}" for name in ("cat-file", "config", "for-each-ref", "ls-tree", "rev-parse")]
    for key in keys:
        run_git(graph, "config", key, str(evil))
    for name in ("post-index-change", "pre-auto-gc", "reference-transaction", "fsmonitor-watchman"):
        (graph / ".git/hooks").mkdir(exist_ok=True)
        shutil.copy(evil, graph / ".git/hooks" / name)
    marker.unlink(missing_ok=True)
    assert read(graph) == ALL
    repository = Repository.find(graph)
    assert list_ref_names(repository)[0] == "HEAD"
    read_user_name(repository)
    assert not marker.exists(), marker.read_text()


@pytest.mark.parametrize("key", ["include.path", "includeIf.gitdir:/.path"])
def test_configuration_that_includes_a_pipe_is_refused(
    graph: Path, tmp_path: Path, run: Run, key: str
) -> None:
    os.mkfifo(tmp_path / "never-ends")
    with (graph / ".git/config").open("a") as file:
        section, _, name = key.partition(".")
        header = f'[{section} "{name.removesuffix(".path")}"]' if name != "path" else f"[{section}]"
        file.write(f"{header}\n\tpath = {tmp_path / 'never-ends'}\n")
    ended = run("--root", graph, "diff", "HEAD")
    assert (ended.code, "includes what is not a file" in ended.err) == (4, True), ended.err
    with pytest.raises(SafetyError):
        read_user_name(Repository.find(graph))


def test_configuration_may_include_a_file(graph: Path, tmp_path: Path, run: Run) -> None:
    # As the checkout of a CI service keeps its credentials.
    (tmp_path / "credentials").write_text("[user]\n\tname = Somebody\n")
    run_git(graph, "config", f"includeIf.gitdir:{graph}/.git.path", str(tmp_path / "credentials"))
    ended = run("--root", graph, "diff", "HEAD")
    assert (ended.code, ended.out) == (0, "no differences\n"), ended.err
    assert read_user_name(Repository.find(graph)) == "Somebody"


@pytest.mark.parametrize("name", ["info/exclude", "objects/info/alternates"])
def test_a_device_among_the_files_that_git_reads_whole_is_refused(graph: Path, run: Run, name: str) -> None:
    file = graph / ".git" / name
    file.unlink(missing_ok=True)
    file.symlink_to("/dev/zero")
    ended = run("--root", graph, "diff", "HEAD")
    assert (ended.code, "not a regular file" in ended.err) == (4, True), ended.err


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can limit the memory of another process")
def test_the_memory_of_git_is_limited(graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_process, "_MAX_MEMORY", 256 << 20)
    (branch,) = (graph / ".git/refs/heads").iterdir()
    branch.unlink()
    branch.symlink_to("/dev/zero")
    with pytest.raises(InputError, match=r"[Mm]emory"):
        resolve_commit(Repository.find(graph), "HEAD")


def hold_up(graph: Path) -> None:
    """Put a pipe in the place of a branch, which git reads without end."""
    (branch,) = (graph / ".git/refs/heads").iterdir()
    branch.unlink()
    os.mkfifo(branch)


def test_a_repository_that_holds_git_up_is_left(graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_process, "_TIMEOUT", 0.3)
    hold_up(graph)
    with pytest.raises(DeadlineExceededError):
        resolve_commit(Repository.find(graph), "HEAD")


def test_a_tree_that_unpacks_without_end_is_refused(graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_process, "_MAX_OUTPUT", 1 << 20)
    tree = run_git(graph, "rev-parse", "HEAD:data/sub")
    for _ in range(7):
        entries = "".join(f"040000 tree {tree}\t{name}\n" for name in "abcdefghij")
        tree = run_git(graph, "mktree", stdin=entries.encode())
    whole = run_git(graph, "mktree", stdin=f"040000 tree {tree}\tdata\n".encode())
    bomb = run_git(graph, "commit-tree", whole, "-m", "x")
    with pytest.raises(SafetyError, match="more than 1 MB"):
        read(graph, bomb)


@pytest.mark.parametrize("path", ["HEAD:data/a.ttl", "HEAD:data", "HEAD^{tree}"])
def test_a_damaged_or_missing_object_is_an_input_error(graph: Path, path: str) -> None:
    name = run_git(graph, "rev-parse", path)
    file = graph / ".git/objects" / name[:2] / name[2:]
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:9])
    with pytest.raises(InputError):
        read(graph)
    file.unlink()
    with pytest.raises(InputError):
        read(graph)


def test_variables_of_git_do_not_name_another_repository(
    graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_graph(tmp_path / "other")
    (other / "data/a.ttl").write_text("")
    commit(other)
    git_dir = str(other / ".git")
    for name, value in {"GIT_DIR": git_dir, "GIT_WORK_TREE": str(other), "GIT_INDEX_FILE": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "bad")
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", f"{git_dir}/objects")
    assert read(graph) == ALL


def test_a_hook_in_a_linked_worktree_compares_its_own_graph(tmp_path: Path, run: Run) -> None:
    top = tmp_path / "top"
    make_graph(top / "kg")
    commit(top)
    run_git(top, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    hook = top / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nenv | grep ^GIT_ > {tmp_path / 'variables'}\n")
    hook.chmod(0o755)
    (tmp_path / "linked/kg/data/a.ttl").unlink()
    commit_all = ("commit", "--quiet", "--all", "--message", "y")
    run_git(tmp_path / "linked", *commit_all)
    lines = (tmp_path / "variables").read_text().splitlines()
    variables = dict(line.split("=", 1) for line in lines)
    assert "worktrees" in variables["GIT_DIR"]
    root = tmp_path / "linked/kg"
    for revision, code in (("HEAD", 0), ("HEAD~1", 1)):
        ended = run("--root", root, "validate", "--changed-since", revision, env=variables)
        assert ended.code == code, ended.out + ended.err
    assert "data/a.ttl:1: violation" in ended.out


def test_the_working_tree_that_the_configuration_names_does_not_count(graph: Path, tmp_path: Path) -> None:
    for path in (tmp_path, "/", graph / "data"):
        run_git(graph, "config", "core.worktree", str(path))
        assert read(graph) == ALL


def test_data_in_a_submodule_are_compared_with_its_commit(tmp_path: Path, run: Run) -> None:
    top, data = make_graph(tmp_path / "graph"), tmp_path / "data"
    shutil.move(top / "data", data)
    commit(data)
    run_git(top, "init", "--quiet")
    run_git(top, "submodule", "--quiet", "add", str(data), "data")
    commit(top)
    assert read(top) == ALL
    assert run("--root", top, "validate", "--changed-since", "HEAD").code == 0
    (top / "data/a.ttl").unlink()
    ended = run("--root", top, "validate", "--changed-since", "HEAD")
    assert (ended.code, "data/a.ttl:1: violation" in ended.out) == (1, True), ended.out + ended.err
    shutil.rmtree(top / "data")
    (top / "data").mkdir()
    with pytest.raises(InputError, match="git"):
        read(top)


def test_links_to_files_are_followed_in_a_revision(graph: Path) -> None:
    (graph / "data/one.ttl").symlink_to("../ontology/msme.ttl")
    (graph / "data/two.ttl").symlink_to("one.ttl")
    (graph / "data/notes.md").symlink_to("/etc/passwd")
    commit(graph)
    linked = dict.fromkeys(["data/one.ttl", "data/two.ttl"], ALL["ontology/msme.ttl"])
    assert read(graph) == ALL | linked
    repository = Repository.find(graph)
    assert {path: repository.read(path).decode() for path in repository.list_all_files()} == ALL | linked


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("data/out.ttl", "../../x.ttl"),
        ("data/out.ttl", "/etc/passwd"),
        ("data/out.ttl", "out.ttl"),
        ("data/folder", "sub"),
        ("data", "more"),
    ],
)
def test_other_links_are_refused_in_a_revision(graph: Path, path: str, target: str) -> None:
    if path == "data":
        (graph / "data").rename(graph / target)
    (graph / path).symlink_to(target)
    commit(graph)
    with pytest.raises(InputError, match="a link that cannot be followed"):
        read(graph)


def test_names_that_a_walk_skips_are_skipped_in_a_revision(graph: Path) -> None:
    for path in (".hidden.ttl", ".folder/c.ttl"):
        (graph / "data" / path).parent.mkdir(exist_ok=True)
        (graph / "data" / path).write_text("not Turtle")
    commit(graph)
    assert read(graph) == ALL


def test_replaced_objects_do_not_count(graph: Path) -> None:
    first, second = (run_git(graph, "rev-parse", f"HEAD:{path}") for path in ("data/a.ttl", "data/sub/b.ttl"))
    run_git(graph, "replace", first, second)
    assert read(graph) == ALL


def test_a_link_to_the_data_of_another_working_tree_changes_nothing(graph: Path, tmp_path: Path) -> None:
    run_git(graph, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    back = graph / ".git/worktrees/linked/gitdir"
    os.utime(back, (time.time() - 10**6,) * 2)  # git updates an old one
    content = back.read_text()
    hostile = make_graph(tmp_path / "hostile")
    shutil.copy(tmp_path / "linked/.git", hostile / ".git")
    with pytest.raises(SafetyError, match="another working tree"):
        read(hostile)
    assert back.read_text() == content
    assert read(tmp_path / "linked") == ALL


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_repository_of_another_user_is_refused_in_one_line(graph: Path, run: Run) -> None:
    for path in (graph, *graph.rglob("*")):
        os.chown(path, 12, 34, follow_symlinks=False)
    for command in (["diff", "HEAD"], ["validate", "--changed-since", "HEAD"]):
        ended = run("--root", graph, *command)
        assert (ended.code, "belongs to another user" in ended.err) == (4, True), ended.err
        assert "safe.directory" in ended.err.splitlines()[1]
        assert ended.err.count("\n") == 2


def test_a_graph_that_looks_like_a_repository_is_none(graph: Path, tmp_path: Path) -> None:
    bare = make_graph(tmp_path / "bare")
    for path in (graph / ".git").iterdir():
        (shutil.copytree if path.is_dir() else shutil.copy)(path, bare / path.name)
    with pytest.raises(InputError, match="bare"):
        is_git_checkout(Repository.find(bare))
    assert not is_git_checkout(Repository.find(make_graph(tmp_path / "none")))


def test_the_end_of_a_command_ends_git(graph: Path, run: Run) -> None:
    hold_up(graph)
    assert run("--root", graph, "--timeout", "2", "diff", "HEAD").code == 5
    deadline = time.monotonic() + 10
    while list_processes_in(graph):
        assert time.monotonic() < deadline, list_processes_in(graph)
        time.sleep(0.05)


def list_processes_in(folder: Path) -> list[str]:
    """Return the processes of git whose working directory is a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").resolve(strict=True) == folder and b"git" in (
                process / "cmdline"
            ).read_bytes():
                found.append(process.name)
    return found


@pytest.mark.parametrize("name", ["config", "HEAD", "packed-refs", "index"])
def test_a_pipe_that_git_would_wait_for_is_refused(name: str, graph: Path, run: Run) -> None:
    (graph / ".git" / name).unlink(missing_ok=True)
    os.mkfifo(graph / ".git" / name)
    (graph.parent / "new.ttl").write_text("<http://e/a> <http://e/b> 1 .")
    for words in (("diff", "HEAD"), ("apply", "--yes", "--add", graph.parent / "new.ttl")):
        ended = run("--root", graph, *words)
        assert (ended.code, f"{name}: error: not a regular file" in ended.err) == (4, True), ended.err
