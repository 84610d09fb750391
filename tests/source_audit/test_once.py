"""Each thing stands once: a text is a document, a happening an event, an undertaking an initiative."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

import pytest
from ontology.content import BASE, iri

from source_audit.cells import Graph, numbered
from source_audit.once import MERGED, SAME_LABEL
from source_audit.rows import things

KINDS = (
    "Document",
    "Event",
    "Initiative",
    "Award",
    "Organization",
    "WTOMember",
    "CountClaim",
    "StatisticClaim",
)
KINDS += (
    "Membership",
    "Sponsorship",
    "Provision",
    "WorkItem",
    "StatusReport",
    "TradePolicyReview",
    "Observation",
)
DOUBT = re.compile(
    r"\(planned\)|not confirmed|not proven|Announced in (advance|the call)|^Planned;|advance notice",
    re.IGNORECASE,
)
ANNOUNCED = ("event:2023-09-28-joint-solutions-lab", "event:2018-03-27-thematic-session")
"""Held, by another source; what is not confirmed of the second is that it was the first meeting."""
APART = ("Document", "Event", "Initiative")


def plain(label: str) -> str:
    """Return a label without case, articles and punctuation."""
    return re.sub(r"\W+", " ", re.sub(r"\b(the|a|an)\b", "", label.lower())).strip()


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_no_two_things_of_a_class_have_one_label(graph, name, language):
    found = defaultdict(list)
    for one in graph.of_class(f"msme:{name}"):
        for label in graph.text(one, "rdfs:label", language):
            found[plain(label)].append(one)
    assert found, f"no {name} at all"
    assert {label: same for label, same in found.items() if len(same) > 1} == {}


def test_text_happening_and_undertaking_share_no_name(graph):
    found = defaultdict(set)
    for name in APART:
        for one in graph.of_class(f"msme:{name}"):
            for label in graph.text(one, "rdfs:label", "en"):
                found[plain(label)].add(one)
    same = {frozenset(ones) for ones in found.values() if len(ones) > 1}
    known = {frozenset(map(iri, ones)) for ones in SAME_LABEL}
    assert same == known
    for ones in known:
        first, second = ones
        assert second in graph.around[first], f"{first} and {second} have one name and are not linked"


def test_nothing_is_of_two_kinds(graph):
    kinds = {name: set(graph.of_class(f"msme:{name}")) for name in APART}
    for index, name in enumerate(APART):
        for other in APART[index + 1 :]:
            assert not kinds[name] & kinds[other]


def test_the_issue_of_a_document_is_no_event(facts, graph):
    """Rows of the type document or publication lead to a document, or to what was held to present it."""
    for number, row in numbered(facts, "events"):
        if row["type"] not in {"document", "publication"}:
            continue
        for one in things(graph, "events", number, row):
            if "/event/" in one:
                kinds = {kind.rpartition("/")[2] for kind in graph.values(one, "msme:hasKind")}
                assert kinds <= {"launch", "regular-meeting"}, f"row {number}: {one} is {kinds}"
                made = graph.values(one, "msme:adopted", "msme:product", "msme:used")
                assert any("/document/" in text for text in made), f"row {number}: {one} presents no document"
    titles = {
        plain(title)
        for one in graph.of_class("msme:Document")
        for prop in ("rdfs:label", "dcterms:title", "skos:altLabel")
        for title in graph.text(one, prop, "en")
    }
    events = {
        plain(label): one
        for one in graph.of_class("msme:Event")
        for label in graph.text(one, "rdfs:label", "en")
    }
    assert not titles & set(events)


def test_a_joining_is_the_membership(facts, graph):
    for number, row in numbered(facts, "events"):
        if row["type"] == "joining":
            found = things(graph, "events", number, row)
            assert found
            assert all("/membership/" in one for one in found), f"row {number}: {found}"
    events = graph.of_class("msme:Event")
    labels = [label for one in events for label in graph.text(one, "rdfs:label", "en")]
    assert not [label for label in labels if re.search(r"\bjoin(s|ed|ing)\b", label)]


def rows_of(graph: Graph, facts: Path, table: str, wanted: list[int]) -> set[str]:
    """Return the things of some rows of a table."""
    rows = dict(numbered(facts, table))
    return {one for number in wanted for one in things(graph, table, number, rows[number])}


def own_around(graph: Graph, thing: str) -> set[str]:
    """Return the things next to a thing that are more than its source, class, concept or attestation."""
    common = ("/source/", "/vocab/", "/attestation/", "/organization/", "/person/", "/ontology")
    return {
        one for one in graph.around[thing] if one.startswith(BASE) and not any(part in one for part in common)
    }


def test_every_merge_is_known(facts):
    with (facts / "merges.tsv").open(encoding="utf-8", newline="") as file:
        named = {row["thing"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    assert named == set(MERGED)


@pytest.mark.parametrize("thing", MERGED)
def test_rows_that_are_one_thing_have_one_node(facts, graph, thing):
    nodes = {iri(one) for one in MERGED[thing]}
    for one, places in MERGED[thing].items():
        for table, *numbers in places:
            found = rows_of(graph, facts, table, numbers)
            assert iri(one) in found, f"{one} does not carry {table} {numbers}: {sorted(found)}"
            kind = iri(one).rpartition("/")[0]
            doubled = {other for other in found if other.rpartition("/")[0] == kind} - nodes
            if table == "stats":  # a compound cell is several claims
                doubled = set()
            assert not doubled, f"{table} {numbers} is carried by {sorted(doubled)} too"


@pytest.mark.parametrize("thing", MERGED)
def test_nodes_of_one_thing_are_linked(graph, thing):
    """Links lead from text, happening and undertaking to each other, over one node between at most."""
    nodes = {iri(one) for one in MERGED[thing] if one.split(":")[0] in {"document", "event", "initiative"}}
    start = min(nodes, default="")
    reached, fresh = nodes & {start}, nodes & {start}
    while fresh:
        near = set().union(*(own_around(graph, one) for one in fresh))
        between = {other for one in near for other in own_around(graph, one)}
        fresh = (nodes & (near | between)) - reached
        reached |= fresh
    assert reached == nodes, f"no link leads to {sorted(nodes - reached)}"


def test_an_undertaking_that_is_a_text_leads_to_it(graph):
    """A publication or compendium that merges.tsv calls one with a document has it as its text."""
    kinds = {iri(f"initiative-kind:{name}") for name in ("publication", "compendium")}
    seen = 0
    for thing, nodes in MERGED.items():
        texts = {iri(one) for one in nodes if one.startswith("document:")}
        for one in nodes:
            if texts and one.startswith("initiative:") and kinds & set(graph.values(one, "msme:hasKind")):
                seen += 1
                found = set(graph.values(one, "msme:hasText", "msme:followsUp"))
                assert found & texts, f"{thing}: {one} does not lead to {sorted(texts)}"
    assert seen >= 10


def test_what_was_planned_or_is_not_confirmed_says_so(facts, graph):
    doubtful = set()
    for table in ("meetings", "events"):
        for number, row in numbered(facts, table):
            coming = row["date"] > "2026" and row.get("type") in {"event", "deadline"}
            if coming or DOUBT.search(row["note"]) or DOUBT.search(row.get("kind", "")):
                doubtful |= {one for one in things(graph, table, number, row) if "/event/" in one}
    doubtful -= set(map(iri, ANNOUNCED))
    found = {
        one
        for one in graph.of_class("msme:Event")
        if "/event/" in one and set(graph.values(one, "adms:status")) != {iri("event-status:held")}
    }
    assert doubtful == found
    statuses = {one: graph.values(one, "adms:status") for one in found}
    known = [iri("event-status:planned")], [iri("event-status:unconfirmed")]
    assert not {one: status for one, status in statuses.items() if status not in known}
    for one in found:
        assert graph.text(one, "skos:editorialNote", "en"), f"{one}: say why"
        assert graph.text(one, "skos:editorialNote", "zh-hant"), f"{one}: say why"
