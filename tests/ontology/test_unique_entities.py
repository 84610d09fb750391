"""Entities are unique: one document, one event, one initiative, each with a label of its own."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from ontology.content import BASE, Content, iri
from ontology.merged_entities import MERGED

CLASSES = (
    "Document",
    "Event",
    "Initiative",
    "Award",
    "Organization",
    "WTOMember",
    "CountClaim",
    "StatisticClaim",
    "Membership",
    "Sponsorship",
    "Provision",
    "WorkItem",
    "StatusReport",
    "TradePolicyReview",
    "Observation",
)
DISJOINT = ("Document", "Event", "Initiative")
DOUBTFUL = (
    "event:2020-12-14-heads-of-delegation",
    "event:2021-07-meeting",
    "event:2022-10-05-building-bridges",
    "event:2024-12-10-meeting",
    "event:2026-03-16-champions-deadline",
    "event:2026-03-25-women-trade-event",
    "event:2026-07-08-ai-for-good",
)
"""Events that the sources announce or leave unconfirmed."""
HELD_BY_ANOTHER_SOURCE = ("event:2023-09-28-joint-solutions-lab", "event:2018-03-27-thematic-session")
"""Events that one source announces and another reports."""
COMMON = ("/source/", "/vocab/", "/attestation/", "/organization/", "/person/", "/ontology")
"""Parts of the IRIs of entities that many others refer to."""


def normalize(label: str) -> str:
    """Return a label without case, articles and punctuation."""
    return re.sub(r"\W+", " ", re.sub(r"\b(the|a|an)\b", "", label.lower())).strip()


def current(content: Content, name: str) -> list[str]:
    """Return the instances of a class that nothing has replaced."""
    return [one for one in content.of_class(f"msme:{name}") if content.get_current(one) == one]


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_no_two_entities_of_a_class_have_one_label(asked, name, language):
    entities = defaultdict(list)
    for entity in current(asked, name):
        for label in asked.text(entity, "rdfs:label", language):
            entities[normalize(label)].append(entity)
    assert entities, f"no {name} at all"
    assert {label: same for label, same in entities.items() if len(same) > 1} == {}


def test_document_event_and_initiative_share_no_label(asked):
    entities = defaultdict(set)
    for name in DISJOINT:
        for entity in current(asked, name):
            for label in asked.text(entity, "rdfs:label", "en"):
                entities[normalize(label)].add(entity)
    assert [ones for ones in entities.values() if len(ones) > 1] == []


def test_document_event_and_initiative_are_disjoint(asked):
    instances = {name: set(asked.of_class(f"msme:{name}")) for name in DISJOINT}
    for index, name in enumerate(DISJOINT):
        for other in DISJOINT[index + 1 :]:
            assert not instances[name] & instances[other]


def test_no_event_has_the_title_of_a_document(asked):
    titles = {
        normalize(title)
        for document in asked.of_class("msme:Document")
        for prop in ("rdfs:label", "dcterms:title", "skos:altLabel")
        for title in asked.text(document, prop, "en")
    }
    labels = {
        normalize(label)
        for event in asked.of_class("msme:Event")
        for label in asked.text(event, "rdfs:label", "en")
    }
    assert not titles & labels


def test_no_event_is_the_joining_of_a_member(asked):
    labels = [
        label for event in asked.of_class("msme:Event") for label in asked.text(event, "rdfs:label", "en")
    ]
    assert not [label for label in labels if re.search(r"\bjoin(s|ed|ing)\b", label)]


def own_neighbours(content: Content, entity: str) -> set[str]:
    """Return the neighbours of an entity that are not sources, classes, concepts or attestations."""
    return {
        neighbour
        for neighbour in content.around[entity]
        if neighbour.startswith(BASE) and not any(part in neighbour for part in COMMON)
    }


@pytest.mark.parametrize("name", MERGED)
def test_document_event_and_initiative_with_one_subject_are_linked(asked, name):
    """A link may pass through one other entity."""
    kinds = {"document", "event", "initiative"}
    entities = {iri(entity) for entity in MERGED[name] if entity.split(":")[0] in kinds}
    assert all(entity in asked for entity in map(iri, MERGED[name]))
    start = min(entities, default="")
    reached, fresh = entities & {start}, entities & {start}
    while fresh:
        near = set().union(*(own_neighbours(asked, entity) for entity in fresh))
        between = {other for entity in near for other in own_neighbours(asked, entity)}
        fresh = (entities & (near | between)) - reached
        reached |= fresh
    assert reached == entities, f"no link leads to {sorted(entities - reached)}"


def test_what_is_replaced_says_nothing_besides(asked):
    """A text is a document, and what happens on one day an event: neither is an initiative as well."""
    replaced = [one for one in asked.subjects("owl:deprecated") if "/initiative/" in one]
    assert len(replaced) == 24
    kept = {
        "rdf:type",
        "rdfs:label",
        "dcterms:source",
        "msme:hasKind",
        "owl:deprecated",
        "dcterms:isReplacedBy",
    }
    for one in replaced:
        assert re.search("/(document|event)/", asked.get_current(one))
        assert asked.around[one]
        said = {triple.predicate.value for triple in asked if triple.subject.value == one}
        assert said == set(map(iri, kept)), one
        assert not [triple for triple in asked if triple.object.value == one], f"link to what replaces {one}"


def test_planned_and_unconfirmed_events_have_a_status_and_a_note(asked):
    held = [iri("event-status:held")]
    events = [event for event in asked.of_class("msme:Event") if "/event/" in event]
    statuses = {event: asked.values(event, "adms:status") for event in events}
    assert {event for event, status in statuses.items() if status != held} == set(map(iri, DOUBTFUL))
    known = [iri("event-status:planned")], [iri("event-status:unconfirmed")]
    for event in map(iri, DOUBTFUL):
        assert statuses[event] in known
        assert asked.text(event, "skos:editorialNote", "en"), f"{event}: say why"
        assert asked.text(event, "skos:editorialNote", "zh-hant"), f"{event}: say why"
