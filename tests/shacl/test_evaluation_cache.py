"""A damaged or stale cache never changes a result."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from msme_kg.namespaces import SHACL, PrefixMap
from msme_kg.shacl.report import ValidationReport
from msme_kg.shacl.validator import Validator
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset, GraphFile

SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P .
ex:P a sh:PropertyShape ; sh:path ex:p ; sh:maxCount 1 ; sh:pattern "^a" .
"""
DATA = """@prefix ex: <http://example.org/> .
ex:a a ex:C ; ex:p "a" .
ex:b a ex:C ; ex:p "b" .
"""


def validate_files(shapes: list[GraphFile], files: list[GraphFile]) -> ValidationReport:
    """Validate files by shapes alone, without lint, which has entries of its own."""
    return Validator(Dataset(tuple(shapes)), PrefixMap({})).validate(Dataset(tuple(files)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty cache folder."""
    place = tmp_path / "cache"
    monkeypatch.setenv("MSME_KG_CACHE", str(place))
    return place


def found(data: str, shapes: str = SHAPES) -> list[tuple[str, int]]:
    files = [
        [GraphFile(f"{name}.ttl", f"urn:{name}", text.encode())]
        for name, text in (("s", shapes), ("d", data))
    ]
    report = validate_files(*files)
    return [(one.constraint_component, one.location.line if one.location else 0) for one in report.findings]


EXPECTED = [(f"{SHACL}PatternConstraintComponent", 3)]


def test_each_byte_flipped(folder: Path) -> None:
    assert found(DATA) == found(DATA) == EXPECTED
    entries = sorted(folder.glob("*-*"))
    assert {path.name.partition("-")[0] for path in entries} == {"columns", "matches", "results", "shapes"}
    for path in entries:
        whole = path.read_bytes()
        kind, _, key = path.name.partition("-")
        assert cache.has_entry(kind, key)
        for place in range(len(whole)):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
            assert not cache.has_entry(kind, key), place
        for place in range(0, len(whole), max(1, len(whole) // 12)):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
            for answer in folder.glob("results-*"):
                if answer != path:  # else nothing but the answer is read
                    answer.unlink()
            assert found(DATA) == EXPECTED
        path.write_bytes(whole)


@pytest.mark.usefixtures("folder")
def test_places_come_from_the_cache_unless_findings_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as context:
        context.setattr("msme_kg.shacl.validator._MAX_FINDINGS", 0)
        assert found(DATA) == found(DATA) == EXPECTED
    found(DATA + "# Once more.\n")
    monkeypatch.setattr("msme_kg.shacl.validator.SourceMap", None)
    assert found(DATA + "# Once more.\n") == EXPECTED
    with pytest.raises(TypeError):
        found(DATA)


@pytest.mark.parametrize("cut", [0, 1, 15, 16, 31, 200, -1])
def test_cut_short_and_swapped(folder: Path, cut: int) -> None:
    found(DATA)
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:cut])
    assert found(DATA) == EXPECTED
    next(folder.glob("results-*")).unlink()
    one, other = sorted(folder.glob("*-*"))[:2]
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    assert found(DATA) == EXPECTED


@pytest.mark.usefixtures("folder")
def test_an_edit_that_keeps_size_and_time_is_detected(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text(DATA)
    before = path.stat()
    shapes = GraphFile("s.ttl", "urn:s", SHAPES.encode())
    first = validate_files([shapes], [GraphFile.from_path(str(path), allow_relative_iris=True)])
    path.write_text(DATA.replace('"a"', '"c"'))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    again = validate_files([shapes], [GraphFile.from_path(str(path), allow_relative_iris=True)])
    assert (len(first.findings), len(again.findings)) == (1, 2)
    assert found(DATA, SHAPES.replace("^a", "^b")) == [(f"{SHACL}PatternConstraintComponent", 2)]


def test_a_folder_that_cannot_be_written_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    for place in (tmp_path / "file", ""):
        monkeypatch.setenv("MSME_KG_CACHE", str(place))
        assert found(DATA) == EXPECTED
    assert (tmp_path / "file").read_text() == "no folder"


@pytest.mark.parametrize(("little", "kept"), [(0, 12), (1 << 20, 20)])
def test_a_dozen_large_entries_of_a_kind_are_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, little: int, kept: int
) -> None:
    monkeypatch.setattr(cache, "_MAX_TOTAL_BYTES", little)
    for number in range(20):
        found(DATA + f"# {number}\n")
    kinds = [path.name.partition("-")[0] for path in folder.glob("*-*")]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "columns": kept,
        "matches": kept,
        "results": kept,
        "shapes": 1,
    }
