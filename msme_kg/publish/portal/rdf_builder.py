"""Descriptions for portals: nodes said in the terms of DCAT, VoID and their kin, and written as Turtle."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import pyoxigraph as ox

from msme_kg.namespaces import DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SHACL, SKOS, XSD, Prefixes
from msme_kg.rdf.canonical_turtle import TurtleWriter
from msme_kg.rdf.terms import Resource, Term, parts

STANDARD = Prefixes(
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

Words = Mapping[str, str]
"""The same words by language."""

Said = Mapping[str, Term | str | Iterable[Term | str]]
"""What is said of a node, by property: terms, or IRIs and CURIEs of ``STANDARD``."""


def described(node: Resource | str, said: Said) -> Iterator[ox.Quad]:
    """Yield what is said of a node.

    Args:
        node: the node, or its IRI.
        said: the values by CURIE; ``a`` is the type.
    """
    subject = cast(Resource, _term(node))
    for curie, values in said.items():
        predicate = ox.NamedNode(f"{RDF}type" if curie == "a" else STANDARD.expand(curie) or curie)
        several = [values] if isinstance(values, str | ox.NamedNode | ox.BlankNode | ox.Literal) else values
        for value in several:
            yield ox.Quad(subject, predicate, _term(value))


def _term(value: Term | str) -> Term:
    if not isinstance(value, str):
        return value
    return ox.NamedNode(value if "://" in value else STANDARD.expand(value) or value)


def words(text: Words) -> list[ox.Literal]:
    """Return the same words as one literal a language."""
    return [ox.Literal(said, language=language) for language, said in text.items()]


def typed(value: str | int, datatype: str) -> ox.Literal:
    """Return a literal of a datatype of XML Schema."""
    return ox.Literal(str(value), datatype=ox.NamedNode(f"{XSD}{datatype}"))


def turtle(quads: Iterable[ox.Quad], prefixes: Prefixes) -> bytes:
    """Return a description as Turtle that declares the prefixes which it uses.

    Args:
        quads: its statements.
        prefixes: the CURIEs of the graph, which join those of ``STANDARD``.
    """
    found = list(quads)
    every = Prefixes({**prefixes, **STANDARD})
    curies = (every.shorten(iri) for quad in found for iri in _iris(quad))
    used = {curie.partition(":")[0] for curie in curies if curie}
    return TurtleWriter(Prefixes({one: every[one] for one in used})).write(found).encode()


def _iris(quad: ox.Quad) -> Iterator[str]:
    for term in parts(quad):
        if isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal):
            yield term.datatype.value


def json_text(value: object) -> bytes:
    """Return JSON as a file."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
