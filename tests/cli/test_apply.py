"""Proves that an update goes in as a maintainer would bring it: all of it or nothing, and noted."""

from __future__ import annotations

import ctypes
import hashlib
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import LONGEST, Result, Run, environment

from msme_kg.repository import LOCK_FILE, Repository
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.lock import hold_exclusive_lock

TABLE = "member,since,evidence,source\r\nIN,2025-03,stated,https://example.org/accession-of-india\r\n"
Apply = Callable[..., Result]


@pytest.fixture
def graph(copy_of_graph: Path) -> Path:
    """Return a copy of the graph that lies in git."""
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "as released")):
        git(copy_of_graph, *words)
    return copy_of_graph


def git(folder: Path, *words: str) -> str:
    named = ("-c", "user.name=A. Maintainer", "-c", "user.email=a@example.org")
    done = subprocess.run(["git", "-C", str(folder), *named, *words], capture_output=True, check=True)
    return done.stdout.decode()


def state_of(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    found = (
        f"{path}{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files if path.name != LOCK_FILE
    )
    return hashlib.sha256("".join(found).encode()).hexdigest()


@pytest.fixture
def accession(run: Run, graph: Path, tmp_path: Path) -> Path:
    """Return the accession of a Member as Turtle, made from the row of a table."""
    table, made = tmp_path / "accessions.csv", tmp_path / "new.ttl"
    table.write_bytes(b"\xef\xbb\xbf" + TABLE.encode())
    ended = run("--root", graph, "new", "membership", "--table", table, "--output", made)
    assert ended.code == 0, ended.err
    return made


def test_an_accession_from_a_row_to_the_answer(run: Run, graph: Path, accession: Path) -> None:
    before = run("--root", graph, "query", "members", "--as-of", "2025-12-31", "--format", "csv").out
    checked = run("--root", graph, "check", "--add", accession)
    assert checked.code == 0, checked.out + checked.err
    assert git(graph, "status", "--short") == ""
    ended = run("--root", graph, "apply", "--add", accession, "--yes", "--message", "It wrote to the Group")
    assert ended.code == 0, ended.out + ended.err
    after = run("--root", graph, "query", "members", "--as-of", "2025-12-31", "--format", "csv").out
    (row,) = set(after.splitlines()) - set(before.splitlines())
    assert row.startswith("IN,")
    changed = git(graph, "status", "--short", "-uall").split()[1::2]
    data = ["data/actors/memberships.ttl", "data/sources.ttl"]
    assert sorted(set(changed) - {LOCK_FILE}) == sorted(
        ["data/CHANGELOG.md", "data/README.md", *data, next(one for one in changed if "data/changes/" in one)]
    )
    for path in data:  # only whole new blocks, and nothing else
        diff = git(graph, "diff", "--unified=0", "--", path)
        assert len(re.findall(r"(?m)^@@", diff)) == 1
        assert not re.findall(r"(?m)^-(?!--)", diff)
    assert run("--root", graph, "validate").code == 0
    assert run("--root", graph, "fmt", "--check").code == 0


def test_what_was_done_is_noted(run: Run, graph: Path, accession: Path, tmp_path: Path) -> None:
    git(graph, "config", "user.name", "甲 [*]")
    assert run("--root", graph, "apply", "--add", accession, "--yes", "-m", "因其函知").code == 0
    label = tmp_path / "more.ttl"
    label.write_text(
        '<https://w3id.org/msme-kg/member/us> <http://www.w3.org/2004/02/skos/core#altLabel> "U.S."@en .'
    )
    assert run("--root", graph, "apply", "--add", label, "--yes", "--author", "Someone").code == 0
    log = (graph / "data/CHANGELOG.md").read_text()
    first, second = re.findall(r"(?m)^## .*$", log)
    assert (first[-3:], second[-3:]) == (", 2", ", 1")
    for words in ("by Someone", r"by 甲 \[\*\]", "因其函知", "example.org", '+ alternative label  "U.S."@en'):
        assert re.sub(" +", " ", words) in re.sub(" +", " ", log).replace(
            "skos:altLabel", "alternative label"
        )
    (year,) = (graph / "data/changes").iterdir()
    asked = """SELECT ?n ?who (COUNT(?in) AS ?statements) WHERE {
      ?n a prov:Activity ; prov:wasAssociatedWith/foaf:name ?who ; msme:addedStatement ?in
    } GROUP BY ?n ?who"""
    files = Dataset.from_repository(Repository(graph), ["ontology/msme.ttl", f"data/changes/{year.name}"])
    rows = {who.value: int(count.value) for _, who, count in LocalEngine(files).select(asked).rows}
    assert rows == {"甲 [*]": 13, "Someone": 1}


def test_nothing_to_do_is_said_and_nothing_is_written(run: Run, graph: Path, accession: Path) -> None:
    assert run("--root", graph, "apply", "--add", accession, "--yes").code == 0
    before = state_of(graph)
    ended = run("--root", graph, "apply", "--add", accession, "--yes")
    assert (ended.code, "changes nothing" in ended.out, state_of(graph)) == (0, True, before)


def test_several_inputs_are_one_update(run: Run, graph: Path, accession: Path, tmp_path: Path) -> None:
    membership, source = accession.read_text().split("\nsource:")
    prefixes = membership.split("\n\n")[0]
    (tmp_path / "m.ttl").write_text(membership)
    (tmp_path / "s.ttl").write_text(f"{prefixes}\n\nsource:{source}")
    alone = run("--root", graph, "apply", "--add", "m.ttl", "--yes")
    assert alone.code == 1
    assert git(graph, "status", "--short", "--", "data") == ""
    both = run("--root", graph, "apply", "--add", "m.ttl", "--add", "s.ttl", "--yes")
    assert both.code == 0, both.out
    assert (graph / "data/CHANGELOG.md").read_text().count("\n## ") == 1


def test_a_thing_taken_out_leaves_the_other_blocks_as_they_are(run: Run, graph: Path, tmp_path: Path) -> None:
    update = tmp_path / "u.ru"
    update.write_text(
        "DELETE { member:us skos:altLabel ?other } INSERT { member:us skos:altLabel 'America'@en }"
        " WHERE { OPTIONAL { member:us skos:altLabel ?other } }"
    )
    ended = run("--root", graph, "apply", "--update", update, "--yes")
    assert ended.code == 0, ended.out + ended.err
    diff = git(graph, "diff", "--unified=0", "--", "data/actors")
    assert '+    skos:altLabel "America"@en ;' in diff
    assert len(re.findall(r"(?m)^@@", diff)) <= 2


def test_apply_asks(graph: Path, accession: Path) -> None:
    for answer, written in (("n", False), ("y", True)):
        leader, follower = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "msme_kg", "--root", str(graph), "apply", "--add", str(accession)],
            stdin=follower,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(),
        )
        os.write(leader, f"{answer}\n".encode())
        out, _ = process.communicate(timeout=LONGEST)
        os.close(leader)
        os.close(follower)
        assert process.returncode == 0, out.decode()
        assert b"Write it?" in out
        assert (git(graph, "status", "--short", "--", "data") != "") == written


def test_where_nobody_can_answer_yes_is_needed(run: Run, graph: Path, accession: Path) -> None:
    ended = run("--root", graph, "apply", "--add", accession)
    assert (ended.code, "--yes" in ended.err) == (2, True)


def test_another_writer_is_waited_for_or_not(run: Run, graph: Path, accession: Path) -> None:
    before = state_of(graph)
    with hold_exclusive_lock(graph, 0):
        ended = run("--root", graph, "apply", "--add", accession, "--yes", "--timeout", "0")
    assert (ended.code, state_of(graph)) == (7, before)
    assert "another" in ended.err


def bound_by_permissions() -> None:
    """Take from root what lets it write anywhere: PR_CAPBSET_DROP of CAP_DAC_OVERRIDE."""
    if os.geteuid() == 0:
        assert ctypes.CDLL(None).prctl(24, 1) == 0


def test_a_folder_that_may_not_be_written(graph: Path, accession: Path) -> None:
    before = state_of(graph)
    folder = graph / "data/actors"
    folder.chmod(0o555)
    command = (sys.executable, "-m", "msme_kg", "--root", graph, "apply", "--add", accession, "--yes")
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=environment(),
        preexec_fn=bound_by_permissions,
    )
    folder.chmod(0o755)
    assert (ended.returncode, state_of(graph)) == (6, before), ended.stderr
    assert len(ended.stderr.splitlines()) <= 3
    assert "Permission denied" in ended.stderr


def test_a_refused_update_changes_nothing(run: Run, graph: Path, tmp_path: Path) -> None:
    before = state_of(graph)
    bad = tmp_path / "bad.ttl"
    bad.write_text(
        "<https://w3id.org/msme-kg/member/us> <http://www.w3.org/2000/01/rdf-schema#label> 'x'@fr ."
    )
    ended = run("--root", graph, "apply", "--add", bad, "--yes")
    assert (ended.code, state_of(graph)) == (1, before)
    assert re.search(r"bad\.ttl:1: violation: ", ended.out)
