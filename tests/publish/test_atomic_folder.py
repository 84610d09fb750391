"""A folder is replaced atomically, and files of others are never lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Run, environment

from msme_kg.errors import SafetyError, WriteError
from msme_kg.publish.atomic_folder import write_folder
from msme_kg.repository import Repository

REPOSITORY = Repository.find(ROOT)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def write(folder: Path, **files: str) -> None:
    write_folder(
        folder, [(name.replace("_", "/"), text.encode()) for name, text in files.items()], REPOSITORY
    )


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


@pytest.mark.parametrize("part", [".", "..", "data", "queries/export/fresh", "ontology/shapes"])
def test_graph_is_never_overwritten(copy_of_graph: Path, part: str) -> None:
    before = tree(copy_of_graph)
    with pytest.raises(SafetyError, match="the graph itself"):
        write_folder(copy_of_graph / part, [("a", b"1")], Repository.find(copy_of_graph))
    assert tree(copy_of_graph) == before


def test_failure_while_building_files_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write(folder, a="1")

    def files() -> Iterator[tuple[str, bytes]]:
        yield "a", b"2"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_folder(folder, files(), REPOSITORY)
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
