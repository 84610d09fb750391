"""SHACL validation by the compiled shapes, and by pySHACL for shapes that the compiler does not support."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pyoxigraph as ox

from msme_kg.errors import InputError, SafetyError, to_printable
from msme_kg.namespaces import PrefixMap
from msme_kg.shacl.compiled_json import dumps, loads
from msme_kg.shacl.compiled_shapes import load_compiled_shapes
from msme_kg.shacl.finding_builder import FindingBuilder
from msme_kg.shacl.model import ShapeNode, Term
from msme_kg.shacl.pyshacl_runner import restrict_shapes, run_pyshacl
from msme_kg.shacl.report import Finding, ValidationReport
from msme_kg.shacl.shapes_graph import SERVICE_REFUSED, ShapesGraph
from msme_kg.shacl.validation_results import Evaluation, ValidationResult
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.source_map import SourceMap

if TYPE_CHECKING:
    from msme_kg.shacl.change_overlay import ChangeOverlay
    from msme_kg.shacl.indexed_graph import IndexedGraph

Progress = Callable[[str], None]
_MAX_FINDINGS = 10_000
"""Number of findings up to which the report is cached; of more, only the shorter evaluation is."""


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
        load = partial(self.load_graph, prefetched) if prefetched is not None else None
        byte_count = sum(file.size for file in prefetched.files) if prefetched is not None else 0
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

    def validate(self, data: Dataset, *, use_pyshacl: bool = False) -> ValidationReport:
        """Return the validation report of a data graph.

        Args:
            data: the files of the data graph, with the subclass axioms (SHACL §1.5).
            use_pyshacl: let pySHACL validate all shapes.

        Raises:
            InputError: a file is malformed, or pySHACL cannot process a shape.
        """
        if use_pyshacl:
            self._progress("validating")
            results = self._run_pyshacl(data, self._shapes.parse_quads())
            targets = [shape for shape in self._compiled_shapes.shapes.values() if shape.targets]
            return self._build_report(Evaluation(tuple(results), {}, len(targets), 0), data)
        stored = self._recall(data)
        if isinstance(stored, ValidationReport):
            return stored
        if stored is not None:
            return self._build_report(stored, data)
        from msme_kg.shacl.graph_evaluation import evaluate_graph

        graph = self.load_graph(data)
        self._progress("validating")
        evaluation = evaluate_graph(graph, self._compiled_shapes)
        graph.store_regex_results()
        report = self._build_report(evaluation, data)
        is_short = not evaluation.undecided and len(report.findings) <= _MAX_FINDINGS
        parts = {"json": dumps(report if is_short else evaluation)}
        cache.store("results", self._compute_cache_key(data), parts)
        return report

    def prefetch(self, data: Dataset) -> None:
        """Load the data graph that is to be validated next, unless its results are in the cache.

        Raises:
            InputError: a file is malformed.
        """
        if self._recall(data) is None:
            self.load_graph(data)

    def load_graph(self, data: Dataset) -> IndexedGraph:
        """Return the indexed graph of some files; the last one is kept.

        Raises:
            InputError: a file is malformed.
        """
        if self._graph is None or self._graph.key != data.key:
            from msme_kg.shacl.indexed_graph import IndexedGraph  # cached results do not wait for NumPy

            self._progress("reading")
            self._graph = IndexedGraph.load(data)
        return self._graph

    def _compute_cache_key(self, data: Dataset) -> str:
        return cache.compute_cache_key(data.key, self._shapes.key, repr(dict(self._prefixes)))

    def _recall(self, data: Dataset) -> Evaluation | ValidationReport | None:
        """Return the report of a data graph from the cache, or its evaluation; None if neither is there."""
        hint = cast(Any, Evaluation | ValidationReport)
        key = self._compute_cache_key(data)
        return cache.load("results", key, lambda parts: loads(bytes(parts["json"]), hint))

    def find_introduced(self, overlay: ChangeOverlay, before: Dataset, after: Dataset) -> ValidationReport:
        """Return the findings that a change introduces anywhere; only nodes that it can affect are validated.

        Args:
            overlay: the change.
            before: the files before the change.
            after: the files after the change.

        Raises:
            InputError: a file is malformed, or pySHACL cannot process a shape.
        """
        from msme_kg.shacl.graph_evaluation import IncrementalEvaluation

        evaluation = IncrementalEvaluation(overlay, self._compiled_shapes)
        self._progress("validating")
        report = self._build_report(evaluation.evaluate_after(), after)
        focus_nodes = _collect_focus_nodes(report)
        if not focus_nodes:
            return report
        return report.without_known(self._build_report(evaluation.evaluate_before(focus_nodes), before))

    def find_resolved(self, overlay: ChangeOverlay, before: Dataset, after: Dataset) -> ValidationReport:
        """Return the findings that a change resolves anywhere.

        Args:
            overlay: the change.
            before: the files before the change.
            after: the files after the change.

        Raises:
            InputError: a file is malformed, or pySHACL cannot process a shape.
        """
        from msme_kg.shacl.graph_evaluation import IncrementalEvaluation

        evaluation = IncrementalEvaluation(overlay, self._compiled_shapes)
        report = self._build_report(evaluation.evaluate_before(), before)
        focus_nodes = _collect_focus_nodes(report)
        if not focus_nodes:
            return report
        return report.without_known(self._build_report(evaluation.evaluate_after(focus_nodes), after))

    def _build_report(self, evaluation: Evaluation, data: Dataset) -> ValidationReport:
        """Return the report of an evaluation; pySHACL validates what it leaves undecided."""
        results = list(evaluation.results)
        if evaluation.undecided:
            count = sum(map(len, evaluation.undecided.values()))
            self._progress(f"validating {count} focus nodes by pySHACL")
            shapes = restrict_shapes(self._shapes.parse_quads(), evaluation.undecided)
            results += self._run_pyshacl(data, shapes)
        findings: list[Finding] = []
        if results:
            targets = (shape.targets.objects_of for shape in self._compiled_shapes.shapes.values())
            builder = FindingBuilder(
                ShapesGraph(self._shapes.parse_quads()),
                SourceMap(data, len(results)),
                self._prefixes,
                {predicate.value for predicates in targets for predicate in predicates},
            )
            findings = [builder.build(result) for result in results]
        unsupported = self._compiled_shapes.unsupported
        left = ((shape, unsupported[shape]) for shape in evaluation.undecided)
        return replace(
            ValidationReport.from_findings(findings),
            shape_count=evaluation.shape_count,
            focus_node_count=evaluation.focus_node_count,
            shapes_for_pyshacl=self._name_shapes(left),
            ignored_properties=self._name_shapes(self._compiled_shapes.ignored),
        )

    def _name_shapes(self, shapes: Iterable[tuple[ShapeNode, str]]) -> tuple[tuple[str, str], ...]:
        return tuple(sorted({(_format_shape_name(shape, self._prefixes), text) for shape, text in shapes}))

    def _run_pyshacl(self, data: Dataset, shapes: Iterable[ox.Quad]) -> list[ValidationResult]:
        """Return the results of pySHACL."""
        try:
            return run_pyshacl(data.parse_quads(), shapes)
        except Exception as error:  # noqa: BLE001 (pySHACL raises many types for unreadable shapes)
            raise self._build_pyshacl_error(error) from None

    def _build_pyshacl_error(self, error: Exception) -> InputError | SafetyError:
        """Return an exception of pySHACL as the error of the first shape that only it can evaluate."""
        text = " ".join(str(getattr(error, "message", error)).split()) or type(error).__name__
        for shape, reason in self._compiled_shapes.unsupported.items():
            return self._build_error(shape, text if text == SERVICE_REFUSED else f"{reason}: {text}")
        return self._build_error(None, f"faulty: {text}")


def _collect_focus_nodes(report: ValidationReport) -> set[Term]:
    return {finding.focus_node for finding in report.findings if finding.focus_node is not None}


def _format_shape_name(shape: ShapeNode | None, prefixes: PrefixMap) -> str:
    return prefixes.shorten(shape.value) or shape.value if isinstance(shape, ox.NamedNode) else "a shape"
