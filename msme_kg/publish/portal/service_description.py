"""SPARQL 1.1 Service Description of a release: its named graphs, and its endpoint if it has one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from msme_kg.publish.portal.rdf_builder import describe_node, to_typed_literal


def build_service_description(
    dataset_iri: str, endpoint: str | None, size: int, graph_sizes: Mapping[str, int]
) -> list[ox.Quad]:
    """Describe the ``sd:Dataset`` with its graphs and their sizes, and the ``sd:Service`` if one exists.

    Args:
        dataset_iri: the IRI of the dataset.
        endpoint: the address of its endpoint; None if it has none.
        size: the number of statements of all named graphs as one graph.
        graph_sizes: the number of statements of each named graph by its IRI.
    """
    node, default_graph = ox.NamedNode(f"{dataset_iri}/graphs"), ox.BlankNode("default")
    description = [*describe_node(node, {"a": "sd:Dataset", "sd:defaultGraph": default_graph})]
    description += _describe_graph(default_graph, size)
    for number, (name, graph_size) in enumerate(sorted(graph_sizes.items())):
        named_graph, graph = ox.BlankNode(f"named{number}"), ox.BlankNode(f"graph{number}")
        description += describe_node(node, {"sd:namedGraph": named_graph})
        description += describe_node(named_graph, {"a": "sd:NamedGraph", "sd:name": name, "sd:graph": graph})
        description += _describe_graph(graph, graph_size)
    if endpoint:
        description += describe_node(
            f"{dataset_iri}/service",
            {
                "a": "sd:Service",
                "sd:endpoint": endpoint,
                "sd:supportedLanguage": "sd:SPARQL11Query",
                "sd:defaultDataset": node,
            },
        )
    return description


def _describe_graph(node: ox.BlankNode, size: int) -> Iterator[ox.Quad]:
    yield from describe_node(node, {"a": "sd:Graph", "void:triples": to_typed_literal(size, "integer")})
