"""Blank nodes of two files stay distinct (RDF 1.1 Semantics §4.1, merge)."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from msme_kg.rdf.terms import split_quad
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.source_map import SourceMap


def together(folder: Path, *texts: str) -> Dataset:
    for number, text in enumerate(texts):
        (folder / f"{number}.ttl").write_text(text, encoding="utf-8")
    return Dataset(tuple(GraphFile.from_path(str(folder / f"{number}.ttl")) for number in range(len(texts))))


def test_equal_labels_in_two_files_are_two_blank_nodes(tmp_path: Path) -> None:
    text = "_:b0 <http://e/p> _:b1 .\n_:b0 <http://e/q> 1 ."
    data = together(tmp_path, text, text, "_:other <http://e/p> [] .")
    subjects: dict[str, set[object]] = {}
    for quad in data.parse_quads():
        subjects.setdefault(str(quad.graph_name), set()).add(quad.subject)
    one, two, three = subjects.values()
    assert (len(one), len(two), len(three)) == (1, 1, 1)
    assert len(one | two | three) == 3


def test_blank_node_is_located_in_its_own_file(tmp_path: Path) -> None:
    data = together(tmp_path, "_:b0 <http://e/p> 1 .", "\n\n_:b0 <http://e/p> 2 .", "_:b0.1 <http://e/p> 3 .")
    positions = SourceMap(data)
    found = {}
    for subject, predicate, value in map(split_quad, data.parse_quads()):
        assert isinstance(subject, ox.BlankNode)
        place = positions.locate_triple(subject, predicate.value)
        assert place is not None
        found[value.value] = (Path(place.file).name, place.line)
    assert found == {"1": ("0.ttl", 1), "2": ("1.ttl", 3), "3": ("2.ttl", 1)}
