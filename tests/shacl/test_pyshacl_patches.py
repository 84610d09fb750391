"""Each patch of pySHACL or rdflib is still needed: the unpatched behaviour is shown beside the patched one.

A test that fails here after an upgrade means that upstream has cured the behaviour: remove the patch, and the
test with it.
"""

from __future__ import annotations

import json
import logging
import re
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from urllib.request import Request

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from pyshacl.errors import ValidationFailure
from rdflib.plugins.sparql import evaluate, processor

from msme_kg.errors import SafetyError
from msme_kg.namespaces import SHACL
from msme_kg.shacl import pyshacl_patches
from msme_kg.shacl.pyshacl_patches import (
    QueryCachingGraph,
    keep_message_bindings,
    refuse_network,
    silence_logging,
    treat_incomparable_literals_as_unordered,
)
from msme_kg.shacl.rdflib_bridge import to_rdflib

PREFIXES = """
@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SPARQL_SHAPE = """ex:S sh:targetSubjectsOf ex:note ; sh:sparql [
    sh:message "The note is {?value}."@en ;
    sh:select "SELECT $this ?value WHERE { $this <http://example.org/note> ?value }" ] ."""
LESS_THAN_SHAPE = "ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:start ; sh:lessThanOrEquals ex:end ] ."
INCOMPARABLE = 'ex:a ex:start "2021-02-30"^^xsd:date ; ex:end "2020-01-01"^^xsd:date .'

UNORDERED = (TypeError, DeprecationWarning)
"""The exceptions of rdflib for a comparison: the warning is an error in tests, and since Python 3.14."""


def graph(turtle: str) -> rdflib.Graph:
    return to_rdflib(ox.parse(PREFIXES + turtle, ox.RdfFormat.TURTLE))


def report(data: rdflib.Graph, shapes: str) -> rdflib.Graph:
    _, found, _ = pyshacl.validate(data, shacl_graph=graph(shapes))
    if isinstance(found, Exception):
        raise found
    return found


def messages(found: rdflib.Graph) -> list[rdflib.Literal]:
    return list(found.objects(None, rdflib.URIRef(f"{SHACL}resultMessage")))


def test_upstream_parses_a_query_again_for_each_focus_node(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def count(text: str) -> object:
        parsed.append(text)
        return original(text)

    original = processor.parseQuery
    monkeypatch.setattr(processor, "parseQuery", count)
    monkeypatch.setattr(pyshacl_patches, "parseQuery", count)
    data = graph("ex:a ex:note 1 . ex:b ex:note 2 . ex:c ex:note 3 .")
    assert len(messages(report(data, SPARQL_SHAPE))) == len(parsed) == 3
    assert "PREFIX rdfs: " in parsed[0]
    parsed.clear()
    assert len(messages(report(QueryCachingGraph(data), SPARQL_SHAPE))) == 3
    assert len(parsed) == 1
    assert "PREFIX" not in parsed[0]


def test_upstream_takes_a_value_for_a_replacement_pattern() -> None:
    data = graph(r'ex:a ex:note "C:\\data" .')
    with pytest.raises(re.error, match="bad escape"):
        report(data, SPARQL_SHAPE)
    with keep_message_bindings():
        (message,) = messages(report(data, SPARQL_SHAPE))
    template, bindings = json.loads(message)
    assert template == "The note is {?value}."
    assert bindings["value"] == ["Literal", r"C:\data"]


def test_upstream_loses_the_language_and_the_terms_of_a_message() -> None:
    data = graph("ex:a ex:note ex:b .")
    (message,) = messages(report(data, SPARQL_SHAPE))
    assert message == rdflib.Literal("The note is http://example.org/b.")
    assert message.language is None
    with keep_message_bindings():
        (message,) = messages(report(data, SPARQL_SHAPE))
    terms = {"this": ["URIRef", "http://example.org/a"], "value": ["URIRef", "http://example.org/b"]}
    assert json.loads(message) == ["The note is {?value}.", terms]


def test_upstream_ends_on_literals_that_cannot_be_compared() -> None:
    valid, ill_typed = sorted(graph(INCOMPARABLE).objects(), key=str)
    with pytest.raises(UNORDERED):
        assert ill_typed <= valid
    with pytest.raises(UNORDERED):
        report(graph(INCOMPARABLE), LESS_THAN_SHAPE)
    with treat_incomparable_literals_as_unordered():
        assert [ill_typed < valid, ill_typed <= valid] == [False, False]
        assert rdflib.Literal(1) < rdflib.Literal(2)
        assert len(messages(report(graph(INCOMPARABLE), LESS_THAN_SHAPE))) == 1


def test_upstream_normalizes_literals_whatever_was_set_before(monkeypatch: pytest.MonkeyPatch) -> None:
    integer = rdflib.XSD.integer
    assert str(rdflib.Literal("01", datatype=integer)) == "1"
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    report(graph("ex:a ex:note 1 ."), SPARQL_SHAPE)
    assert rdflib.NORMALIZE_LITERALS
    (term,) = graph("ex:a ex:note 01 .").objects()
    assert (str(term), term.datatype) == ("01", integer)


@pytest.mark.parametrize("patch", [nullcontext(), silence_logging()], ids=["upstream", "patched"])
def test_upstream_logs_ill_typed_literals(
    patch: AbstractContextManager[None], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), patch:
        graph('ex:a ex:note "x"^^xsd:date .')
    assert bool(caplog.records) == isinstance(patch, nullcontext)


@pytest.mark.parametrize("word", [r"SERVIC\\u0045", "SERVICE", "service"])
def test_upstream_sends_requests_of_constraints(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(request: Request) -> None:
        asked.append(request.full_url)
        raise OSError

    monkeypatch.setattr(evaluate, "urlopen", answer)
    select = f"SELECT $this WHERE {{ {word} <http://example.org/sparql> {{ $this ?p ?value }} }}"
    shape = f'ex:S sh:targetSubjectsOf ex:note ; sh:sparql [ sh:select "{select}" ] .'
    data = graph("ex:a ex:note 1 .")
    with pytest.raises((OSError, ValidationFailure)):
        report(data, shape)
    assert bool(asked) == ("u0045" in word)
    asked.clear()
    with refuse_network(), pytest.raises(SafetyError):
        report(data, shape)
    assert asked == []


@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")
def test_documents_of_rdflib_queries_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<urn:a> <urn:b> <urn:c> .", encoding="utf-8")
    query = "SELECT * FROM <ADDRESS> { ?s ?p ?o }".replace("ADDRESS", (tmp_path / "a.ttl").as_uri())
    assert len(rdflib.Dataset().query(query)) == 1
    with refuse_network():
        assert len(rdflib.Dataset().query(query)) == 0
        with pytest.raises(SafetyError):
            rdflib.Graph().parse("http://127.0.0.1:9/")
