"""Notes of the real graph, each rendered once for all tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msme_kg
from msme_kg.api import KnowledgeGraph


@cache
def graph() -> KnowledgeGraph:
    return msme_kg.open(Path(__file__).resolve().parents[2])


@cache
def brief(
    as_of: str,
    lang: str,
    since: str | None = None,
    form: str = "md",
    length: str = "full",
    for_member: str | None = None,
) -> str:
    """Render a note in a text format."""
    text = graph().brief(as_of, lang, since, form, length=length, for_member=for_member)
    assert isinstance(text, str)
    return text
