"""Descriptions for portals: nodes said in the terms of DCAT, VoID and their kin, and written as Turtle."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import pyoxigraph as ox

from msme_kg.namespaces import DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SHACL, SKOS, XSD, PrefixMap
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.rdf.terms import Resource, Term, split_quad

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
"""The vocabularies in which portals are told of a dataset."""

LanguageMap = Mapping[str, str]
"""The same words by language."""

PropertyValues = Mapping[str, Term | str | Iterable[Term | str]]
"""What is said of a node, by property: terms, or IRIs and CURIEs of ``STANDARD``."""


def describe_node(node: Resource | str, properties: PropertyValues) -> Iterator[ox.Quad]:
    """Yield what is said of a node.

    Args:
        node: the node, or its IRI.
        properties: the values by CURIE; ``a`` is the type.
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


def to_lang_literals(language_map: LanguageMap) -> list[ox.Literal]:
    """Return the same words as one literal a language."""
    return [ox.Literal(said, language=language) for language, said in language_map.items()]


def to_typed_literal(value: str | int, datatype: str) -> ox.Literal:
    """Return a literal of a datatype of XML Schema."""
    return ox.Literal(str(value), datatype=ox.NamedNode(f"{XSD}{datatype}"))


def to_turtle(quads: Iterable[ox.Quad], prefixes: PrefixMap) -> bytes:
    """Return a description as Turtle that declares the prefixes which it uses.

    Args:
        quads: its statements.
        prefixes: the CURIEs of the graph, which join those of ``STANDARD``.
    """
    found = list(quads)
    every = PrefixMap({**prefixes, **PORTAL_PREFIXES})
    curies = (every.shorten(iri) for quad in found for iri in _collect_iris(quad))
    used = {curie.partition(":")[0] for curie in curies if curie}
    return CanonicalTurtleWriter(PrefixMap({one: every[one] for one in used})).serialize(found).encode()


def _collect_iris(quad: ox.Quad) -> Iterator[str]:
    for term in split_quad(quad):
        if isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal):
            yield term.datatype.value


def serialize_json(value: object) -> bytes:
    """Return JSON as a file."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
