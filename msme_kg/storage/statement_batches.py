"""Statements of files in batches of subjects: of files in canonical Turtle a batch at a time is in memory."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import pyoxigraph as ox

from msme_kg.rdf.serializers import QUAD_SYNTAXES, TURTLE_SYNTAXES, relabel_bnodes
from msme_kg.rdf.statement_lines import GraphLines, format_lines, group_by_graph
from msme_kg.rdf.terms import without_graph
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.subject_index import SubjectIndex

_BATCH_BLOCKS = 1024


def read_batches(
    dataset: Dataset,
    syntax: str,
    label_bnodes: Callable[[Iterable[ox.Quad]], Iterable[ox.Quad]] = relabel_bnodes,
) -> list[GraphLines]:
    """Return the graphs of a dataset for a serializer: for syntaxes without named graphs, their union.

    Files in other forms than canonical Turtle, or with labels of blank nodes, are held as lines.

    Args:
        dataset: the files.
        syntax: one of ``msme_kg.rdf.serializers.SYNTAXES``.
        label_bnodes: gives the blank nodes of statements their labels; it gets every statement with one.

    Raises:
        msme_kg.errors.InputError: a file is malformed.
        msme_kg.errors.SafetyError: blank nodes too entangled to label in reasonable time.
    """
    has_graphs = syntax in QUAD_SYNTAXES
    indexes: dict[str, list[SubjectIndex]] = defaultdict(list)
    quads: list[ox.Quad] = []
    for file, parsed in zip(dataset.files, dataset.parse_files(), strict=True):
        index = SubjectIndex.from_file(file) if b"_:" not in file.content else None
        if index is None:
            assigned = file.assign_graph(parsed)
            quads += assigned if has_graphs else map(without_graph, assigned)
        elif deque(parsed, maxlen=1):  # parsed once before any output: an error has its place in the file
            indexes[f"<{file.graph}>" if has_graphs else ""].append(index)
    held = {graph.name: graph for graph in group_by_graph(label_bnodes(quads))}
    end = "" if syntax in TURTLE_SYNTAXES else ">"
    graphs = [held.get(name) or GraphLines(name, [], []) for name in sorted({*held, *indexes})]
    return [replace(graph, batches=_merge(graph, indexes[graph.name], end)) for graph in graphs]


def _merge(held: GraphLines, indexes: Sequence[SubjectIndex], end: str) -> Iterator[list[str]]:
    """Yield the statements of a graph; ``end`` ends the IRIs of subjects where these are compared."""
    lines = [line for batch in held.batches for line in batch]
    subjects = (line[: line.index(" ")].removesuffix(">") for line in lines)
    places = [(text if text[0] == "_" else text + end, -1, number) for number, text in enumerate(subjects)]
    for source, index in enumerate(indexes):
        places += [(f"<{iri}{end}", source, number) for number, iri in enumerate(index.parse_subjects())]
    places.sort()
    start = 0
    while start < len(places):
        stop = start + _BATCH_BLOCKS
        while stop < len(places) and places[stop][0] == places[stop - 1][0]:
            stop += 1
        numbers: dict[int, list[int]] = defaultdict(list)
        for _, source, number in places[start:stop]:
            numbers[source].append(number)
        merged = {lines[number] for number in numbers.pop(-1, ())}
        for source, chosen in numbers.items():
            text = indexes[source].header + indexes[source].join_blocks(chosen)
            merged.update(format_lines(ox.parse(text, format=ox.RdfFormat.TURTLE)))
        yield sorted(merged)
        start = stop
