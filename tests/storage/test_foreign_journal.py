"""A journal is obeyed only where this user has written it, and only for files of the graph."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Run
from crash_safety import three_files
from crash_safety.harness import environment

from msme_kg.errors import ConflictError, KGError, SafetyError
from msme_kg.repository import JOURNAL_FILE, LOCK_FILE
from msme_kg.storage import journal
from msme_kg.storage.journal import FileChange, hash_content
from msme_kg.storage.snapshot import read_snapshot
from msme_kg.storage.transaction import commit, open_write_transaction

NEW = three_files.text(7)


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Return a folder with three files that always have equal content."""
    three_files.make(tmp_path / "three")
    return tmp_path / "three"


def make_change(root: Path, path: str, new: bytes | None) -> FileChange:
    """Return a change whose temporary file exists."""
    target = root / path
    temporary = f".msme-kg.{target.name}.new" if new is not None else None
    if temporary and new is not None:
        target.with_name(temporary).write_bytes(new)
    old = target.read_bytes() if target.exists() else None
    return FileChange(path, hash_content(old), hash_content(new), temporary)


def read(root: Path) -> dict[str, bytes | None]:
    return read_snapshot(root, lambda: three_files.read(root))


def list_tree(root: Path) -> dict[str, str]:
    """Return every file with its content, and what is no regular file by its inode."""
    return {
        str(path.relative_to(root)): path.read_bytes().hex()
        if path.is_file() and not path.is_symlink()
        else str(path.lstat().st_ino)
        for path in root.rglob("*")
    }


def test_a_journal_of_this_process_is_obeyed(three: Path) -> None:
    """The tests below would prove nothing if none were."""
    journal.write(three, [make_change(three, "data/a.ttl", NEW), make_change(three, "ontology/c.ttl", None)])
    assert read(three)["data/a.ttl"] == NEW
    assert not (three / "ontology/c.ttl").exists()


@pytest.mark.parametrize("path", ["data/a.ttl", ".git/HEAD", "LICENSE"])
@pytest.mark.parametrize("new", [None, NEW], ids=["remove", "replace"])
@pytest.mark.parametrize("has_lock", [False, True], ids=["fresh", "written before"])
def test_a_journal_of_a_checkout_changes_nothing(
    three: Path, path: str, new: bytes | None, has_lock: bool
) -> None:
    (three / path).parent.mkdir(exist_ok=True)
    (three / path).write_bytes(b"old")
    change = make_change(three, path, new).__dict__ | {"identity": "1 2"}
    (three / JOURNAL_FILE).write_text(json.dumps({"inode": 1, "changes": [change]}))
    if has_lock:
        (three / LOCK_FILE).touch()
    before = list_tree(three)
    for _ in range(2):
        with pytest.raises(ConflictError) as fault:
            read(three)
        assert fault.value.exit_code == 7
        assert JOURNAL_FILE in str(fault.value)
        assert list_tree(three) == before


def test_commands_that_read_say_so_in_two_lines(copy_of_graph: Path, run: Run) -> None:
    record = [{"path": ".git/HEAD", "old": None, "new": None, "temporary": None}]
    (copy_of_graph / JOURNAL_FILE).write_text(json.dumps(record))
    before = list_tree(copy_of_graph)
    for command in (["query", "members"], ["fmt", "--check"], ["validate"]):
        ended = run("--root", copy_of_graph, *command)
        assert (ended.code, ended.out, ended.err.count("\n")) == (7, "", 2), ended.err
    assert list_tree(copy_of_graph) == before


def test_a_journal_with_a_guessed_inode_changes_nothing(three: Path) -> None:
    changes = [make_change(three, "data/a.ttl", NEW), make_change(three, "ontology/c.ttl", None)]
    for change in changes:
        source = three / change.path
        status = (source.with_name(change.temporary) if change.temporary else source).stat()
        for identity in ("", f"{status.st_ino}", f"{status.st_ino} {status.st_mtime_ns + 1}"):
            fields = change.__dict__ | {"identity": identity}
            path = three / JOURNAL_FILE
            path.touch()
            path.write_text(json.dumps({"inode": path.stat().st_ino, "changes": [fields]}))
            before = list_tree(three)
            with pytest.raises(ConflictError):
                read(three)
            assert {**list_tree(three), LOCK_FILE: ""} == {**before, LOCK_FILE: ""}


def test_a_file_put_in_the_place_of_a_temporary_one_is_not_used(three: Path) -> None:
    change = make_change(three, "data/a.ttl", NEW)
    journal.write(three, [change])
    temporary = three / "data" / str(change.temporary)
    shutil.copy(temporary, three / "data/copy")
    os.replace(three / "data/copy", temporary)
    with pytest.raises(ConflictError):
        read(three)
    assert (three / "data/a.ttl").read_bytes() == three_files.text(0)


@pytest.mark.parametrize("how", ["copytree", "tar"])
def test_a_copy_of_an_interrupted_commit_is_not_completed(three: Path, tmp_path: Path, how: str) -> None:
    journal.write(three, [make_change(three, "data/a.ttl", NEW)])
    copy = tmp_path / "copy"
    if how == "copytree":
        shutil.copytree(three, copy)
    else:
        copy.mkdir()
        for words in (["-cf", "a.tar", "-C", "three", "."], ["-xpf", "a.tar", "-C", "copy"]):
            subprocess.run(["tar", *words], cwd=tmp_path, check=True)
    before = list_tree(copy)
    with pytest.raises(ConflictError, match="you made in this folder"):
        read(copy)
    assert list_tree(copy) == before
    assert read(three)["data/a.ttl"] == NEW


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_journal_of_another_user_is_left_to_that_user(three: Path) -> None:
    journal.write(three, [make_change(three, "data/a.ttl", NEW)])
    os.chown(three / JOURNAL_FILE, 12, 34)
    with pytest.raises(ConflictError):
        read(three)
    assert (three / "data/a.ttl").read_bytes() == three_files.text(0)


@pytest.mark.parametrize("path", [".git/HEAD", "LICENSE", "../x.ttl", "data/.hidden.ttl", "data/out/x.ttl"])
def test_only_files_of_the_graph_are_changed(three: Path, tmp_path: Path, path: str) -> None:
    """Even a journal that this process has written does not reach further."""
    (tmp_path / "elsewhere").mkdir()
    (three / "data/out").symlink_to(tmp_path / "elsewhere")
    target = (three / path).resolve()
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(b"old")
    with pytest.raises(SafetyError):
        journal.write(three, [make_change(three, path, None)])
    with pytest.raises(SafetyError), open_write_transaction(three, 0) as lock:
        commit(lock, {path: b"new"}, {path: hash_content(b"old")})
    (three / JOURNAL_FILE).touch()
    status = target.stat()
    fields = make_change(three, path, None).__dict__ | {"identity": f"{status.st_ino} {status.st_ctime_ns}"}
    record = {"inode": (three / JOURNAL_FILE).stat().st_ino, "changes": [fields]}
    (three / JOURNAL_FILE).write_text(json.dumps(record))
    with pytest.raises(SafetyError):
        read(three)
    assert target.read_bytes() == b"old"


@pytest.mark.parametrize("kind", ["device", "pipe", "folder", "huge", "nothing"])
def test_a_journal_that_never_ends_is_not_read(three: Path, kind: str) -> None:
    path = three / JOURNAL_FILE
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "huge":
        path.touch()
        os.truncate(path, 1 << 40)
    else:
        path.symlink_to("/dev/zero" if kind == "device" else "nowhere")
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30));"
    limited += "from crash_safety import three_files; three_files.main()"
    command = [sys.executable, "-c", limited, str(three), "read"]
    ended = subprocess.run(
        command, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 7, ended.stderr
    assert os.path.lexists(path)


@pytest.mark.parametrize("kind", ["pipe", "folder", "link", "device"])
def test_a_lock_that_is_no_file_is_refused(three: Path, kind: str) -> None:
    path = three / LOCK_FILE
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("data/a.ttl" if kind == "link" else "/dev/zero")
    with pytest.raises(KGError) as fault:
        three_files.put(three, three_files.read(three), 0)
    assert fault.value.exit_code == 6
    assert three_files.read(three)["data/a.ttl"] == three_files.text(0)


def test_a_pipe_in_the_place_of_a_temporary_file_is_not_read(three: Path) -> None:
    change = make_change(three, "data/a.ttl", NEW)
    journal.write(three, [change])
    temporary = three / "data" / str(change.temporary)
    temporary.unlink()
    os.mkfifo(temporary)
    with pytest.raises(KGError, match="not a regular file"):
        read(three)
