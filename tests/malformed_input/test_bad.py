"""Exit code, line and message of the command line for each malformed input file."""

from __future__ import annotations

import csv
import re
import shlex
import shutil
import socket
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import bad_files
import pytest
from conftest import ROOT, environment
from connection_trap import Trap

HERE = Path(__file__).resolve().parent
MEMORY = 1 << 20
"""KiB of addresses that a process may take. numpy and the engine map more than they use, yet far less than
this; a limit on what is used (RLIMIT_RSS) is not kept by Linux, one on data misses what is mapped."""
LONGEST = 60
HANGS = -1000
PLACEHOLDER = "TRAP"
"""What stands in the files for the address of the trap."""
UNSEEN = {"Cc", "Cf", "Zl", "Zp"}


@dataclass(frozen=True)
class Row:
    """A line of ``expected.tsv``.

    Attributes:
        file: path within this folder.
        how: the command. ``{graph}`` is the real graph, ``{file}`` the path, ``{text}`` the content,
            ``{files}`` the path beside those of the others that one process judges.
        exit: the code with which the process ends.
        line: the line of the file that is named, if any.
        words: what is said, there or anywhere; ``-``: nothing is said about the file.
    """

    file: str
    how: str
    exit: int
    line: str
    words: str

    @property
    def run(self) -> tuple[str, int, str]:
        """What names the process that judges it."""
        return (self.how, self.exit, "" if "{files}" in self.how else self.file)


@dataclass(frozen=True)
class Ended:
    """Exit code and output of a process."""

    code: int
    output: str


def rows() -> list[Row]:
    with (HERE / "expected.tsv").open(encoding="utf-8", newline="") as table:
        read = list(csv.reader(table, dialect="excel-tab", quoting=csv.QUOTE_NONE))
    assert read[0] == ["file", "how", "exit", "line", "words"]
    return [
        Row(file.encode().decode("unicode_escape"), how, int(code), *rest)
        for file, how, code, *rest in read[1:]
    ]


ROWS = rows()


@pytest.fixture(scope="session")
def trap() -> Iterator[Trap]:
    server = Trap()
    yield server
    server.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, trap: Trap) -> Path:
    """Copy the files, insert the address of the trap, and make the generated files."""
    copy = tmp_path_factory.mktemp("bad") / "files"
    shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for path in copy.rglob("*"):
        if path.is_file() and PLACEHOLDER.encode() in path.read_bytes():
            path.write_bytes(path.read_bytes().replace(PLACEHOLDER.encode(), trap.address.encode()))
    bad_files.make(copy)
    return copy


@pytest.fixture(scope="session")
def run_row(request: pytest.FixtureRequest, folder: Path, trap: Trap) -> Callable[[Row], Ended]:
    """Return a function that runs the process of a row; rows of one command share a process."""
    together: dict[tuple[str, int, str], list[str]] = {}
    for item in request.session.items:
        if getattr(item, "originalname", "") == "test_bad_file":
            row: Row = item.callspec.params["row"]  # type: ignore[attr-defined]
            together.setdefault(row.run, []).append(row.file)
    results: dict[tuple[str, int, str], Ended] = {}

    def run_row(row: Row) -> Ended:
        if row.run not in results:
            results[row.run] = ended(words(row.how, together[row.run], folder, trap), folder)
        return results[row.run]

    return run_row


def words(how: str, files: list[str], folder: Path, trap: Trap) -> list[str | bytes]:
    """Return the arguments of a command."""
    found: list[str | bytes] = []
    for word in shlex.split(how.replace(PLACEHOLDER, trap.address)):
        if word == "{files}":
            found += files
        elif "{text}" in word:
            found.append(word.encode().replace(b"{text}", (folder / files[0]).read_bytes()))
        else:
            found.append(word.replace("{file}", files[0]).replace("{graph}", str(ROOT)))
    return found


def ended(arguments: list[str | bytes], folder: Path) -> Ended:
    """Run the command line with little memory and a nearly empty graph."""
    try:
        done = subprocess.run(
            [
                "/bin/sh",
                "-c",
                f'ulimit -v {MEMORY}; exec "$@"',
                "sh",
                sys.executable,
                "-m",
                "msme_kg",
                *arguments,
            ],
            input=b"",
            capture_output=True,
            cwd=folder,
            env=environment(more={"MSME_KG_ROOT": str(folder / "graph")}),
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Ended(HANGS, "")
    return Ended(done.returncode, (done.stdout + done.stderr).decode())


def judge(row: Row, run: Ended) -> None:
    """Compare the exit code and output of a process with a row."""
    assert run.code == row.exit, run.output
    assert "Traceback" not in run.output
    assert {char for char in run.output if unicodedata.category(char) in UNSEEN} <= {"\n"}
    # The hint belongs to its message; the source line between the two does not.
    lines = re.sub(r"\n(?:  .*\n)*hint: ", " hint: ", run.output).split("\n")
    about = [one.removeprefix(row.file) for one in lines if one.startswith(f"{row.file}:")]
    if row.words == "-":
        assert about == [], run.output
        return
    if row.line or "{files}" in row.how:
        lines = [one for one in about if one.startswith(f":{row.line}:" if row.line else ":")]
    said = [one.replace(row.file, "").lower() for one in lines]
    assert any(row.words.lower() in one for one in said), run.output


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.file.encode("unicode_escape").decode())
def test_bad_file(row: Row, run_row: Callable[[Row], Ended], trap: Trap) -> None:
    judge(row, run_row(row))
    assert trap.connections == 0


def test_trap_counts_connections(folder: Path) -> None:
    server = Trap()
    assert server.address.encode() not in (folder / "formats-xml/external-dtd.rdf").read_bytes()
    host, port = server.address.split(":")
    with socket.create_connection((host, int(port))) as speaking:
        assert speaking.recv(1) == b""
    assert server.connections == 1
    server.close()


def test_files_and_table_agree(folder: Path) -> None:
    assert len(ROWS) == len({row.file for row in ROWS}) >= 150
    fixed = {"good", "graph"}
    there = {path.relative_to(HERE) for path in HERE.glob("*/**/*") if path.is_file()}
    kept = {path.as_posix() for path in there if path.parts[0] not in fixed and path.suffix != ".pyc"}
    assert kept <= {row.file for row in ROWS}
    assert set(bad_files.TEXTS) <= {row.file for row in ROWS}
    assert {one for one in bad_files.TEXTS if not (folder / one).is_file()} == set()
