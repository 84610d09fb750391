"""Validation of a SPARQL endpoint by pyrudof, in a child process whose time and memory are limited."""

from __future__ import annotations

import secrets
import subprocess
import sys
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

from msme_kg.errors import KGError, RemoteError, UsageError, to_printable
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.serializers import serialize
from msme_kg.shacl.finding_builder import FindingBuilder
from msme_kg.shacl.report import ValidationReport
from msme_kg.shacl.report_reader import read_report
from msme_kg.shacl.shapes_graph import ShapesGraph
from msme_kg.shacl.validation_results import ValidationResult
from msme_kg.sparql.results import GraphResult, QueryEngine, Solutions
from msme_kg.sparql.results_writer import write_results
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.source_map import SourceMap

_MAX_MEMORY_BYTES = 4 << 30
_HINT = "see whether it is well and holds this graph, raise the limit with --timeout, or validate the files"


def validate_endpoint(
    shapes: Dataset, prefixes: PrefixMap, engine: QueryEngine, seconds: float
) -> ValidationReport:
    """Validate the default graph of an endpoint; its findings have no source location.

    Args:
        shapes: the files of the shapes graph, with the ontologies that declare its prefixes.
        prefixes: abbreviates paths and constraint components.
        engine: the endpoint.
        seconds: the time limit.

    Raises:
        InputError: a file of the shapes graph is malformed.
        RemoteError: the endpoint fails, does not give all that is asked in time, or has no focus nodes.
        UsageError: pyrudof is not installed.
    """
    if find_spec("pyrudof") is None:
        raise UsageError("pyrudof is not installed", hint="pip install 'msme-kg[endpoint]'")
    quads = list(shapes.parse_quads())
    text = serialize(quads, "ntriples", PrefixMap({}))
    # pyrudof takes a query that fails for one without rows, and then says that the data conform.
    with _QueryRelay(engine) as relay:
        threading.Thread(target=relay.serve_forever, daemon=True).start()
        try:
            report = _run_child(text.encode(), relay, seconds)
        finally:
            relay.shutdown()
            if relay.failure is not None:
                raise relay.failure
    if not relay.row_count:
        raise RemoteError(
            "the default graph of the endpoint has no entity that a shape describes",
            hint="make it the union of all graphs: --union-default-graph in Oxigraph, "
            "tdb2:unionDefaultGraph true in Fuseki",
        )
    graph = ShapesGraph(quads)
    results = [
        _find_constraint(graph, result)
        for result in read_report(ox.parse(report, format=ox.RdfFormat.N_TRIPLES))
    ]
    builder = FindingBuilder(graph, SourceMap(Dataset(()), len(results)), prefixes)
    return ValidationReport.from_findings(map(builder.build, results))


def _run_child(shapes: bytes, relay: _QueryRelay, seconds: float) -> bytes:
    """Return the report of a child process as N-Triples."""
    command = [sys.executable, "-m", "msme_kg.shacl.pyrudof_runner", relay.url]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        relay.process = child
        try:
            report, errors = child.communicate(shapes, seconds)
        except subprocess.TimeoutExpired:
            raise RemoteError(f"not validated within {seconds:.3g} seconds", hint=_HINT) from None
        finally:
            child.kill()
    if child.returncode:
        lines = errors.decode(errors="replace").strip().splitlines()
        reason = to_printable(lines[-1]) if lines else "it ended without a word"
        raise RemoteError(f"pyrudof could not validate the endpoint: {reason}", hint=_HINT)
    return report


def _find_constraint(shapes: ShapesGraph, result: ValidationResult) -> ValidationResult:
    """Return a result with its SPARQL-based constraint, which pyrudof leaves out but whose message it has."""
    for constraint in shapes.list_values(result.shape, "sparql"):
        if result.messages and set(shapes.list_values(constraint, "message")) == set(result.messages):
            return replace(result, constraint=constraint)
    return result


class _QueryRelay(ThreadingHTTPServer):
    """A server that passes the queries of a process on.

    Attributes:
        failure: why a query had no answer; None if each had one.
        row_count: the number of rows in all answers.
        process: the process that sends the queries, killed at the first failure.
    """

    daemon_threads = True

    def __init__(self, engine: QueryEngine) -> None:
        """Listen, and pass queries to an engine."""
        super().__init__(("127.0.0.1", 0), _QueryHandler)
        self.engine = engine
        self.failure: KGError | None = None
        self.row_count = 0
        self.process: subprocess.Popen[bytes] | None = None
        # Without it, other users of the machine could send queries with the credentials of this one.
        self.path = f"/{secrets.token_urlsafe()}"

    @property
    def url(self) -> str:
        """The URL of the relay."""
        return f"http://127.0.0.1:{self.server_address[1]}{self.path}"

    def stop_process(self, error: KGError) -> None:
        """Remember a failure, and kill the process."""
        self.failure = self.failure or error
        if self.process is not None:
            self.process.kill()


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
            self.server.stop_process(error)
        except OSError:
            self.server.stop_process(RemoteError("pyrudof did not wait for an answer", hint=_HINT))

    def send_error(self, code: int, *_: object) -> None:
        """Stop, where the server itself refuses a query, such as one that is too long."""
        self.server.stop_process(RemoteError(f"a query of pyrudof was refused: {code}", hint=_HINT))

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def main() -> int:
    """Validate the endpoint that the command line names, by the shapes on standard input."""
    import resource

    import pyrudof

    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))
    try:
        rudof = pyrudof.Rudof(pyrudof.RudofConfig())
        rudof.read_shacl(sys.stdin.read(), pyrudof.ShaclFormat.NTriples)
        # Its pause of 1.1 s between two requests is meant for public endpoints.
        rudof.read_data(endpoint=sys.argv[1], min_request_interval_ms=0)
        rudof.validate_shacl(fetch_strategy=pyrudof.ShaclFetchStrategy.ByShape)
        report = rudof.serialize_shacl_validation_results(pyrudof.ResultShaclValidationFormat.NTriples)
    except Exception as error:  # noqa: BLE001 (pyrudof has a class for each part, not for each fault)
        print(" ".join(str(error).split()), file=sys.stderr)
        return 1
    sys.stdout.write(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
