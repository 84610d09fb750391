"""Shapes: messages in both languages, a conforming example, and one example for each violation."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SH, Graph, URIRef

ROOT = Path(__file__).resolve().parents[1]
SHAPES = ROOT / "ontology" / "shapes"
EXAMPLES = ROOT / "tests" / "shapes"
ONTOLOGY = ROOT / "ontology" / "msme.ttl"
BASE = "https://w3id.org/msme-kg/"
SHAPE = BASE + "shape/"
EXPECT = re.compile(r"# expect: shape:(\S+) (Violation|Warning|Info)$")

CLASSES = sorted(path.stem for path in SHAPES.glob("*.ttl"))
VALID = sorted(EXAMPLES.glob("*/valid.ttl"))
INVALID = sorted(EXAMPLES.glob("*/invalid-*.ttl"))


@pytest.fixture(autouse=True)
def _lexical_forms_kept() -> Iterator[None]:
    """Restore the switch after each test: pySHACL leaves it on."""
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    yield
    rdflib.NORMALIZE_LITERALS = before


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@functools.cache
def ontology() -> tuple[Graph, Graph]:
    """Return the class axioms, for the data graph, and the prefix declarations, for the shapes graph."""
    whole = Graph().parse(ONTOLOGY, format="turtle")
    axioms, prefixes = Graph(), Graph()
    for triple in whole.triples((None, RDFS.subClassOf, None)):
        axioms.add(triple)
    for header, _, declaration in whole.triples((None, SH.declare, None)):
        prefixes.add((header, RDF.type, OWL.Ontology))
        prefixes.add((header, SH.declare, declaration))
        for triple in whole.triples((declaration, None, None)):
            prefixes.add(triple)
    return axioms, prefixes


@functools.cache
def shapes(*classes: str) -> Graph:
    graph = Graph()
    for triple in ontology()[1]:
        graph.add(triple)
    for one in classes:
        graph.parse(SHAPES / f"{one}.ttl", format="turtle")
    return graph


@functools.cache
def own(one: str) -> Graph:
    return Graph().parse(SHAPES / f"{one}.ttl", format="turtle")


def results(text: str, *classes: str) -> tuple[bool, list[tuple[set[str], str]], str]:
    """Return if the text conforms, the shapes and severity of each result, and the report as text."""
    data = Graph().parse(data=text, format="turtle")
    for triple in ontology()[0]:
        data.add(triple)
    conforms, report, words = pyshacl.validate(
        data, shacl_graph=shapes(*classes), advanced=False, inplace=True
    )
    assert isinstance(report, Graph)
    found = []
    for result in report.subjects(RDF.type, SH.ValidationResult):
        named = {
            str(o).removeprefix(SHAPE)
            for p in (SH.sourceShape, SH.sourceConstraint)
            for o in report.objects(result, p)
        }
        severity = str(report.value(result, SH.resultSeverity)).removeprefix(str(SH))
        found.append((named, severity))
    return bool(conforms), found, words


def reported(one: str) -> set[str]:
    """Return the names that results may have: shapes with targets, their property shapes and constraints."""
    graph = own(one)
    names: set[str] = set()
    for node in graph.subjects(SH.targetClass, None):
        names.add(str(node).removeprefix(SHAPE))
        for p in (SH.property, SH.sparql):
            names |= {str(o).removeprefix(SHAPE) for o in graph.objects(node, p)}
    return names


def expected(path: Path) -> tuple[str, str]:
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    match = EXPECT.match(first)
    assert match, f"{path}: the first line must say what is expected, not {first!r}"
    return match[1], match[2]


@pytest.mark.parametrize("path", VALID, ids=name)
@pytest.mark.parametrize("tag", ["zh-Hant", "zh-hant"])
def test_valid_example_conforms_to_all_shapes(path: Path, tag: str) -> None:
    text = path.read_text(encoding="utf-8").replace("@zh-Hant", f"@{tag}")
    conforms, found, words = results(text, *CLASSES)
    assert conforms, words
    assert not found, words


@pytest.mark.parametrize("path", INVALID, ids=name)
def test_invalid_example_yields_its_result(path: Path) -> None:
    shape, severity = expected(path)
    _, found, words = results(path.read_text(encoding="utf-8"), path.parent.name)
    assert any(shape in named and severity == how for named, how in found), words


@pytest.mark.parametrize("one", CLASSES)
def test_class_has_examples(one: str) -> None:
    assert (EXAMPLES / one / "valid.ttl").is_file()
    shown = {expected(path)[0] for path in (EXAMPLES / one).glob("invalid-*.ttl")}
    assert shown == reported(one)


def test_examples_belong_to_shapes() -> None:
    assert CLASSES
    assert {path.name for path in EXAMPLES.iterdir()} == set(CLASSES)


@pytest.mark.parametrize("one", CLASSES)
def test_shapes_have_names_and_messages_in_both_languages(one: str) -> None:
    graph = own(one)
    main = URIRef(SHAPE + one)
    assert (main, RDF.type, SH.NodeShape) in graph
    for kind in (SH.NodeShape, SH.PropertyShape, SH.SPARQLConstraint):
        for shape in graph.subjects(RDF.type, kind):
            assert isinstance(shape, URIRef)
            assert shape == main or str(shape).startswith(f"{main}-")
            needed = [RDFS.label] if kind == SH.NodeShape else []
            if kind != SH.NodeShape or (shape, SH.targetClass, None) in graph:
                needed.append(SH.message)
            for p in needed:
                tags = sorted(
                    str(o.language).lower() for o in graph.objects(shape, p) if isinstance(o, rdflib.Literal)
                )
                assert tags == ["en", "zh-hant"], f"{shape} {p}"
    for text in graph.objects():
        if isinstance(text, rdflib.Literal) and text.language:
            assert text.language.lower() in {"en", "zh-hant"}


@pytest.mark.parametrize("one", CLASSES)
def test_shapes_use_only_common_constraints(one: str) -> None:
    graph = own(one)
    for word in ("targetNode", "targetSubjectsOf", "targetObjectsOf", "target", "closed", "js", "rule"):
        assert (None, URIRef(f"{SH}{word}"), None) not in graph
    ends = [SH.inversePath, SH.alternativePath, SH.zeroOrOnePath, SH.zeroOrMorePath, SH.oneOrMorePath]
    paths = {RDF.first, RDF.rest, *ends}
    for blank in {s for s in graph.subjects() if isinstance(s, rdflib.BNode)}:
        assert set(graph.predicates(blank)) <= paths
    for constraint in graph.objects(None, SH.sparql):
        assert (constraint, SH.prefixes, URIRef(BASE + "ontology")) in graph
