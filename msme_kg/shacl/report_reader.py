"""Findings from the RDF graph of a validation report (SHACL §3.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.errors import SourceLocation
from msme_kg.namespaces import RDF, SHACL, PrefixMap
from msme_kg.rdf.terms import Term
from msme_kg.shacl.rdflib_bridge import from_rdflib
from msme_kg.shacl.report import Finding
from msme_kg.shacl.result_messages import ResultMessages
from msme_kg.storage.source_map import SourceMap

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

_UNARY_PATHS = (
    ("inversePath", "^", ""),
    ("zeroOrMorePath", "", "*"),
    ("oneOrMorePath", "", "+"),
    ("zeroOrOnePath", "", "?"),
)
_MAX_OWNER_DEPTH = 20
"""The number of levels above a blank shape to search for an IRI."""

_SEVERITIES = {f"{SHACL}Violation": "violation", f"{SHACL}Warning": "warning", f"{SHACL}Info": "info"}


class ReportReader:
    """Converts the results of a validation report to findings."""

    def __init__(
        self,
        report: rdflib.Graph,
        shapes: rdflib.Graph,
        source_map: SourceMap,
        prefixes: PrefixMap,
        target_objects_of: Iterable[str] = (),
    ) -> None:
        """Prepare for a report.

        Args:
            report: the validation report.
            shapes: the shapes graph.
            source_map: the source locations of the data graph.
            prefixes: abbreviates paths and constraint components.
            target_objects_of: the predicates of objects-of targets (SHACL §2.1.3.5).
        """
        self._report = report
        self._shapes = shapes
        self._source_map = source_map
        self._prefixes = prefixes
        self._messages = ResultMessages(report, shapes, prefixes)
        self._target_objects_of = sorted(target_objects_of)

    def _read_value(self, subject: Node, name: str) -> Node | None:
        from rdflib import URIRef

        return self._report.value(subject, URIRef(f"{SHACL}{name}"))

    def read_finding(self, result: Node) -> Finding:
        """Return a validation result, with its details, as a finding."""
        from rdflib import URIRef

        path, shape = self._read_value(result, "resultPath"), self._read_value(result, "sourceShape")
        focus, value = (
            from_rdflib(self._read_value(result, "focusNode")),
            from_rdflib(self._read_value(result, "value")),
        )
        path_text = self._format_path(path) if path is not None else ""
        component = str(self._read_value(result, "sourceConstraintComponent"))
        message, rule_message = self._messages.build_messages(result, path_text)
        details = (
            self.read_finding(detail) for detail in self._report.objects(result, URIRef(f"{SHACL}detail"))
        )
        return Finding(
            severity=_SEVERITIES.get(str(self._read_value(result, "resultSeverity")), "violation"),
            message=message,
            shape=self._format_shape(shape),
            focus_node=focus,
            path=path_text,
            value=value,
            constraint_component=self._prefixes.shorten(component) or component,
            location=self._locate_result(focus, path, value),
            details=tuple(sorted(details, key=Finding.compute_identity)),
            rule_message=rule_message,
        )

    def _locate_result(
        self, focus: Term | None, path: Node | None, value: Term | None
    ) -> SourceLocation | None:
        """Return the location of the triple by which a path leaves the focus node, else of the focus node."""
        if focus is None or isinstance(focus, ox.Literal):
            return self._locate_as_object(focus)
        steps = list(self._find_first_steps(path)) if path is not None else []
        location: SourceLocation | None = None
        for predicate, inverse, is_whole in steps:
            if is_whole and value is not None and not (inverse and isinstance(value, ox.Literal)):
                ends = (value, focus) if inverse else (focus, value)
                location = location or self._source_map.locate_triple(ends[0], predicate, ends[1])  # type: ignore[arg-type]  # the subject is not a literal
        for predicate, inverse, _ in steps:
            if location is None and inverse:
                location = self._source_map.locate_object(focus, predicate)
            elif location is None:
                location = self._source_map.locate_triple(focus, predicate)
        return location or self._source_map.locate(focus) or self._locate_as_object(focus)

    def _locate_as_object(self, focus: Term | None) -> SourceLocation | None:
        """Return a location where a node is an object, of an objects-of target if possible."""
        if focus is None:
            return None
        predicates = (*self._target_objects_of, None)
        locations = (self._source_map.locate_object(focus, predicate) for predicate in predicates)
        return next(filter(None, locations), None)

    def _find_first_steps(self, path: Node, inverse: bool = False) -> Iterator[tuple[str, bool, bool]]:
        """Yield the first steps of a path: the predicate, if it is inverse, and if it is the whole path."""
        from rdflib import URIRef
        from rdflib.collection import Collection

        if isinstance(path, URIRef):
            yield str(path), inverse, True
            return
        for name, before, _ in _UNARY_PATHS:
            inner = self._read_value(path, name)
            if inner is not None:
                yield from self._find_first_steps(inner, inverse != bool(before))
                return
        alternative = self._read_value(path, "alternativePath")
        members = list(Collection(self._report, path if alternative is None else alternative))
        if alternative is not None:
            for member in members:
                yield from self._find_first_steps(member, inverse)
        elif members:
            for predicate, backwards, _ in self._find_first_steps(members[-1 if inverse else 0], inverse):
                yield predicate, backwards, False

    def _format_shape(self, shape: Node | None) -> str:
        """Return the IRI of a shape; of a blank shape the IRI of its owner and the path."""
        from rdflib import BNode, URIRef

        path = self._shapes.value(shape, URIRef(f"{SHACL}path")) if shape is not None else None
        owner = shape
        for _ in range(_MAX_OWNER_DEPTH):
            if not isinstance(owner, BNode):
                break
            owner = next(iter(self._shapes.subjects(None, owner)), None)
        if owner == shape or owner is None or isinstance(owner, BNode):
            return "" if owner is None or isinstance(owner, BNode) else str(owner)
        within = self._format_path(path, self._shapes) if path is not None else ""
        return f"{owner} {within}".strip()

    def _format_path(self, path: Node, graph: rdflib.Graph | None = None) -> str:
        """Return a property path of the report, or of another graph, in SPARQL syntax (SPARQL 1.1 §9.1)."""
        from rdflib import URIRef
        from rdflib.collection import Collection

        if isinstance(path, URIRef):
            return self._prefixes.shorten(str(path)) or f"<{path}>"
        graph = self._report if graph is None else graph
        for name, before, after in _UNARY_PATHS:
            inner = graph.value(path, URIRef(f"{SHACL}{name}"))
            if inner is not None:
                text = self._format_path(inner, graph)
                return f"{before}{text if isinstance(inner, URIRef) else f'({text})'}{after}"
        alternative = graph.value(path, URIRef(f"{SHACL}alternativePath"))
        members = Collection(graph, path if alternative is None else alternative)
        return ("/" if alternative is None else "|").join(
            self._format_member_path(member, graph) for member in members
        )

    def _format_member_path(self, path: Node, graph: rdflib.Graph) -> str:
        """Return a member of a sequence or alternative path, in parentheses if it is such a path itself."""
        text = self._format_path(path, graph)
        return f"({text})" if _is_list(path, graph) else text


def _is_list(path: Node, graph: rdflib.Graph) -> bool:
    from rdflib import URIRef

    return any(
        graph.value(path, URIRef(iri)) is not None for iri in (f"{RDF}first", f"{SHACL}alternativePath")
    )
