"""Selection of the names that a text is a part of: the best name of each entity, and the best of them."""

from __future__ import annotations

from collections.abc import Iterable

from msme_kg.entities.name_index import CODE_RANK, COMPOSED_RANK, DERIVED_RANK, EntityName
from msme_kg.entities.name_matching import SAME_WORDS
from msme_kg.name_folding import fold_name

_PRECEDENCES = {DERIVED_RANK: -1, COMPOSED_RANK: -2}
"""The precedence of parts of names by rank, by default 0: composed labels are mostly names of others."""


def select_best_names(
    scored: Iterable[tuple[EntityName, float]], text: str, least: float, most: float
) -> list[EntityName]:
    """Return the best name of each entity, of those entities whose names match best; instances first.

    Args:
        scored: names with the scores of their matches.
        text: the text that they match, as typed.
        least: the least score that is accepted.
        most: the greatest score that is accepted.
    """
    folded = fold_name(text)
    best: dict[str, tuple[tuple[int, float, bool, int], EntityName]] = {}
    for name, score in scored:
        # Scattered over another name, the parts of a symbol mean something else, and it has no beginning.
        if (SAME_WORDS if "/" in text else least) <= score <= most:
            is_end_of_symbol = name.rank == CODE_RANK and fold_name(name.name).endswith(folded)
            precedence = _PRECEDENCES.get(name.rank, 0)
            key = (precedence, score, is_end_of_symbol, -len(name.name))
            if name.entity_iri not in best or key > best[name.entity_iri][0]:
                best[name.entity_iri] = key, name
    first = max((key for key, _ in best.values()), default=None)
    found = [(key, name) for key, name in best.values() if first and key[:3] == first[:3]]
    found.sort(key=lambda one: (one[1].is_term, -one[0][3], one[1].entity_iri))
    return [name for _, name in found]
