"""Queries answer as if deprecated entities were not there, and with them as if they were not deprecated."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest

from msme_kg.api import KnowledgeGraph
from msme_kg.namespaces import BASE, DCTERMS, OWL, RDF
from msme_kg.rdf.entity_filter import drop_entities
from msme_kg.sparql.binding import CURRENT_FILTER, include_deprecated
from msme_kg.sparql.local_engine import LocalEngine

QUERIES = Path(__file__).resolve().parents[1] / "queries"
DEPRECATED = ox.NamedNode(f"{OWL}deprecated")
PART_OF = ox.NamedNode(f"{DCTERMS}isPartOf")
OF_ANYTHING = {
    "briefing/dataset": "the record as a whole",
    "briefing/words": "texts of entities that other queries found",
    "checks/attestation-of-nothing": "the entity of an attestation may be deprecated",
    "checks/attested-property-without-value": "an attestation of a deprecated entity is checked as any other",
    "checks/empty-attestation": "attestations are not deprecated",
    "checks/misplaced": "a deprecated entity is stored as any other",
    "checks/outdated-replacement": "about deprecated entities",
    "checks/undeclared": "a deprecated entity has declared terms as any other",
    "checks/unreplaced": "about deprecated entities",
    "checks/untranslated": "a deprecated entity has labels as any other",
    "checks/untyped": "a deprecated entity has a class as any other",
    "descriptions/about": "about the entity that is named",
    "descriptions/notes": "notes of the entity that is named",
    "export/dates": "dates of entities that are named",
    "export/deprecated": "about deprecated entities",
    "export/description": "statements of the entity that is named",
    "export/kinds": "classes, not their instances",
    "export/not-held": "entities that an export leaves out",
    "export/sources": "sources of entities that are named",
}
"""Queries without a filter, and why."""
NAMED = (
    *("member/cn", "document/wt-min-17-58", "document/inf-msme-4-rev-2", "document/inf-msme-w-36"),
    *("award/2017-deering-banjo-co", "claim/attending-non-members-2024-07-01-9-wtocenter-400731"),
    *(
        "event/2016-workshop-participation-of-msmes",
        "initiative/trade4msmes",
        "membership/cn",
        "membership/uy",
    ),
    *("document/inf-msme-w-58", "member/eu", "member/in", "member/us"),
    *("organization/itc", "person/matthew-wilson", "source/brief", "source/brief/1-1", "member/uy"),
    *("event/2025-03-05-meeting", "initiative/sbc-2025", "work-item/2023-3-1"),
)
"""Entities that the examples in the texts of queries name: they are found although deprecated."""

OTHERS = {"attestation", "dataset", "ontology", "prefix", "vocab"}
"""First segments of IRIs that are not those of entities in answers."""


def load_texts() -> dict[str, str]:
    paths = [path for path in sorted(QUERIES.rglob("*.rq")) if path.parent.name != "templates"]
    return {f"{path.parent.name}/{path.stem}": path.read_text(encoding="utf-8") for path in paths}


TEXTS = load_texts()
ANSWERS = {
    name: text
    for name, text in TEXTS.items()
    if name not in OF_ANYTHING and not name.startswith("checks/") and "\nCONSTRUCT " not in text
}


def test_every_query_leaves_deprecated_entities_out_by_marked_lines() -> None:
    assert {name for name, text in TEXTS.items() if not CURRENT_FILTER.search(text)} == set(OF_ANYTHING)
    for name, text in TEXTS.items():
        left = include_deprecated(text)
        assert "# current" not in left, name
        if not name.startswith("checks/"):
            filters = re.findall(r"FILTER[^\n]*owl:deprecated true", left)
            assert filters == [], name


@pytest.fixture(scope="module")
def quads(kg: KnowledgeGraph) -> list[ox.Quad]:
    assert kg.dataset is not None
    return [ox.Quad(one.subject, one.predicate, one.object) for one in kg.dataset.parse_quads()]


def group_by_kind(quads: list[ox.Quad]) -> dict[str, list[ox.NamedNode]]:
    """Return the entities that a test may deprecate, by the first segment of their IRIs."""
    kinds: dict[str, dict[ox.NamedNode, None]] = defaultdict(dict)
    kept = OTHERS | {f"{BASE}{name}" for name in (*NAMED, "organization/iwg-msmes")}
    for quad in quads:
        subject = quad.subject
        if quad.predicate.value == f"{RDF}type" and isinstance(subject, ox.NamedNode):
            kind = subject.value.removeprefix(BASE).partition("/")[0]
            if subject.value.startswith(BASE) and "#" not in kind and {kind, subject.value}.isdisjoint(kept):
                kinds[kind][subject] = None
    return {kind: list(entities) for kind, entities in kinds.items()}


def make_store(quads: list[ox.Quad]) -> ox.Store:
    store = ox.Store()
    store.extend(quads)
    return store


def ask(store: ox.Store, text: str) -> list[tuple[object, ...]]:
    answer = store.query(text)
    assert isinstance(answer, ox.QuerySolutions)
    return [tuple(map(sort_joined, row)) for row in answer]


def sort_joined(cell: object) -> object:
    """Return a cell with the values that are joined in it sorted: the engine joins them in any order."""
    is_joined = isinstance(cell, ox.Literal) and "; " in cell.value
    return tuple(sorted(cell.value.split("; "))) if is_joined else cell


def choose(kinds: dict[str, list[ox.NamedNode]]) -> list[set[ox.NamedNode]]:
    """Return entities to deprecate together: each once with others of its kind, and once with other kinds."""
    mixed = [{one for entities in kinds.values() for one in entities[start::4]} for start in range(4)]
    groups = [list(kinds.values())[start::4] for start in range(4)]
    return mixed + [{one for entities in group for one in entities[::3]} for group in groups]


@pytest.mark.parametrize("number", range(8))
def test_answers_are_those_without_the_deprecated_entities(quads: list[ox.Quad], number: int) -> None:
    entities = choose(group_by_kind(quads))[number]
    # A part of what is deprecated is no longer shown, and certainly not as a whole.
    entities |= {
        one.subject
        for one in quads
        if one.predicate == PART_OF and one.object in entities and isinstance(one.subject, ox.NamedNode)
    }
    marks = [ox.Quad(entity, DEPRECATED, ox.Literal(True)) for entity in entities]
    marked, without = make_store([*quads, *marks]), make_store([*drop_entities(quads, entities)])
    for name, text in ANSWERS.items():
        rows = ask(marked, text)
        assert not {cell for row in rows for cell in row} & entities, name
        assert rows == ask(without, text), name


def test_an_engine_leaves_entities_out_as_deprecated_ones(kg: KnowledgeGraph, quads: list[ox.Quad]) -> None:
    entities = choose(group_by_kind(quads))[0]
    marks = [ox.Quad(entity, DEPRECATED, ox.Literal(True)) for entity in entities]
    marked = make_store([*quads, *marks])
    assert isinstance(kg.engine, LocalEngine)
    engine, fewer = kg.engine.without(entities), 0
    for name, text in ANSWERS.items():
        if name.startswith("descriptions/"):
            rows = [tuple(map(sort_joined, row)) for row in engine.select(text).rows]
            assert rows == ask(marked, text), name
            fewer += len(rows) < len(kg.engine.select(text).rows)
    assert fewer > 3


def test_answers_with_deprecated_entities_are_those_before_they_were_deprecated(quads: list[ox.Quad]) -> None:
    entities = [entity for several in group_by_kind(quads).values() for entity in several]
    # None is deprecated before, whichever the data have.
    quads = [one for one in quads if one.predicate != DEPRECATED]
    before = make_store(quads)
    after = make_store([*quads, *(ox.Quad(entity, DEPRECATED, ox.Literal(True)) for entity in entities)])
    fewer = 0
    for name, text in ANSWERS.items():
        assert ask(after, include_deprecated(text)) == ask(before, text), name
        fewer += ask(after, text) != ask(before, text)
    assert fewer > 40
