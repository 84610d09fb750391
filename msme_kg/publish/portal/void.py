"""VoID description of a release: statistics, class and property partitions, dumps, examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from msme_kg.namespaces import BASE, PrefixMap
from msme_kg.publish.portal.dataset_metadata import DatasetMetadata
from msme_kg.publish.portal.graph_counts import GraphCounts
from msme_kg.publish.portal.media_types import DISTRIBUTION_FORMATS
from msme_kg.publish.portal.rdf_builder import PropertyValues, describe_node, to_typed_literal


def build_void_description(
    release: DatasetMetadata, counts: GraphCounts, dumps: Iterable[str]
) -> list[ox.Quad]:
    """Return the VoID description.

    An entity (``void:entities``) is a subject whose IRI is under the base.

    Args:
        release: the release.
        counts: the counts of the statements of the dumps.
        dumps: the paths of the dumps.
    """
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
        "void:triples": _to_integer_literal(counts.triples),
        "void:entities": _to_integer_literal(counts.entities),
        "void:classes": _to_integer_literal(len(counts.instances)),
        "void:properties": _to_integer_literal(len(counts.properties)),
        "void:distinctSubjects": _to_integer_literal(counts.subjects),
        "void:distinctObjects": _to_integer_literal(counts.objects),
        "void:vocabulary": sorted(
            _collect_namespaces([*counts.instances, *counts.properties], release.prefixes)
        ),
        "void:exampleResource": sorted(_select_examples(counts.examples)),
    }
    return [
        *_describe_document(release),
        *describe_node(release.dataset_iri, description),
        *_describe_partitions(release, counts),
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


def _describe_partitions(release: DatasetMetadata, counts: GraphCounts) -> Iterator[ox.Quad]:
    for number, (class_iri, instances) in enumerate(sorted(counts.instances.items())):
        node = ox.BlankNode(f"class{number}")
        count = _to_integer_literal(instances)
        yield from describe_node(release.dataset_iri, {"void:classPartition": node})
        yield from describe_node(node, {"void:class": class_iri, "void:entities": count})
    for number, (property_iri, triples) in enumerate(sorted(counts.properties.items())):
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


def _select_examples(examples: Mapping[str, str]) -> set[str]:
    """Return the first instance of each class of the ontology, if it is under the base."""
    first = (subject for class_iri, subject in examples.items() if class_iri.startswith(BASE))
    return {subject[1:-1] for subject in first if subject.startswith(f"<{BASE}")}
