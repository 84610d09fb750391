"""Answers about entities: those of the command ``describe``, for all entities at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.entities.description import accepts_class, answer_entities, find_classes
from msme_kg.entities.labels import Labels
from msme_kg.namespaces import LANGUAGES, PrefixMap
from msme_kg.rendering.entity_answer import AnswerPart, compose_part
from msme_kg.rendering.result_table import ResultTable
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.results import QueryEngine, Solutions


@dataclass(frozen=True)
class EntityAnswers:
    """The results of the description queries for all entities.

    Attributes:
        answers: the queries that have an answer, by language and entity.
        labels: the labels by language.
    """

    answers: dict[str, dict[str, list[tuple[CannedQuery, Solutions]]]]
    labels: Mapping[str, Labels]

    @classmethod
    def from_queries(
        cls,
        queries: Iterable[CannedQuery],
        engine: QueryEngine,
        prefixes: PrefixMap,
        labels: Mapping[str, Labels],
        iris: Iterable[str],
    ) -> EntityAnswers:
        """Run each description query once for all entities of its class, or once for each language.

        Args:
            queries: the description queries.
            engine: what answers them.
            prefixes: the prefixes of the graph.
            labels: the labels by language.
            iris: the entities.
        """
        classes = find_classes(engine, map(ox.NamedNode, iris))
        answers: dict[str, dict[str, list[tuple[CannedQuery, Solutions]]]] = {lang: {} for lang in LANGUAGES}
        for query in queries:
            entities = [
                ox.NamedNode(iri) for iri, names in classes.items() if accepts_class(query, names, prefixes)
            ]
            found: dict[str, Solutions] = {}
            for lang in LANGUAGES:
                if not found or "?in_lang" in query.text:
                    found = answer_entities(engine, query, entities, lang)
                for iri, solutions in found.items():
                    answers[lang].setdefault(iri, []).append((query, solutions))
        return cls(answers, labels)

    def compose_parts(self, iri: str, lang: str, *, is_brief: bool = False) -> list[AnswerPart]:
        """Return the parts of the answer about an entity.

        Args:
            iri: the entity.
            lang: the language.
            is_brief: whether only the parts for its class are wanted, without those that every entity has.
        """
        labels = self.labels[lang]
        return [
            compose_part(query, make_table(query, solutions, labels), labels)
            for query, solutions in self.answers[lang].get(iri, [])
            if query.parameters[0].entities.of_class or not is_brief
        ]


def make_table(query: CannedQuery, solutions: Solutions, labels: Labels) -> ResultTable:
    """Return the answer of a canned query as a table."""
    headings, absent = (
        {name: texts[labels.lang] for name, texts in words.items()} for words in (query.columns, query.absent)
    )
    return ResultTable(
        solutions, labels, headings, query.joined, query.short_names, query.language_codes, absent=absent
    )
