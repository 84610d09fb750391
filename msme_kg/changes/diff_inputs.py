"""What is read of two states to compare them: the files that are not the same on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

import pyoxigraph as ox

from msme_kg.rdf.parser import get_format_for_path
from msme_kg.storage.dataset import Dataset, GraphFile


class GraphAssignment(Enum):
    """Which graph a statement counts as being in.

    Attributes:
        BY_FILE: the named graph that its file is, unless the file itself names another.
        AS_WRITTEN: the one that its file names, else the default graph.
        NONE: the default graph, whatever the file names.
    """

    BY_FILE = "by file"
    AS_WRITTEN = "as written"
    NONE = "none"


def find_identical_files(before: Dataset, after: Dataset, graph_assignment: GraphAssignment) -> set[object]:
    """Return what stands for the files that need not be read, since they are the same on both sides.

    Args:
        before: the files of one side.
        after: the files of the other.
        graph_assignment: which graph a statement counts as being in.
    """
    if graph_assignment is GraphAssignment.NONE:
        return set()
    old, new = (
        {_build_file_key(file, graph_assignment): file for file in side.files} for side in (before, after)
    )
    differing = [file for one, file in (*old.items(), *new.items()) if (one in old) != (one in new)]
    if not differing:
        return set(old)
    # A statement of a file that differs may also stand in another file of the same graph.
    if any(get_format_for_path(file.path).supports_datasets for file in differing):
        return set()
    touched = {file.graph for file in differing}
    return {
        one
        for one, file in old.items()
        if one in new and file.graph not in touched and not get_format_for_path(file.path).supports_datasets
    }


def _build_file_key(file: GraphFile, graph_assignment: GraphAssignment) -> object:
    """Return what two files have in common that say the same of the same graph."""
    return (
        file.graph if graph_assignment is GraphAssignment.BY_FILE else "",
        get_format_for_path(file.path),
        file.content,
    )


def select_quads(
    dataset: Dataset, identical_keys: set[object], graph_assignment: GraphAssignment
) -> Iterator[ox.Quad]:
    """Yield the statements of the files that have to be read, each in the graph that it counts as being in.

    Args:
        dataset: the files.
        identical_keys: what stands for the files that need not be read.
        graph_assignment: which graph a statement counts as being in.

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
