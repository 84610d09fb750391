"""Validation of a SPARQL endpoint by pyrudof, in a process of its own whose queries this one puts."""

from __future__ import annotations

import os
import secrets
import threading
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

from msme_kg.errors import KGError, RemoteError, UsageError, to_printable
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.serializers import serialize
from msme_kg.shacl.finding_builder import FindingBuilder
from msme_kg.shacl.forked_worker import ForkedWorker
from msme_kg.shacl.report import ValidationReport
from msme_kg.shacl.report_reader import read_report
from msme_kg.shacl.shapes_graph import ShapesGraph
from msme_kg.shacl.validation_results import ValidationResult
from msme_kg.sparql.results import GraphResult, QueryEngine, Solutions
from msme_kg.sparql.results_writer import write_results
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.source_map import SourceMap

_HINT = "validate the files instead"


def validate_endpoint(shapes: Dataset, prefixes: PrefixMap, engine: QueryEngine) -> ValidationReport:
    """Validate the default graph of an endpoint; its findings have no source location.

    Args:
        shapes: the files of the shapes graph, with the ontologies that declare its prefixes.
        prefixes: abbreviates paths and constraint components.
        engine: the endpoint.

    Raises:
        InputError: a file of the shapes graph is malformed.
        RemoteError: the endpoint fails, or has no focus nodes.
        UsageError: pyrudof is not installed.
    """
    if find_spec("pyrudof") is None:
        raise UsageError("pyrudof is not installed", hint="pip install 'msme-kg[endpoint]'")
    quads = list(shapes.parse_quads())
    text = serialize(quads, "ntriples", PrefixMap({}))
    # pyrudof takes a query that fails for one without rows, and then says that the data conform.
    with _QueryRelay(engine) as relay, ForkedWorker(partial(_run_pyrudof, text, relay.url)) as worker:
        relay.worker = worker
        threading.Thread(target=relay.serve_forever, daemon=True).start()
        report, reason = worker.read_result() or ("", "it ended without a report")
        relay.shutdown()
    if relay.failure is not None:
        raise relay.failure
    if reason:
        raise RemoteError(f"pyrudof could not validate the endpoint: {to_printable(reason)}", hint=_HINT)
    if not relay.row_count:
        raise RemoteError(
            "the default graph of the endpoint has no entity that a shape describes",
            hint="make it the union of all graphs: --union-default-graph in Oxigraph, "
            "tdb2:unionDefaultGraph true in Fuseki",
        )
    graph = ShapesGraph(quads)
    parsed = read_report(ox.parse(report, format=ox.RdfFormat.N_TRIPLES))
    results = [_find_constraint(graph, result) for result in parsed]
    builder = FindingBuilder(graph, SourceMap(Dataset(()), len(results)), prefixes)
    return ValidationReport.from_findings(map(builder.build, results))


def _run_pyrudof(shapes: str, url: str) -> tuple[str, str]:
    """Return the report as N-Triples, or why there is none."""
    import pyrudof

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a native panic writes many lines
    try:
        rudof = pyrudof.Rudof(pyrudof.RudofConfig())
        rudof.read_shacl(shapes, pyrudof.ShaclFormat.NTriples)
        # Its pause of 1.1 s between two requests is meant for public endpoints.
        rudof.read_data(endpoint=url, min_request_interval_ms=0)
        rudof.validate_shacl(fetch_strategy=pyrudof.ShaclFetchStrategy.ByShape)
        return rudof.serialize_shacl_validation_results(pyrudof.ResultShaclValidationFormat.NTriples), ""
    except Exception as error:  # noqa: BLE001 (pyrudof has a class for each part, not for each fault)
        return "", " ".join(str(error).split())


def _find_constraint(shapes: ShapesGraph, result: ValidationResult) -> ValidationResult:
    """Return a result with its SPARQL-based constraint, which pyrudof leaves out but whose message it has."""
    for constraint in shapes.list_values(result.shape, "sparql"):
        if result.messages and set(shapes.list_values(constraint, "message")) == set(result.messages):
            return replace(result, constraint=constraint)
    return result


class _QueryRelay(ThreadingHTTPServer):
    """A server on a loopback port that puts the queries of a worker to an engine."""

    daemon_threads = True

    def __init__(self, engine: QueryEngine) -> None:
        super().__init__(("127.0.0.1", 0), _QueryHandler)
        self.engine, self.row_count = engine, 0
        self.failure: KGError | None = None
        self.worker: ForkedWorker | None = None
        # Without it, other users of the machine could send queries with the credentials of this one.
        self.path = f"/{secrets.token_urlsafe()}"
        self.url = f"http://127.0.0.1:{self.server_address[1]}{self.path}"

    def stop_worker(self, error: KGError) -> None:
        """Remember the first failure, and end the worker."""
        self.failure = self.failure or error
        if self.worker is not None:
            self.worker.kill()


class _QueryHandler(BaseHTTPRequestHandler):
    server: _QueryRelay

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path != self.server.path:
            super().send_error(404)
            return
        try:
            result = self.server.engine.query(parse_qs(address.query)["query"][0])
            if isinstance(result, GraphResult):
                raise RemoteError("pyrudof asked the endpoint for a graph", hint=_HINT)
            self.server.row_count += len(result.rows) if isinstance(result, Solutions) else 0
            body = write_results(result, "srj", str).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except KGError as error:
            self.server.stop_worker(error)
        except OSError:
            self.server.stop_worker(RemoteError("pyrudof did not wait for an answer", hint=_HINT))

    def send_error(self, code: int, *_: object) -> None:
        """Stop, where the server itself refuses a query, such as one that is too long."""
        self.server.stop_worker(RemoteError(f"a query of pyrudof was refused: {code}", hint=_HINT))

    def log_message(self, *_: object) -> None:
        """Log nothing."""
