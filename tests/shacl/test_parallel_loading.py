"""A file loaded in chunks by several processes gives the same graph, and fails in the same way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import numpy as np
import pytest
from conftest import scale_examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from msme_kg.errors import KGError
from msme_kg.shacl import forked_worker, parallel_loading
from msme_kg.shacl.forked_worker import ForkedWorker
from msme_kg.shacl.indexed_graph import IndexedGraph
from msme_kg.shacl.parallel_loading import load_in_parallel
from msme_kg.shacl.term_dictionary import BLANK, COLUMN_DTYPES, TermDictionary
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.turtle_chunks import split_turtle
from msme_kg.validation.graph_validation import validate_files_with_lint

HEAD = "# all\n@prefix ex: <http://e.x/> .\nPREFIX : <http://e.x/#>\n@base <http://b.x/> .\n"
SUBJECTS = ("ex:a", ":b", "<c>", "_:d", "_:e1", "[]", "[ ex:p 1 ]", "( 1 _:d )")
OBJECTS = (
    *SUBJECTS,
    r'"x\n.\ny"',
    r"'\\.\u0041 \"'",
    '"汉字 🎉"@zh-Hant',
    '"a"@EN',
    "-1.50",
    "true",
    '"2020-02-30"^^ex:date',
    '"#"',
    "( )",
    "( [] [ :q ( _:e1 ) ] )",
)
BETWEEN = (
    "# a comment\n",
    "# . ' \" [ (\n",
    "#\n.\n",
    "\n\n",
    "@prefix ex: <http://e.x/> .\n",
    "@prefix ex: <http://other.x/> .\n",
    "PREFIX new: <http://n.x/>\n",
    "@base <deeper/> .\n",
    'ex:l ex:p """long\n.\n""" .\n',
    "_:0123456789abcdef0123 ex:p [] .\n",
)
AN_ODD_ONE = 0.05


def turtle(rnd: Random) -> bytes:
    """Draw a Turtle document, valid most of the time."""
    lines = [HEAD]
    for _ in range(rnd.randrange(1, 40)):
        parts = [f"ex:p{rnd.randrange(3)} {rnd.choice(OBJECTS)}" for _ in range(rnd.randrange(1, 4))]
        lines += [rnd.choice(SUBJECTS), " ", " ;\n\t".join(parts), rnd.choice(("\n.\n", "\n.\n", " .\n"))]
        if rnd.random() < AN_ODD_ONE:
            lines += [rnd.choice(BETWEEN)]
    text = "".join(lines)
    if rnd.random() < AN_ODD_ONE:
        text = text[: rnd.randrange(len(text))]
    text = text.replace("\n", "\r\n") if rnd.random() < AN_ODD_ONE * 4 else text
    text = text.rstrip("\r\n") if rnd.random() < AN_ODD_ONE * 4 else text
    return (b"\xef\xbb\xbf" if rnd.random() < AN_ODD_ONE else b"") + text.encode()


@pytest.fixture(autouse=True, scope="module")
def _in_chunks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parallel_loading, "MIN_PARALLEL_BYTES", 1)
        patch.setattr(parallel_loading, "count_usable_cpus", lambda: 3)
        patch.setenv("MSME_KG_CACHE", "")
        yield


def file_of(content: bytes) -> GraphFile:
    return GraphFile("d.ttl", "urn:d", content)


def graph_of(file: GraphFile) -> tuple[Any, ...]:
    """Return the terms, their columns and the triples of a graph, or the error message."""
    try:
        graph = IndexedGraph.load(Dataset((file,)))
    except KGError as error:
        return (str(error),)
    terms = graph.terms
    columns = [getattr(terms, name).tolist() for name in COLUMN_DTYPES]
    names = list(terms.datatype_names), list(terms.language_tags)
    return (terms.serialize_terms(np.arange(len(terms))), columns, names, graph.table.to_buffers())


def plain(file: GraphFile) -> tuple[Any, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parallel_loading, "count_usable_cpus", lambda: 1)
        return graph_of(file)


@given(st.integers(0, 2**62))
@settings(
    max_examples=scale_examples(80), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
def test_chunks_give_the_graph_of_the_file(seed: int) -> None:
    file = file_of(turtle(Random(seed)))  # noqa: S311
    assert graph_of(file) == plain(file)


STATEMENTS = "".join(f'ex:s{n} ex:p {n % 7}, "{n}"@en, _:b{n % 5}, [ ex:q {n % 3} ]\n.\n' for n in range(30))
WHOLE = HEAD + STATEMENTS


def test_a_large_file_is_loaded_in_chunks() -> None:
    found = load_in_parallel(file_of(WHOLE.encode()))
    assert found is not None
    assert len(found[1]) == 30 * 5


@pytest.mark.parametrize("rest", ["#", "\n", " "])
def test_a_chunk_may_be_empty(rest: str) -> None:
    # So long that the first third ends within the last statement.
    file = file_of((WHOLE + rest * (2 * len(STATEMENTS) - 24)).encode())
    assert len(list(split_turtle(file, 3)[-1].parse_raw())) == 0
    assert load_in_parallel(file) is not None
    assert graph_of(file) == plain(file)


@pytest.mark.parametrize("middle", BETWEEN[4:])
def test_a_file_that_cannot_be_split_is_read_as_a_whole(middle: str) -> None:
    file = file_of((WHOLE + middle + STATEMENTS).encode())
    told_apart = middle != BETWEEN[4]
    assert (load_in_parallel(file) is None) == told_apart
    assert graph_of(file) == plain(file)


def test_a_prefix_may_change_and_change_back_within_a_chunk() -> None:
    change = "@prefix ex: <http://o.x/> .\nex:s ex:p 1 .\n@prefix ex: <http://e.x/> .\n"
    file = file_of((WHOLE + STATEMENTS + change + STATEMENTS).encode())
    assert load_in_parallel(file) is not None
    assert graph_of(file) == plain(file)


def test_a_prefix_changed_alike_in_all_chunks_is_detected() -> None:
    change = "@prefix ex: <http://o.x/> .\n"
    file = file_of((HEAD + "ex:s ex:p 1 .\n" + (change + STATEMENTS) * 6).encode())
    assert load_in_parallel(file) is None
    assert graph_of(file) == plain(file)


@pytest.mark.parametrize(
    "odd", ["ex:s ex:p", 'ex:s ex:p "a\nb" .', "no:s ex:p 1 .", "ex:s ex:p (" * 101, "\0"]
)
@pytest.mark.parametrize("blocks_before", [0, 1, 3])
def test_an_error_has_its_location(odd: str, blocks_before: int) -> None:
    text = HEAD + STATEMENTS * blocks_before + odd + "\n.\n" + STATEMENTS * (3 - blocks_before)
    assert graph_of(file_of(text.encode())) == plain(file_of(text.encode()))
    assert len(plain(file_of(text.encode()))) == 1


def test_terms_of_all_chunks_are_decoded() -> None:
    texts = [r'"x\n.\u0041\\"', '"汉字"@zh', '"a>b"', '"1"^^ex:d', "<c>", ":d", r'"\""@en']
    found = load_in_parallel(file_of((WHOLE + f"ex:s ex:all {', '.join(texts)} .").encode()))
    assert found is not None
    terms = TermDictionary.from_buffers(found[0])
    numbers = np.flatnonzero(terms.kinds != BLANK)[::-1].repeat(2)
    asked = terms.decode_strings(numbers)
    assert asked == [one.value for one in terms.get_terms(numbers)] == terms.decode_strings(numbers)


def test_generated_blank_node_labels_are_deterministic() -> None:
    file = file_of(WHOLE.encode())
    assert graph_of(file) == graph_of(file) == plain(file)


def _fail() -> None:
    raise ZeroDivisionError


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("end", [_fail, _die])
def test_a_worker_may_fail_or_die(
    end: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    file, encode, parent = file_of(WHOLE.encode()), parallel_loading._encode_chunk, os.getpid()

    def encode_in_parent(chunk: Any) -> Any:
        if os.getpid() != parent:
            end()
        return encode(chunk)

    monkeypatch.setattr(parallel_loading, "_encode_chunk", encode_in_parent)
    assert load_in_parallel(file) is None
    assert graph_of(file) == plain(file)
    assert capfd.readouterr() == ("", "")
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("call", ["fork", "pipe"])
def test_a_file_is_read_as_a_whole_where_no_process_can_start(
    call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> int:
        raise BlockingIOError

    file = file_of(WHOLE.encode())
    expected = plain(file)
    monkeypatch.setattr(os, call, refused)
    assert load_in_parallel(file) is None
    assert graph_of(file) == expected


def test_a_worker_returns_its_result() -> None:
    result = [b"", bytes(np.arange(1 << 20).tobytes()), b"\xff" * 8]
    with ForkedWorker(lambda: result) as worker:
        assert worker.read_result() == result
    assert forked_worker.count_usable_cpus() >= 1


def test_a_worker_does_not_flush_the_output_of_its_parent(capfd: pytest.CaptureFixture[str]) -> None:
    with open(1, "w", closefd=False) as stdout:
        stdout.write("once")
        with ForkedWorker(lambda: 1) as worker:
            assert worker.read_result() == 1
    assert capfd.readouterr().out == "once"


SHAPES = "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> a sh:NodeShape ; sh:targetNode <urn:x> ."


@pytest.mark.parametrize("odd", ["", 'ex:s ex:p "\u200b"\n.\n', "ex:s ex:p <javascript:x>\n.\n"])
def test_lint_in_a_worker_finds_the_same(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MSME_KG_CACHE", "")
    shapes, files = [GraphFile("s.ttl", "urn:s", SHAPES.encode())], [file_of((WHOLE + odd).encode())]
    expected = validate_files_with_lint(shapes, files)
    monkeypatch.setattr(forked_worker, "MIN_PARALLEL_BYTES", 1)
    monkeypatch.setattr(forked_worker, "count_usable_cpus", lambda: 2)
    assert validate_files_with_lint(shapes, files) == expected
    assert bool(expected[1]) == bool(odd)


def alive(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="workers need Linux")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM, None])
def test_a_worker_does_not_outlive_its_parent(number: int | None) -> None:
    code = (
        "import os, signal, time\nfrom msme_kg.shacl.forked_worker import ForkedWorker\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # which may be ignored in the background
        "worker = ForkedWorker(lambda: time.sleep(60))\nprint(worker._process.pid, flush=True)\n"
        f"{'os._exit(5)' if number is None else 'time.sleep(60)'}"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    if number is not None:
        parent.send_signal(number)
    try:
        parent.wait(30)
    finally:
        parent.kill()
        parent.communicate()
    until = time.monotonic() + 30
    while alive(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert not alive(child)
