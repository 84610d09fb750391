"""SHACL: the screen says what could be wrong, and pySHACL, whose word counts, judges that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.errors import InputError, SafetyError, to_printable
from msme_kg.namespaces import RDF, SHACL, PrefixMap
from msme_kg.shacl import prefilter_cache
from msme_kg.shacl.forked_worker import MIN_PARALLEL_BYTES, ForkedWorker, count_usable_cpus
from msme_kg.shacl.indexed_graph import IndexedGraph, load_compiled_shapes
from msme_kg.shacl.model import CompiledShapes, ShapeNode, Term
from msme_kg.shacl.prefilter import ChangeOverlay, IncrementalPrefilter, PrefilterResult, find_candidates
from msme_kg.shacl.pyshacl_runner import restrict_shapes, run_pyshacl
from msme_kg.shacl.rdflib_bridge import silence_logging, to_rdflib
from msme_kg.shacl.report import Finding, ValidationReport
from msme_kg.shacl.sparql_constraints import SERVICE_REFUSED
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset

if TYPE_CHECKING:
    import rdflib


Progress = Callable[[str], None]


def ignore_progress(_: str) -> None:
    """Tell nobody what is being done."""


class Validator:
    """Judges graphs by some shapes."""

    def __init__(
        self,
        shapes: Dataset,
        prefixes: PrefixMap,
        progress: Progress = ignore_progress,
        concurrent_task: Callable[[], object] | None = None,
    ) -> None:
        """Take the shapes.

        Args:
            shapes: their files, with what declares their prefixes.
            prefixes: for paths and components.
            progress: is told what is being done.
            concurrent_task: what to do while the shapes are compiled beside, unless a cache has them.

        Raises:
            InputError: a file is malformed; a shape is faulty, recursive, or asks what is not supported.
        """
        self._shapes, self._prefixes, self._progress = shapes, prefixes, progress
        self._compiled_shapes: CompiledShapes = load_compiled_shapes(shapes, concurrent_task)
        for key, reason in self._compiled_shapes.errors:
            raise self._build_error(key, reason)

    def _build_error(self, key: ShapeNode | None, reason: str) -> InputError | SafetyError:
        """Return the fault of a shape, with its place."""
        from msme_kg.storage.source_map import SourceMap, locate_shape

        positions, quads = SourceMap(self._shapes), list(self._shapes.parse_quads())
        positions.register_bnodes(quads)
        kind = SafetyError if reason == SERVICE_REFUSED else InputError
        return kind(
            f"{to_printable(_format_shape_name(key, self._prefixes))}: {to_printable(reason)}",
            hint="correct it where the shapes are",
            location=locate_shape(positions, quads, key) if key is not None else None,
        )

    def validate(self, data: Dataset, *, use_prefilter: bool = True) -> ValidationReport:
        """Return what is wrong in a graph.

        Args:
            data: the files of the graph; subclass axioms are read from them.
            use_prefilter: whether pySHACL judges only what the screen flagged.

        Raises:
            InputError: a file is malformed, or pySHACL finds a shape faulty.
        """
        screened = self._run_prefilter(data)
        if use_prefilter:
            return self._validate_candidates(data, screened)
        self._progress("judging")
        with silence_logging():
            rules, statements = to_rdflib(self._shapes.parse_quads()), to_rdflib(data.parse_quads())
            return _build_report(self._collect_findings(statements, rules, data), screened, self._prefixes)

    def read_if_uncached(self, data: Dataset) -> IndexedGraph | None:
        """Return a graph that is to be judged, not stored yet; None if the screen has judged it before.

        Raises:
            InputError: a file is malformed.
        """
        if prefilter_cache.load(self._compute_cache_key(data), self._compiled_shapes) is not None:
            return None
        self._progress("reading")
        return IndexedGraph.read(data)

    def _compute_cache_key(self, data: Dataset) -> str:
        return cache.compute_cache_key(data.key, self._shapes.key)

    def _run_prefilter(self, data: Dataset) -> PrefilterResult:
        """Return what the screen says of a graph; the same files are not screened again."""
        key = self._compute_cache_key(data)
        known = prefilter_cache.load(key, self._compiled_shapes)
        if known is not None:
            return known
        self._progress("reading")
        graph = IndexedGraph.read(data)
        self._progress("screening")
        screened = find_candidates(graph, self._compiled_shapes)
        graph.store_all()
        prefilter_cache.store(key, screened)
        return screened

    def find_introduced(self, overlay: ChangeOverlay, before: Dataset, after: Dataset) -> ValidationReport:
        """Return what a change newly breaks, wherever that is; only what it can affect is judged.

        Args:
            overlay: the change.
            before: the files before.
            after: the files after.

        Raises:
            InputError: a file is malformed, or pySHACL finds a shape faulty.
        """
        change = IncrementalPrefilter(overlay, self._compiled_shapes)
        self._progress("screening")
        found = self._validate_candidates(after, change.find_candidates_after())
        wrong = _collect_focus_nodes(found)
        return (
            found.without_known(self._validate_candidates(before, change.find_candidates_before(wrong)))
            if wrong
            else found
        )

    def find_resolved(self, overlay: ChangeOverlay, before: Dataset, after: Dataset) -> ValidationReport:
        """Return what was wrong before a change and is not after it, wherever that is.

        Args:
            overlay: the change.
            before: the files before.
            after: the files after.

        Raises:
            InputError: a file is malformed, or pySHACL finds a shape faulty.
        """
        change = IncrementalPrefilter(overlay, self._compiled_shapes)
        found = self._validate_candidates(before, change.find_candidates_before())
        wrong = _collect_focus_nodes(found)
        return (
            found.without_known(self._validate_candidates(after, change.find_candidates_after(wrong)))
            if wrong
            else found
        )

    def _validate_candidates(self, data: Dataset, screened: PrefilterResult) -> ValidationReport:
        """Let pySHACL judge what was flagged."""
        findings: tuple[Finding, ...] = ()
        if screened.candidates:
            self._progress(f"judging {sum(map(len, screened.candidates.values()))} focus nodes")
            lines = screened.relevant_triples
            statements = data.parse_quads() if lines is None else ox.parse(lines, ox.RdfFormat.N_TRIPLES)
            with silence_logging():
                rules, graph = restrict_shapes(self._shapes.parse_quads(), screened), to_rdflib(statements)
                findings = self._collect_findings(graph, rules, data)
        return _build_report(findings, screened, self._prefixes)

    def _collect_findings(
        self, data: rdflib.Graph, shapes: rdflib.Graph, files: Dataset
    ) -> tuple[Finding, ...]:
        from rdflib import BNode, URIRef

        from msme_kg.shacl.report_reader import ReportReader
        from msme_kg.storage.source_map import SourceMap

        try:
            with _index_in_background(files):
                report = run_pyshacl(data, shapes)
        except Exception as error:  # noqa: BLE001 (pySHACL raises many kinds on shapes that it cannot read)
            what = " ".join(str(error).split()) or type(error).__name__
            odd = [(key, f"{reason}: {what}") for key, reason in self._compiled_shapes.unsupported.items()]
            raise self._build_error(*(odd[0] if odd else (None, f"faulty: {what}"))) from None
        positions = SourceMap(files)
        named = (URIRef(f"{SHACL}focusNode"), URIRef(f"{SHACL}value"))
        if any(isinstance(one, BNode) for name in named for one in report.objects(None, name)):
            positions.register_bnodes(list(files.parse_quads()))
        aims = (shape.targets.objects_of for shape in self._compiled_shapes.shapes.values())
        pointing = {one.value for among in aims for one in among}
        reader = ReportReader(report, shapes, positions, self._prefixes, pointing)
        within = set(report.objects(None, URIRef(f"{SHACL}detail")))
        results = report.subjects(URIRef(f"{RDF}type"), URIRef(f"{SHACL}ValidationResult"))
        return tuple(reader.read_finding(result) for result in results if result not in within)


@contextmanager
def _index_in_background(files: Dataset) -> Iterator[None]:
    """Have a process of its own prepare for telling lines of large files, done when this is left."""
    if count_usable_cpus() < 2 or sum(len(file.content) for file in files.files) < MIN_PARALLEL_BYTES:
        yield
        return
    with ForkedWorker(partial(_build_source_map, files)) as beside:
        yield
        beside.read_result()


def _build_source_map(files: Dataset) -> list[bytes]:
    from msme_kg.storage.source_map import SourceMap

    SourceMap(files).index()
    return []


def _collect_focus_nodes(report: ValidationReport) -> set[Term]:
    return {one.focus_node for one in report.findings if one.focus_node is not None}


def _build_report(
    findings: Iterable[Finding], screened: PrefilterResult, prefixes: PrefixMap
) -> ValidationReport:
    unscreened = tuple(
        sorted((_format_shape_name(key, prefixes), reason) for key, reason in screened.unsupported)
    )
    return ValidationReport.from_findings(
        findings, screened.shape_count, screened.focus_node_count, unscreened
    )


def _format_shape_name(key: ShapeNode | None, prefixes: PrefixMap) -> str:
    return prefixes.shorten(key.value) or key.value if isinstance(key, ox.NamedNode) else "a shape"
