"""RDF builder: quads from nested property values, with prefixes of DCAT, VoID and related vocabularies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import pyoxigraph as ox

from msme_kg.namespaces import DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SHACL, SKOS, XSD, PrefixMap
from msme_kg.rdf.canonical_turtle import serialize_alone
from msme_kg.rdf.terms import Resource, Term

PORTAL_PREFIXES = PrefixMap(
    {
        "adms": "http://www.w3.org/ns/adms#",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcatap": "http://data.europa.eu/r5r/",
        "dcterms": DCTERMS,
        "foaf": FOAF,
        "owl": OWL,
        "prov": PROV,
        "rdf": RDF,
        "rdfs": RDFS,
        "schema": "https://schema.org/",
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "sh": SHACL,
        "skos": SKOS,
        "spdx": "http://spdx.org/rdf/terms#",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "void": "http://rdfs.org/ns/void#",
        "xsd": XSD,
    }
)
"""The prefixes of the vocabularies used in portal descriptions."""

PropertyValues = Mapping[str, Term | str | Iterable[Term | str]]
"""Values by the CURIE of their property: terms, absolute IRIs, or CURIEs of ``PORTAL_PREFIXES``."""


def describe_node(node: Resource | str, properties: PropertyValues) -> Iterator[ox.Quad]:
    """Yield the quads of a node.

    Args:
        node: the node, or its IRI.
        properties: the values by property; ``a`` is ``rdf:type``.
    """
    subject = cast(Resource, _to_term(node))
    for curie, values in properties.items():
        predicate = ox.NamedNode(f"{RDF}type" if curie == "a" else PORTAL_PREFIXES.expand(curie) or curie)
        several = [values] if isinstance(values, str | ox.NamedNode | ox.BlankNode | ox.Literal) else values
        for value in several:
            yield ox.Quad(subject, predicate, _to_term(value))


def _to_term(value: Term | str) -> Term:
    if not isinstance(value, str):
        return value
    return ox.NamedNode(value if "://" in value else PORTAL_PREFIXES.expand(value) or value)


def to_typed_literal(value: str | int, datatype: str) -> ox.Literal:
    """Return a literal with an XML Schema datatype."""
    return ox.Literal(str(value), datatype=ox.NamedNode(f"{XSD}{datatype}"))


def to_turtle(quads: Iterable[ox.Quad], prefixes: PrefixMap) -> bytes:
    """Serialize a description as Turtle that declares only the prefixes it uses.

    Args:
        quads: the description.
        prefixes: the prefixes of the graph, in addition to ``PORTAL_PREFIXES``.
    """
    return serialize_alone(quads, PrefixMap({**prefixes, **PORTAL_PREFIXES})).encode()


def serialize_json(value: object) -> bytes:
    """Return a value as a JSON file."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
