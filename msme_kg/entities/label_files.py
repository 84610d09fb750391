"""Labels of a few entities, read from files without an engine over all of them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import pyoxigraph as ox

from msme_kg.errors import KGError
from msme_kg.namespaces import LANGUAGES, RDFS, SKOS
from msme_kg.rdf.terms import Resource, normalize_language_tag, split_quad
from msme_kg.repository import to_graph_iri
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.subject_index import read_quads_about

_LABEL_PROPERTIES = {ox.NamedNode(f"{RDFS}label"), ox.NamedNode(f"{SKOS}prefLabel")}
_PATH = "labels.nt"


def read_labels(entities: Iterable[ox.NamedNode], datasets: Iterable[Dataset]) -> Dataset:
    """Return a dataset of one file, with the labels of some entities.

    Labels are a convenience: a malformed file counts as one without labels.

    Args:
        entities: the entities.
        datasets: where to look; of an entity and a language the first file with a label counts.
    """
    missing = {entity.value for entity in entities}
    labels: dict[tuple[Resource, str], list[ox.Triple]] = {}
    seen: set[str] = set()
    for file in (file for dataset in datasets for file in dataset.files):
        if not missing or file.key in seen:
            continue
        seen.add(file.key)
        triples: dict[tuple[Resource, str], list[ox.Triple]] = {}
        with suppress(KGError):
            for subject, predicate, value in map(split_quad, read_quads_about([file], missing)):
                if predicate in _LABEL_PROPERTIES and isinstance(value, ox.Literal):
                    key = (subject, normalize_language_tag(value.language or ""))
                    triples.setdefault(key, []).append(ox.Triple(subject, predicate, value))
        labels = {**triples, **labels}
        missing -= {
            subject.value for subject, _ in triples if all((subject, lang) in labels for lang in LANGUAGES)
        }
    all_triples = (triple for triples in labels.values() for triple in triples)
    lines = ox.serialize(all_triples, format=ox.RdfFormat.N_TRIPLES) or b""
    return Dataset((GraphFile(_PATH, to_graph_iri(_PATH), lines),))
