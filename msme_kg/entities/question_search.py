"""Search over canned queries by the words of their headers, in both languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from math import log

from msme_kg.name_folding import fold_characters
from msme_kg.namespaces import LANGUAGES
from msme_kg.sparql.canned import CannedQuery

_IDEOGRAPHS = "\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_IDEOGRAPHS}]+|[^\W\d_{_IDEOGRAPHS}]{{4,}}")
"""Chinese text, and words of four letters or more: shorter ones are rarely what a question is about."""
_SYMBOL = re.compile(r"[a-z/().-]*\d[a-z0-9/().-]*")
"""Years and symbols of documents, in folded text: they name what is asked about."""
_QUESTION_WORDS = {"does", "have", "what", "when", "where", "which", "with", "were"}
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ship)?(?:ings?|ed|ers?|or|e?s|e)$")
_TITLE_WEIGHT, _COLUMN_WEIGHT, _DESCRIPTION_WEIGHT, _PARAMETER_WEIGHT = 4.0, 3.0, 2.0, 1.0


class QuestionIndex:
    """The words of canned queries: of their titles, columns, descriptions and parameters."""

    def __init__(self, queries: Collection[CannedQuery]) -> None:
        """Index queries."""
        self._weights = {query.name: _measure_tokens(query) for query in queries}
        self._title_sizes = {query.name: len(query.title[LANGUAGES[0]]) for query in queries}
        self._spread = Counter(token for weights in self._weights.values() for token in weights)

    def search(self, text: str, limit: int) -> list[str]:
        """Return the names of the queries that have words of a text, the best first.

        A word counts by the part of the header that it is in, and the more the fewer queries have it. Of
        queries that are equally good, those with a short title come first.

        Args:
            text: what someone typed, in either language.
            limit: the most queries.
        """
        tokens = set(_list_tokens(text))
        scores = {
            name: sum(self._compute_rarity(token) * weights[token] for token in tokens if token in weights)
            for name, weights in self._weights.items()
        }
        best = max(scores.values(), default=0.0)
        found = [name for name, score in scores.items() if score > best / 4]
        return sorted(found, key=lambda name: (-scores[name], self._title_sizes[name], name))[:limit]

    def _compute_rarity(self, token: str) -> float:
        return log(len(self._weights) / self._spread[token])


def _measure_tokens(query: CannedQuery) -> dict[str, float]:
    """Return the weight of each token of a header: that of the most telling text that it is in."""
    texts: list[tuple[float, Mapping[str, str]]] = [
        (_TITLE_WEIGHT, {**query.title, "": query.name}),
        (_DESCRIPTION_WEIGHT, query.description),
        *((_COLUMN_WEIGHT, heading) for heading in query.columns.values()),
        *((_PARAMETER_WEIGHT, parameter.help) for parameter in query.parameters),
        *((_PARAMETER_WEIGHT, words) for one in query.parameters for words in one.choice_names.values()),
    ]
    weights: dict[str, float] = {}
    for weight, by_language in texts:
        for token in _list_tokens(" ".join(by_language.values())):
            weights[token] = max(weight, weights.get(token, 0.0))
    return weights


def _list_tokens(text: str) -> Iterator[str]:
    """Yield words without their English ending; of Chinese text the pairs of adjacent characters."""
    for word in _WORD.findall(_SYMBOL.sub(" ", fold_characters(text))):
        if re.match(f"[{_IDEOGRAPHS}]", word):
            yield from (one + other for one, other in pairwise(word))
        elif word not in _QUESTION_WORDS:
            yield _ENDING.sub("", word)
