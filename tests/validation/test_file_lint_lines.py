"""Tests of finding locations for paths, focus nodes and layouts of all kinds."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from msme_kg.namespaces import SHACL, PrefixMap
from msme_kg.shacl.validator import Validator
from msme_kg.storage.dataset import Dataset, GraphFile

HEAD = (
    "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n@prefix e: <http://e/> .\n"
)
TARGET = "e:S a sh:NodeShape ; sh:targetClass e:C ; "
# What the shape asks, the data from their first line on, and on which of those lines the findings lie.
CASES = {
    "missing property: the subject": (
        TARGET + "sh:property [ sh:path e:p ; sh:minCount 1 ] .",
        "e:z a e:D .\ne:a\n  a e:C ;\n  e:q 1 .",
        [2],
    ),
    "value: its own line": (
        TARGET + "sh:property [ sh:path e:p ; sh:datatype xsd:string ] .",
        'e:a a e:C ;\n e:p "x" ,\n  1 ;\n e:p 2 .',
        [3, 4],
    ),
    "no value: the first such predicate": (
        TARGET + "sh:property [ sh:path e:p ; sh:maxCount 1 ] .",
        "e:a a e:C ; e:q 0 ;\n e:p\n  1 ,\n  2 .",
        [2],
    ),
    "forms of one number": (
        TARGET + "sh:property [ sh:path e:p ; sh:maxInclusive 1 ] .",
        'e:a a e:C ;\n e:p 2.0 ;\n e:p 2 ;\n e:p "2"^^xsd:integer ;\n e:p 2e0 .',
        [2, 3, 5],
    ),
    "inverse: the statement that points here": (
        TARGET + "sh:property [ sh:path [ sh:inversePath e:p ] ; sh:class e:D ] .",
        "e:a a e:C .\ne:b e:q e:a ;\n e:p e:x ,\n  e:a .\ne:c e:p e:a .",
        [4, 5],
    ),
    "inverse without value: the first that points here": (
        TARGET + "sh:property [ sh:path [ sh:inversePath e:p ] ; sh:maxCount 1 ] .",
        "e:a a e:C .\ne:b e:q e:a .\ne:b e:p e:a .\ne:c e:p e:a .",
        [3],
    ),
    "inverse that is missing: the subject": (
        TARGET + "sh:property [ sh:path [ sh:inversePath e:p ] ; sh:minCount 1 ] .",
        "e:b e:q e:a .\ne:a a e:C .",
        [2],
    ),
    "sequence: its first step": (
        TARGET + "sh:property [ sh:path ( e:p e:q ) ; sh:datatype xsd:string ] .",
        "e:b e:q 1 .\ne:a a e:C ;\n e:q 1 ;\n e:p e:b .",
        [4],
    ),
    "alternatives: the one that has the value": (
        TARGET + "sh:property [ sh:path [ sh:alternativePath ( e:p e:q ) ] ; sh:datatype xsd:string ] .",
        'e:a a e:C ;\n e:p "x" ;\n e:q 1 .',
        [3],
    ),
    "alternatives without value: the first that is stated": (
        TARGET + "sh:property [ sh:path [ sh:alternativePath ( e:n e:q e:p ) ] ; sh:maxCount 1 ] .",
        "e:a a e:C ;\n e:p 1 ;\n e:q 1 ;\n e:q 2 .",
        [3],
    ),
    "any number of steps": (
        TARGET + "sh:property [ sh:path [ sh:oneOrMorePath e:p ] ; sh:maxCount 1 ] .",
        "e:b e:p e:c .\ne:a a e:C ;\n e:p e:b .",
        [3],
    ),
    "closed: the forbidden statement": (
        TARGET + "sh:closed true ; sh:ignoredProperties ( rdf:type ) .",
        'e:a a e:C ;\n e:p 1 ,\n  "1" ;\n e:q e:b .',
        [2, 3, 4],
    ),
    "the shape of the node itself": (
        TARGET + "sh:nodeKind sh:Literal .",
        "e:b e:p e:a .\n\ne:a a e:C .",
        [3],
    ),
    "literal as focus": (
        "e:S a sh:NodeShape ; sh:targetObjectsOf e:p ; sh:minLength 3 .",
        'e:a e:q "x" ;\n e:p "xyz" ,\n  "x" .',
        [3],
    ),
    "thing that is only pointed at": (
        "e:S a sh:NodeShape ; sh:targetObjectsOf e:p ; sh:property [ sh:path e:n ; sh:minCount 1 ] .",
        "e:a e:q e:b ;\n e:p e:b .",
        [2],
    ),
    "thing that no file names": (
        "e:S a sh:NodeShape ; sh:targetNode e:b ; sh:property [ sh:path e:n ; sh:minCount 1 ] .",
        "e:a e:q e:c .",
        [None],
    ),
    "brackets as focus: where they open": (
        "e:S a sh:NodeShape ; sh:targetObjectsOf e:p ; sh:property [ sh:path e:n ; sh:minCount 1 ] .",
        "e:a e:p [ e:n 1 ] ,\n [\n  e:q 1 ] ;\n e:p [ e:q 1 ] , [ e:n 2 ] ,\n  [ e:q 1 ] .",
        [2, 4, 5],
    ),
    "brackets as focus: the predicate within": (
        "e:S a sh:NodeShape ; sh:targetObjectsOf e:p ; sh:property [ sh:path e:n ; sh:nodeKind sh:IRI ] .",
        "e:a e:p [ e:n e:x ] ,\n [ e:q 1 ;\n  e:n 1 ] ;\n e:p [ e:m 1 ;\n e:n e:y ,\n  1 ] .",
        [3, 6],
    ),
    "brackets within brackets": (
        "e:S a sh:NodeShape ; sh:targetObjectsOf e:q ; sh:property [ sh:path e:n ; sh:maxCount 0 ] .",
        "e:a e:p [ e:q [ e:m 1 ] ;\n e:q [ e:m 1 ;\n  e:n 1 ] ] .\n[ e:q [ e:n 1 ] ] e:r 1 .",
        [3, 4],
    ),
    "brackets as subject": (
        TARGET + "sh:property [ sh:path e:n ; sh:minCount 1 ] .",
        "[ e:n 1 ] a e:C .\n[\n a e:C ] .\n[] a e:C ; e:n 1 .\n[]\n a e:C .",
        [2, 5],
    ),
    "brackets as value": (
        TARGET + "sh:property [ sh:path e:p ; sh:nodeKind sh:IRI ] .",
        "e:a a e:C ;\n e:p e:b , [ e:q 1 ] ,\n  [ e:q 1 ] .",
        [2, 3],
    ),
    "blank node with a label": (
        TARGET + "sh:property [ sh:path e:n ; sh:minCount 1 ] .",
        "e:a e:p _:x .\n_:y a e:C ; e:n 1 .\n_:x a e:C .",
        [3],
    ),
    "cells of a list": (
        "e:S a sh:NodeShape ; sh:targetObjectsOf e:p ;\n"
        " sh:property [ sh:path ( [ sh:zeroOrMorePath rdf:rest ] rdf:first ) ; sh:nodeKind sh:IRI ] .\n"
        "e:T a sh:NodeShape ; sh:targetSubjectsOf rdf:first ;\n"
        " sh:property [ sh:path rdf:first ; sh:nodeKind sh:IRI ] .",
        "e:a e:p ( e:b\n e:c\n 1 ) .",
        [1, 3],
    ),
}


@pytest.mark.parametrize("use_pyshacl", [False, True], ids=["compiled", "pyshacl"])
@pytest.mark.parametrize(("shapes", "data", "lines"), CASES.values(), ids=CASES)
def test_a_finding_is_located_on_the_line_at_fault(
    shapes: str, data: str, lines: list[int | None], use_pyshacl: bool
) -> None:
    file = GraphFile("a.ttl", "urn:a", (HEAD + data).encode())
    rules = GraphFile("s.ttl", "urn:s", (HEAD + shapes).encode())
    judge = Validator(Dataset((rules,)), PrefixMap({"sh": SHACL}))
    judged = judge.validate(Dataset((file,)), use_pyshacl=use_pyshacl)
    found = [one.location.line - HEAD.count("\n") if one.location else None for one in judged.findings]
    assert sorted(found, key=str) == lines


# Each as SHACL states it, and as SPARQL writes it.
PATHS = {
    "e:p": "e:p",
    "<http://f/p>": "<http://f/p>",
    "( e:p [ sh:inversePath e:q ] )": "e:p/^e:q",
    "( [ sh:zeroOrMorePath rdf:rest ] rdf:first )": "rdf:rest*/rdf:first",
    "[ sh:alternativePath ( e:p ( e:q e:r ) ) ]": "e:p|(e:q/e:r)",
    "( e:p [ sh:alternativePath ( e:q e:r ) ] )": "e:p/(e:q|e:r)",
    "[ sh:oneOrMorePath [ sh:alternativePath ( e:q e:r ) ] ]": "(e:q|e:r)+",
    "[ sh:zeroOrOnePath [ sh:inversePath e:p ] ]": "(^e:p)?",
}


@pytest.mark.parametrize(("stated", "written"), PATHS.items(), ids=PATHS.values())
def test_paths_are_in_sparql_syntax(stated: str, written: str) -> None:
    shape = f"e:S a sh:NodeShape ; sh:targetNode e:a ; sh:property [ sh:path {stated} ; sh:minCount 5 ] ."
    rules = GraphFile("s.ttl", "urn:s", (HEAD + shape).encode())
    prefixes = PrefixMap({"e": "http://e/", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"})
    data = GraphFile("a.ttl", "urn:a", b'<urn:s> <urn:p> "x" .')
    (finding,) = Validator(Dataset((rules,)), prefixes).validate(Dataset((data,))).findings
    assert (finding.path, finding.shape) == (written, f"http://e/S {written}")
    prologue = "".join(f"PREFIX {name}: <{iri}> " for name, iri in prefixes.items())
    assert ox.Store().query(f"{prologue}ASK {{ ?s {written} ?o }}") is not None
