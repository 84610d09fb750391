"""Quads to compare in a diff: those of files that are not identical on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

import pyoxigraph as ox

from msme_kg.rdf.parser import get_format_for_path
from msme_kg.storage.dataset import Dataset, GraphFile


class GraphAssignment(Enum):
    """The graph that a quad counts as being in.

    Attributes:
        BY_FILE: the graph that the file names, else the named graph of the file.
        AS_WRITTEN: the graph that the file names, else the default graph.
        NONE: the default graph.
    """

    BY_FILE = "by file"
    AS_WRITTEN = "as written"
    NONE = "none"


def find_identical_files(before: Dataset, after: Dataset, graph_assignment: GraphAssignment) -> set[object]:
    """Return keys of the files that need not be read, since they are identical on both sides.

    Args:
        before: the files of the first state.
        after: the files of the second state.
        graph_assignment: the graph that a quad counts as being in.
    """
    if graph_assignment is GraphAssignment.NONE:
        return set()
    old, new = (
        {_build_file_key(file, graph_assignment): file for file in side.files} for side in (before, after)
    )
    differing = [file for key, file in (*old.items(), *new.items()) if (key in old) != (key in new)]
    if not differing:
        return set(old)
    # A quad of a file that differs may also be in another file of the same graph.
    if any(get_format_for_path(file.path).supports_datasets for file in differing):
        return set()
    changed_graphs = {file.graph for file in differing}
    return {
        key
        for key, file in old.items()
        if key in new
        and file.graph not in changed_graphs
        and not get_format_for_path(file.path).supports_datasets
    }


def _build_file_key(file: GraphFile, graph_assignment: GraphAssignment) -> object:
    """Return a key that is equal for files with the same quads in the same graph."""
    return (
        file.graph if graph_assignment is GraphAssignment.BY_FILE else "",
        get_format_for_path(file.path),
        file.content,
    )


def select_quads(
    dataset: Dataset, identical_keys: set[object], graph_assignment: GraphAssignment
) -> Iterator[ox.Quad]:
    """Yield the quads of the files that must be read, each in the graph that it counts as being in.

    Args:
        dataset: the files.
        identical_keys: keys of the files that need not be read.
        graph_assignment: the graph that a quad counts as being in.

    Raises:
        msme_kg.errors.InputError: a file is malformed.
        msme_kg.errors.SafetyError: a file nests too deep.
    """
    files = tuple(
        file
        for file in dataset.files
        if not identical_keys or _build_file_key(file, graph_assignment) not in identical_keys
    )
    default = ox.DefaultGraph()
    for file, parsed in zip(files, Dataset(files).parse_files(), strict=True):
        graph = ox.NamedNode(file.graph) if graph_assignment is GraphAssignment.BY_FILE else default
        for quad in parsed:
            own = quad.graph_name
            if own == graph or (own != default and graph_assignment is not GraphAssignment.NONE):
                yield quad
            else:
                yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
