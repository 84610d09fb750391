"""The SPARQL 1.1 Service Description of a release: its graphs, and its endpoint if it has one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.publish.portal.dataset_metadata import DatasetMetadata
from msme_kg.publish.portal.rdf_builder import describe_node, to_typed_literal
from msme_kg.rdf.terms import get_graph_iri, without_graph


def build_service_description(release: DatasetMetadata, quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return which graphs a query sees, with the size of each; a service is told of only where there is one.

    Args:
        release: what is published.
        quads: its statements, each in its named graph.
    """
    graphs: dict[str, set[ox.Quad]] = defaultdict(set)
    for quad in quads:
        graphs[get_graph_iri(quad)].add(without_graph(quad))
    node, whole = ox.NamedNode(f"{release.dataset_iri}/graphs"), ox.BlankNode("default")
    said = [*describe_node(node, {"a": "sd:Dataset", "sd:defaultGraph": whole})]
    size = len(set().union(*graphs.values()))
    said += describe_node(whole, {"a": "sd:Graph", "void:triples": to_typed_literal(size, "integer")})
    for number, (graph, found) in enumerate(sorted(graphs.items())):
        named, inner = ox.BlankNode(f"named{number}"), ox.BlankNode(f"graph{number}")
        said += describe_node(node, {"sd:namedGraph": named})
        said += describe_node(named, {"a": "sd:NamedGraph", "sd:name": graph, "sd:graph": inner})
        said += describe_node(
            inner, {"a": "sd:Graph", "void:triples": to_typed_literal(len(found), "integer")}
        )
    if release.endpoint:
        said += describe_node(
            f"{release.dataset_iri}/service",
            {
                "a": "sd:Service",
                "sd:endpoint": release.endpoint,
                "sd:supportedLanguage": "sd:SPARQL11Query",
                "sd:defaultDataset": node,
            },
        )
    return said
