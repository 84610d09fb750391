"""What files state of some things: of a file in canonical form only their blocks are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import pyoxigraph as ox

from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.subject_index import SubjectIndex


def read_quads_about(files: Iterable[GraphFile], iris: Collection[str]) -> Iterator[ox.Quad]:
    """Yield the statements about some things, each in its file's named graph.

    Args:
        files: where to look.
        iris: their IRIs.

    Raises:
        msme_kg.errors.InputError: a file is malformed.
    """
    for file in files:
        blocks = (
            SubjectIndex.from_content(file.content, file.key)
            if file.is_turtle and file.base is None
            else None
        )
        if blocks is None:
            yield from (quad for quad in file.parse_quads() if getattr(quad.subject, "value", "") in iris)
            continue
        text = b"".join(map(blocks.extract_blocks, iris))
        if text:
            yield from GraphFile(file.path, file.graph, blocks.header + text).parse_quads()
