"""Blocks, headings and links of the project's Markdown files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(
    r"^```(?P<language>[\w-]*)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """Fenced block of code.

    Attributes:
        language: word behind the fence.
        title: path of the file that the block shows, or empty.
        text: content.
    """

    language: str
    title: str
    text: str


def list_documents(root: Path = ROOT) -> list[Path]:
    """Return the Markdown files that people read, apart from the generated changelog of the data."""
    return sorted([*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("*/README.md")])


def list_rows(path: Path, header: str) -> list[tuple[str, ...]]:
    """Return the cells of the rows of each table with this header."""
    rows, inside = [], False
    for line in path.read_text(encoding="utf-8").splitlines():
        if inside and line.startswith("| "):
            rows.append(tuple(cell.strip() for cell in line[1:-1].split("|")))
        inside = line == header or (inside and line.startswith("|"))
    return rows


def read_blocks(path: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a file."""
    for match in _FENCE.finditer(path.read_text(encoding="utf-8")):
        yield Block(match["language"], match["title"] or "", match["text"])


def read_prose(path: Path) -> str:
    """Return a file without its fenced blocks."""
    return _FENCE.sub("", path.read_text(encoding="utf-8"))


def list_anchors(path: Path) -> set[str]:
    """Return the anchors of the headings of a file, as GitHub makes them."""
    seen: dict[str, int] = {}
    anchors = set()
    for heading in _HEADING.findall(read_prose(path)):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        count = seen[slug] = seen.get(slug, -1) + 1
        anchors.add(f"{slug}-{count}" if count else slug)
    return anchors


def list_local_links(path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the file and the anchor (or nothing) of each link into this repository."""
    for target in _LINK.findall(read_prose(path)):
        if not re.match(r"[a-z]+:", target):
            file, _, anchor = target.partition("#")
            yield (path.parent / file).resolve() if file else path, anchor
