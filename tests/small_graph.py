"""A graph of three small files, for tests of files and folders."""

from __future__ import annotations

from pathlib import Path

LABEL = "<https://w3id.org/msme-kg/{0}> <http://www.w3.org/2000/01/rdf-schema#label> '{0}'@en .\n"
PATHS = ("data/a.ttl", "data/sub/b.ttl", "ontology/msme.ttl")


def make_graph(root: Path) -> Path:
    """Write a graph in which each file describes one entity, named after it."""
    for path in PATHS:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(LABEL.format(path))
    for folder in ("ontology/shapes", "queries/checks"):
        (root / folder).mkdir(parents=True)
        (root / folder / ".keep").touch()
    return root
