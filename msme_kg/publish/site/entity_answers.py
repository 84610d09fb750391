"""Answers about entities: those of the command ``describe``, for one or for many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache, partial

import pyoxigraph as ox

from msme_kg.entities.description import accepts_class, answer_entities, find_classes
from msme_kg.entities.labels import Labels
from msme_kg.namespaces import LANGUAGES, PrefixMap
from msme_kg.rendering.entity_answer import AnswerPart, compose_part
from msme_kg.rendering.result_table import ResultTable
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.results import QueryEngine, Solutions


class EntityAnswers:
    """The results of the description queries for some entities, each asked once for all of its class."""

    def __init__(
        self,
        queries: Iterable[CannedQuery],
        prefixes: PrefixMap,
        labels: Mapping[str, Labels],
        engine: QueryEngine,
        iris: Iterable[str],
    ) -> None:
        """Select the queries; those are asked in the languages in which answers are wanted.

        Args:
            queries: the description queries.
            prefixes: the prefixes of the graph.
            labels: the labels by language.
            engine: what answers the queries.
            iris: the entities.
        """
        classes = find_classes(engine, map(ox.NamedNode, iris))
        self._queries: list[tuple[CannedQuery, Callable[[str], dict[str, Solutions]]]] = []
        for query in queries:
            entities = [
                ox.NamedNode(iri) for iri, names in classes.items() if accepts_class(query, names, prefixes)
            ]
            self._queries.append((query, cache(partial(answer_entities, engine, query, entities))))
        self._labels = labels

    def compose_parts(
        self, iri: str, lang: str, as_of: date | None, *, is_brief: bool = False
    ) -> list[AnswerPart]:
        """Return the parts of the answer about an entity.

        Args:
            iri: the entity.
            lang: the language.
            as_of: the day of the state that they describe; None for all that is recorded.
            is_brief: whether only the parts for its class are wanted, without those that every entity has.
        """
        labels, parts = self._labels[lang], []
        for query, answer in self._queries:
            if query.parameters[0].entities.of_class or not is_brief:
                solutions = answer(lang if "?in_lang" in query.text else LANGUAGES[0]).get(iri)
                if solutions is not None:
                    parts.append(compose_part(query, make_table(query, solutions, labels), labels, as_of))
        return parts


def make_table(query: CannedQuery, solutions: Solutions, labels: Labels) -> ResultTable:
    """Return the answer of a canned query as a table."""
    headings, absent = (
        {name: texts[labels.lang] for name, texts in words.items()} for words in (query.columns, query.absent)
    )
    return ResultTable(
        solutions, labels, headings, query.joined, query.short_names, query.language_codes, absent=absent
    )
