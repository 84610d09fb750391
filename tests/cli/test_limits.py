"""Every command ends at its limits of time, memory and input, with one line that names the limit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import LONGEST, ROOT, Result, Run, environment

SOURCE = (
    "<https://w3id.org/msme-kg/source/example-org> a <https://w3id.org/msme-kg/ontology#Source> ;"
    ' <http://www.w3.org/2000/01/rdf-schema#label> "example.org"@en , "example.org"@zh-Hant ;'
    " <https://schema.org/url> <https://example.org/> ."
)
COMMANDS = [
    "validate",
    "validate new.ttl",
    "validate --alone --shapes shapes.ttl new.ttl",
    "check --add new.ttl",
    "apply --add new.ttl --yes",
    "diff before after",
    "export turtle",
    "export csv -o tables",
    "fmt",
    "new source --url https://example.org/",
    "portal bundle",
    "site pages",
    "release 9.0.0",
    "log",
    "brief --as-of 2023-08-01",
    "info",
    "search Wilson",
    "describe US",
    "query members",
    "sparql -e ASK{}",
]
BIG_TEXT = " ".join(
    f"BIND(CONCAT({', '.join([f'?x{number}'] * 8)}) AS ?x{number + 1})" for number in range(8)
)
BOMB = f"SELECT (STRLEN(?x8) AS ?n) {{ BIND('12345678' AS ?x0) {BIG_TEXT} }}"
PRODUCT = "SELECT ?focus { ?focus ?a ?b . ?c ?d ?e . ?f ?g ?h FILTER(CONCAT(STR(?b), STR(?e)) = STR(?h)) }"


def run_with(limits: dict[str, object], *arguments: str | Path, folder: Path, stdin: bytes = b"") -> Result:
    """Run the command line with smaller limits than the default ones.

    Args:
        limits: values by module and name, such as ``cli.options.WORK_SECONDS``.
        arguments: the command line.
        folder: the current folder.
        stdin: standard input.
    """
    lines = ["import importlib"]
    for name, value in limits.items():
        module, _, constant = name.rpartition(".")
        lines.append(f"importlib.import_module('msme_kg.{module}').{constant} = {value!r}")
    lines.append("from msme_kg.cli.main import main; main()")
    ended = subprocess.run(
        [sys.executable, "-c", "\n".join(lines), *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=folder,
        env=environment(),
        timeout=LONGEST,
        check=False,
    )
    return Result(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def assert_ends(ended: Result, code: int, *words: str) -> None:
    """Check that a run ended with one message that has some words."""
    assert ended.code == code, ended
    message, hint = ended.err.splitlines()
    assert hint.startswith("hint: ")
    assert all(word in message for word in words), message


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_a_time_limit(command: str, tmp_path: Path, copy_of_graph: Path) -> None:
    (tmp_path / "new.ttl").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text("<urn:a> <urn:b> <urn:c> .", encoding="utf-8")
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.ttl").write_text(SOURCE * 1000, encoding="utf-8")
    limits: dict[str, object] = {
        "cli.options.QUERY_SECONDS": 0.001,
        "cli.options.WORK_SECONDS": 0.001,
        "operations.apply.LOCK_TIMEOUT": 0.001,
    }
    ended = run_with(limits, "--root", copy_of_graph, *command.split(), folder=tmp_path)
    assert_ends(ended, 5, "not finished within 0.00")


def test_a_check_of_the_root_ends_at_the_limit_of_each_command_that_runs_it(
    tmp_path: Path, copy_of_graph: Path
) -> None:
    (tmp_path / "new.ttl").write_text(SOURCE, encoding="utf-8")
    texts = "problem: {en: a, zh-Hant: b}", "solution: {en: a, zh-Hant: b}", "title: {en: a, zh-Hant: b}"
    header = "".join(f"#+ {line}\n" for line in ("severity: violation", *texts))
    (copy_of_graph / "queries/checks/product.rq").write_text(header + PRODUCT, encoding="utf-8")
    for command in ("validate", "check --add new.ttl", "apply --add new.ttl --yes"):
        limits: dict[str, object] = {"cli.options.WORK_SECONDS": 2}
        ended = run_with(limits, "--root", copy_of_graph, *command.split(), folder=tmp_path)
        assert_ends(ended, 5, "not finished within 2 seconds")


@pytest.mark.parametrize("command", ["sparql bomb.rq", "--root graph validate", "--root graph query bomb"])
def test_memory_is_limited(command: str, tmp_path: Path, copy_of_graph: Path) -> None:
    texts = "title: {en: a, zh-Hant: b}", "description: {en: a, zh-Hant: b}"
    header = "".join(f"#+ {line}\n" for line in texts)
    bomb = BOMB.replace("SELECT", "SELECT ?focus")
    check = (
        f"{header.replace('description', 'problem')}#+ severity: info\n#+ solution: {{en: a, zh-Hant: b}}\n"
    )
    (tmp_path / "bomb.rq").write_text(BOMB, encoding="utf-8")
    (copy_of_graph / "queries/actors/bomb.rq").write_text(header + BOMB, encoding="utf-8")
    (copy_of_graph / "queries/checks/large.rq").write_text(check + bomb, encoding="utf-8")
    limits: dict[str, object] = {"cli.watchdog.MAX_MEMORY_BYTES": 256 << 20}
    assert_ends(run_with(limits, *command.split(), folder=tmp_path), 4, "memory")


def test_a_pipe_as_the_configuration_of_openssl_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never-ends")
    ended = subprocess.run(
        [sys.executable, "-m", "msme_kg", "info"],
        capture_output=True,
        env=environment(more={"OPENSSL_CONF": str(tmp_path / "never-ends")}),
        timeout=LONGEST,
        check=False,
    )
    result = Result(ended.returncode, ended.stdout.decode(), ended.stderr.decode())
    assert_ends(result, 2, "OPENSSL_CONF is a pipe")


def test_git_without_a_folder_for_temporary_files_is_a_failed_write(copy_of_graph: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(copy_of_graph)], check=True)
    limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)"
    limit = f"{limit}; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))"
    ended = subprocess.run(
        [sys.executable, "-c", f"{limit}\nfrom msme_kg.cli.main import main; main()", "diff", "HEAD"],
        capture_output=True,
        cwd=copy_of_graph,
        env=environment(),
        timeout=LONGEST,
        check=False,
    )
    result = Result(ended.returncode, ended.stdout.decode(), ended.stderr.decode())
    assert_ends(result, 6, "no folder for temporary files")


def test_an_allocation_that_fails_is_not_a_bug(tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_AS, (400 << 20,) * 2)"
    (tmp_path / "large.ttl").write_bytes(SOURCE.encode() + b" " * (300 << 20))
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{limit}\nfrom msme_kg.cli.main import main; main()",
            "diff",
            *["large.ttl"] * 2,
        ],
        capture_output=True,
        cwd=tmp_path,
        env=environment(),
        timeout=LONGEST,
        check=False,
    )
    assert_ends(Result(ended.returncode, ended.stdout.decode(), ended.stderr.decode()), 4, "memory")


@pytest.mark.parametrize(
    "command",
    ["check --add large.nt", "check --update large.nt", "validate large.nt", "new source --table large.nt"],
)
def test_a_file_is_bounded_before_it_is_read(command: str, tmp_path: Path, run: Run) -> None:
    with (tmp_path / "large.nt").open("wb") as file:
        file.truncate(1 << 40)
    assert_ends(run(*command.split()), 4, "large.nt", "larger than 512 MB")


@pytest.mark.parametrize("command", ["sparql -", "check --add -", "check --update -", "new source --table -"])
def test_standard_input_is_bounded(command: str, tmp_path: Path) -> None:
    limits: dict[str, object] = {"storage.input_files.MAX_INPUT_BYTES": 1000}
    ended = run_with(limits, *command.split(), folder=tmp_path, stdin=b" " * 500_000)
    assert_ends(ended, 4, "larger than")


def test_a_query_file_of_the_root_is_bounded(copy_of_graph: Path, run: Run) -> None:
    path = copy_of_graph / "queries/actors/members.rq"
    path.write_text(path.read_text(encoding="utf-8") + "\n" * 100_000, encoding="utf-8")
    assert_ends(run("--root", copy_of_graph, "query", "members"), 4, "members.rq", "100000")


def test_a_reader_that_stops_reading_does_not_keep_the_process() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)
    command = [sys.executable, "-m", "msme_kg", "sparql", "--timeout", "0.5", "-e", PRODUCT]
    try:
        code = subprocess.run(
            command, stderr=writer, cwd=ROOT, env=environment(), timeout=LONGEST, check=False
        ).returncode
    finally:
        os.close(reader)
        os.close(writer)
    assert code == 5


def test_a_closed_standard_error_does_not_keep_the_process() -> None:
    command = f'exec "{sys.executable}" -m msme_kg sparql --timeout 0.5 -e "$0" 2>&-'
    ended = subprocess.run(
        ["sh", "-c", command, PRODUCT], cwd=ROOT, env=environment(), timeout=LONGEST, check=False
    )
    assert ended.returncode == 5


def test_literal_that_is_too_long_once_escaped_is_named_as_the_cause(run: Run, tmp_path: Path) -> None:
    text = "\n" * 8_500_000
    (tmp_path / "a.ttl").write_text(f'<http://e/a> <http://e/b> """{text}""" .')
    (tmp_path / "s.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <http://e/S> a sh:NodeShape ;"
        "sh:targetNode <http://e/a> ; sh:property [ sh:path <http://e/b> ; sh:maxLength 5 ] ."
    )
    for _ in range(2):  # the second time from the cache
        ended = run("validate", "--alone", "--shapes", "s.ttl", "a.ttl")
        assert ended.code == 1
        assert ended.out.startswith("a.ttl:1: violation: http://e/a <http://e/b> ")
    (tmp_path / "s.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <http://e/S> a sh:NodeShape ;"
        "sh:targetNode <http://e/a> ; sh:sparql [ sh:select "
        "'SELECT $this { $this <http://e/b> ?b . FILTER(STRLEN(?b) > 5) }' ] ."
    )
    ended = run("validate", "--alone", "--shapes", "s.ttl", "a.ttl")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(
        "Error: a literal longer than 16 MB once its line breaks and quotes are escaped"
    )


def test_writing_a_portal_ends_at_the_limit_and_leaves_nothing(tmp_path: Path, copy_of_graph: Path) -> None:
    nodes = [f"_:b{number}" for number in range(14)]
    tangle = "".join(f"{one} <http://e/p> {other} .\n" for one in nodes for other in nodes if one != other)
    (copy_of_graph / "ontology/tangle.ttl").write_text(tangle, encoding="utf-8")
    limits: dict[str, object] = {"cli.options.WORK_SECONDS": 4}
    ended = run_with(limits, "--root", copy_of_graph, "portal", "bundle", folder=tmp_path)
    if ended.code == 4:  # a fast machine reaches the limit of memory first
        assert_ends(ended, 4, "needs more than 3 GB of memory")
    else:
        assert_ends(ended, 5, "not finished within 4 seconds")
    assert not (tmp_path / "bundle").exists()
    left = [path for path in Path("/proc").glob("[0-9]*") if is_in(path, tmp_path)]
    assert left == [], "the process that canonicalizes ends with the command"


def is_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").resolve(strict=True) == folder
    except OSError:
        return False


def test_memory_of_workers_counts_once_where_it_is_shared(tmp_path: Path) -> None:
    lines = [
        "import sys, time",
        "from msme_kg.cli import watchdog",
        "from msme_kg.shacl.forked_worker import ForkedWorker",
        f"watchdog.MAX_MEMORY_BYTES = {256 << 20}",
        "shared, own = bytes(1) * (150 << 20), int(sys.argv[1]) << 20",
        "with watchdog.MemoryLimit(), ForkedWorker(lambda: (b'x' * own, time.sleep(1))[1]) as worker:",
        "    worker.read_result()",
    ]
    codes = []
    for megabytes in (20, 200):
        ended = subprocess.run(
            [sys.executable, "-c", "\n".join(lines), str(megabytes)],
            capture_output=True,
            cwd=tmp_path,
            env=environment(),
            timeout=LONGEST,
            check=False,
        )
        codes.append(ended.returncode)
    assert codes == [0, 4]
    assert b"memory" in ended.stderr
