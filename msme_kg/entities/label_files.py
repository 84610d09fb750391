"""What things are called, read from no more files than need be."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import pyoxigraph as ox

from msme_kg.errors import KGError
from msme_kg.namespaces import RDFS, SKOS
from msme_kg.repository import to_graph_iri
from msme_kg.storage.dataset import Dataset, GraphFile

_LABEL_PROPERTIES = {ox.NamedNode(f"{RDFS}label"), ox.NamedNode(f"{SKOS}prefLabel")}


def read_labels(entities: Iterable[ox.NamedNode], datasets: Iterable[Dataset]) -> Dataset:
    """Return just the labels of some things.

    What cannot be read tells no label: these are a convenience.

    Args:
        entities: the things.
        datasets: where labels stand; the first file that has labels of a thing counts.
    """
    wanted: set[object] = set(entities)
    found: list[ox.Triple] = []
    read: set[str] = set()
    for file in (file for state in datasets for file in state.files):
        # Most of the time goes into reading: a file that does not have the word has no label.
        if not wanted or b"abel" not in file.content or file.key in read:
            continue
        read.add(file.key)
        said: list[ox.Triple] = []
        with suppress(KGError):
            said += (
                ox.Triple(quad.subject, quad.predicate, quad.object)
                for quad in file.parse_raw()
                if quad.predicate in _LABEL_PROPERTIES and quad.subject in wanted
            )
        found += said
        wanted.difference_update(triple.subject for triple in said)
    lines = ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b""
    return Dataset((GraphFile("labels.nt", to_graph_iri("labels.nt"), lines),))
