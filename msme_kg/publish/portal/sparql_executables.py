"""Canned queries as RDF: ``sh:SPARQLExecutable`` with title, description, parameters and query text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.namespaces import BASE, RDF, XSD
from msme_kg.publish.language_maps import to_lang_literals
from msme_kg.publish.portal.dataset_metadata import DatasetMetadata
from msme_kg.publish.portal.rdf_builder import describe_node, to_typed_literal
from msme_kg.rdf.terms import Term
from msme_kg.sparql.canned import CannedQuery, Parameter

_DATATYPES = {
    "date": "date",
    "integer": "integer",
    "number": "decimal",
    "choice": "string",
    "flag": "boolean",
    "string": "string",
    "year": "string",
    "slug": "string",
    "lang": "string",
}
"""The XML Schema datatype of a value, by parameter type; the values of other types are IRIs."""


def build_sparql_executables(release: DatasetMetadata, queries: Iterable[CannedQuery]) -> list[ox.Quad]:
    """Return the descriptions of the canned queries.

    Args:
        release: the release.
        queries: the canned queries, whose text is taken over unchanged.
    """
    quads: list[ox.Quad] = []
    for query in queries:
        node = f"{BASE}query/{query.name}"
        quads += describe_node(
            node,
            {
                "a": ["sh:SPARQLExecutable", "sh:SPARQLSelectExecutable"],
                "rdfs:label": to_lang_literals(query.title),
                "rdfs:comment": to_lang_literals(query.description),
                "dcterms:license": release.list_values("dcterms:license"),
                "schema:keywords": [ox.Literal(tag) for tag in query.tags],
                "schema:target": [release.endpoint] if release.endpoint else [],
                "sh:select": ox.Literal(query.text),
            },
        )
        for number, parameter in enumerate(query.parameters):
            quads += describe_node(node, {"sh:parameter": f"{node}/parameter/{parameter.option}"})
            quads += _describe_parameter(release, f"{node}/parameter/{parameter.option}", number, parameter)
    return quads


def _describe_parameter(
    release: DatasetMetadata, node: str, number: int, parameter: Parameter
) -> Iterator[ox.Quad]:
    """Describe a ``sh:Parameter``, whose path ends with the variable that takes the value (SHACL §6.2.1)."""
    datatype = _DATATYPES.get(parameter.type)
    classes = [release.prefixes.expand(curie) or curie for curie in parameter.entities.of_class]
    default = parameter.default if datatype and parameter.default != "today" else None
    yield from describe_node(
        node,
        {
            "a": "sh:Parameter",
            "sh:path": f"{node}#in_{parameter.name}",
            "sh:name": ox.Literal(parameter.option),
            "sh:description": to_lang_literals(parameter.help),
            "sh:order": to_typed_literal(number, "integer"),
            "sh:optional": to_typed_literal("false" if parameter.required else "true", "boolean"),
            "sh:datatype": [f"{XSD}{datatype}"] if datatype else [],
            "sh:nodeKind": [] if datatype else ["sh:IRI"],
            "sh:class": classes if len(classes) == 1 else [],
            "sh:defaultValue": [to_typed_literal(default, datatype)]
            if default is not None and datatype
            else [],
        },
    )
    if parameter.choices:
        choices = [ox.Literal(choice) for choice in parameter.choices]
        yield from _describe_allowed_values(node, choices, node.removeprefix(BASE).replace("/", "-"))


def _describe_allowed_values(node: str, values: list[ox.Literal], name: str) -> Iterator[ox.Quad]:
    """Describe the allowed values of a parameter (``sh:in``) as an RDF list."""
    cells: list[Term] = [ox.BlankNode(f"{name}-{number}") for number, _ in enumerate(values)]
    yield from describe_node(node, {"sh:in": cells[0]})
    for cell, value, rest in zip(cells, values, [*cells[1:], ox.NamedNode(f"{RDF}nil")], strict=True):
        assert isinstance(cell, ox.BlankNode)  # noqa: S101 (made above)
        yield from describe_node(cell, {"rdf:first": value, "rdf:rest": rest})
