"""Standard streams that are closed, full, broken, read-only or not blocking: exit codes say what was done."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import LONGEST, environment
from fork_server import ForkServer

UPDATE = (
    "<https://w3id.org/msme-kg/source/brief> "
    '<http://www.w3.org/2004/02/skos/core#altLabel> "The States"@en .\n'
)
MEMBERS = ("query", "members", "--as-of", "2023-08-01", "--format", "csv")
HEAVY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?i) }"


@dataclass(frozen=True)
class Ended:
    """Outcome of a run; the text of a stream that was not kept is empty."""

    code: int
    out: str
    err: str


RunWith = Callable[..., Ended]


def open_broken_pipe() -> int:
    """Return the writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


OUTPUTS: dict[str, Callable[[], int | None]] = {
    "closed": lambda: None,
    "full": lambda: os.open("/dev/full", os.O_WRONLY),
    "broken": open_broken_pipe,
    "read-only": lambda: os.open(os.devnull, os.O_RDONLY),
}
FAILING = sorted(set(OUTPUTS) - {"broken"})


@pytest.fixture
def run_with(tmp_path: Path, fork_server: ForkServer) -> RunWith:
    """Run the command line with streams named as in ``OUTPUTS``; others are kept."""

    def run(*args: str | Path, stdin: bytes | None = b"", stdout: str = "", stderr: str = "") -> Ended:
        kept = [tmp_path / "kept.in", tmp_path / "kept.out", tmp_path / "kept.err"]
        kept[0].write_bytes(stdin or b"")
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
        streams = [
            None if stdin is None else os.open(kept[0], os.O_RDONLY),
            *(
                OUTPUTS[kind]() if kind else os.open(path, flags, 0o600)
                for kind, path in ((stdout, kept[1]), (stderr, kept[2]))
            ),
        ]
        code = fork_server.run_with_streams(list(map(str, args)), tmp_path, environment(), streams, LONGEST)
        for stream in streams:
            if stream is not None:
                os.close(stream)
        out, err = (path.read_text() if path.exists() else "" for path in kept[1:])
        assert "Traceback" not in err
        return Ended(code, out, err)

    return run


@pytest.fixture
def update(tmp_path: Path) -> Path:
    """Return an acceptable update."""
    path = tmp_path / "update.ttl"
    path.write_text(UPDATE)
    return path


def is_written(graph: Path) -> bool:
    return "The States" in (graph / "data/sources.ttl").read_text()


@pytest.mark.parametrize("stdout", FAILING)
@pytest.mark.parametrize("args", [["info"], ["-h"], ["--version"], ["validate"], ["export", "ntriples"]])
def test_a_result_that_cannot_be_written_exits_with_6(
    args: list[str], stdout: str, run_with: RunWith
) -> None:
    ended = run_with(*args, stdout=stdout)
    assert ended.code == 6
    assert [line for line in ended.err.splitlines() if line.startswith("Error: cannot write to standard out")]


@pytest.mark.parametrize("stdout", OUTPUTS)
def test_a_confirmed_update_is_written_whatever_becomes_of_its_report(
    stdout: str, run_with: RunWith, copy_of_graph: Path, update: Path
) -> None:
    ended = run_with("apply", "--root", copy_of_graph, "--yes", "--add", update, stdout=stdout)
    assert is_written(copy_of_graph)
    assert "written as https://w3id.org/msme-kg/change/" in ended.err
    assert ended.code == (0 if stdout == "broken" else 6)
    errors = [line for line in ended.err.splitlines() if line.startswith("Error: ")]
    assert len(errors) == (stdout != "broken")
    assert all("nevertheless, written as https://" in line for line in errors)


def test_an_update_with_a_report_file_that_cannot_be_written_is_said_to_be_written(
    run_with: RunWith, copy_of_graph: Path, update: Path
) -> None:
    ended = run_with("apply", "--root", copy_of_graph, "--yes", "--add", update, "-o", "missing/report.txt")
    assert (ended.code, is_written(copy_of_graph)) == (6, True)
    assert "nevertheless, written as https://" in ended.err
    assert "nothing was changed" not in ended.err


@pytest.mark.parametrize("stdout", FAILING)
def test_formatted_files_are_said_to_be_written(stdout: str, run_with: RunWith, copy_of_graph: Path) -> None:
    file = copy_of_graph / "data/sources.ttl"
    before = file.read_bytes()
    file.write_bytes(before.replace(b" ;\n", b"  ;\n"))
    ended = run_with("fmt", "--root", copy_of_graph, stdout=stdout)
    assert (ended.code, file.read_bytes()) == (6, before)
    assert "nevertheless, 1 of " in ended.err


@pytest.mark.parametrize("stdout", OUTPUTS)
def test_the_code_of_an_error_or_of_findings_comes_before_that_of_the_output(
    stdout: str, run_with: RunWith, tmp_path: Path
) -> None:
    (tmp_path / "bad.ttl").write_text('<https://w3id.org/msme-kg/member/us> <urn:p> "x"@fr .')
    assert run_with("sparql", "-e", "SELEKT", stdout=stdout).code == 3
    assert run_with("query", "nothing", stdout=stdout).code == 2
    assert run_with("check", "--add", "bad.ttl").code == 1
    assert run_with("check", "--add", "bad.ttl", stdout=stdout).code == (1 if stdout == "broken" else 6)


@pytest.mark.parametrize("stderr", OUTPUTS)
def test_standard_error_has_no_effect_on_the_exit_code(
    stderr: str, run_with: RunWith, copy_of_graph: Path, update: Path
) -> None:
    assert run_with("apply", "--root", copy_of_graph, "--yes", "--add", update, stderr=stderr).code == 0
    assert is_written(copy_of_graph)
    ended = run_with("query", "members", "--as-of", "2030-01-01", stderr=stderr)  # with a note
    assert (ended.code, ended.out.count("\n") > 50) == (0, True)
    assert run_with("quary", stderr=stderr).code == 2
    assert run_with("sparql", "--timeout", "0.5", "-e", HEAVY, stderr=stderr).code == 5


def test_a_file_is_written_without_standard_streams(run_with: RunWith, tmp_path: Path) -> None:
    expected = run_with(*MEMBERS).out
    ended = run_with(*MEMBERS, "-o", "members.csv", stdin=None, stdout="closed", stderr="closed")
    assert (ended.code, (tmp_path / "members.csv").read_text()) == (0, expected)


@pytest.mark.parametrize(
    "args",
    [
        ["sparql", "-"],
        ["check", "--add", "-"],
        ["check", "--update", "-"],
        ["validate", "-"],
        ["diff", "-"],
        ["new", "source", "--table", "-"],
        ["apply", "--yes", "--remove", "-"],
    ],
)
def test_closed_standard_input_exits_with_3(args: list[str], run_with: RunWith, copy_of_graph: Path) -> None:
    ended = run_with("--root", copy_of_graph, *args, stdin=None)
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("Error: cannot read standard input: it is closed\nhint: ")


def test_apply_with_closed_standard_input_asks_for_yes(
    run_with: RunWith, copy_of_graph: Path, update: Path
) -> None:
    ended = run_with("apply", "--root", copy_of_graph, "--add", update, stdin=None)
    assert (ended.code, "--yes" in ended.err) == (2, True)


def test_standard_input_that_does_not_block_is_waited_for(tmp_path: Path, fork_server: ForkServer) -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    timer = threading.Timer(0.5, lambda: (os.write(writing, b"ASK {}"), os.close(writing)))
    timer.start()
    with (tmp_path / "out").open("w+b") as out:
        streams = [reading, out.fileno(), out.fileno()]
        code = fork_server.run_with_streams(["sparql", "-"], tmp_path, environment(), streams, LONGEST)
    timer.join()
    os.close(reading)
    assert (code, (tmp_path / "out").read_text()) == (0, "true\n")


def test_standard_output_that_does_not_block_is_written_whole(tmp_path: Path) -> None:
    expected = run_process("export", "ntriples", cwd=tmp_path).stdout
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with subprocess.Popen(
        [sys.executable, "-m", "msme_kg", "export", "ntriples"],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment(),
    ) as process:
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            out = pipe.read()
        _, err = process.communicate(timeout=LONGEST)
    assert (process.returncode, err) == (0, b"")
    assert out == expected
    assert len(out) > 1 << 20  # more than a pipe holds


def run_process(*args: str, cwd: Path, redirection: str = "") -> subprocess.CompletedProcess[bytes]:
    """Run the command line as a new process, with the redirection of a shell."""
    return subprocess.run(
        ["bash", "-c", f'"$@" {redirection}', "bash", sys.executable, "-m", "msme_kg", *args],
        capture_output=True,
        cwd=cwd,
        env=environment(),
        timeout=LONGEST,
        check=False,
    )


@pytest.mark.parametrize(
    ("redirection", "code"),
    [
        ("<&- >&- 2>&-", 6),
        (">/dev/full 2>/dev/full", 6),
        ("2>&-", 0),
        ("2>/dev/full", 0),
        ("-o out.csv >&- 2>&-", 0),
    ],
)
def test_a_new_process_survives_the_redirections_of_a_shell(
    redirection: str, code: int, tmp_path: Path
) -> None:
    assert run_process(*MEMBERS, cwd=tmp_path, redirection=redirection).returncode == code


def test_a_closed_descriptor_is_not_taken_by_a_file(
    copy_of_graph: Path, update: Path, tmp_path: Path
) -> None:
    """The lock or a data file with number 1 or 2 would get the report or the errors."""
    args = ("apply", "--yes", "--add", str(update), "--root", str(copy_of_graph))
    assert run_process(*args, cwd=tmp_path, redirection=">&- 2>&-").returncode == 6
    assert is_written(copy_of_graph)
    assert run_process("validate", "--root", str(copy_of_graph), cwd=tmp_path).returncode == 0


def test_a_review_that_cannot_be_shown_is_not_asked_about(copy_of_graph: Path, update: Path) -> None:
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "msme_kg", "--root", copy_of_graph, "apply", "--add", update],
        stdin=follower,
        stdout=(full := os.open("/dev/full", os.O_WRONLY)),
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        os.write(leader, b"y\n")
        _, err = process.communicate(timeout=LONGEST)
    for descriptor in (leader, follower, full):
        os.close(descriptor)
    assert (process.returncode, is_written(copy_of_graph)) == (6, False)
    assert b"cannot show the review: No space left on device" in err


def test_an_answer_that_is_not_utf8_is_no_confirmation(copy_of_graph: Path, update: Path) -> None:
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "msme_kg", "--root", copy_of_graph, "apply", "--add", update],
        stdin=follower,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(),
    ) as process:
        os.write(leader, b"\xa4\xa4\nn\n")
        out, _ = process.communicate(timeout=LONGEST)
    os.close(leader)
    os.close(follower)
    assert (process.returncode, is_written(copy_of_graph)) == (0, False), out.decode()
