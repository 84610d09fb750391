"""The canned queries as RDF: ``sh:SPARQLExecutable`` with title, description, parameters and text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.namespaces import BASE, RDF, XSD
from msme_kg.publish.portal.dataset_metadata import DatasetMetadata
from msme_kg.publish.portal.rdf_builder import describe_node, to_lang_literals, to_typed_literal
from msme_kg.rdf.terms import Term
from msme_kg.sparql.canned import CannedQuery, Parameter

_DATATYPES = {
    "date": "date",
    "integer": "integer",
    "number": "decimal",
    "choice": "string",
    "string": "string",
    "year": "string",
    "slug": "string",
    "lang": "string",
}
"""The datatype of the literal that stands for a value, by the type of its parameter; the others are IRIs."""


def build_sparql_executables(release: DatasetMetadata, queries: Iterable[CannedQuery]) -> list[ox.Quad]:
    """Return the statements about queries; the text of each stands as in its file.

    Args:
        release: what is published.
        queries: the canned queries.
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
    """Yield what is said of a parameter; the end of its path is the variable that takes the value."""
    datatype = _DATATYPES.get(parameter.type)
    classes = [release.prefixes.expand(one) or one for one in parameter.of_class]
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
        choices = [ox.Literal(one) for one in parameter.choices]
        yield from _describe_allowed_values(node, choices, node.removeprefix(BASE).replace("/", "-"))


def _describe_allowed_values(node: str, values: list[ox.Literal], name: str) -> Iterator[ox.Quad]:
    """Yield that a parameter takes one of some values, which are an RDF list."""
    cells: list[Term] = [ox.BlankNode(f"{name}-{number}") for number, _ in enumerate(values)]
    yield from describe_node(node, {"sh:in": cells[0]})
    for cell, value, rest in zip(cells, values, [*cells[1:], ox.NamedNode(f"{RDF}nil")], strict=True):
        assert isinstance(cell, ox.BlankNode)  # noqa: S101 (made above)
        yield from describe_node(cell, {"rdf:first": value, "rdf:rest": rest})
