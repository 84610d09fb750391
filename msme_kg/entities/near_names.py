"""Names that are similar to a text, for hints."""

from __future__ import annotations

from collections.abc import Iterable

from msme_kg.entities.name_index import EntityName
from msme_kg.errors import find_close_matches
from msme_kg.name_folding import fold_name

MAX_SUGGESTIONS = 3
_MIN_NEAR_LENGTH = 4
"""The fewest Latin letters of a name that is suggested as similar; shorter ones are codes."""


def find_near_names(text: str, names: Iterable[EntityName], least: float) -> dict[str, EntityName]:
    """Return the names that are most similar to a text, by entity."""
    by_name = {
        folded: name
        for name in sorted(names, key=lambda name: -name.rank)
        if len(folded := fold_name(name.name)) >= _MIN_NEAR_LENGTH or not folded.isascii()
    }
    near: dict[str, EntityName] = {}
    for folded in find_close_matches(fold_name(text), by_name, MAX_SUGGESTIONS, least):
        near.setdefault(by_name[folded].entity_iri, by_name[folded])
    return near


def find_near_addresses(address: str, others: Iterable[str]) -> list[str]:
    """Return the address of the same kind, up to the last slash, with the most similar end; empty for none.

    A misspelt end is taken to begin with the right letter.
    """
    kind, slash, end = address.rpartition("/")
    ends = [one.rpartition("/") for one in others if slash and one.startswith(kind + slash + end[:1])]
    near = find_close_matches(end, [last for first, _, last in ends if first == kind], 1)
    return [kind + slash + one for one in near]
