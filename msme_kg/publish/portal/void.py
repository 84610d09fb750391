"""The VoID description of a release: what there is of which class and property, counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.namespaces import BASE, RDF, PrefixMap
from msme_kg.publish.portal.dataset_metadata import DatasetMetadata
from msme_kg.publish.portal.media_types import DISTRIBUTION_FORMATS
from msme_kg.publish.portal.rdf_builder import PropertyValues, describe_node, to_typed_literal
from msme_kg.rdf.terms import split_quad, without_graph

_TYPE = f"{RDF}type"


def build_void_description(
    release: DatasetMetadata, quads: Iterable[ox.Quad], dumps: Iterable[str]
) -> list[ox.Quad]:
    """Return the statements of a VoID description; every number is counted.

    An entity is what has an IRI under the base and something said of it.

    Args:
        release: what is published.
        quads: the statements of its dumps.
        dumps: the paths of the dumps.
    """
    triples = {without_graph(quad) for quad in quads}
    things: dict[str, set[str]] = defaultdict(set)
    for quad in triples:
        subject, predicate, value = split_quad(quad)
        if predicate.value == _TYPE and isinstance(value, ox.NamedNode):
            things[value.value].add(str(subject))
    properties = Counter(quad.predicate.value for quad in triples)
    subjects = {str(quad.subject) for quad in triples}
    said: PropertyValues = {
        "a": "void:Dataset",
        "foaf:homepage": release.base_url,
        "dcterms:title": release.list_values("dcterms:title"),
        "dcterms:description": release.list_values("dcterms:description"),
        "dcterms:license": release.list_values("dcterms:license"),
        "dcterms:modified": to_typed_literal(release.release_date, "date"),
        "void:uriSpace": ox.Literal(BASE),
        "void:feature": [medium.format_iri for medium in DISTRIBUTION_FORMATS.values()],
        "void:dataDump": [release.resolve_url(path) for path in dumps],
        "void:sparqlEndpoint": [release.endpoint] if release.endpoint else [],
        "void:triples": _to_integer_literal(len(triples)),
        "void:entities": _to_integer_literal(sum(one.startswith(f"<{BASE}") for one in subjects)),
        "void:classes": _to_integer_literal(len(things)),
        "void:properties": _to_integer_literal(len(properties)),
        "void:distinctSubjects": _to_integer_literal(len(subjects)),
        "void:distinctObjects": _to_integer_literal(len({str(quad.object) for quad in triples})),
        "void:vocabulary": sorted(_collect_namespaces([*things, *properties], release.prefixes)),
        "void:exampleResource": sorted(_select_examples(things)),
    }
    return [
        *_describe_document(release),
        *describe_node(release.dataset_iri, said),
        *_describe_partitions(release, things, properties),
    ]


def _describe_document(release: DatasetMetadata) -> Iterator[ox.Quad]:
    yield from describe_node(
        release.resolve_url("void.ttl"),
        {
            "a": "void:DatasetDescription",
            "dcterms:title": release.list_values("dcterms:title"),
            "foaf:primaryTopic": release.dataset_iri,
        },
    )


def _describe_partitions(
    release: DatasetMetadata, things: dict[str, set[str]], properties: Counter[str]
) -> Iterator[ox.Quad]:
    for number, one in enumerate(sorted(things)):
        node = ox.BlankNode(f"class{number}")
        yield from describe_node(release.dataset_iri, {"void:classPartition": node})
        yield from describe_node(
            node, {"void:class": one, "void:entities": _to_integer_literal(len(things[one]))}
        )
    for number, one in enumerate(sorted(properties)):
        node = ox.BlankNode(f"property{number}")
        yield from describe_node(release.dataset_iri, {"void:propertyPartition": node})
        yield from describe_node(
            node, {"void:property": one, "void:triples": _to_integer_literal(properties[one])}
        )


def _to_integer_literal(number: int) -> ox.Literal:
    return to_typed_literal(number, "integer")


def _collect_namespaces(iris: Iterable[str], prefixes: PrefixMap) -> set[str]:
    """Return the vocabularies to which some IRIs belong."""
    found = set()
    for iri in iris:
        prefix, colon, _ = (prefixes.shorten(iri) or "").partition(":")
        found.add(prefixes[prefix] if colon else iri[: max(iri.rfind("#"), iri.rfind("/")) + 1])
    return found


def _select_examples(things: dict[str, set[str]]) -> set[str]:
    """Return of each class of the graph's own the first thing under the base."""
    own = (sorted(found) for kind, found in things.items() if kind.startswith(BASE))
    return {found[0][1:-1] for found in own if found[0].startswith(f"<{BASE}")}
