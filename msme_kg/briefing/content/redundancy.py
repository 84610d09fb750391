"""Detection of descriptions that only repeat the names beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msme_kg.briefing.content.note_model import MultilingualText

_LEAST_NEW_SHARE = 0.4
"""The share of its words that a description must add."""
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")
_SHORTEST_WORD = 4
"""Shorter words in Latin letters, such as articles, are not compared."""


def is_redundant(
    description: MultilingualText, name: MultilingualText, parts: Sequence[MultilingualText]
) -> bool:
    """Tell whether a description, in some language, has all words of a name or adds few words.

    Args:
        description: the description.
        name: the name of what it describes.
        parts: the names of its parts.
    """
    for lang, text in description.text_by_lang.items():
        words = _split_words(text)
        known = [_split_words(other.text_by_lang.get(lang, "")) for other in (name, *parts)]
        new_count = sum(not any(word in other for other in known) for word in words)
        if new_count < _LEAST_NEW_SHARE * len(words) or (known[0] and set(known[0]) <= set(words)):
            return True
    return False


def _split_words(text: str) -> list[str]:
    """Return the Han characters and the words without the ending of a plural, in lower case."""
    return [
        word.removesuffix("s")
        for word in _WORD.findall(text.lower())
        if len(word) >= _SHORTEST_WORD or "\u3400" <= word <= "\u9fff"
    ]
