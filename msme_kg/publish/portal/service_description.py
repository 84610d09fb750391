"""The SPARQL 1.1 Service Description of a release: its graphs, and its endpoint if it has one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.publish.portal.dataset_metadata import Release
from msme_kg.publish.portal.rdf_builder import described, typed
from msme_kg.rdf.terms import graph_of, loose


def service_description(release: Release, quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return which graphs a query sees, with the size of each; a service is told of only where there is one.

    Args:
        release: what is published.
        quads: its statements, each in its named graph.
    """
    graphs: dict[str, set[ox.Quad]] = defaultdict(set)
    for quad in quads:
        graphs[graph_of(quad)].add(loose(quad))
    node, whole = ox.NamedNode(f"{release.dataset}/graphs"), ox.BlankNode("default")
    said = [*described(node, {"a": "sd:Dataset", "sd:defaultGraph": whole})]
    size = len(set().union(*graphs.values()))
    said += described(whole, {"a": "sd:Graph", "void:triples": typed(size, "integer")})
    for number, (graph, found) in enumerate(sorted(graphs.items())):
        named, inner = ox.BlankNode(f"named{number}"), ox.BlankNode(f"graph{number}")
        said += described(node, {"sd:namedGraph": named})
        said += described(named, {"a": "sd:NamedGraph", "sd:name": graph, "sd:graph": inner})
        said += described(inner, {"a": "sd:Graph", "void:triples": typed(len(found), "integer")})
    if release.endpoint:
        said += described(
            f"{release.dataset}/service",
            {
                "a": "sd:Service",
                "sd:endpoint": release.endpoint,
                "sd:supportedLanguage": "sd:SPARQL11Query",
                "sd:defaultDataset": node,
            },
        )
    return said
