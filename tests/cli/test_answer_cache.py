"""A question that is asked again of the same files is answered from the cache, and of others it is not."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest
from conftest import ROOT, environment

from msme_kg.storage.file_state import list_read_folders, read_file_state

COPIES = 8
OLD = 2.2
"""Seconds after which a file counts as unchanged."""
MEMBERS = ("query", "members", "--as-of", "2023-08-01")


class Asked:
    """A graph with a cache of its own, asked by new processes."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder, self.root, self.caches = folder, root, folder / "cache"

    def ask(self, *words: str, **variables: str) -> tuple[int, str, str, bool]:
        """Return the exit code, both streams, and whether the graph was read."""
        places = {"MSME_KG_CACHE": str(self.caches), "MSME_KG_ROOT": str(self.root)}
        ended = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "msme_kg", *words],
            capture_output=True,
            cwd=self.folder,
            env=environment("2025-12-31", more=places | variables),
            timeout=60,
            check=False,
        )
        lines = ended.stderr.decode().splitlines(keepends=True)
        notes = [line for line in lines if not line.startswith("import time:")]
        is_read = any(line.endswith(" pyoxigraph\n") for line in lines)
        return ended.returncode, ended.stdout.decode(), "".join(notes), is_read

    def list_answers(self) -> list[Path]:
        """Return the answers in the cache."""
        return sorted(self.caches.glob("answer-*"))


def wait_until_old(root: Path) -> None:
    """Wait until no file of a graph or the package counts as changed."""
    state = read_file_state(list_read_folders(root))
    time.sleep(max(0.0, state.last_change / 1e9 + OLD - time.time()))


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """Return the shipped graph."""
    wait_until_old(ROOT)
    return Asked(tmp_path, ROOT)


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return copies of the shipped graph, after one wait for all."""
    graphs = [tmp_path_factory.mktemp("copy") / "graph" for _ in range(COPIES)]
    for graph, name in product(graphs, ("ontology", "data", "queries")):
        shutil.copytree(ROOT / name, graph / name)
    wait_until_old(graphs[-1])
    return graphs


@pytest.fixture
def changing(copies: list[Path]) -> Asked:
    """Return a copy of the shipped graph that a test may change."""
    graph = copies.pop()
    return Asked(graph.parent, graph)


@pytest.mark.parametrize(
    "words",
    [
        MEMBERS,
        ("describe", "Taiwan", "--lang", "zh"),
        ("search", "helpdesk", "--format", "csv"),
        ("sparql", "-e", "ASK { ?s a msme:WTOMember }"),
        ("info",),
    ],
)
def test_the_same_question_has_the_same_answer_without_the_graph(
    words: tuple[str, ...], asked: Asked
) -> None:
    code, out, err, is_read = asked.ask(*words)
    assert (code, is_read) == (0, True)
    assert out
    assert asked.ask(*words) == (0, out, err, False)


def test_hints_come_again_with_the_answer(asked: Asked) -> None:
    first, second = asked.ask(*MEMBERS), asked.ask(*MEMBERS)
    assert "hint: 10 more have indirect evidence only: --evidence indirect\n" in second[2]
    assert (first[1:3], second[3]) == (second[1:3], False)


def test_a_terminal_has_an_answer_of_its_own_for_each_width(asked: Asked) -> None:
    def show(width: int) -> list[str]:
        """Return the lines that a terminal of a width shows."""
        controller, terminal = os.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        places = {"MSME_KG_CACHE": str(asked.caches), "MSME_KG_ROOT": str(asked.root)}
        variables = environment("2025-12-31", more=places)
        variables.pop("COLUMNS", None)  # pytest in parallel processes sets it
        process = subprocess.Popen(
            [sys.executable, "-m", "msme_kg", "query", "work-areas"],
            stdin=subprocess.DEVNULL,
            stdout=terminal,
            stderr=subprocess.DEVNULL,
            cwd=asked.folder,
            env=variables,
        )
        os.close(terminal)
        chunks = []
        with suppress(OSError):  # the end, on Linux
            while chunk := os.read(controller, 65536):
                chunks.append(chunk)
        os.close(controller)
        assert process.wait(60) == 0
        return b"".join(chunks).decode().splitlines()

    narrow, wide = show(30), show(120)
    assert max(map(len, narrow)) <= 30 < max(map(len, wide))
    assert [show(30), show(120)] == [narrow, wide]
    assert len(asked.list_answers()) == 2
    assert asked.ask("query", "work-areas")[1].splitlines() not in (narrow, wide)


def change_label(root: Path) -> None:
    """Give a Member another name of the same length, in the same file, with the same time of modification."""
    path = root / "data/actors/members.ttl"
    status = path.stat()
    text = path.read_text(encoding="utf-8")
    assert '"Uruguay"@en' in text
    path.write_text(text.replace('"Uruguay"@en', '"Uruguax"@en'), encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def add_member(root: Path) -> None:
    (root / "data/more.ttl").write_text(
        "<https://w3id.org/msme-kg/member/xx> a <urn:x> .\n", encoding="utf-8"
    )


def interrupt_commit(root: Path) -> None:
    (root / ".msme-kg.intent").write_bytes(b"")


@pytest.mark.parametrize(
    "change",
    [
        change_label,
        add_member,
        lambda root: (root / "data/actors/members.ttl").unlink(),
        lambda root: (root / "queries/actors/members.rq").write_text("SELECT", encoding="utf-8"),
        lambda root: (root / "data/actors").rename(root / "data/others"),
        lambda root: (root / "data/actors/members.ttl").touch(),
        interrupt_commit,
    ],
)
def test_after_a_change_the_graph_is_read(change: Callable[[Path], object], changing: Asked) -> None:
    changing.ask(*MEMBERS)
    assert not changing.ask(*MEMBERS)[3]
    change(changing.root)
    assert changing.ask(*MEMBERS)[3]


def test_a_change_is_in_the_answer_at_once_and_soon_in_the_cache(changing: Asked) -> None:
    assert "Uruguay" in changing.ask(*MEMBERS)[1]
    change_label(changing.root)
    for _ in range(2):  # nothing is kept that was read right after a change
        _, out, _, is_read = changing.ask(*MEMBERS)
        assert "Uruguax" in out
        assert is_read
        assert "Uruguay" not in out
    time.sleep(OLD)
    assert [changing.ask(*MEMBERS)[3] for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        (("query", "members", "--as-of", "2023-08-02"), {}),
        ((*MEMBERS, "--lang", "zh"), {}),
        (MEMBERS, {"MSME_KG_LANG": "zh"}),
        (MEMBERS, {"MSME_KG_LANG": "", "LC_ALL": "zh_TW.UTF-8"}),
        (MEMBERS, {"MSME_KG_TODAY": "2024-01-01"}),
        (("--root", str(ROOT), *MEMBERS), {}),
    ],
)
def test_another_question_reads_the_graph(
    words: tuple[str, ...], variables: dict[str, str], asked: Asked
) -> None:
    asked.ask(*MEMBERS)
    assert asked.ask(*words, **variables)[3]


def test_a_file_is_written_each_time_and_input_is_read(asked: Asked) -> None:
    output, query = asked.folder / "members.csv", asked.folder / "query.rq"
    for value in ("1", "2"):
        query.write_text(f"SELECT ({value} AS ?n) {{}}", encoding="utf-8")
        assert asked.ask("sparql", str(query), "--format", "csv")[1].split() == ["n", value]
        assert asked.ask(*MEMBERS, "-o", str(output))[3]
        assert output.read_text(encoding="utf-8").count("\n") == 80
        output.unlink()
    assert asked.list_answers() == []


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-1] + b"x"),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes() + b"x"),
        lambda path: path.chmod(0o666),
        lambda path: path.with_name("secret").write_bytes(b"0" * 32),
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: (path.unlink(), os.mkfifo(path)),
    ],
)
def test_a_damaged_or_foreign_answer_is_not_believed(harm: Callable[[Path], object], asked: Asked) -> None:
    first = asked.ask(*MEMBERS)
    harm(*asked.list_answers())
    assert asked.ask(*MEMBERS) == first


def test_without_a_cache_the_answer_is_the_same(asked: Asked) -> None:
    first = asked.ask(*MEMBERS)
    for caches in ("", "/dev/null/cache"):
        assert asked.ask(*MEMBERS, MSME_KG_CACHE=caches) == first
