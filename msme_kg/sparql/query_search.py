"""Search of canned queries by a word of their titles, columns, tags and descriptions."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msme_kg.name_folding import fold_characters, fold_name
from msme_kg.sparql.canned import CannedQuery

_WORD = re.compile(r"[^\W\d_]+")
_MIN_STEM_LENGTH = 4
"""The fewest letters that words with different endings have in common."""


def find_queries(queries: Iterable[CannedQuery], text: str) -> list[str]:
    """Return the names of the queries that are about what a text says, in either language, the best first.

    A Chinese text must occur as it is; a word of other scripts may have another ending.

    Args:
        queries: the queries.
        text: a word, such as ``chairs`` or 協調人.
    """
    ranks = {query.name: _rank_text(query, fold_characters(text)) for query in queries}
    found = [(rank, name) for name, rank in ranks.items() if rank is not None]
    return [name for _, name in sorted(found)]


def _rank_text(query: CannedQuery, folded: str) -> int | None:
    """Return the place of the first of the texts on a query that has a word; None if none has it."""
    texts = (
        query.title.values(),
        (text for heading in query.columns.values() for text in heading.values()),
        query.tags,
        query.description.values(),
    )
    places = (place for place, some in enumerate(texts) if any(_has_word(text, folded) for text in some))
    return next(places, None)


def _has_word(text: str, folded: str) -> bool:
    if not folded.isascii():
        return bool(fold_name(folded)) and fold_name(folded) in fold_name(text)
    stem = folded.removesuffix("s")
    words = _WORD.findall(fold_characters(text))
    return any(
        word == folded
        or (len(stem) >= _MIN_STEM_LENGTH and word.startswith(stem))
        or (len(word) >= _MIN_STEM_LENGTH and folded.startswith(word))
        for word in words
    )
