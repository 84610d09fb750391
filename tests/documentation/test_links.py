"""Links, paths and folder pictures in the documents lead to what is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from documentation.markdown import (
    ROOT,
    list_anchors,
    list_documents,
    list_local_links,
    read_blocks,
    read_prose,
)

DOCUMENTS = list_documents()
EACH = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
PICTURES = {"README.md": "", "data/README.md": "data", "ontology/README.md": "ontology"}
UNTRACKED = {"build", "dist"}
WRITTEN_LATER = {"data/CHANGELOG.md", "data/changes/"}
"""What the first ``msme-kg apply`` writes."""


@EACH
def test_links_lead_to_files_and_headings(path: Path) -> None:
    for target, anchor in list_local_links(path):
        assert target.exists(), target
        if anchor:
            assert target.suffix != ".md" or anchor in list_anchors(target), f"{target}#{anchor}"


@EACH
def test_paths_in_code_font_exist(path: Path) -> None:
    """A path that begins with a folder of the repository is there, unless the document creates it."""
    if path.name == "CHANGELOG.md":  # tells of paths that were
        return
    created = WRITTEN_LATER | {block.title for block in read_blocks(path)}
    tops = "|".join(
        sorted(one.name for one in ROOT.iterdir() if one.is_dir() and not one.name.startswith("."))
    )
    for found in re.findall(rf"`((?:{tops}|\.github)/[\w./@-]*)`", read_prose(path)):
        assert found in created or (ROOT / found).exists(), found


def test_code_refers_to_documents_that_exist() -> None:
    reference = re.compile(r"\bdocs/[\w/-]+\.md(?:#[\w-]+)?")
    for folder in ("msme_kg", "tests", "bench", "ontology", "queries", "data", "briefing"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".rq", ".ttl", ".toml", ".j2"} and path.is_file():
                for found in reference.findall(path.read_text(encoding="utf-8", errors="replace")):
                    file, _, anchor = found.partition("#")
                    assert (ROOT / file).is_file(), f"{path}: {found}"
                    assert not anchor or anchor in list_anchors(ROOT / file), f"{path}: {found}"


def picture(path: Path) -> list[str]:
    """Return the paths that the first block without a language shows, by indentation."""
    block = next(one for one in read_blocks(path) if not one.language)
    parents: list[tuple[int, str]] = []
    paths = []
    for line in block.text.splitlines():
        indent = len(line) - len(line.lstrip())
        parents = [one for one in parents if one[0] < indent]
        name = line.split()[0]
        whole = (parents[-1][1] if parents else "") + name
        paths.append(whole)
        if name.endswith("/"):
            parents.append((indent, whole))
    return paths


@pytest.mark.parametrize("name", PICTURES)
def test_folder_picture_is_true(name: str) -> None:
    folder = ROOT / PICTURES[name]
    shown = picture(ROOT / name)
    for path in shown:
        assert (folder / path).is_dir() if path.endswith("/") else (folder / path).is_file(), path
    tops = {f"{one.name}/" for one in folder.iterdir() if one.is_dir() and one.name[0] not in "._"} - {
        f"{one}/" for one in UNTRACKED
    }
    assert {path for path in shown if path.count("/") == 1 and path.endswith("/")} >= tops


def test_architecture_names_every_room() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    for room in (ROOT / "msme_kg").iterdir():
        if room.is_dir() and not room.name.startswith(("_", ".")) and room.name != "messages":
            assert f"`{room.name}/`" in text, room.name


def test_no_document_cites_what_a_clone_does_not_have() -> None:
    found = subprocess.run(
        ["git", "grep", "-nE", "DESIGN(\\.md)?( |-)?§|RESTRUCTURE|(STYLE|ECOSYSTEM|RELIABILITY|PERF)\\.md"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if found.returncode > 1:
        pytest.skip("not a checkout of git")
    lines = [line for line in found.stdout.splitlines() if "test_links.py" not in line]
    assert lines == []


def test_modules_named_in_the_architecture_exist() -> None:
    text = read_prose(ROOT / "docs/architecture.md")
    modules = {
        one for one in re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`", text) if not one.startswith("tests/")
    }
    assert len(modules) > 30
    assert [one for one in sorted(modules) if not list((ROOT / "msme_kg").rglob(one))] == []


def test_arrows_of_the_architecture_are_the_imports() -> None:
    """Each import leads along the arrows, and each arrow stands for an import."""
    (block,) = [one for one in read_blocks(ROOT / "docs/architecture.md") if one.language == "mermaid"]
    (base,) = re.findall(r'base\["(.*?)"\]', block.text)
    arrows = set(re.findall(r"(?m)^  (\w+)(?:\[.*?\])? --> (\w+)$", block.text))
    rooms = dict.fromkeys(base.split(" · "), "base") | {start: start for start, _ in arrows}
    imports = set()
    for path in (ROOT / "msme_kg").rglob("*.py"):
        room = rooms.get(path.relative_to(ROOT / "msme_kg").with_suffix("").parts[0])
        for name in re.findall(
            r"(?m)^\s*from msme_kg\.?(\w*)[\w.]* import", path.read_text(encoding="utf-8")
        ):
            if room and rooms.get(name, room) != room:
                imports.add((room, rooms[name]))
    reachable = set(arrows)
    for _ in rooms:
        reachable |= {(a, d) for a, b in reachable for c, d in arrows if b == c}
    assert imports - reachable == set()
    assert arrows - imports == set()
