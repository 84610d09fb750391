"""Full-text search over the names of entities, in both languages, ranked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from msme_kg.entities.deprecation import load_replacements
from msme_kg.entities.name_index import EntityName, fold_name, list_names
from msme_kg.sparql.results import QueryEngine

# Chinese has no spaces between words: its tokens are pairs of adjacent characters (bigrams).
_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W_\u3400-\u9fff\uf900-\ufaff]+")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_MIN_SCORE = 0.5


@dataclass(frozen=True)
class SearchHit:
    """An entity that matches a search.

    Attributes:
        entity_iri: the IRI of the entity.
        name: the name that matches best.
        score: from 0 to 1; higher is better.
    """

    entity_iri: str
    name: str
    score: float


def search_entities(engine: QueryEngine, search_text: str, *, deprecated: bool = False) -> list[SearchHit]:
    """Return the entities whose names match a text, the best first.

    Names that are equal but for case, spaces and punctuation come first, then names that begin with the text,
    that contain it, and that share most of its tokens; ties are broken by rank and length.

    Args:
        engine: the engine that has the names.
        search_text: words in either language, or a symbol or code in any spelling.
        deprecated: whether deprecated entities are found too.
    """
    folded_text, tokens = fold_name(search_text), set(_tokenize(search_text))
    best: dict[str, tuple[float, int, int, str]] = {}
    hidden = {} if deprecated else load_replacements(engine)
    for name in list_names(engine):
        if name.entity_iri in hidden:
            continue
        score = _compute_score(name, folded_text, tokens)
        if score >= _MIN_SCORE:
            key = (-score, name.rank, len(name.name), name.name)
            best[name.entity_iri] = min(key, best.get(name.entity_iri, key))
    ranked = sorted((key, iri) for iri, key in best.items())
    return [SearchHit(iri, key[3], -key[0]) for key, iri in ranked]


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
    name_tokens = set(_tokenize(entity_name.name))
    shared = sum(any(word.startswith(token) for word in name_tokens) for token in tokens)
    return 0.7 * shared / len(tokens) if tokens else 0.0


def _tokenize(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.casefold()):
        if _IDEOGRAPH.match(word) and len(word) > 1:
            yield from (word[at : at + 2] for at in range(len(word) - 1))
        else:
            yield word
