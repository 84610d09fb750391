"""Statements as lines of N-Triples: pyoxigraph writes and sorts them much faster than terms in Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.rdf.terms import without_graph

Properties = dict[str, list[str]]
"""The values of each predicate of a subject, all as in N-Triples; language tags are in lower case."""


@dataclass(frozen=True)
class GraphLines:
    """The statements of one graph.

    Attributes:
        name: the graph name as in N-Quads; empty for the default graph.
        batches: the statements, read once: sorted lines without line breaks, each subject in one batch.
        bnode_lines: those with a blank node.
    """

    name: str
    batches: Iterable[Sequence[str]]
    bnode_lines: Sequence[str]


def format_lines(triples: Iterable[ox.Quad]) -> list[str]:
    """Return triples of the default graph as lines, in their order."""
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    return text.decode().split("\n")[:-1]


def parse_lines(lines: Iterable[str]) -> Iterator[ox.Quad]:
    """Return lines as triples, in their order."""
    return ox.parse("\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES)


def group_by_graph(quads: Iterable[ox.Quad]) -> list[GraphLines]:
    """Return each graph as one batch, in the order of their names."""
    triples: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        graph = quad.graph_name
        triples["" if isinstance(graph, ox.DefaultGraph) else str(graph)].append(without_graph(quad))
    graphs = []
    for name in sorted(triples):
        lines = sorted(set(format_lines(triples[name])))
        graphs.append(GraphLines(name, [lines], [x for x in lines if x[0] == "_" or "> _:" in x]))
    return graphs


def group_by_subject(lines: Iterable[str]) -> dict[str, Properties]:
    """Return the predicates and values of each subject."""
    subjects: dict[str, Properties] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        subjects[subject][predicate].append(value[:-2])
    return subjects
