"""The W3C's tests of the SPARQL 1.1 Protocol and Service Description, over a real connection."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest
from conftest import ROOT
from vendor import VENDOR

from web_server.running import RunningServer, serve

SUITE = VENDOR / "w3c/sparql11"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SD = "http://www.w3.org/ns/sparql-service-description#"
DATA = "http://kasei.us/2009/09/sparql/data/data{}.rdf"
GRAPH = "https://w3id.org/msme-kg/graph/data/w3c/data{}"
"""Graphs have IRIs by file here, so those of the suite are replaced where a request names a graph."""
pytestmark = pytest.mark.skipif(not SUITE.exists(), reason="the W3C's test suite is not here")


@dataclass(frozen=True)
class Manifest:
    """The tests of the protocol by name."""

    @cached_property
    def store(self) -> ox.Store:
        """The statements of the manifest."""
        store = ox.Store()
        if SUITE.exists():
            content = (SUITE / "protocol/manifest.ttl").read_bytes()
            store.load(content, format=ox.RdfFormat.TURTLE, base_iri="https://suite.example/manifest.ttl")
        return store

    def value(self, subject: Any, iri: str) -> Any:
        """Return the value of a property; None if it has none."""
        return next(
            (quad.object for quad in self.store.quads_for_pattern(subject, ox.NamedNode(iri), None)), None
        )

    def values(self, subject: Any, iri: str) -> list[str]:
        """Return the values of a property as text."""
        return [quad.object.value for quad in self.store.quads_for_pattern(subject, ox.NamedNode(iri), None)]

    def members(self, head: Any) -> Iterator[Any]:
        """Yield the members of an RDF list."""
        while head is not None and head != ox.NamedNode(f"{RDF}nil"):
            yield self.value(head, f"{RDF}first")
            head = self.value(head, f"{RDF}rest")

    @cached_property
    def tests(self) -> dict[str, ox.NamedNode]:
        """The tests by the last part of their IRIs; none without the suite."""
        entries = next(self.store.quads_for_pattern(None, ox.NamedNode(f"{MF}entries"), None), None)
        found = [] if entries is None else list(self.members(entries.object))
        return {one.value.rpartition("#")[2]: one for one in found}


_STATUS = f"{MF}expectedStatus"
MANIFEST = Manifest()
UPDATES = [name for name in MANIFEST.tests if name.startswith("update_")]


@pytest.fixture(scope="module")
def suite_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    import shutil

    root = tmp_path_factory.mktemp("suite") / "graph"
    for part in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / part, root / part)
    (root / "data/w3c").mkdir()
    for number in (1, 2, 3):
        content = (SUITE / f"protocol/data{number}.nt").read_bytes()
        (root / f"data/w3c/data{number}.ttl").write_bytes(content)
    with serve(root=root) as server:
        yield server


def replace_graphs(text: str, before: str) -> str:
    for number in range(4):
        for old, new in ((DATA, GRAPH), (quote(DATA, safe="{}"), quote(GRAPH, safe="{}"))):
            text = text.replace(before + old.format(number), before + new.format(number))
    return text


def send(server: RunningServer, request: Any) -> tuple[int, str, bytes]:
    target = MANIFEST.value(request, f"{HT}absolutePath").value.replace("/sparql/", "/sparql")
    target = replace_graphs(replace_graphs(target, "graph-uri="), "FROM%20%3C")
    body = MANIFEST.value(request, f"{HT}body")
    content = None
    if body is not None:
        text = replace_graphs(MANIFEST.value(body, f"{CNT}chars").value, "FROM <")
        content = text.encode(MANIFEST.value(body, f"{CNT}characterEncoding").value)
    headers = {
        MANIFEST.value(header, f"{HT}fieldName").value: MANIFEST.value(header, f"{HT}fieldValue").value
        for header in MANIFEST.members(MANIFEST.value(request, f"{HT}headers"))
    }
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request(MANIFEST.value(request, f"{HT}methodName").value, target, content, headers)
    response = connection.getresponse()
    answer = response.status, response.getheader("content-type") or "", response.read()
    connection.close()
    return answer


@pytest.mark.parametrize("name", MANIFEST.tests)
def test_protocol(suite_server: RunningServer, name: str) -> None:
    action = MANIFEST.value(MANIFEST.tests[name], f"{MF}action")
    for request in MANIFEST.members(MANIFEST.value(action, f"{HT}requests")):
        status, media_type, body = send(suite_server, request)
        if name in UPDATES:  # this server only reads; the queries after an update do not count
            assert 400 <= status < 500, name
            return
        response = MANIFEST.value(request, f"{HT}resp")
        expected = [
            one.rpartition("StatusCode")[2][0] for one in MANIFEST.values(response, f"{MF}expectedStatus")
        ]
        assert str(status)[0] in expected, (status, body[:300])
        boolean = MANIFEST.value(response, f"{MF}expectedBoolean")
        if boolean is not None:
            assert json.loads(body)["boolean"] == (boolean.value == "true")
        kind = MANIFEST.value(response, f"{MF}expectedFormat")
        if kind is not None:
            known = {"RDF": ("text/turtle",), "tabular": ("application/sparql-results+json",)}
            assert media_type.startswith(known.get(kind.value, ("application/sparql-results+json",)))


def test_service_description(suite_server: RunningServer) -> None:
    reply = suite_server.ask("/sparql", {"Accept": "application/n-triples"})
    assert reply.status == 200
    quads = list(ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES))
    endpoint = f"http://127.0.0.1:{urlsplit(suite_server.url).port}/sparql"
    services = [one.subject for one in quads if one.object == ox.NamedNode(f"{SD}Service")]
    assert len(services) == 1
    described = {(one.predicate.value, one.object.value) for one in quads if one.subject == services[0]}
    assert (f"{SD}endpoint", endpoint) in described
    # Domains and ranges of the schema that the specification gives.
    ranges = {
        "defaultDataset": "Dataset",
        "namedGraph": "NamedGraph",
        "defaultGraph": "Graph",
        "graph": "Graph",
    }
    types = {(one.subject, one.object.value) for one in quads if one.predicate.value == f"{RDF}type"}
    for quad in quads:
        kind = ranges.get(quad.predicate.value.removeprefix(SD))
        if kind is not None:
            assert (quad.object, f"{SD}{kind}") in types
