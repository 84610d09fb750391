"""A folder is replaced atomically, and files of others are never lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Run, environment
from crash_safety import published_folder
from crash_safety.harness import Subject, every_call

from msme_kg.errors import LockedError, SafetyError, WriteError
from msme_kg.publish import path_exchange
from msme_kg.publish.atomic_folder import TargetFolder
from msme_kg.repository import Repository

REPOSITORY = Repository.find(ROOT)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def write(folder: Path, **files: str) -> None:
    contents = [(name.replace("_", "/"), text.encode()) for name, text in files.items()]
    TargetFolder.from_path(folder, REPOSITORY).write(contents)


def test_new_empty_and_own_folders_get_files_and_manifest(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write(folder, a="1", b_c="2")
    assert set(tree(folder)) == {"a", "b/c", "SHA256SUMS"}
    checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr
    write(folder, a="3", d_e="4")
    assert {name: text for name, text in tree(folder).items() if name != "SHA256SUMS"} == {
        "a": b"3",
        "d/e": b"4",
    }
    empty = tmp_path / "empty"
    empty.mkdir()
    write(empty, a="1")
    assert set(tree(empty)) == {"a", "SHA256SUMS"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "out"]


@pytest.mark.parametrize("foreign", ["b/note.txt", "a", ".hidden", "SHA256SUMS"])
def test_folder_with_foreign_or_edited_files_is_refused(tmp_path: Path, foreign: str) -> None:
    folder = tmp_path / "out"
    write(folder, a="1", b_c="2")
    with (folder / foreign).open("a") as file:
        file.write("mine")
    before = tree(folder)
    if foreign == "SHA256SUMS":
        (folder / "a").write_text("edited")
        before = tree(folder)
    with pytest.raises(SafetyError) as fault:
        write(folder, a="3")
    assert fault.value.exit_code == 4
    assert tree(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_manifest_with_outside_paths_deletes_nothing_there(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "out", tmp_path / "precious"
    elsewhere.write_text("mine")
    write(folder, a="1")
    with (folder / "SHA256SUMS").open("a") as file:
        file.write(f"{'0' * 64}  ../precious\n")
    write(folder, a="2")
    assert elsewhere.read_text() == "mine"


def test_symbolic_link_inside_is_not_followed(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    write(folder, a="1")
    (folder / "link").symlink_to(elsewhere)
    with pytest.raises(SafetyError):
        write(folder, a="2")


@pytest.mark.parametrize("part", [".", "..", "data", "queries/export/fresh", "ontology/shapes", "briefing/x"])
def test_graph_is_never_overwritten(copy_of_graph: Path, part: str) -> None:
    before = tree(copy_of_graph)
    with pytest.raises(SafetyError, match="the graph itself"):
        TargetFolder.from_path(copy_of_graph / part, Repository.find(copy_of_graph))
    assert tree(copy_of_graph) == before


def test_failure_while_building_files_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write(folder, a="1")

    def files() -> Iterator[tuple[str, bytes]]:
        yield "a", b"2"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        TargetFolder.from_path(folder, REPOSITORY).write(files())
    assert tree(folder)["a"] == b"1"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_unwritable_target_is_a_write_error(tmp_path: Path, run: Run) -> None:
    with pytest.raises(WriteError):
        write(tmp_path / "lacking" / "out", a="1")
    ended = run("export", "csv", "--output", tmp_path / "lacking" / "out")
    assert (ended.code, ended.out) == (6, "")
    assert ended.err.endswith("hint: nothing was changed\n")
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(SafetyError):
        write(file, a="1")
    assert file.read_text() == "mine"


def test_full_disk_leaves_the_previous_folder(tmp_path: Path) -> None:
    """A file size limit simulates the full disk."""
    folder = tmp_path / "out"
    write(folder, a="1")
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000));"
        f"sys.argv = ['msme-kg', 'export', 'csv', '--output', {str(folder)!r}];"
        "from msme_kg.cli.main import main; main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", limited], env=environment(more={"MSME_KG_CACHE": ""}), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 6, ended.stderr
    assert "error: cannot write: File too large\nhint: nothing was changed\n" in ended.stderr
    assert tree(folder)["a"] == b"1"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_interrupt_leaves_no_partial_folder(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    started = subprocess.Popen(
        [sys.executable, "-m", "msme_kg", "export", "csv", "--output", str(folder)],
        env=environment(), stderr=subprocess.PIPE,
    )  # fmt: skip
    while started.poll() is None and not list(tmp_path.iterdir()):
        os.sched_yield()
    started.send_signal(signal.SIGINT)
    _, words = started.communicate(timeout=60)
    assert b"Traceback" not in words
    assert started.returncode in {0, 130}
    assert [path.name for path in tmp_path.iterdir()] == (["out"] if started.returncode == 0 else [])


@pytest.mark.parametrize(
    ("build", "how", "call", "fewest"),
    [
        (published_folder.exchanged, "kill", "rename", 3),
        (published_folder.exchanged, "interrupt", "rename", 3),
        (published_folder.exchanged, "kill", "unlink", 5),
        (published_folder.exchanged, "EIO", "rename", 3),
        (published_folder.renamed, "kill", "rename", 5),
        (published_folder.renamed, "interrupt", "rename", 5),
        (published_folder.portal, "kill", "rename", 3),
    ],
)
def test_each_end_leaves_the_old_folder_or_the_new(
    tmp_path: Path, build: Callable[[Path], Subject], how: str, call: str, fewest: int
) -> None:
    """The command runs with the same process id each time in a container, so no name may depend on it."""
    figures = every_call(build(tmp_path / "here"), how, call=call)
    assert figures.lost == []
    assert figures.runs == figures.old + figures.new >= fewest


def test_a_reader_finds_the_folder_at_any_moment(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write(folder, a="1")
    loop = "import sys\nprint(flush=True)\nwhile True: open(sys.argv[1]).close()"
    command = [sys.executable, "-c", loop, str(folder / "a")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
        assert reader.stdout
        reader.stdout.readline()
        for number in range(300):
            write(folder, a=str(number))
        ended = reader.poll()
        reader.kill()
        assert ended is None, reader.communicate()[1]


def test_mode_and_group_of_the_folder_stay(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write(folder, a="1", b_c="2")
    group = os.getgid()
    if os.geteuid() == 0:
        group = 54321
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 54320, group)
    folder.chmod(0o2750)
    write(folder, a="2", b_c="3")
    assert oct(folder.stat().st_mode & 0o7777) == "0o2750"
    assert (folder / "b").stat().st_mode & 0o2000, "new files get the group of the folder"
    owner = folder.stat().st_uid
    assert {(path.stat().st_uid, path.stat().st_gid) for path in (folder, *folder.rglob("*"))} == {
        (owner, group)
    }
    assert owner == (54320 if os.geteuid() == 0 else os.getuid())


def test_an_edit_while_files_are_built_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write(folder, a="1")

    def files() -> Iterator[tuple[str, bytes]]:
        yield "a", b"2"
        (folder / "a").write_text("mine")

    with pytest.raises(SafetyError, match="did not write so") as fault:
        TargetFolder.from_path(folder, REPOSITORY).write(files())
    assert str(folder / "a") in str(fault.value)
    assert tree(folder)["a"] == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("in_one_step", [True, False])
def test_an_edit_at_the_last_moment_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_one_step: bool
) -> None:
    folder = tmp_path / "out"
    write(folder, a="1")
    exchange, edits = path_exchange.try_exchange, ["mine"]

    def edit_first(first: Path, second: Path) -> bool:
        if edits:
            (folder / "a").write_text(edits.pop())
        return in_one_step and exchange(first, second)

    monkeypatch.setattr(path_exchange, "try_exchange", edit_first)
    with pytest.raises(SafetyError, match="did not write so"):
        write(folder, a="2")
    assert tree(folder)["a"] == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_interrupt_during_the_exchange_waits_for_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    write(folder, a="1")
    exchange = path_exchange.try_exchange

    def interrupt_first(first: Path, second: Path) -> bool:
        os.kill(os.getpid(), signal.SIGINT)
        return exchange(first, second)

    monkeypatch.setattr(path_exchange, "try_exchange", interrupt_first)
    write(folder, a="2")
    assert tree(folder)["a"] == b"2"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_edited_leftover_is_named_and_kept(tmp_path: Path) -> None:
    folder, spare = tmp_path / "out", tmp_path / ".out.msme-kg/spare"
    write(folder, a="1")
    shutil.copytree(folder, spare)
    (spare / "a").write_text("mine")
    with pytest.raises(SafetyError) as fault:
        write(folder, a="2")
    assert str(spare / "a") in str(fault.value)
    assert (tree(folder)["a"], tree(spare)["a"]) == (b"1", b"mine")


def test_two_writers_of_a_folder_do_not_meet(tmp_path: Path) -> None:
    folder = tmp_path / "out"

    def files() -> Iterator[tuple[str, bytes]]:
        yield "a", b"1"
        with pytest.raises(LockedError, match="another process is writing this folder") as fault:
            write(folder, a="2")
        assert fault.value.exit_code == 7

    TargetFolder.from_path(folder, REPOSITORY).write(files())
    assert tree(folder)["a"] == b"1"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("make", [lambda path, to: path.symlink_to(to), lambda path, _: path.write_text("")])
def test_a_hidden_folder_of_somebody_else_is_named_and_not_used(
    tmp_path: Path, make: Callable[[Path, Path], object]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "unpublished").mkdir(parents=True)
    make(tmp_path / ".out.msme-kg", elsewhere)
    with pytest.raises(WriteError, match=r"\.out\.msme-kg belongs to somebody else"):
        write(tmp_path / "out", a="1")
    assert [path.name for path in elsewhere.iterdir()] == ["unpublished"]


def test_a_mount_point_is_refused_before_the_work(copy_of_graph: Path, tmp_path: Path) -> None:
    """A bind mount has the device of its parent, so only the number of the mount shows it."""
    (copy_of_graph / "data/broken.ttl").write_text("<a> <b>")
    out = tmp_path / "out"
    out.mkdir()
    mount = ["unshare", "--mount", "sh", "-c", 'mount --bind "$1" "$1" && shift && exec "$@"', "sh", str(out)]
    if subprocess.run([*mount, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this user cannot mount a folder")
    command = [sys.executable, "-m", "msme_kg", "portal", str(out), "--root", str(copy_of_graph)]
    ended = subprocess.run([*mount, *command], env=environment(), capture_output=True, text=True, check=False)
    assert ended.returncode == 6, ended.stderr
    assert "out: error: a mount point" in ended.stderr
    assert f"hint: name a folder in it, such as {out}/msme-kg; nothing was changed" in ended.stderr


@pytest.mark.parametrize("command", [["site"], ["portal"], ["export", "csv", "--output"]])
def test_the_folder_is_looked_at_before_the_graph_is_read(
    run: Run, copy_of_graph: Path, tmp_path: Path, command: list[str]
) -> None:
    (copy_of_graph / "data/broken.ttl").write_text("<a> <b>")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/letter.txt").write_text("mine")
    for name, code, words in (
        ("theirs", 4, "letter.txt: error: the folder holds what this command did not write so"),
        ("lacking/out", 6, "lacking/out: error: cannot write: No such file or directory"),
        ("graph/data/out", 4, "the graph itself lies there"),
        (f"theirs/{'n' * 250}", 6, "File name too long"),
        ("theirs/out", 3, "broken.ttl"),
    ):
        ended = run(*command, name, "--root", copy_of_graph)
        assert (ended.code, ended.out) == (code, ""), ended.err
        assert words in ended.err
    assert [path.name for path in (tmp_path / "theirs").iterdir()] == ["letter.txt"]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="File name too long") as fault:
        write(tmp_path / "out", **{"a": "1", "b" * 256: "2"})
    assert str(tmp_path / "out" / "bbb") in str(fault.value)
    assert list(tmp_path.iterdir()) == []


def test_names_that_sha256sum_escapes(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    for text in ("1", "2"):
        files = [(name, text.encode()) for name in ("back\\slash", "line\nbreak", "two  blanks", "臺灣")]
        TargetFolder.from_path(folder, REPOSITORY).write(files)
        checked = subprocess.run(
            ["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, check=False
        )
        assert checked.returncode == 0, checked.stderr
        assert checked.stdout.count(b": OK\n") == 4


def test_a_deleted_working_directory_is_reported(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    words = [sys.executable, "-m", "msme_kg", "portal", "out", "--root", str(ROOT)]
    leave = ["sh", "-c", 'cd "$1" && rmdir "$1" && shift && exec "$@"', "sh", str(tmp_path / "gone")]
    ended = subprocess.run([*leave, *words], env=environment(), capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (6, "")
    assert ended.stderr.startswith("out: error: cannot write: No such file or directory\n")
