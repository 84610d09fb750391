"""The VoID description of a release: what there is of which class and property, counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.namespaces import BASE, RDF, Prefixes
from msme_kg.publish.portal.dataset_metadata import Release
from msme_kg.publish.portal.media_types import MEDIA
from msme_kg.publish.portal.rdf_builder import Said, described, typed
from msme_kg.rdf.terms import loose, parts

_TYPE = f"{RDF}type"


def void(release: Release, quads: Iterable[ox.Quad], dumps: Iterable[str]) -> list[ox.Quad]:
    """Return the statements of a VoID description; every number is counted.

    An entity is what has an IRI under the base and something said of it.

    Args:
        release: what is published.
        quads: the statements of its dumps.
        dumps: the paths of the dumps.
    """
    triples = {loose(quad) for quad in quads}
    things: dict[str, set[str]] = defaultdict(set)
    for quad in triples:
        subject, predicate, value = parts(quad)
        if predicate.value == _TYPE and isinstance(value, ox.NamedNode):
            things[value.value].add(str(subject))
    properties = Counter(quad.predicate.value for quad in triples)
    subjects = {str(quad.subject) for quad in triples}
    said: Said = {
        "a": "void:Dataset",
        "foaf:homepage": release.site,
        "dcterms:title": release.values("dcterms:title"),
        "dcterms:description": release.values("dcterms:description"),
        "dcterms:license": release.values("dcterms:license"),
        "dcterms:modified": typed(release.day, "date"),
        "void:uriSpace": ox.Literal(BASE),
        "void:feature": [medium.unique_format for medium in MEDIA.values()],
        "void:dataDump": [release.address(path) for path in dumps],
        "void:sparqlEndpoint": [release.endpoint] if release.endpoint else [],
        "void:triples": _count(len(triples)),
        "void:entities": _count(sum(one.startswith(f"<{BASE}") for one in subjects)),
        "void:classes": _count(len(things)),
        "void:properties": _count(len(properties)),
        "void:distinctSubjects": _count(len(subjects)),
        "void:distinctObjects": _count(len({str(quad.object) for quad in triples})),
        "void:vocabulary": sorted(_namespaces([*things, *properties], release.prefixes)),
        "void:exampleResource": sorted(_examples(things)),
    }
    return [*_document(release), *described(release.dataset, said), *_partitions(release, things, properties)]


def _document(release: Release) -> Iterator[ox.Quad]:
    yield from described(
        release.address("void.ttl"),
        {
            "a": "void:DatasetDescription",
            "dcterms:title": release.values("dcterms:title"),
            "foaf:primaryTopic": release.dataset,
        },
    )


def _partitions(release: Release, things: dict[str, set[str]], properties: Counter[str]) -> Iterator[ox.Quad]:
    for number, one in enumerate(sorted(things)):
        node = ox.BlankNode(f"class{number}")
        yield from described(release.dataset, {"void:classPartition": node})
        yield from described(node, {"void:class": one, "void:entities": _count(len(things[one]))})
    for number, one in enumerate(sorted(properties)):
        node = ox.BlankNode(f"property{number}")
        yield from described(release.dataset, {"void:propertyPartition": node})
        yield from described(node, {"void:property": one, "void:triples": _count(properties[one])})


def _count(number: int) -> ox.Literal:
    return typed(number, "integer")


def _namespaces(iris: Iterable[str], prefixes: Prefixes) -> set[str]:
    """Return the vocabularies to which some IRIs belong."""
    found = set()
    for iri in iris:
        prefix, colon, _ = (prefixes.shorten(iri) or "").partition(":")
        found.add(prefixes[prefix] if colon else iri[: max(iri.rfind("#"), iri.rfind("/")) + 1])
    return found


def _examples(things: dict[str, set[str]]) -> set[str]:
    """Return of each class of the graph's own the first thing under the base."""
    own = (sorted(found) for kind, found in things.items() if kind.startswith(BASE))
    return {found[0][1:-1] for found in own if found[0].startswith(f"<{BASE}")}
