"""Files selected by their distinct terms have the findings of all files."""

from __future__ import annotations

from functools import partial

import pytest

from msme_kg.repository import to_graph_iri
from msme_kg.shacl.indexed_graph import IndexedGraph
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.validation.faulty_terms import (
    select_files_against_conventions,
    select_files_with_faulty_literals,
    select_files_with_linted_names,
)
from msme_kg.validation.graph_validation import lint

PREFIXES = """@prefix ex: <https://w3id.org/msme-kg/document/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
CLEAN = 'ex:a ex:p "2020-01-01"^^xsd:date , "臺灣"@zh-Hant , "台湾"@zh-Hans , ex:b , "sh:x" , 1 .'
FAULTS = {
    "no such day": ('ex:a ex:p "2020-02-30"^^xsd:date .', "literals"),
    "unknown datatype": ('ex:a ex:p "1"^^xsd:number .', "literals"),
    "year beyond 9999": ('ex:a ex:p "20200-01-01"^^xsd:date .', "literals"),
    "Simplified Chinese": ('ex:a ex:p "台湾"@zh-Hant .', "literals"),
    "blank subject": ("[] ex:p ex:b .", "conventions"),
    "blank object": ("ex:a ex:p [] .", "conventions"),
    "foreign subject": ("<http://example.org/a> ex:p ex:b .", "conventions"),
    "predicate of SHACL": ("ex:a sh:name 'x' .", "conventions"),
    "class of SHACL": ("ex:a a sh:NodeShape .", "conventions"),
    "circle": ("ex:a skos:broader ex:b . ex:b skos:broader ex:a .", "names"),
    "identity": ("ex:a owl:sameAs ex:a .", "names"),
    "name of RDF/XML": ("ex:a rdf:resource ex:b .", "names"),
    "name of RDF/XML as a value": ("ex:a ex:p rdf:Description .", "names"),
    "name that RDF lacks": ("ex:a rdf:typ ex:b .", "names"),
    "name that RDFS lacks": ("ex:a a <http://www.w3.org/2000/01/rdf-schema#Clas> .", "names"),
    "two first members": ("ex:a rdf:_1 ex:b , ex:c .", "names"),
    "property in data": ("ex:a a owl:ObjectProperty .", "names"),
    "range in data": ("ex:a rdfs:range ex:b .", "names"),
    "list without an end": ("ex:a rdf:first ex:b .", "names"),
    "list without a member": ("ex:a rdf:rest rdf:nil .", "names"),
    "imports": ("ex:a owl:imports ex:b .", "names"),
}


def build_file(path: str, body: str) -> GraphFile:
    return GraphFile(path, to_graph_iri(path), (PREFIXES + body).encode())


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("repeated", [False, True])
def test_only_files_with_faulty_terms_are_selected(
    name: str, repeated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MSME_KG_CACHE", "")
    body, kind = FAULTS[name]
    files = [build_file(f"data/{number}.ttl", CLEAN) for number in range(3)]
    files[1] = build_file("data/1.ttl", f"{CLEAN}\n{body}")
    if repeated:  # the index names one file of a triple, and lists the others
        files[2] = build_file("data/2.ttl", body)
    dataset = Dataset(tuple(files))
    graph = IndexedGraph.load(dataset)
    selected = {
        "literals": select_files_with_faulty_literals(graph, dataset),
        "conventions": select_files_against_conventions(graph, dataset),
        "names": select_files_with_linted_names(graph, dataset),
    }
    faulty = dataset.files[1:] if repeated else dataset.files[1:2]
    assert {key: part.files for key, part in selected.items()} == {
        key: faulty if kind == key else () for key in selected
    }
    everything, selected_only = (
        lint(dataset, conventions=True, load_graph=load_graph)
        for load_graph in (None, partial(IndexedGraph.load, dataset))
    )
    assert everything
    assert selected_only == everything
