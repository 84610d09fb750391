"""Canned query with rdflib, as a process: ``peer_rdflib.py QUERY.rq FILE.ttl...``."""

from __future__ import annotations

import sys
from pathlib import Path

from rdflib import Graph


def main(query: str, *files: str) -> None:
    """Load the files, run the query, and write the result as CSV."""
    graph = Graph()
    for file in files:
        graph.parse(file, format="turtle")
    text = Path(query).read_text(encoding="utf-8")
    sys.stdout.buffer.write(graph.query(text).serialize(format="csv") or b"")


if __name__ == "__main__":
    main(*sys.argv[1:])
