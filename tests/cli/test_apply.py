"""Command ``apply``: atomic updates, their provenance, confirmation, locks and failures."""

from __future__ import annotations

import hashlib
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import LONGEST, Result, Run, environment, respect_permissions

from msme_kg.repository import LOCK_FILE, Repository
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.lock import hold_exclusive_lock

TABLE = "member,since,evidence,source\r\nIN,2025-03,stated,https://example.org/accession-of-india\r\n"
Apply = Callable[..., Result]


@pytest.fixture
def graph(copy_of_graph: Path) -> Path:
    """Return a copy of the graph, committed to a git repository."""
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "as released")):
        git(copy_of_graph, *words)
    return copy_of_graph


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=A. Maintainer", "-c", "user.email=a@example.org")
    process = subprocess.run(["git", "-C", str(folder), *identity, *words], capture_output=True, check=True)
    return process.stdout.decode()


def hash_files(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    hashes = (
        f"{path}{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files if path.name != LOCK_FILE
    )
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


@pytest.fixture
def accession(run: Run, graph: Path, tmp_path: Path) -> Path:
    """Return a Turtle file with the membership of India, created from a CSV table by `new`."""
    table, output = tmp_path / "accessions.csv", tmp_path / "new.ttl"
    table.write_bytes(b"\xef\xbb\xbf" + TABLE.encode())
    ended = run("--root", graph, "new", "membership", "--table", table, "--output", output)
    assert ended.code == 0, ended.err
    return output


def test_a_membership_from_a_table_row_appears_in_query_results(
    run: Run, graph: Path, accession: Path
) -> None:
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
        [
            "data/CHANGELOG.md",
            "data/README.md",
            "data/dataset.ttl",
            *data,
            next(one for one in changed if "data/changes/" in one),
        ]
    )
    for path, hunks in zip(data, (2, 1), strict=True):  # an attestation and a membership; a source
        diff = git(graph, "diff", "--unified=0", "--", path)
        assert len(re.findall(r"(?m)^@@", diff)) == hunks
        assert not re.findall(r"(?m)^-(?!--)", diff)
    assert run("--root", graph, "validate").code == 0
    assert run("--root", graph, "fmt", "--check").code == 0


def test_applied_update_is_recorded_in_prov_and_changelog(
    run: Run, graph: Path, accession: Path, tmp_path: Path
) -> None:
    git(graph, "config", "user.name", "甲 [*]")
    assert run("--root", graph, "apply", "--add", accession, "--yes", "-m", "因其函知").code == 0
    label = tmp_path / "more.ttl"
    label.write_text(
        '<https://w3id.org/msme-kg/source/brief> <http://www.w3.org/2004/02/skos/core#altLabel> "U.S."@en .'
    )
    assert run("--root", graph, "apply", "--add", label, "--yes", "--author", "Someone").code == 0
    log = (graph / "data/CHANGELOG.md").read_text()
    first, second = re.findall(r"(?m)^## .*$", log)
    assert (first[-3:], second[-3:]) == (", 2", ", 1")
    for words in ("by Someone", r"by 甲 \[\*\]", "因其函知"):
        assert words in log
    assert "other name added: “U.S.”" in log
    assert "\n- New: Membership in the Group: India (membership); source: " in log
    assert "example.org" in log
    (year,) = (graph / "data/changes").iterdir()
    query = """SELECT ?n ?who (COUNT(?in) AS ?statements) WHERE {
      ?n a prov:Activity ; prov:wasAssociatedWith/foaf:name ?who ; admin:addedStatement ?in
    } GROUP BY ?n ?who"""
    files = Dataset.from_repository(Repository(graph), ["ontology/msme.ttl", f"data/changes/{year.name}"])
    rows = {who.value: int(count.value) for _, who, count in LocalEngine(files).select(query).rows}
    assert rows == {"甲 [*]": 22, "Someone": 1}


def test_an_update_without_effect_writes_nothing(run: Run, graph: Path, accession: Path) -> None:
    assert run("--root", graph, "apply", "--add", accession, "--yes").code == 0
    before = hash_files(graph)
    ended = run("--root", graph, "apply", "--add", accession, "--yes")
    assert (ended.code, "changes nothing" in ended.out, hash_files(graph)) == (0, True, before)


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


def test_an_edit_of_one_entity_leaves_the_other_blocks_unchanged(
    run: Run, graph: Path, tmp_path: Path
) -> None:
    update = tmp_path / "u.ru"
    update.write_text(
        "DELETE { source:brief skos:altLabel ?other } INSERT { source:brief skos:altLabel 'America'@en }"
        " WHERE { OPTIONAL { source:brief skos:altLabel ?other } }"
    )
    ended = run("--root", graph, "apply", "--update", update, "--yes")
    assert ended.code == 0, ended.out + ended.err
    diff = git(graph, "diff", "--unified=0", "--", "data/sources.ttl")
    assert '+    skos:altLabel "America"@en ;' in diff
    assert len(re.findall(r"(?m)^@@", diff)) <= 2


def test_author_and_message_are_text_in_the_changelog(run: Run, graph: Path, accession: Path) -> None:
    message = "one\n\n## two <script>\r\n[a](javascript:b) &lt;"
    words = ("--yes", "--author", "An\n# author", "--message", message)
    assert run("--root", graph, "apply", "--add", accession, *words).code == 0
    log = (graph / "data/CHANGELOG.md").read_text(encoding="utf-8")
    assert ", by An \\# author\n" in log
    assert r"one \#\# two \<script\> \[a\](javascript:b) \&lt;" in log.splitlines()
    assert len(re.findall("^## ", log, re.MULTILINE)) == 1


def test_apply_asks_for_confirmation_on_a_terminal(graph: Path, accession: Path) -> None:
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


def test_apply_without_a_terminal_requires_yes(run: Run, graph: Path, accession: Path) -> None:
    ended = run("--root", graph, "apply", "--add", accession)
    assert (ended.code, "--yes" in ended.err) == (2, True)


def test_a_lock_held_by_another_process_exits_with_7(run: Run, graph: Path, accession: Path) -> None:
    before = hash_files(graph)
    with hold_exclusive_lock(graph, 0):
        ended = run("--root", graph, "apply", "--add", accession, "--yes", "--timeout", "0")
    assert (ended.code, hash_files(graph)) == (7, before)
    assert "another" in ended.err


def test_a_read_only_folder_exits_with_6_and_changes_nothing(graph: Path, accession: Path) -> None:
    before = hash_files(graph)
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
        preexec_fn=respect_permissions,
    )
    folder.chmod(0o755)
    assert (ended.returncode, hash_files(graph)) == (6, before), ended.stderr
    assert len(ended.stderr.splitlines()) <= 3
    assert "Permission denied" in ended.stderr


def test_a_refused_update_changes_nothing(run: Run, graph: Path, tmp_path: Path) -> None:
    before = hash_files(graph)
    bad = tmp_path / "bad.ttl"
    bad.write_text(
        "<https://w3id.org/msme-kg/member/us> <http://www.w3.org/2000/01/rdf-schema#label> 'x'@fr ."
    )
    ended = run("--root", graph, "apply", "--add", bad, "--yes")
    assert (ended.code, hash_files(graph)) == (1, before)
    assert re.search(r"bad\.ttl:1: violation: ", ended.out)
