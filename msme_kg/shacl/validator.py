"""SHACL validation: a prefilter selects candidates, and pySHACL validates them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import pyoxigraph as ox

from msme_kg.errors import InputError, SafetyError, to_printable
from msme_kg.namespaces import RDF, SHACL, PrefixMap
from msme_kg.shacl import prefilter_cache
from msme_kg.shacl.forked_worker import start_worker
from msme_kg.shacl.indexed_graph import IndexedGraph, load_compiled_shapes
from msme_kg.shacl.model import ShapeNode, Term
from msme_kg.shacl.prefilter import ChangeOverlay, IncrementalPrefilter, PrefilterResult, find_candidates
from msme_kg.shacl.pyshacl_runner import restrict_shapes, run_pyshacl
from msme_kg.shacl.rdflib_bridge import to_rdflib
from msme_kg.shacl.report import Finding, ValidationReport
from msme_kg.shacl.sparql_constraints import SERVICE_REFUSED
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset

Progress = Callable[[str], None]


def ignore_progress(_: str) -> None:
    """Report no progress."""


class Validator:
    """Validates data graphs against one shapes graph (SHACL §3.4)."""

    def __init__(
        self,
        shapes: Dataset,
        prefixes: PrefixMap,
        progress: Progress = ignore_progress,
        prefetched: Dataset | None = None,
    ) -> None:
        """Compile the shapes.

        Args:
            shapes: the files of the shapes graph, with the ontologies that declare its prefixes.
            prefixes: abbreviates paths and constraint components.
            progress: is called with the name of each step.
            prefetched: a data graph to load while the shapes are compiled, if it is large.

        Raises:
            InputError: a file is malformed, or a shape is ill-formed, recursive or uses unsupported features.
        """
        self._shapes, self._prefixes, self._progress = shapes, prefixes, progress
        self._graph: IndexedGraph | None = None
        load = partial(self._load_graph, prefetched) if prefetched is not None else None
        byte_count = sum(len(file.content) for file in prefetched.files) if prefetched is not None else 0
        self._compiled_shapes = load_compiled_shapes(shapes, load, byte_count)
        for shape, reason in self._compiled_shapes.errors:
            raise self._build_error(shape, reason)

    def _build_error(self, shape: ShapeNode | None, reason: str) -> InputError | SafetyError:
        """Return the error of a shape, with its source location."""
        from msme_kg.storage.source_map import SourceMap, locate_shape

        source_map, quads = SourceMap(self._shapes), list(self._shapes.parse_quads())
        error_class = SafetyError if reason == SERVICE_REFUSED else InputError
        return error_class(
            f"{to_printable(_format_shape_name(shape, self._prefixes))}: {to_printable(reason)}",
            hint="fix it in the shapes",
            location=locate_shape(source_map, quads, shape) if shape is not None else None,
        )

    def validate(self, data: Dataset, *, use_prefilter: bool = True) -> ValidationReport:
        """Return the validation report of a data graph.

        Args:
            data: the files of the data graph, with the subclass axioms (SHACL §1.5).
            use_prefilter: restrict pySHACL to the candidates from the prefilter.

        Raises:
            InputError: a file is malformed, or pySHACL cannot process a shape.
        """
        result = self._run_prefilter(data)
        if use_prefilter:
            return self._validate_candidates(data, result)
        self._progress("validating")
        findings = self._collect_findings(data.parse_quads(), self._shapes.parse_quads(), data)
        return _build_report(findings, result, self._prefixes)

    def prefetch(self, data: Dataset) -> None:
        """Load the data graph that is to be validated next, unless its candidates are in the cache.

        Raises:
            InputError: a file is malformed.
        """
        if prefilter_cache.load(self._compute_cache_key(data), self._compiled_shapes) is None:
            self._load_graph(data)

    def _load_graph(self, data: Dataset) -> IndexedGraph:
        if self._graph is None or self._graph.key != data.key:
            self._progress("reading")
            self._graph = IndexedGraph.load(data)
        return self._graph

    def _compute_cache_key(self, data: Dataset) -> str:
        return cache.compute_cache_key(data.key, self._shapes.key)

    def _run_prefilter(self, data: Dataset) -> PrefilterResult:
        """Return the candidates of a data graph, from the cache or computed and then cached."""
        key = self._compute_cache_key(data)
        cached = prefilter_cache.load(key, self._compiled_shapes)
        if cached is not None:
            return cached
        graph = self._load_graph(data)
        self._progress("selecting candidates")
        result = find_candidates(graph, self._compiled_shapes)
        graph.store_regex_results()
        prefilter_cache.store(key, result)
        return result

    def find_introduced(self, overlay: ChangeOverlay, before: Dataset, after: Dataset) -> ValidationReport:
        """Return the findings that a change introduces anywhere; only nodes that it can affect are validated.

        Args:
            overlay: the change.
            before: the files before the change.
            after: the files after the change.

        Raises:
            InputError: a file is malformed, or pySHACL cannot process a shape.
        """
        prefilter = IncrementalPrefilter(overlay, self._compiled_shapes)
        self._progress("selecting candidates")
        report = self._validate_candidates(after, prefilter.find_candidates_after())
        focus_nodes = _collect_focus_nodes(report)
        if not focus_nodes:
            return report
        return report.without_known(
            self._validate_candidates(before, prefilter.find_candidates_before(focus_nodes))
        )

    def find_resolved(self, overlay: ChangeOverlay, before: Dataset, after: Dataset) -> ValidationReport:
        """Return the findings that a change resolves anywhere.

        Args:
            overlay: the change.
            before: the files before the change.
            after: the files after the change.

        Raises:
            InputError: a file is malformed, or pySHACL cannot process a shape.
        """
        prefilter = IncrementalPrefilter(overlay, self._compiled_shapes)
        report = self._validate_candidates(before, prefilter.find_candidates_before())
        focus_nodes = _collect_focus_nodes(report)
        if not focus_nodes:
            return report
        return report.without_known(
            self._validate_candidates(after, prefilter.find_candidates_after(focus_nodes))
        )

    def _validate_candidates(self, data: Dataset, result: PrefilterResult) -> ValidationReport:
        findings: tuple[Finding, ...] = ()
        if result.candidates:
            self._progress(f"validating {sum(map(len, result.candidates.values()))} focus nodes")
            triples = result.relevant_triples
            quads = data.parse_quads() if triples is None else ox.parse(triples, ox.RdfFormat.N_TRIPLES)
            findings = self._collect_findings(
                quads, restrict_shapes(self._shapes.parse_quads(), result), data
            )
        return _build_report(findings, result, self._prefixes)

    def _collect_findings(
        self, data: Iterable[ox.Quad], shapes: Iterable[ox.Quad], files: Dataset
    ) -> tuple[Finding, ...]:
        """Run pySHACL and return its results as findings, located in the files of the data graph."""
        from rdflib import URIRef

        from msme_kg.shacl.pyshacl_patches import silence_logging
        from msme_kg.shacl.report_reader import ReportReader
        from msme_kg.storage.source_map import SourceMap

        with silence_logging():
            shapes_graph, data_graph = to_rdflib(shapes), to_rdflib(data)
            byte_count = sum(len(file.content) for file in files.files)
            # The index of large files takes as long as pySHACL, and the worker leaves it in the cache.
            with start_worker(partial(_build_source_map_index, files), byte_count) as worker:
                try:
                    report = run_pyshacl(data_graph, shapes_graph)
                except Exception as error:  # noqa: BLE001 (pySHACL raises many types for unreadable shapes)
                    raise self._build_pyshacl_error(error) from None
                if worker is not None:
                    worker.read_result()
            source_map = SourceMap(files, sum(1 for _ in report.subjects(URIRef(f"{SHACL}focusNode"))))
            targets = (shape.targets.objects_of for shape in self._compiled_shapes.shapes.values())
            objects_of = {predicate.value for predicates in targets for predicate in predicates}
            reader = ReportReader(report, shapes_graph, source_map, self._prefixes, objects_of)
            details = set(report.objects(None, URIRef(f"{SHACL}detail")))
            results = report.subjects(URIRef(f"{RDF}type"), URIRef(f"{SHACL}ValidationResult"))
            return tuple(reader.read_finding(result) for result in results if result not in details)

    def _build_pyshacl_error(self, error: Exception) -> InputError | SafetyError:
        """Return an exception of pySHACL as the error of the first shape that the prefilter could not run."""
        text = " ".join(str(getattr(error, "message", error)).split()) or type(error).__name__
        for shape, reason in self._compiled_shapes.unsupported.items():
            return self._build_error(shape, text if text == SERVICE_REFUSED else f"{reason}: {text}")
        return self._build_error(None, f"faulty: {text}")


def _build_source_map_index(files: Dataset) -> None:
    from msme_kg.storage.subject_index import SubjectIndex

    for file in files.files:
        SubjectIndex.from_file(file)


def _collect_focus_nodes(report: ValidationReport) -> set[Term]:
    return {finding.focus_node for finding in report.findings if finding.focus_node is not None}


def _build_report(
    findings: Iterable[Finding], result: PrefilterResult, prefixes: PrefixMap
) -> ValidationReport:
    unfiltered_shapes = tuple(
        sorted((_format_shape_name(shape, prefixes), reason) for shape, reason in result.unsupported)
    )
    return ValidationReport.from_findings(
        findings, result.shape_count, result.focus_node_count, unfiltered_shapes
    )


def _format_shape_name(shape: ShapeNode | None, prefixes: PrefixMap) -> str:
    return prefixes.shorten(shape.value) or shape.value if isinstance(shape, ox.NamedNode) else "a shape"
