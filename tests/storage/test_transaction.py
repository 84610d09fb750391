"""Commits are atomic, and readers see consistent files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from crash_safety import three_files
from crash_safety.harness import environment
from crash_safety.subjects import leftovers

from msme_kg.errors import ConflictError, InputError, LockedError, SafetyError, SourceLocation, WriteError
from msme_kg.repository import JOURNAL_FILE, LOCK_FILE
from msme_kg.storage import snapshot as consistent_module
from msme_kg.storage.journal import hash_content
from msme_kg.storage.snapshot import read_snapshot, resolve_pending_commit
from msme_kg.storage.transaction import commit, open_write_transaction

COMMAND = [sys.executable, "-m", "crash_safety.three_files"]


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Return a folder with three files that always have equal content."""
    three_files.make(tmp_path / "three")
    return tmp_path / "three"


def write(root: Path, files: dict[str, bytes], expected: dict[str, bytes | None]) -> None:
    with open_write_transaction(root, 0) as lock:
        commit(lock, files, {path: hash_content(content) for path, content in expected.items()})


def read(root: Path) -> int:
    return three_files.number(read_snapshot(root, lambda: three_files.read(root)))


def test_commit_writes_old_and_new_files_and_leaves_no_others(three: Path) -> None:
    three_files.put(three, three_files.read(three))
    assert read(three) == 1
    assert leftovers(three) == []
    assert {path.name for path in three.iterdir()} == {"data", "ontology", LOCK_FILE}


def test_changed_file_prevents_the_whole_commit(three: Path) -> None:
    seen = three_files.read(three)
    for path, edited in [("ontology/c.ttl", b"edited"), ("data/changes/b.ttl", b"made")]:
        (three / path).parent.mkdir(exist_ok=True)
        kept = seen[path]
        (three / path).write_bytes(edited)
        with pytest.raises(ConflictError) as fault:
            three_files.put(three, seen)
        assert fault.value.exit_code == 7
        assert fault.value.location == SourceLocation(path)
        assert three_files.read(three) == {**seen, path: edited}
        (three / path).unlink()
        if kept is not None:
            (three / path).write_bytes(kept)
    assert leftovers(three) == []


def test_file_that_was_only_read_is_compared_too(three: Path) -> None:
    with pytest.raises(ConflictError):
        write(three, {"data/new.ttl": b"new"}, {"data/new.ttl": None, "data/a.ttl": b"something else"})
    assert not (three / "data/new.ttl").exists()


def test_unchanged_file_is_not_written(three: Path) -> None:
    old = (three / "data/a.ttl").stat()
    write(three, {"data/a.ttl": three_files.text(0)}, {"data/a.ttl": three_files.text(0)})
    assert (three / "data/a.ttl").stat() == old
    assert (three / LOCK_FILE).stat().st_size == 0


def test_modes_owners_and_links_are_preserved(three: Path) -> None:
    file, link = three / "data/a.ttl", three / "data/link.ttl"
    link.symlink_to("../ontology/c.ttl")
    file.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(file, 12, 34)
    former = file.stat()
    seen = three_files.text(0)
    write(
        three,
        dict.fromkeys(["data/a.ttl", "data/link.ttl"], b"new"),
        {"data/a.ttl": seen, "data/link.ttl": seen},
    )
    now = file.stat()
    assert (now.st_mode, now.st_uid, now.st_gid) == (former.st_mode, former.st_uid, former.st_gid)
    assert file.read_bytes() == b"new"
    assert link.is_symlink()
    assert (three / "ontology/c.ttl").read_bytes() == b"new"


@pytest.mark.parametrize("path", ["../outside.ttl", "data/out.ttl", "away/x.ttl", "data/loop.ttl", "."])
def test_no_path_leaves_the_root(three: Path, path: str) -> None:
    outside = three.parent / "outside.ttl"
    outside.write_bytes(b"old")
    (three / "data/out.ttl").symlink_to(outside)
    (three / "away").symlink_to(three.parent)
    (three / "data/loop.ttl").symlink_to("loop.ttl")
    seen = three_files.text(0)
    with pytest.raises((InputError, SafetyError, WriteError)):
        write(three, {"data/a.ttl": b"new", path: b"new"}, {"data/a.ttl": seen, path: b"old"})
    assert outside.read_bytes() == b"old"
    assert (three / "data/a.ttl").read_bytes() == seen


def test_files_outside_the_root_are_not_cleaned_up(three: Path) -> None:
    outside = three.parent / "outside"
    outside.mkdir()
    (three / "queries").symlink_to(outside)
    (outside / ".msme-kg.x.new").touch()
    (three / "data/.msme-kg.x.new").touch()
    with open_write_transaction(three, 0):
        pass
    assert (outside / ".msme-kg.x.new").exists()
    assert leftovers(three / "data") == []


def test_two_names_of_one_file_are_refused(three: Path) -> None:
    (three / "data/link.ttl").symlink_to("a.ttl")
    seen = three_files.text(0)
    paths = ["data/a.ttl", "data/link.ttl"]
    with pytest.raises(SafetyError):
        write(three, dict.fromkeys(paths, b"new"), dict.fromkeys(paths, seen))


def test_second_writer_waits_or_is_refused(three: Path) -> None:
    with open_write_transaction(three, 0):
        with pytest.raises(LockedError) as fault, open_write_transaction(three, 0):
            pass
        assert fault.value.exit_code == 7
        ended = subprocess.run([*COMMAND, str(three), "once", "0"], env=environment(), check=False)
        assert ended.returncode == 7
        waiting = subprocess.Popen([*COMMAND, str(three), "once"], env=environment())
    assert waiting.wait() == 0
    assert read(three) == 1


def test_lock_of_a_writer_that_was_killed_is_free(three: Path) -> None:
    with _endless(three) as child:
        child.terminate()
        child.wait()
    assert child.returncode == -signal.SIGTERM
    with open_write_transaction(three, 0):
        pass


def test_no_update_of_eight_writers_is_lost(three: Path) -> None:
    each = 10
    writers = [
        subprocess.Popen([*COMMAND, str(three), "count", str(each)], env=environment()) for _ in range(8)
    ]
    assert [one.wait() for one in writers] == [0] * 8
    assert read(three) == 8 * each


def test_concurrent_reader_sees_consistent_files(three: Path) -> None:
    seen: list[int] = []
    with _endless(three) as child:
        assert child.stdout
        threading.Thread(target=child.stdout.read).start()  # so that it is never held up
        while len(set(seen)) < 40:
            seen.append(read(three))
    assert seen == sorted(seen)


def test_read_disturbed_by_a_commit_is_repeated(three: Path) -> None:
    tries = []

    def slowly() -> dict[str, bytes | None]:
        first = three_files.read(three)["data/a.ttl"]
        if len(tries) < 2:
            three_files.put(three, three_files.read(three))
        tries.append(first)
        return {**three_files.read(three), "data/a.ttl": first}

    assert three_files.number(read_snapshot(three, slowly)) == 2
    assert len(tries) == 3


def test_read_error_counts_only_without_a_commit_meanwhile(three: Path) -> None:
    calls = []

    def read_once() -> str:
        calls.append(1)
        if len(calls) == 1:
            three_files.put(three, three_files.read(three))
            raise InputError("a file is gone")
        return "read"

    assert read_snapshot(three, read_once) == "read"

    def fail() -> None:
        raise InputError("a file is gone")

    with pytest.raises(InputError):
        read_snapshot(three, fail)


def test_reader_takes_the_lock_if_commits_keep_coming(three: Path) -> None:
    calls: list[bool] = []

    def busily() -> int:
        try:
            three_files.put(three, three_files.read(three), 0)
            calls.append(True)
        except LockedError:
            calls.append(False)
        return three_files.number(three_files.read(three))

    assert read_snapshot(three, busily) == sum(calls)
    assert calls[-1] is False


def test_reading_writes_nothing(three: Path) -> None:
    before = sorted((str(path), path.stat().st_mtime_ns) for path in three.rglob("*"))
    assert read(three) == 0
    assert resolve_pending_commit(three) is False
    assert sorted((str(path), path.stat().st_mtime_ns) for path in three.rglob("*")) == before


def test_reader_completes_an_interrupted_commit(broken: Path) -> None:
    assert read(broken) == 1
    assert not (broken / JOURNAL_FILE).exists()
    assert leftovers(broken) == []


def test_file_edited_after_an_interrupted_commit_is_not_overwritten(broken: Path) -> None:
    (broken / "ontology/c.ttl").write_bytes(b"edited")
    for _ in range(2):
        with pytest.raises(ConflictError) as fault:
            resolve_pending_commit(broken)
        assert fault.value.location == SourceLocation("ontology/c.ttl")
        assert JOURNAL_FILE in str(fault.value)
    assert (broken / "ontology/c.ttl").read_bytes() == b"edited"
    (broken / "ontology/c.ttl").write_bytes(three_files.text(0))
    assert read(broken) == 1


def test_lost_content_abandons_the_commit_or_is_reported(broken: Path) -> None:
    staged = broken / "ontology/.msme-kg.c.ttl.new"
    staged.unlink()
    with pytest.raises(ConflictError, match="lost"):
        resolve_pending_commit(broken)
    (broken / "data/a.ttl").write_bytes(three_files.text(0))  # now nothing of it has been done
    assert resolve_pending_commit(broken)
    assert read(broken) == 0


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"{}}",
        b"[1]",
        b"{}",
        b"[" * 100_000,
        b'{"inode": 1, "changes": [{"path": "data/a.ttl", "old": 1, "new": null, "temporary": null}]}',
    ],
)
def test_damaged_journal_is_refused(three: Path, record: bytes) -> None:
    (three / JOURNAL_FILE).write_bytes(record)
    with pytest.raises(ConflictError):
        read(three)
    assert three_files.number(three_files.read(three)) == 0


def test_reader_waits_for_a_commit_until_the_timeout(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consistent_module, "COMMIT_TIMEOUT", 0.1)
    holder = "import sys; from pathlib import Path; from msme_kg.storage.lock import hold_exclusive_lock\n"
    holder += "with hold_exclusive_lock(Path(sys.argv[1]), 0): print(flush=True); sys.stdin.read()"
    options: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "env": environment()}
    with subprocess.Popen([sys.executable, "-c", holder, str(broken)], **options) as child:
        assert child.stdout
        child.stdout.readline()
        with pytest.raises(LockedError):
            read(broken)
    assert read(broken) == 1


def test_fmt_writes_nothing_while_another_writer_holds_the_lock(run: Any, copy_of_graph: Path) -> None:
    file = copy_of_graph / "data/sources.ttl"
    file.write_bytes(file.read_bytes().replace(b" ;\n", b"  ;\n"))
    old = file.read_bytes()
    with open_write_transaction(copy_of_graph, 0):
        ended = run("fmt", "--root", copy_of_graph, "--timeout", "0.1")
    assert ended.code == 7
    assert "another writer" in ended.err
    assert file.read_bytes() == old
    assert run("fmt", "--root", copy_of_graph).code == 0
    assert file.read_bytes() != old


@pytest.fixture
def broken(three: Path) -> Path:
    """Return a folder with an interrupted commit: one file new, two old, and a journal."""
    fault = ["--call", "rename", "--number", "3", "--how", "kill"]
    command = [sys.executable, "-m", "crash_safety.run_with_fault", *fault, *COMMAND[2:], str(three), "once"]
    assert subprocess.run(command, env=environment(), check=False).returncode == -signal.SIGKILL
    with pytest.raises(ValueError, match="torn"):
        three_files.number(three_files.read(three))
    return three


@contextmanager
def _endless(root: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that commits for ever, and wait for its first commit."""
    command = [*COMMAND, str(root), "forever"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment()) as child:
        assert child.stdout
        child.stdout.readline()
        try:
            yield child
        finally:
            child.kill()
