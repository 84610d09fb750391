"""Validation of a SPARQL endpoint by pyrudof, in a child process whose time and memory are limited."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace

import pyoxigraph as ox

from msme_kg.errors import RemoteError, UsageError, to_printable
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.serializers import serialize
from msme_kg.shacl.finding_builder import FindingBuilder
from msme_kg.shacl.query_relay import QueryRelay
from msme_kg.shacl.report import ValidationReport
from msme_kg.shacl.report_reader import read_report
from msme_kg.shacl.shapes_graph import ShapesGraph
from msme_kg.shacl.validation_results import ValidationResult
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.source_map import SourceMap

_MAX_MEMORY_BYTES = 4 << 30
_HINT = "see whether it is well and holds this graph, raise the limit with --timeout, or validate the files"
_IS_ABSENT = 3
"""The exit code of the child where pyrudof is not installed."""


def validate_endpoint(
    shapes: Dataset, prefixes: PrefixMap, ask: Callable[[str], tuple[bytes, object]], seconds: float
) -> ValidationReport:
    """Validate the default graph of an endpoint; its findings have no source location.

    Args:
        shapes: the files of the shapes graph, with the ontologies that declare its prefixes.
        prefixes: abbreviates paths and constraint components.
        ask: returns the response of the endpoint to a query, and the result in it; raises ``RemoteError``.
        seconds: the time limit.

    Raises:
        InputError: a file of the shapes graph is malformed.
        RemoteError: the endpoint fails, does not give all that is asked in time, or has no focus nodes.
        UsageError: pyrudof is not installed.
    """
    quads = list(shapes.parse_quads())
    text = serialize(quads, "ntriples", PrefixMap({}))
    # pyrudof takes a query that fails for one without rows, and then says that the data conform.
    with QueryRelay(ask) as relay:
        try:
            report = _run_child(text.encode(), relay, seconds)
        finally:
            if relay.failure is not None:
                raise relay.failure
    if not relay.row_count:
        raise RemoteError("the endpoint has no entity that a shape describes", hint=_HINT)
    graph = ShapesGraph(quads)
    results = [
        _find_constraint(graph, result)
        for result in read_report(ox.parse(report, format=ox.RdfFormat.N_TRIPLES))
    ]
    builder = FindingBuilder(graph, SourceMap(Dataset(()), len(results)), prefixes)
    return ValidationReport.from_findings(map(builder.build, results))


def _run_child(shapes: bytes, relay: QueryRelay, seconds: float) -> bytes:
    """Return the report of a child process as N-Triples."""
    command = [sys.executable, "-m", "msme_kg.shacl.pyrudof_runner", relay.url]
    with (
        tempfile.TemporaryDirectory(prefix="msme-kg-") as folder,
        subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as child,
    ):
        relay.stop_client = child.kill
        try:
            report, errors = child.communicate(shapes, seconds)
        except subprocess.TimeoutExpired:
            raise RemoteError(f"not validated within {seconds:.3g} seconds", hint=_HINT) from None
        finally:
            child.kill()
    if child.returncode == _IS_ABSENT:
        raise UsageError("pyrudof is not installed", hint="pip install 'msme-kg[endpoint]'")
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


def main() -> int:
    """Validate the endpoint that the command line names, by the shapes on standard input."""
    import resource

    try:
        import pyrudof
    except ImportError:
        return _IS_ABSENT
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
