"""Edits that violate each constraint component."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """A change of a block.

    Attributes:
        predicate: predicate of the changed statements.
        text: the object to add, ``{n}`` a running number, ``{self}`` the subject, ``{code}`` two letters;
            empty to add nothing.
        takes: end of the objects to remove; empty for all, None for none.
    """

    predicate: str
    text: str = ""
    takes: str | None = None


@dataclass(frozen=True)
class Recipe:
    """A way to make entities faulty.

    Attributes:
        file: file of the entities.
        prefix: beginning of their names.
        edits: changes, in order.
        has: predicates that an entity must have, each with the end of an object if that matters.
        lacks: the same for predicates that it must not have.
        reported: the component that reports it, if it is another one.
    """

    file: str
    prefix: str
    edits: tuple[Edit, ...]
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    reported: str = ""


def _put(predicate: str, text: str) -> tuple[Edit, ...]:
    return (Edit(predicate, text),)


def _swap(predicate: str, text: str, takes: str = "") -> tuple[Edit, ...]:
    return (Edit(predicate, text, takes),)


def _drop(*predicates: str, takes: str = "") -> tuple[Edit, ...]:
    return tuple(Edit(predicate, "", takes) for predicate in predicates)


_AWARDS = ("data/initiatives/awards.ttl", "award:")
_COUNTS = ("data/claims/counts.ttl", "claim:")
_DOCUMENTS = ("data/instruments/documents.ttl", "document:")
_EVENTS = ("data/events/events.ttl", "event:")
_INITIATIVES = ("data/initiatives/initiatives.ttl", "initiative:")
_MEMBERS = ("data/actors/members.ttl", "member:")
_MEMBERSHIPS = ("data/actors/memberships.ttl", "membership:")
_OBSERVATIONS = ("data/actors/observations.ttl", "observation:")
_ORGANIZATIONS = ("data/actors/organizations.ttl", "organization:")
_PASSAGES = ("data/sources.ttl", "brief:")
_PROVISIONS = ("data/instruments/provisions.ttl", "provision:")
_SOURCES = ("data/sources.ttl", "source:")
_SPONSORSHIPS = ("data/instruments/sponsorships.ttl", "sponsorship:")
_STATISTICS = ("data/claims/statistics.ttl", "claim:")
_STATUSES = ("data/instruments/statuses.ttl", "status:")
_TENURES = ("data/actors/tenures.ttl", "tenure:")

_ALPHA_2 = "skos:notation ^^msme:alpha-2"
_ALPHA_3 = "skos:notation ^^msme:alpha-3"
_OTHER = "source:360brokerllc-com-uncategorized-working-group-hears-d771741e"
_BOUNDS = ("msme:lowerBound", "msme:upperBound")
_TOTALS = ("msme:quantity quantity:members", "msme:quantity quantity:founders")
_CODE = '"{code}"^^msme:alpha-2'
_OLD = '"2000-01-01"^^xsd:date'


def _foreign(file: str) -> Recipe:
    """Return an attestation with a source that its entity lacks, which violates an sh:not in an sh:or.

    The entities of the file have no ``msme:recordSourced``, which would allow it.
    """
    edits = _swap("dcterms:source", _OTHER)
    return Recipe(file, "attestation:", edits, has=("dcterms:source",), reported="Or")


RECIPES: dict[str, tuple[Recipe, ...]] = {
    "Class": (
        Recipe(*_OBSERVATIONS, _swap("msme:atEvent", "document:inf-msme-4"), has=("msme:atEvent",)),
        Recipe(*_AWARDS, _swap("msme:competition", "source:brief"), has=("msme:competition",)),
        Recipe(*_MEMBERSHIPS, _swap("msme:through", "source:brief"), has=("msme:through",)),
    ),
    "Datatype": (
        Recipe(*_ORGANIZATIONS, _swap("msme:acronym", '"ACR{n}"@en'), has=("msme:acronym",)),
        Recipe(*_AWARDS, _swap("msme:laureate", '"Laureate {n}"@en'), has=("msme:laureate",)),
        Recipe(*_SOURCES, _swap("dc:publisher", '"Publisher {n}"@en'), has=("dc:publisher",)),
    ),
    "Disjoint": (
        Recipe(*_DOCUMENTS, _put("prov:wasRevisionOf", "{self}"), lacks=("prov:wasRevisionOf",)),
        Recipe(*_INITIATIVES, _put("msme:editionOf", "{self}"), lacks=("msme:editionOf",)),
    ),
    "LanguageIn": (
        Recipe(*_SPONSORSHIPS, _swap("rdfs:label", '"Parrainage {n}"@fr', "@zh-Hant")),
        Recipe(*_DOCUMENTS, _put("dcterms:title", '"Titre {n}"@fr'), has=("dcterms:title",)),
        Recipe(*_STATUSES, _swap("rdfs:label", '"Rapport {n}"@fr', "@en")),
    ),
    "LessThanOrEquals": (
        Recipe(*_SPONSORSHIPS, _swap("msme:notAfter", _OLD), has=("msme:notBefore", "msme:notAfter")),
        Recipe(*_EVENTS, _swap("msme:notAfter", _OLD), has=("msme:notBefore", "msme:notAfter")),
        Recipe(*_STATUSES, _swap("msme:notAfter", _OLD), has=("msme:notBefore", "msme:notAfter")),
    ),
    "MaxCount": (
        Recipe(*_SPONSORSHIPS, _put("msme:sponsor", "member:ws"), lacks=("msme:sponsor member:ws",)),
        Recipe(*_ORGANIZATIONS, _put("msme:acronym", '"EXTRA{n}"'), has=("msme:acronym",)),
        Recipe(*_AWARDS, _put("msme:laureate", '"Another laureate {n}"'), has=("msme:laureate",)),
    ),
    "MinCount": (
        Recipe(*_OBSERVATIONS, _drop("msme:observedMember"), has=("msme:observedMember",)),
        Recipe(*_PASSAGES, _drop("msme:locator"), has=("msme:locator",)),
        Recipe(*_SPONSORSHIPS, _drop("msme:sponsor"), has=("msme:sponsor",)),
    ),
    "MinInclusive": (
        Recipe(*_AWARDS, _swap("msme:edition", "0"), has=("msme:edition",)),
        Recipe(
            *_COUNTS,
            _swap("msme:value", "-1"),
            has=("msme:value",),
            lacks=_TOTALS,
        ),
        Recipe(*_COUNTS, _swap("msme:lowerBound", "-1"), has=("msme:lowerBound",)),
    ),
    "NodeKind": (
        Recipe(*_SOURCES, _swap("schema:url", '"no address {n}"'), has=("schema:url",)),
        Recipe(*_INITIATIVES, _swap("foaf:homepage", '"no page {n}"'), has=("foaf:homepage",)),
        Recipe(*_MEMBERS, _swap("skos:exactMatch", '"no match {n}"'), has=("skos:exactMatch",)),
    ),
    "Not": (
        _foreign("data/actors/observations.ttl"),
        _foreign("data/claims/statistics.ttl"),
        _foreign("data/initiatives/language-editions.ttl"),
    ),
    "Or": (
        Recipe(*_DOCUMENTS, _swap("msme:issuer", "source:brief"), has=("msme:issuer",)),
        Recipe(*_INITIATIVES, _put("msme:operator", "source:brief"), has=("msme:operator",)),
        Recipe(*_SOURCES, _swap("dcterms:issued", "2023"), has=("dcterms:issued",)),
    ),
    "Pattern": (
        Recipe(*_SOURCES, _swap("dc:language", '"English"'), has=("dc:language",)),
        Recipe(*_DOCUMENTS, _swap("msme:symbol", '"no symbol {n}"'), has=("msme:symbol",)),
        Recipe(*_EVENTS, _swap("msme:hasKind", "initiative-kind:platform"), has=("msme:hasKind",)),
    ),
    "QualifiedMaxCount": (
        Recipe(
            *_MEMBERS,
            _swap("skos:notation", _CODE, "^^msme:alpha-3"),
            has=(_ALPHA_2, _ALPHA_3),
        ),
        Recipe(
            *_MEMBERSHIPS,
            _swap("org:member", "member:us"),
            lacks=("org:member member:us", "msme:endNotAfter", "msme:endNotBefore"),
        ),
        Recipe(*_MEMBERS, _put("skos:notation", _CODE), has=(_ALPHA_2,), lacks=(_ALPHA_3,)),
    ),
    "QualifiedMinCount": (
        Recipe(*_MEMBERS, _drop("skos:notation", takes="^^msme:alpha-2"), has=(_ALPHA_2, _ALPHA_3)),
    ),
    "SPARQL": (
        Recipe(*_PROVISIONS, _swap("msme:number", '"2"', '"3"'), has=('msme:number "3"',)),
        Recipe(*_PROVISIONS, _swap("msme:number", '"1"', '"2"'), has=('msme:number "2"',)),
        Recipe(
            *_TENURES,
            _drop("msme:endNotAfter", "msme:endNotBefore"),
            has=('msme:endNotAfter 2023-04-26"^^xsd:date',),
        ),
    ),
    "UniqueLang": (
        Recipe(*_DOCUMENTS, _put("dcterms:title", '"Second title {n}"@en'), has=("dcterms:title @en",)),
        Recipe(*_AWARDS, _put("msme:theme", '"Second theme {n}"@en'), has=("msme:theme @en",)),
        Recipe(*_EVENTS, _put("msme:place", '"Second place {n}"@en'), has=("msme:place @en",)),
    ),
    "Xone": (
        Recipe(
            *_COUNTS,
            _put("msme:lowerBound", "1"),
            has=("msme:value",),
            lacks=_BOUNDS,
        ),
        Recipe(
            *_STATISTICS,
            _put("msme:lowerBound", "1"),
            has=("msme:value",),
            lacks=_BOUNDS,
        ),
        Recipe(
            *_STATISTICS,
            _drop("msme:value"),
            has=("msme:value",),
            lacks=_BOUNDS,
        ),
    ),
}
"""Recipes by constraint component; the faults alternate between them."""
