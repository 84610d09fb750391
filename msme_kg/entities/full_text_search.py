"""Finding things by words: labels, symbols and other names in both languages, the best first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from msme_kg.entities.name_index import EntityName, list_names
from msme_kg.namespaces import fold_name
from msme_kg.sparql.results import QueryEngine

# Chinese is written without spaces: a run of it is cut into pairs of characters.
_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W_\u3400-\u9fff\uf900-\ufaff]+")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_MIN_SCORE = 0.5


@dataclass(frozen=True)
class SearchHit:
    """A thing that words found.

    Attributes:
        entity_iri: its IRI.
        name: the name that fits best.
        score: from 0 to 1, the higher the better.
    """

    entity_iri: str
    name: str
    score: float


def search_entities(engine: QueryEngine, search_text: str) -> list[SearchHit]:
    """Return the things whose names fit some words, the best first.

    A name that is the same but for case, blanks and punctuation comes before one that begins with the
    words, that before one that contains them, and that before one that has most of them; of equals the
    better kind of name and then the shorter name wins.

    Args:
        engine: what knows the names.
        search_text: in either language, or a symbol or code in any spelling.
    """
    wanted, parts = fold_name(search_text), set(_tokenize(search_text))
    best: dict[str, tuple[float, int, int, str]] = {}
    for one in list_names(engine):
        score = _compute_score(one, wanted, parts)
        if score >= _MIN_SCORE:
            key = (-score, one.rank, len(one.name), one.name)
            best[one.entity_iri] = min(key, best.get(one.entity_iri, key))
    ranked = sorted((key, thing) for thing, key in best.items())
    return [SearchHit(thing, key[3], -key[0]) for key, thing in ranked]


def _compute_score(entity_name: EntityName, folded_text: str, tokens: set[str]) -> float:
    name = fold_name(entity_name.name)
    if not folded_text or not name:
        return 0.0
    if name == folded_text:
        return 1.0
    if name.startswith(folded_text):
        return 0.9
    if folded_text in name:
        return 0.8
    have = set(_tokenize(entity_name.name))
    shared = sum(1 for part in tokens if part in have or any(word.startswith(part) for word in have))
    return 0.7 * shared / len(tokens) if tokens else 0.0


def _tokenize(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.casefold()):
        if _IDEOGRAPH.match(word) and len(word) > 1:
            yield from (word[at : at + 2] for at in range(len(word) - 1))
        else:
            yield word
