"""What is read of two states to compare them: the files that are not the same on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

import pyoxigraph as ox

from msme_kg.rdf.parser import format_of
from msme_kg.storage.dataset import Dataset, GraphFile


class Graphs(Enum):
    """Which graph a statement counts as being in.

    Attributes:
        BY_FILE: the named graph that its file is, unless the file itself names another.
        AS_WRITTEN: the one that its file names, else the default graph.
        NONE: the default graph, whatever the file names.
    """

    BY_FILE = "by file"
    AS_WRITTEN = "as written"
    NONE = "none"


def same_files(before: Dataset, after: Dataset, graphs: Graphs) -> set[object]:
    """Return what stands for the files that need not be read, since they are the same on both sides.

    Args:
        before: the files of one side.
        after: the files of the other.
        graphs: which graph a statement counts as being in.
    """
    if graphs is Graphs.NONE:
        return set()
    old, new = ({_identity(file, graphs): file for file in side.files} for side in (before, after))
    differing = [file for one, file in (*old.items(), *new.items()) if (one in old) != (one in new)]
    if not differing:
        return set(old)
    # A statement of a file that differs may also stand in another file of the same graph.
    if any(format_of(file.path).supports_datasets for file in differing):
        return set()
    touched = {file.graph for file in differing}
    return {
        one
        for one, file in old.items()
        if one in new and file.graph not in touched and not format_of(file.path).supports_datasets
    }


def _identity(file: GraphFile, graphs: Graphs) -> object:
    """Return what two files have in common that say the same of the same graph."""
    return (file.graph if graphs is Graphs.BY_FILE else "", format_of(file.path), file.content)


def statements(side: Dataset, same: set[object], graphs: Graphs) -> Iterator[ox.Quad]:
    """Yield the statements of the files that have to be read, each in the graph that it counts as being in.

    Args:
        side: the files.
        same: what stands for the files that need not be read.
        graphs: which graph a statement counts as being in.

    Raises:
        msme_kg.errors.InputError: a file is malformed.
        msme_kg.errors.SafetyError: a file nests too deep.
    """
    files = tuple(file for file in side.files if not same or _identity(file, graphs) not in same)
    default = ox.DefaultGraph()
    for file, parsed in zip(files, Dataset(files).parsed(), strict=True):
        graph = ox.NamedNode(file.graph) if graphs is Graphs.BY_FILE else default
        for quad in parsed:
            own = quad.graph_name
            if own == graph or (own != default and graphs is not Graphs.NONE):
                yield quad
            else:
                yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
