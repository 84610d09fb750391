"""Full-text search over the names of entities and the texts on them, in both languages, ranked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from msme_kg.entities.name_index import COMPOSED_RANK, DERIVED_RANK, EntityName
from msme_kg.entities.name_matching import ALL_WORDS, PART_OF_WORDS, NamePattern
from msme_kg.entities.name_source import NameSource

MIN_SCORE = 0.5
"""The least score of a name that is found."""
# Where nothing has that score: half of the words, or of the pairs of Chinese characters.
_MIN_SCORE_OF_NEAREST = 0.35


@dataclass(frozen=True)
class SearchHit:
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

    def select_current(found: list[EntityName]) -> list[EntityName]:
        return [name for name in found if deprecated or name.entity_iri not in names.deprecated]

    def select_named(min_score: float) -> dict[str, SearchHit]:
        found = select_current(names.find_matching_names(pattern, min_score))
        hits = (SearchHit(name, pattern.compute_score(name.name)) for name in found)
        return _select_best(hits, lang, MIN_SCORE)

    # Names and texts that match worse count only where no name matches: they are looked at only then.
    named = select_named(MIN_SCORE if names.is_indexed else 0.0)
    in_names = {iri: hit for iri, hit in named.items() if hit.score >= MIN_SCORE}
    if not in_names and names.is_indexed:
        named = select_named(0.0)
    found = select_current(names.find_matching_texts(pattern, PART_OF_WORDS if in_names else 0.0))
    texts = (text for text in found if text.entity_iri not in in_names)
    scored = _compute_text_scores(pattern, texts, {} if in_names else named)
    in_texts = {
        iri: hit
        for iri, hit in _select_best(scored, lang, PART_OF_WORDS).items()
        if hit.score >= PART_OF_WORDS
    }
    if not in_names and not in_texts:
        in_names = {iri: hit for iri, hit in named.items() if hit.score >= _MIN_SCORE_OF_NEAREST}
    links = names.count_links([*in_names, *in_texts])
    return [
        hit
        for group in (in_names, in_texts)
        for hit in sorted(group.values(), key=lambda hit: _rank_entity(hit, links[hit.name.entity_iri]))
    ]


def _compute_text_scores(
    pattern: NamePattern, texts: Iterable[EntityName], named: Mapping[str, SearchHit]
) -> Iterator[SearchHit]:
    """Yield texts with their scores; what a text lacks may be in the best name of its entity."""
    for text in texts:
        score = pattern.compute_score(text.name)
        best = named.get(text.entity_iri)
        if score < PART_OF_WORDS and best is not None and best.score:
            both = pattern.compute_score(f"{best.name.name} {text.name}")
            score = PART_OF_WORDS if both >= ALL_WORDS else score
        yield SearchHit(text, score)


def _select_best(hits: Iterable[SearchHit], lang: str, min_score: float) -> dict[str, SearchHit]:
    """Return the best hit of each entity, with the best name in a language that has a score, if any."""
    best: dict[str, SearchHit] = {}
    shown: dict[str, SearchHit] = {}
    for hit in hits:
        iri = hit.name.entity_iri
        best[iri] = min(hit, best.get(iri, hit), key=_rank_name)
        if hit.name.lang == lang and hit.score >= min_score:
            shown[iri] = min(hit, shown.get(iri, hit), key=_rank_name)
    return {iri: SearchHit(shown.get(iri, hit).name, hit.score) for iri, hit in best.items()}


def _rank_name(hit: SearchHit) -> tuple[float, int, int, str]:
    return -hit.score, hit.name.rank, len(hit.name.name), hit.name.name


def _rank_entity(hit: SearchHit, links: int) -> tuple[object, ...]:
    is_composed = hit.name.rank in {COMPOSED_RANK, DERIVED_RANK}
    return -hit.score, is_composed, -links, *_rank_name(hit), hit.name.entity_iri
