"""Random updates of the small graph: values that are replaced, added and removed, and new things."""

from __future__ import annotations

from collections import defaultdict
from random import Random

import pyoxigraph as ox
from attested_graph import HEAD

from msme_kg.changes.attestations import ATTESTED_THING, ATTESTS, RECORD_SOURCED, SOURCE, TYPE
from msme_kg.rdf.terms import split_quad
from msme_kg.repository import Repository

_SOURCES = ("brief", "news", "later")
_PROPERTIES = {
    "msme:place": '"Place {}"@en',
    "msme:symbol": '"W/{}"',
    "msme:notBefore": '"2022-01-{:02}"^^xsd:date',
    "skos:altLabel": '"名{}"@zh-Hant',
}
_ABOUT_ITSELF = {str(one) for one in (ATTESTED_THING, ATTESTS, SOURCE, TYPE)}
_MEMBERSHIP = "https://w3id.org/msme-kg/membership/"
Said = set[tuple[str, str, str, str]]
"""Statements by source: its IRI, the thing, the property and the value."""


def read_statements(graph: Repository) -> set[tuple[str, str, str]]:
    """Return the statements about memberships and their attestations as N-Triples terms."""
    quads = ox.parse(graph.read("data/memberships.ttl"), format=ox.RdfFormat.TURTLE)
    return {(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads}


def list_attested(graph: Repository, only: str = "") -> Said:
    """Return what each source attests: recorded values of the properties that it covers, and its own.

    Args:
        graph: the graph.
        only: Turtle that names the attestations that count; all count if it is empty.
    """
    statements = read_statements(graph)
    by_subject: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for subject, predicate, value in statements:
        by_subject[subject][predicate].add(value)
    said: Said = set()
    named = {str(quad.subject) for quad in ox.parse((HEAD + only).encode(), format=ox.RdfFormat.TURTLE)}
    for subject, properties in list(by_subject.items()):
        for thing in properties[str(ATTESTED_THING)] if not only or subject in named else ():
            for source in properties[str(SOURCE)]:
                for predicate in properties[str(ATTESTS)]:
                    said |= {(source, thing, predicate, one) for one in by_subject[thing][predicate]}
                for predicate in properties.keys() - _ABOUT_ITSELF:
                    values = properties[predicate]
                    said |= {(source, thing, predicate, one) for one in values}
    for thing, properties in [] if only else list(by_subject.items()):
        if len(properties[str(SOURCE)]) == 1:
            (source,) = properties[str(SOURCE)]
            for predicate in properties[str(RECORD_SOURCED)]:
                said |= {(source, thing, predicate, one) for one in by_subject[thing][predicate]}
    return said


def draw_update(rnd: Random, graph: Repository, number: int) -> tuple[str, str]:
    """Return the Turtle to add and to remove; what is added has a source or a basis."""
    statements = read_statements(graph)
    things = sorted(
        {one[len(_MEMBERSHIP) + 1 : -1] for one, *_ in statements if one.startswith(f"<{_MEMBERSHIP}")}
    )
    thing, name = rnd.choice(things), rnd.choice(sorted(_PROPERTIES))
    add = remove = ""
    if rnd.random() < 0.2:
        thing = f"new-{number}"
        add = (
            f"membership:{thing} a msme:Membership ; rdfs:label 'New {number}'@en , '新{number}'@zh-Hant ;"
            f" dcterms:source source:{rnd.choice(_SOURCES)} ."
        )
    (predicate,) = {
        str(split_quad(quad)[1])
        for quad in ox.parse(f"{HEAD}<urn:x> {name} 1 .".encode(), format=ox.RdfFormat.TURTLE)
    }
    old = sorted(
        value for one, known, value in statements if (one, known) == (f"<{_MEMBERSHIP}{thing}>", predicate)
    )
    if old and rnd.random() < 0.7:
        gone = old if rnd.random() < 0.7 else [rnd.choice(old)]
        remove = f"membership:{thing} {name} {' , '.join(gone)} ."
    if not remove or rnd.random() < 0.8:
        value = _PROPERTIES[name].format(rnd.randint(1, 28))
        taken = [int(one[:-1].rpartition("-")[2]) for one, *_ in statements if f"/membership-{thing}-" in one]
        covers = rnd.choice((f"{name} {value}", f"msme:attests {name}"))
        ground = rnd.choice(
            [f"dcterms:source source:{one}" for one in _SOURCES] + ["msme:basis basis:own-words"]
        )
        add += (
            f"\nmembership:{thing} {name} {value} .\n"
            f"attestation:membership-{thing}-{max(taken, default=0) + 1} a msme:Attestation ;"
            f" msme:of membership:{thing} ; {ground} ; {covers} ."
        )
    return add, remove
