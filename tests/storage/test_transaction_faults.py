"""A commit leaves all files old or all new, whatever fails and whenever the process dies."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from crash_safety import three_files
from crash_safety.faults import ANY, CALLS, ERRORS, Fault, injected
from crash_safety.harness import LATER, RUN_WITH_FAULT, Figures, Subject, environment, every_call
from crash_safety.subjects import fmt, leftovers, state_of_three, three, writer

from msme_kg.errors import KGError, WriteError
from msme_kg.storage.snapshot import read_snapshot, resolve_pending_commit

FEWEST = 50
"""A commit of three files makes at least so many system calls that can fail."""
OLD = three_files.text(0)
COMMAND = [sys.executable, "-m", "crash_safety.three_files"]


def attempted(root: Path) -> tuple[int | None, str]:
    """Commit; return the exit code and the output, or no code if it was interrupted."""
    try:
        three_files.put(root, dict(zip(three_files.PATHS, (OLD, None, OLD), strict=True)), 0)
    except KGError as fault:
        return fault.exit_code, str(fault)
    except KeyboardInterrupt:
        return None, ""
    return 0, ""


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("how", [*ERRORS, "interrupt"])
def test_error_at_every_system_call(tmp_path: Path, how: str, lasting: bool) -> None:
    subject, figures = three(tmp_path / "three"), Figures()
    for number in count(1):
        subject.prepare()
        with injected(Fault(ANY, number, how, lasting)) as fault:
            code, said = attempted(tmp_path / "three")
        if not fault.happened:
            break
        assert code in {None, 0, 6}
        figures.count_run(subject, f"{how} at {number}", code, said)
    assert figures.lost == []
    assert figures.old > FEWEST / 2
    assert figures.new
    assert figures.runs >= FEWEST


@pytest.mark.parametrize(("how", "first"), [("exit", 1), ("kill", 2)])
def test_death_at_every_other_system_call(tmp_path: Path, how: str, first: int) -> None:
    """One way of dying is as good as the other; ``make torture`` takes both at every call."""
    figures = every_call(three(tmp_path / "three"), how, numbers=count(first, 2))
    assert figures.lost == []
    assert figures.old > FEWEST / 4
    assert figures.new
    assert figures.runs >= FEWEST / 2


def test_failed_rename_is_rolled_back(tmp_path: Path) -> None:
    """The first rename is that of the journal, the others are those of the files."""
    subject = three(tmp_path / "three")
    for number in (1, 2, 3, 4):
        subject.prepare()
        with injected(Fault("rename", number, "EACCES")):
            code, said = attempted(tmp_path / "three")
        assert code == 6
        assert "nothing was changed" in said
        assert (".ttl" in said) == (number > 1)
        assert leftovers(tmp_path / "three") == []
        assert not (tmp_path / "three/data/changes").exists()
        assert state_of_three(tmp_path / "three") == "0"


@pytest.mark.parametrize("rename", [2, 3, 4])
def test_death_at_every_system_call_of_a_rollback(tmp_path: Path, rename: int) -> None:
    subject, figures = three(tmp_path / "three"), Figures()
    for number in count(1):
        subject.prepare()
        # Whoever cannot make one system call more is as good as dead.
        with (
            injected(Fault("rename", rename, "EIO")),
            injected(Fault(ANY, number, "interrupt", True)) as death,
        ):
            attempted(tmp_path / "three")
        if not death.happened:
            break
        figures.count_run(subject, f"death at {number}")
    assert figures.lost == []
    assert figures.runs > FEWEST


def test_failed_rollback_is_reported_and_completed_later(tmp_path: Path) -> None:
    subject = three(tmp_path / "three")
    subject.prepare()
    with injected(Fault("rename", 3, "EIO", lasting=True)):
        code, said = attempted(tmp_path / "three")
    assert code == 6
    assert LATER in said
    assert state_of_three(tmp_path / "three") == "1"


@pytest.mark.parametrize("how", [*ERRORS, "interrupt"])
@pytest.mark.parametrize("rename", [2, 3, 4])
def test_fault_at_every_system_call_of_recovery(tmp_path: Path, how: str, rename: int) -> None:
    root = tmp_path / "broken"
    for number in count(1):
        three(root).prepare()
        kill_at_rename(root, rename)
        with injected(Fault(ANY, number, how)) as injection, suppress(WriteError, KeyboardInterrupt):
            resolve_pending_commit(root)
        if not injection.happened:
            break
        assert state_of_three(root) == "1"
    assert number > 10


def kill_at_rename(root: Path, rename: int) -> None:
    """Let a process die while it commits; a copy of what it leaves would not be completed."""
    child = os.fork()
    if child == 0:
        with injected(Fault("rename", rename, "kill")):
            attempted(root)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    figures = writer(tmp_path / "writer", 30, random.Random(5))  # noqa: S311 (moments, not secrets)
    assert figures.lost == []
    assert figures.runs == 30


@pytest.mark.parametrize("call", ["rename", "unlink"])
def test_death_of_fmt(tmp_path: Path, call: str) -> None:
    """The first renames are those of the journal and the files; there is no further one."""
    figures = every_call(fmt(tmp_path), "kill", call=call, numbers=[1, 3])
    assert figures.lost == []
    assert figures.runs == 2


@pytest.fixture
def shared() -> Iterator[Path]:
    """Return a folder that every user can read."""
    folder = Path(tempfile.mkdtemp(prefix="msme-kg-shared-"))
    folder.chmod(0o755)
    three_files.make(folder / "three")
    yield folder / "three"
    shutil.rmtree(folder)


def as_other(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the writer as a user without root permissions."""
    # The interpreter may lie where only root can look: everything is imported first.
    code = "import fcntl, os, sys; from crash_safety import three_files\n"
    code += "if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
    code += "three_files.main()"
    command = [sys.executable, "-c", code, str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)


def close(path: Path) -> None:
    """Give a folder to another user, the only one who may write to it."""
    if os.geteuid() == 0:
        os.chown(path, 0, 0)
    path.chmod(0o555)


def test_read_only_folder_can_be_read(shared: Path) -> None:
    for folder in (shared, *(path for path in shared.rglob("*") if path.is_dir())):
        close(folder)
    assert as_other(shared, "read").returncode == 0
    ended = as_other(shared, "once")
    assert ended.returncode == 6
    assert "nothing was changed" in ended.stderr
    assert state(shared) == (0, ["data", "ontology"])


def test_read_only_subfolder_prevents_the_commit(shared: Path) -> None:
    if os.geteuid() == 0:
        for path in (shared, *shared.rglob("*")):
            os.chown(path, 65534, 65534)
    close(shared / "ontology")
    ended = as_other(shared, "once")
    assert ended.returncode == 6
    assert ended.stderr.startswith("ontology/c.ttl: error: cannot write: Permission denied")
    assert "nothing was changed" in ended.stderr
    assert state(shared)[0] == 0
    assert leftovers(shared) == []


def test_read_only_file_prevents_the_commit(shared: Path) -> None:
    if os.geteuid() == 0:
        for path in (shared, *shared.rglob("*")):
            os.chown(path, 65534, 65534)
    (shared / "ontology/c.ttl").chmod(0o444)
    ended = as_other(shared, "once")
    assert ended.returncode == 6
    assert ended.stderr.startswith("ontology/c.ttl: error: cannot write: the file is read-only")
    assert state(shared)[0] == 0


def test_interrupted_commit_in_a_read_only_folder_is_reported(shared: Path) -> None:
    fault = [
        "--call",
        "rename",
        "--number",
        "3",
        "--how",
        "kill",
        "crash_safety.three_files",
        str(shared),
        "once",
    ]
    subprocess.run([*RUN_WITH_FAULT, *fault], env=environment(), check=False)
    for folder in (shared, *(path for path in shared.rglob("*") if path.is_dir())):
        close(folder)
    ended = as_other(shared, "read")
    assert ended.returncode == 6
    assert "broke off" in ended.stderr
    for folder in (shared, *(path for path in shared.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    assert read_snapshot(shared, lambda: three_files.number(three_files.read(shared))) == 1


def test_full_disk_changes_nothing(tmp_path: Path) -> None:
    """A limit on file size makes writes fail in the middle of a file, like a full disk."""
    subject = three(tmp_path / "three")
    subject.prepare()
    limit = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000));"
    limit += "sys.argv = sys.argv[1:]; runpy.run_module(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-c", limit, *subject.command]
    ended = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert ended.returncode == 6
    assert "nothing was changed" in ended.stderr
    assert leftovers(tmp_path / "three") == []
    assert state_of_three(tmp_path / "three") == "0"


def test_commit_makes_every_tested_system_call(tmp_path: Path) -> None:
    """Faults at calls that are never made would test nothing."""
    subject: Subject = three(tmp_path / "three")
    for call in set(CALLS) - {"rmdir"}:
        subject.prepare()
        with injected(Fault(call, 10_000, "EIO")) as fault:
            attempted(tmp_path / "three")
        assert fault.seen, call


def state(root: Path) -> tuple[int, list[str]]:
    """Return the number in the files, and the names in the folder."""
    return three_files.number(three_files.read(root)), sorted(path.name for path in root.iterdir())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write in the folder of another user")
def test_what_root_writes_belongs_to_the_owner_of_the_folder(shared: Path) -> None:
    for path in (shared, *shared.rglob("*")):
        os.chown(path, 65534, 65534)
    subprocess.run([*COMMAND, str(shared), "once"], env=environment(), check=True)
    for path in (shared, *shared.rglob("*")):
        assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65534), path
    assert (shared / "data/changes/b.ttl").exists()
    ended = as_other(shared, "once")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert state(shared)[0] == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write in the folder of another user")
@pytest.mark.parametrize("rename", [2, 3, 4])
def test_what_root_leaves_behind_is_completed_by_the_owner(shared: Path, rename: int) -> None:
    for path in (shared, *shared.rglob("*")):
        os.chown(path, 65534, 65534)
    kill_at_rename(shared, rename)
    ended = as_other(shared, "read")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "1\n", "")
    assert leftovers(shared) == []
    assert as_other(shared, "once").returncode == 0
