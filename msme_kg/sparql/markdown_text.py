"""Markdown that shows foreign text as it is (CommonMark 0.31 §2.4 and the GitHub extensions)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msme_kg.rdf.characters import escape_controls

# An underscore within a word is no emphasis, and addresses that GitHub links itself must not be changed.
_ALL_SYNTAX = re.compile(r"([\\`*\[\]<>#|~&]|_(?![^\W_])|(?<![^\W_])_)")
_RUNNING_TEXT_SYNTAX = re.compile(
    r"([\\`*<>]|_(?![^\W_])|(?<![^\W_])_|(?<=\])[(:]|&(?=#?\w+;)|~(?=~)|^[#+=~-](?!\d))"
)
_LINE_BREAKS = re.compile(r"\s*[\r\n]\s*")


def escape_markdown(text: str, *, running_text: bool = False) -> str:
    """Escape what Markdown would interpret; line breaks become blanks, control characters visible escapes.

    Args:
        text: the text.
        running_text: whether to escape only what can form emphasis, code, tags, links and blocks within a
            paragraph, so that the source stays readable; otherwise all syntax is escaped, at any position.
    """
    line = escape_controls(_LINE_BREAKS.sub(" ", text))
    return (_RUNNING_TEXT_SYNTAX if running_text else _ALL_SYNTAX).sub(r"\\\1", line)


def write_markdown_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of GitHub Flavored Markdown (§4.10); the cells are Markdown."""
    lines = (columns, ["---"] * len(columns), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
