"""Description queries: asked for all entities at once, they answer as for each alone."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from conftest import ROOT

from msme_kg.api import KnowledgeGraph
from msme_kg.entities.description import accepts_class, answer_entities, find_classes
from msme_kg.namespaces import BASE, LANGUAGES
from msme_kg.repository import Repository
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.joined_cells import sort_joined_cells
from msme_kg.sparql.query_catalog import DESCRIPTIONS, QueryCatalog

QUERIES = QueryCatalog(Repository.find(ROOT)).get_all(DESCRIPTIONS)


@pytest.fixture(scope="module")
def classes(kg: KnowledgeGraph) -> dict[str, set[str]]:
    rows = kg.engine.select("SELECT DISTINCT ?thing WHERE { ?thing a ?class }").rows
    return find_classes(kg.engine, [one for (one,) in rows if isinstance(one, ox.NamedNode)])


def test_classes_of_many_entities_include_superclasses(classes: dict[str, set[str]]) -> None:
    assert len(classes) > 3000
    assert {f"{BASE}ontology#Event", f"{BASE}ontology#TradePolicyReview"} <= classes[f"{BASE}review/cn-2024"]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_answers_for_many_are_those_for_each(query, kg, classes) -> None:  # type: ignore[no-untyped-def]
    entities = [
        ox.NamedNode(iri) for iri, names in classes.items() if accepts_class(query, names, kg.prefixes)
    ]
    for lang in LANGUAGES:
        together = answer_entities(kg.engine, query, entities, lang)
        assert together
        for entity in entities[:: max(1, len(entities) // 60)]:
            text = bind_values(query.text, {"thing": [entity], "lang": [ox.Literal(lang)]})
            alone = sort_joined_cells(kg.engine.select(text), query.joined)
            found = together.get(entity.value)
            assert alone.rows == (found.rows if found else ()), entity
            assert found is None or found.columns == alone.columns
