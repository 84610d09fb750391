"""Files named by ``--output`` and ``--plot``: devices and pipes stay, and so do inputs and the graph."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import LONGEST, Run, environment, respect_permissions

from msme_kg.errors import WriteError
from msme_kg.repository import JOURNAL_FILE, LOCK_FILE
from msme_kg.storage import atomic_write
from msme_kg.storage.atomic_write import write_file

MEMBERS = ("query", "members", "--as-of", "2023-08-01", "--format", "csv")


def hash_tree(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    "path",
    [
        "data/sources.ttl",
        "data/new.ttl",
        "data/CHANGELOG.md",
        "data/README.md",
        "data/../data/actors/posts.ttl",
        "ontology/msme.ttl",
        "ontology/shapes/core.ttl",
        "queries/actors/members.rq",
        "briefing/en.toml",
        LOCK_FILE,
        JOURNAL_FILE,
        ".git/HEAD",
        "link.ttl",
        "hard-link.ttl",
        "folder/sources.ttl",
        "elsewhere/linked.ttl",
    ],
)
def test_an_output_in_the_graph_is_refused(path: str, copy_of_graph: Path, tmp_path: Path, run: Run) -> None:
    root = copy_of_graph
    for folder in (".git", "briefing", "elsewhere"):
        (root / folder).mkdir()
    (root / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (root / LOCK_FILE).touch()
    (root / "link.ttl").symlink_to("data/sources.ttl")
    (root / "hard-link.ttl").hardlink_to(root / "data/sources.ttl")
    (root / "folder").symlink_to("data")
    (root / "data/dataset.ttl").rename(root / "elsewhere/linked.ttl")
    (root / "data/dataset.ttl").symlink_to("../elsewhere/linked.ttl")
    before = hash_tree(root)
    for args in (
        (*MEMBERS, "-o", root / path),
        ("query", "growth", "--plot", root / path),
        ("query", "--output", os.path.relpath(root / path, tmp_path)),
        ("validate", f"-o{root / path}"),
    ):
        ended = run("--root", root, *args)
        assert (ended.code, ended.out) == (4, ""), args
        assert "error: the graph itself lies there\nhint: " in ended.err
    assert hash_tree(root) == before


def test_apply_refuses_an_output_in_the_graph_before_it_writes(
    copy_of_graph: Path, tmp_path: Path, run: Run
) -> None:
    before = hash_tree(copy_of_graph)
    (tmp_path / "a.ttl").write_text(
        '<https://w3id.org/msme-kg/source/brief> <http://www.w3.org/2004/02/skos/core#altLabel> "States"@en .'
    )
    output = copy_of_graph / "data/CHANGELOG.md"
    ended = run("apply", "--root", copy_of_graph, "--yes", "--add", "a.ttl", "-o", output)
    assert (ended.code, hash_tree(copy_of_graph)) == (4, before)


def test_a_file_next_to_the_folders_of_the_graph_is_written(copy_of_graph: Path, run: Run) -> None:
    for name in ("members.csv", "data.csv", "reports/data/members.csv"):
        (copy_of_graph / name).parent.mkdir(parents=True, exist_ok=True)
        assert run("--root", copy_of_graph, *MEMBERS, "-o", copy_of_graph / name).code == 0
        assert (copy_of_graph / name).read_text().startswith("code,member")


@pytest.mark.parametrize(
    ("args", "output"),
    [
        (["sparql", "q.rq"], "q.rq"),
        (["sparql", "q.rq"], "../{here}/q.rq"),
        (["sparql", "q.rq"], "link.rq"),
        (["validate", "a.ttl"], "a.ttl"),
        (["validate", "--alone", "a.ttl", "--shapes", "b.ttl"], "b.ttl"),
        (["check", "--add", "a.ttl", "--remove", "b.ttl"], "b.ttl"),
        (["check", "--update", "u.ru"], "u.ru"),
        (["new", "source", "--table", "t.csv"], "t.csv"),
        (["diff", "a.ttl", "b.ttl"], "b.ttl"),
        (["diff", "folder", "b.ttl"], "folder/c.ttl"),
    ],
)
def test_an_output_that_is_an_input_is_refused(
    args: list[str], output: str, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("q.rq", "a.ttl", "b.ttl", "u.ru", "t.csv", "folder/c.ttl"):
        (tmp_path / name).write_text(f"# {name}")
    (tmp_path / "link.rq").symlink_to("q.rq")
    before = hash_tree(tmp_path)
    ended = run(*args, "-o", output.format(here=tmp_path.name))
    assert (ended.code, ended.out) == (4, "")
    assert "error: the command reads this file, and would replace it\n" in ended.err
    assert hash_tree(tmp_path) == before


def test_an_output_that_is_standard_input_is_refused(tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text("ASK {}")
    command = [sys.executable, "-m", "msme_kg", "sparql", "-", "-o", "q.rq"]
    with (tmp_path / "q.rq").open() as query:
        ended = subprocess.run(command, stdin=query, cwd=tmp_path, env=environment(), check=False)
    assert (ended.returncode, (tmp_path / "q.rq").read_text()) == (4, "ASK {}")


def test_a_report_in_a_folder_that_is_compared_is_written(tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.ttl").write_text("<urn:a> <urn:b> <urn:c> .")
    (tmp_path / "b.ttl").write_text("<urn:a> <urn:b> <urn:d> .")
    for _ in range(2):
        assert run("diff", ".", "b.ttl", "-o", "diff.txt").code == 0
    assert run("diff", ".", "b.ttl", "-o", "new.json").code == 0  # no input yet


def test_two_outputs_that_are_one_file_are_refused(tmp_path: Path, run: Run) -> None:
    (tmp_path / "link").symlink_to("growth.svg")
    ended = run("query", "growth", "-o", "growth.svg", "--plot", "link")
    assert (ended.code, ended.out, (tmp_path / "growth.svg").exists()) == (2, "", False)
    assert run("query", "growth", "-o", os.devnull, "--plot", os.devnull).code == 0


@pytest.fixture
def devices(tmp_path: Path) -> Path:
    """Return a folder with devices like /dev/null and /dev/full, if they can be made."""
    try:
        os.mknod(tmp_path / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        os.mknod(tmp_path / "full", stat.S_IFCHR | 0o666, os.makedev(1, 7))
    except PermissionError:
        pytest.skip("devices can be made only by root")
    return tmp_path


def test_a_device_stays_a_device(devices: Path, run: Run) -> None:
    (devices / "link").symlink_to("null")
    for name in ("null", "link"):
        assert run(*MEMBERS, "-o", name).code == 0
        assert run("query", "growth", "--plot", name).code == 0
    ended = run(*MEMBERS, "-o", "full")
    assert (ended.code, ended.out) == (6, "")
    assert ended.err.startswith("full: error: cannot write: No space left on device\nhint: ")
    assert all(stat.S_ISCHR((devices / name).stat().st_mode) for name in ("null", "full"))
    assert sorted(path.name for path in devices.iterdir()) == ["full", "link", "null"]


def test_a_named_pipe_is_written_into(tmp_path: Path, run: Run) -> None:
    expected = run(*MEMBERS).out
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes().decode()))
    reader.start()
    assert run(*MEMBERS, "-o", "pipe").code == 0
    reader.join(LONGEST)
    assert (read, stat.S_ISFIFO(pipe.stat().st_mode)) == ([expected], True)


def test_a_named_pipe_that_nobody_reads_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic_write, "READER_SECONDS", 0.2)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(WriteError, match="no process reads from this pipe"):
        write_file(tmp_path / "pipe", [b"text"])
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_socket_stays_a_socket(tmp_path: Path, run: Run) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        ended = run(*MEMBERS, "-o", "socket")
    assert (ended.code, stat.S_ISSOCK((tmp_path / "socket").stat().st_mode)) == (6, True)


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "to-stdout"])
def test_standard_output_has_other_names(name: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "to-stdout").symlink_to("/dev/stdout")
    assert run(*MEMBERS, "-o", name) == run(*MEMBERS)


@pytest.mark.parametrize(
    ("script", "code", "content"),
    [
        ('"$@" -o /dev/fd/7 7>&1 | cat > out', 0, "whole"),
        ('"$@" -o >(cat > out); for n in $(seq 100); do [ -s out ] && break; sleep 0.1; done', 0, "whole"),
        (
            '"$@" -o >(head -n 1 > out); for n in $(seq 100); do [ -s out ] && break; sleep 0.1; done',
            0,
            "first",
        ),
        ('"$@" -o /dev/fd/7 7> out', 0, "whole"),
        ('"$@" -o /dev/fd/7 7< out', 6, ""),
        ('"$@" -o /dev/fd/7 7>&-', 6, ""),
        ('"$@" -o /dev/stderr 2> out', 0, "whole"),
    ],
)
def test_an_open_descriptor_is_written_into(
    script: str, code: int, content: str, tmp_path: Path, run: Run
) -> None:
    expected = run(*MEMBERS).out
    (tmp_path / "out").touch()
    command = ["bash", "-c", f"set -o pipefail; {script.replace('; for', '; code=$?; for')}"]
    if "code=" in command[-1]:
        command[-1] += "; exit $code"
    command += ["bash", sys.executable, "-m", "msme_kg", *MEMBERS]
    ended = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, timeout=LONGEST, check=False
    )
    texts = {"whole": expected, "first": expected.splitlines(keepends=True)[0], "": ""}
    assert (ended.returncode, (tmp_path / "out").read_bytes().decode()) == (code, texts[content]), (
        ended.stderr
    )


def test_what_others_write_to_a_descriptor_is_kept(tmp_path: Path, run: Run) -> None:
    expected = run(*MEMBERS).out
    script = '{ echo before; "$@" -o /dev/fd/7 7>&1; "$@" -o /dev/stdout; echo after; } > out'
    command = ["bash", "-c", script, "bash", sys.executable, "-m", "msme_kg", *MEMBERS]
    assert subprocess.run(command, cwd=tmp_path, env=environment(), check=False).returncode == 0
    assert (tmp_path / "out").read_bytes().decode() == f"before\n{expected}{expected}after\n"


@pytest.mark.parametrize("name", ["/", ".", "loop", "file/below", "n" * 256, "missing/file"])
def test_a_name_that_cannot_be_written_exits_with_6(name: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("kept")
    ended = run(*MEMBERS, f"--output={name}")
    assert (ended.code, ended.out) == (6, "")
    assert "error: cannot write: " in ended.err
    assert "hint: nothing was changed" in ended.err
    assert {path.name for path in tmp_path.iterdir()} == {"loop", "file"}


def test_a_name_of_the_maximum_length_and_in_any_encoding_is_written(tmp_path: Path, run: Run) -> None:
    for name in (os.fsdecode(b"n" * 255), os.fsdecode(b"\xa4\xa4"), "名單\n.csv", " "):
        assert run(*MEMBERS, "-o", name).code == 0
        assert (tmp_path / name).read_bytes().decode() == run(*MEMBERS).out


def test_a_read_only_file_stays(tmp_path: Path) -> None:
    (tmp_path / "kept.csv").write_text("kept")
    (tmp_path / "kept.csv").chmod(0o444)
    command = [sys.executable, "-m", "msme_kg", *MEMBERS, "-o", "kept.csv"]
    ended = subprocess.run(
        command, cwd=tmp_path, env=environment(), stderr=-1, check=False, preexec_fn=respect_permissions
    )
    assert (ended.returncode, (tmp_path / "kept.csv").read_text()) == (6, "kept")
    assert b"kept.csv: error: cannot write: the file is read-only\n" in ended.stderr


@pytest.mark.parametrize("group", ["query", "new"])
def test_an_output_before_the_name_is_not_ignored(group: str, tmp_path: Path, run: Run) -> None:
    name = run(group).out.splitlines()[2].split()[0]
    ended = run(group, "-o", "out.csv", name)
    assert (ended.code, ended.out) == (2, "")
    assert f"msme-kg {group} {name} --output FILE" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_removed_working_directory_is_an_error(tmp_path: Path) -> None:
    script = 'mkdir gone; cd gone; rmdir ../gone; "$@" -o file'
    command = ["bash", "-c", script, "bash", sys.executable, "-m", "msme_kg", *MEMBERS]
    ended = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, check=False)
    assert ended.returncode == 6, ended.stderr
    assert ended.stderr.startswith(b"file: error: cannot write: No such file or directory\n")
