"""Full-text search over the names of entities and the texts on them, in both languages, ranked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from msme_kg.entities.name_index import COMPOSED_RANK, DERIVED_RANK, EntityName
from msme_kg.entities.name_matching import ALL_WORDS, PART_OF_WORDS, NamePattern
from msme_kg.entities.name_source import NameSource
from msme_kg.name_folding import fold_name

MIN_SCORE = 0.5
"""The least score of a name that is found."""
# Where nothing has that score: half of the words, or of the pairs of Chinese characters.
_MIN_SCORE_OF_NEAREST = 0.35


class SearchHit(NamedTuple):
    """An entity that matches a search.

    Attributes:
        name: the name that matches best, if possible in the language of the reader; or the text if no name
            matches.
        score: that of the best name, from 0 to 1; higher is better.
    """

    name: EntityName
    score: float


def search_entities(
    names: NameSource, search_text: str, lang: str, *, deprecated: bool = False
) -> list[SearchHit]:
    """Return the entities whose names match a text, then those whose texts have its words, best first.

    Of names that match equally well, those composed of the names of other entities come last; then the
    entities come first that most statements refer to. Where no name matches, words may be in a name and the
    rest in a text on the entity. Where nothing is found, the nearest names are returned.

    Args:
        names: what knows their names and the texts on them.
        search_text: words in either language, or a symbol or code in any spelling.
        lang: the language whose names and texts are shown where they match too.
        deprecated: whether deprecated entities are found too.
    """
    pattern = NamePattern(search_text)

    def select(found: Iterable[EntityName], min_score: float) -> Iterator[SearchHit]:
        for name in found:
            score = pattern.compute_score(name.name)
            if score >= min_score and (deprecated or name.entity_iri not in names.deprecated):
                yield SearchHit(name, score)

    # Names and texts that match worse count only where no name matches: they are looked at only then.
    in_names = _select_best(select(names.find_matching_names(pattern, MIN_SCORE), MIN_SCORE), lang)
    in_texts = [*select(names.find_matching_texts(pattern, PART_OF_WORDS), PART_OF_WORDS)]
    if in_names:
        in_texts = [hit for hit in in_texts if hit.name.entity_iri not in in_names]
    else:
        joined = names.find_joined(pattern)
        best = _select_best(select(joined[0], 0.0), lang)
        in_texts += _join_names(pattern, select(joined[1], 0.0), best)
    if not in_names and not in_texts:
        nearest = select(names.find_matching_names(pattern, _MIN_SCORE_OF_NEAREST), _MIN_SCORE_OF_NEAREST)
        in_names = _select_best(nearest, lang)
    of_texts = _select_best(in_texts, lang)
    links = names.count_links([*in_names, *of_texts])
    return [
        hit
        for group in (in_names, of_texts)
        for hit in sorted(group.values(), key=lambda hit: _rank_entity(hit, links[hit.name.entity_iri]))
    ]


def _join_names(
    pattern: NamePattern, texts: Iterable[SearchHit], named: Mapping[str, SearchHit]
) -> Iterator[SearchHit]:
    """Yield the texts that lack words which are in the best name of their entity."""
    for text in texts:
        best = named.get(text.name.entity_iri)
        if text.score < PART_OF_WORDS and best is not None and best.score:
            both = f"{best.name.name} {text.name.name}"
            if pattern.may_score(fold_name(both), ALL_WORDS) and pattern.compute_score(both) >= ALL_WORDS:
                yield SearchHit(text.name, PART_OF_WORDS)


def _select_best(hits: Iterable[SearchHit], lang: str) -> dict[str, SearchHit]:
    """Return the best hit of each entity, with the best name in a language that has a score, if any."""
    best: dict[str, SearchHit] = {}
    shown: dict[str, SearchHit] = {}
    for hit in hits:
        iri = hit.name.entity_iri
        if iri not in best or _rank_name(hit) < _rank_name(best[iri]):
            best[iri] = hit
        is_shown = hit.name.lang == lang and hit.score >= MIN_SCORE
        if is_shown and (iri not in shown or _rank_name(hit) < _rank_name(shown[iri])):
            shown[iri] = hit
    return {iri: SearchHit(shown.get(iri, hit).name, hit.score) for iri, hit in best.items()}


def _rank_name(hit: SearchHit) -> tuple[float, int, int, str]:
    return -hit.score, hit.name.rank, len(hit.name.name), hit.name.name


def _rank_entity(hit: SearchHit, links: int) -> tuple[object, ...]:
    is_composed = hit.name.rank in {COMPOSED_RANK, DERIVED_RANK}
    return -hit.score, is_composed, -links, *_rank_name(hit), hit.name.entity_iri
