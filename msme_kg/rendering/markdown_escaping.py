"""Escaping of text for Markdown (CommonMark 0.31 §2.4 and the GitHub extensions)."""

from __future__ import annotations

import re

_ALL_SYNTAX = re.compile(r"([\\`*_\[\]<>#|~&])")
_RUNNING_TEXT_SYNTAX = re.compile(r"([\\`*<>]|(?<=\])\()")


def escape_markdown(text: str, *, running_text: bool = False) -> str:
    """Escape the characters of a text that Markdown would interpret.

    Args:
        text: the text.
        running_text: whether to escape only what can form emphasis, code, tags and links within a paragraph,
            so that the source stays readable; otherwise all syntax is escaped, at any position.
    """
    return (_RUNNING_TEXT_SYNTAX if running_text else _ALL_SYNTAX).sub(r"\\\1", text)
