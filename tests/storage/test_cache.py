"""Entries of the cache that are forged, hostile or too many never change a result, nor end a command."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Run

from msme_kg.shacl.compiled_json import dumps
from msme_kg.shacl.validation_results import Evaluation
from msme_kg.storage import cache
from msme_kg.storage.dataset import GraphFile
from msme_kg.validation.graph_validation import validate_files_with_lint

SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P .
ex:P a sh:PropertyShape ; sh:path ex:p ; sh:maxCount 1 ; sh:pattern "^a" ; sh:minLength 1 .
"""
DATA = """@prefix ex: <http://example.org/> .
ex:a a ex:C ; ex:p "a" .
ex:b a ex:C ; ex:p "b"@en , 7 .
"""
EXPECTED = [
    "sh:MaxCountConstraintComponent",
    "sh:PatternConstraintComponent",
    "sh:PatternConstraintComponent",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty cache folder."""
    monkeypatch.setenv("MSME_KG_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def found() -> list[str]:
    """Return the findings in a graph whose entries are in the cache after the first call."""
    files = [
        GraphFile(name, f"urn:{name}", text.encode()) for name, text in (("s.ttl", SHAPES), ("d.ttl", DATA))
    ]
    return sorted(
        one.constraint_component for one in validate_files_with_lint(files[:1], files[1:])[0].findings
    )


def list_entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if "-" in path.name[1:])


def read_parts(path: Path) -> dict[str, bytes]:
    kind, _, key = path.name.partition("-")
    parts = cache.load(kind, key, lambda parts: {name: bytes(part) for name, part in parts.items()})
    assert parts is not None
    return parts


def write_parts(path: Path, parts: dict[str, bytes]) -> None:
    kind, _, key = path.name.partition("-")
    cache.store(kind, key, parts)


def forge_conformance(folder: Path) -> Path:
    """Store an entry that says that the graph conforms, as this user's program would."""
    (path,) = folder.glob("results-*")
    write_parts(path, {"json": dumps(Evaluation((), {}, 1, 1))})
    return path


def test_an_entry_that_another_program_wrote_is_not_believed(folder: Path, tmp_path: Path) -> None:
    assert found() == EXPECTED
    shutil.copytree(folder, tmp_path / "theirs")
    forged = forge_conformance(folder)
    assert found() == [], "it is an entry that would be believed"
    shutil.copy(forged, tmp_path / "forged")
    shutil.rmtree(folder)
    assert found() == EXPECTED
    shutil.copy(tmp_path / "forged", forged)
    assert found() == EXPECTED


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_an_entry_that_others_can_write_is_not_believed(folder: Path, mode: int) -> None:
    assert found() == EXPECTED
    forge_conformance(folder).chmod(mode)
    assert found() == EXPECTED


def test_files_of_another_user_are_not_believed(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files to another user")
    assert found() == EXPECTED
    os.chown(forge_conformance(folder), 54321, -1)
    assert found() == EXPECTED
    forge_conformance(folder)
    os.chown(folder / "secret", 54321, -1)
    assert found() == EXPECTED


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_secret_that_others_can_read_is_replaced(folder: Path, mode: int) -> None:
    assert found() == EXPECTED
    forge_conformance(folder)
    secret = (folder / "secret").read_bytes()
    (folder / "secret").chmod(mode)
    assert found() == EXPECTED
    assert (folder / "secret").read_bytes() != secret
    assert (folder / "secret").stat().st_mode & 0o777 == 0o600


def _make_fifo(path: Path) -> None:
    os.mkfifo(path)


def _make_endless_link(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _make_huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 42)


def _make_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("make", [_make_fifo, _make_endless_link, _make_huge, _make_folder])
def test_what_is_no_plain_file_is_not_read(
    run: Run, folder: Path, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    """In a process of its own, which is killed if it hangs."""
    for name, text in (("s.ttl", SHAPES), ("d.ttl", DATA)):
        (tmp_path / name).write_text(text)
    command = ("validate", "--alone", "--shapes", "s.ttl", "d.ttl", "--format", "json")
    variables = {"MSME_KG_CACHE": str(folder)}
    expected = run(*command, env=variables)
    assert expected.code == 1
    paths = [*list_entries(folder), folder / "secret"]
    assert len(paths) >= 5
    for path in paths:
        path.unlink()
        make(path)
    ended = run(*command, env=variables)
    assert (ended.code, ended.out) == (expected.code, expected.out)


def found_by_reading(path: Path) -> list[str]:
    """Return the findings without the entry of the results, with which no other one is read."""
    for other in path.parent.glob("results-*"):
        if other != path:
            other.unlink()
    return found()


def _vary(part: bytes) -> Iterator[bytes]:
    """Yield other bytes than those of a part of an entry."""
    yield b""
    yield part[: len(part) // 2]
    yield part[:-1]
    yield part + part[-8:]
    yield bytes(byte ^ 0xFF for byte in part)
    yield b"\xff\xff\xff\x7f" * (len(part) // 4)
    if part[:1] in b"{[":
        yield b"[]"
        yield b'{"shapes": [], "terms": []}'
        yield b'[["Pattern", ["a"]]]'
        yield b"[" * 100_000
        yield json.dumps({"json": None}).encode()
        yield part.replace(b"1", b'"x"').replace(b"0", b"null")


def test_parts_with_another_structure_are_computed_again(folder: Path) -> None:
    """Also if they come with the right authentication code."""
    assert found() == EXPECTED
    for path in list_entries(folder):
        whole = read_parts(path)
        for name, part in whole.items():
            for varied in _vary(part):
                if varied == part or (name, len(varied)) == ("texts", len(part)):
                    continue  # terms are parsed only when needed
                write_parts(path, whole | {name: varied})
                found_by_reading(path)
        if whole:
            write_parts(path, {})
            assert found_by_reading(path) == EXPECTED
            assert read_parts(path) == whole, "it was stored again"


def test_entries_of_a_whole_graph_with_another_structure(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    variables = {"MSME_KG_CACHE": str(folder)}
    (tmp_path / "new.ttl").write_text(
        '<https://w3id.org/msme-kg/source/brief> <http://www.w3.org/2004/02/skos/core#altLabel> "x"@en .\n'
    )
    commands = (("validate", "--format", "json"), ("check", "--add", "new.ttl", "--format", "json"))
    expected = [run(*command, "--root", ROOT, env=variables) for command in commands]
    os.environ["MSME_KG_CACHE"], kept = str(folder), os.environ["MSME_KG_CACHE"]
    try:
        kinds = {path.name.partition("-")[0] for path in list_entries(folder)}
        assert {"columns", "results", "shapes", "prefixes", "rows", "dependencies"} <= kinds
        for content in (b"", b"[1, 2]", b'{"is_local": 1}'):
            for path in list_entries(folder):
                parts = read_parts(path)
                write_parts(path, dict.fromkeys(parts, content))
            ended = [run(*command, "--root", ROOT, env=variables) for command in commands]
            assert [(one.code, one.out) for one in ended] == [(one.code, one.out) for one in expected]
    finally:
        os.environ["MSME_KG_CACHE"] = kept


def test_small_entries_and_leftovers_do_not_pile_up(folder: Path) -> None:
    folder.mkdir()
    (folder / "lint-of-mine").write_text("mine")
    (folder / ".msme-kg-old").write_text("left by a process that was killed")
    (folder / ".msme-kg-new").write_text("of a process that is running")
    os.utime(folder / ".msme-kg-old", (0, 0))
    keys = [cache.compute_cache_key(str(number)) for number in range(300)]
    for number, key in enumerate(keys):
        cache.store("lint", key, {})
        os.utime(folder / f"lint-{key}", (number, number))
    cache.store("shapes", keys[0], {})
    kept = [key for key in keys if cache.has_entry("lint", key)]
    assert kept == keys[-256:], "the ones used last"
    others = {path.name for path in folder.iterdir()} - {f"lint-{key}" for key in kept}
    assert others == {"lint-of-mine", ".msme-kg-new", "secret", f"shapes-{keys[0]}"}


@pytest.mark.parametrize(
    ("xdg", "home", "expected"),
    [
        ("/c", "/h", "/c/msme-kg"),
        ("", "/usr", "/usr/.cache/msme-kg"),
        ("relative", "/usr", "/usr/.cache/msme-kg"),
        ("", "/not-there", None),
        ("relative", "relative", None),
        ("", "", None),
    ],
)
def test_a_relative_cache_folder_of_the_user_is_ignored(
    monkeypatch: pytest.MonkeyPatch, xdg: str, home: str, expected: str | None
) -> None:
    monkeypatch.delenv("MSME_KG_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", xdg)
    monkeypatch.setenv("HOME", home)
    assert cache.locate_cache_folder() == (Path(expected) if expected else None)
