"""Several values in one cell or line, joined as a language joins them."""

from __future__ import annotations

from collections.abc import Iterable

from msme_kg.message_catalog import format_message

_PUNCTUATION = frozenset(",;:、，；：")


def find_value_separator(values: Iterable[str], lang: str) -> str:
    """Return what separates values: in Chinese 、, or ； where a value has punctuation; nothing after 。."""
    texts = list(values)
    if any(text.endswith("。") for text in texts):
        return ""
    has_punctuation = any(not _PUNCTUATION.isdisjoint(text) for text in texts)
    return format_message("table.value-separator-long" if has_punctuation else "table.value-separator", lang)
