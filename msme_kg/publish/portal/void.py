"""VoID description of a release: statistics, class and property partitions, dumps, examples."""

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
    """Return the VoID description, with counts taken from the quads.

    An entity (``void:entities``) is a subject whose IRI is under the base.

    Args:
        release: the release.
        quads: the quads of the dumps.
        dumps: the paths of the dumps.
    """
    triples = {without_graph(quad) for quad in quads}
    instances: dict[str, set[str]] = defaultdict(set)
    for quad in triples:
        subject, predicate, value = split_quad(quad)
        if predicate.value == _TYPE and isinstance(value, ox.NamedNode):
            instances[value.value].add(str(subject))
    properties = Counter(quad.predicate.value for quad in triples)
    subjects = {str(quad.subject) for quad in triples}
    description: PropertyValues = {
        "a": "void:Dataset",
        "foaf:homepage": release.base_url,
        "dcterms:title": release.list_values("dcterms:title"),
        "dcterms:description": release.list_values("dcterms:description"),
        "dcterms:license": release.list_values("dcterms:license"),
        "dcterms:modified": to_typed_literal(release.release_date, "date"),
        "void:uriSpace": ox.Literal(BASE),
        "void:feature": [each.format_iri for each in DISTRIBUTION_FORMATS.values()],
        "void:dataDump": [release.resolve_url(path) for path in dumps],
        "void:sparqlEndpoint": [release.endpoint] if release.endpoint else [],
        "void:triples": _to_integer_literal(len(triples)),
        "void:entities": _to_integer_literal(sum(subject.startswith(f"<{BASE}") for subject in subjects)),
        "void:classes": _to_integer_literal(len(instances)),
        "void:properties": _to_integer_literal(len(properties)),
        "void:distinctSubjects": _to_integer_literal(len(subjects)),
        "void:distinctObjects": _to_integer_literal(len({str(quad.object) for quad in triples})),
        "void:vocabulary": sorted(_collect_namespaces([*instances, *properties], release.prefixes)),
        "void:exampleResource": sorted(_select_examples(instances)),
    }
    return [
        *_describe_document(release),
        *describe_node(release.dataset_iri, description),
        *_describe_partitions(release, instances, properties),
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
    release: DatasetMetadata, instances: dict[str, set[str]], properties: Counter[str]
) -> Iterator[ox.Quad]:
    for number, (class_iri, subjects) in enumerate(sorted(instances.items())):
        node = ox.BlankNode(f"class{number}")
        count = _to_integer_literal(len(subjects))
        yield from describe_node(release.dataset_iri, {"void:classPartition": node})
        yield from describe_node(node, {"void:class": class_iri, "void:entities": count})
    for number, (property_iri, triples) in enumerate(sorted(properties.items())):
        node = ox.BlankNode(f"property{number}")
        count = _to_integer_literal(triples)
        yield from describe_node(release.dataset_iri, {"void:propertyPartition": node})
        yield from describe_node(node, {"void:property": property_iri, "void:triples": count})


def _to_integer_literal(number: int) -> ox.Literal:
    return to_typed_literal(number, "integer")


def _collect_namespaces(iris: Iterable[str], prefixes: PrefixMap) -> set[str]:
    """Return the namespaces of classes and properties."""
    namespaces = set()
    for iri in iris:
        prefix, colon, _ = (prefixes.shorten(iri) or "").partition(":")
        namespaces.add(prefixes[prefix] if colon else iri[: max(iri.rfind("#"), iri.rfind("/")) + 1])
    return namespaces


def _select_examples(instances: dict[str, set[str]]) -> set[str]:
    """Return the first instance of each class of the ontology, if it is under the base."""
    first = (min(subjects) for class_iri, subjects in instances.items() if class_iri.startswith(BASE))
    return {subject[1:-1] for subject in first if subject.startswith(f"<{BASE}")}
