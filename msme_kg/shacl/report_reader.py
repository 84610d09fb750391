"""What a validation report says, as findings: places, messages and paths as people write them."""

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
"""How far up the owner of a shape without IRI is looked for."""

_SEVERITIES = {f"{SHACL}Violation": "violation", f"{SHACL}Warning": "warning", f"{SHACL}Info": "info"}


class ReportReader:
    """Reads the results of a report."""

    def __init__(
        self,
        report: rdflib.Graph,
        shapes: rdflib.Graph,
        source_map: SourceMap,
        prefixes: PrefixMap,
        target_objects_of: Iterable[str] = (),
    ) -> None:
        """Take a report.

        Args:
            report: the report.
            shapes: the shapes that it speaks of.
            source_map: where the data stand.
            prefixes: for paths and components.
            target_objects_of: the properties whose objects are targets.
        """
        from rdflib import URIRef

        self._report = report
        self._shapes = shapes
        self._source_map = source_map
        self._prefixes = prefixes
        self._messages = ResultMessages(report, shapes, prefixes)
        source_map.prepare_for(sum(1 for _ in report.subjects(URIRef(f"{SHACL}focusNode"))))
        self._target_objects_of = sorted(target_objects_of)

    def _read_value(self, subject: Node, name: str) -> Node | None:
        from rdflib import URIRef

        return self._report.value(subject, URIRef(f"{SHACL}{name}"))

    def read_finding(self, result: Node) -> Finding:
        """Return a result, with those within it, as a finding."""
        from rdflib import URIRef

        path, shape = self._read_value(result, "resultPath"), self._read_value(result, "sourceShape")
        focus, value = (
            from_rdflib(self._read_value(result, "focusNode")),
            from_rdflib(self._read_value(result, "value")),
        )
        written = self._format_path(path) if path is not None else ""
        component = str(self._read_value(result, "sourceConstraintComponent"))
        message, asked = self._messages.build_messages(result, written)
        return Finding(
            severity=_SEVERITIES.get(str(self._read_value(result, "resultSeverity")), "violation"),
            message=message,
            shape=self._format_shape(shape),
            focus_node=focus,
            path=written,
            value=value,
            constraint_component=self._prefixes.shorten(component) or component,
            location=self._locate_result(focus, path, value),
            details=tuple(
                sorted(
                    (
                        self.read_finding(one)
                        for one in self._report.objects(result, URIRef(f"{SHACL}detail"))
                    ),
                    key=Finding.compute_identity,
                )
            ),
            rule_message=asked,
        )

    def _locate_result(
        self, focus: Term | None, path: Node | None, value: Term | None
    ) -> SourceLocation | None:
        """Return the line of the statement that a path begins with at the focus, else that of the focus."""
        if focus is None or isinstance(focus, ox.Literal):
            return self._locate_as_object(focus)
        steps = list(self._find_first_steps(path)) if path is not None else []
        found: SourceLocation | None = None
        for predicate, inverse, is_whole in steps:
            if is_whole and value is not None and not (inverse and isinstance(value, ox.Literal)):
                ends = (value, focus) if inverse else (focus, value)
                found = found or self._source_map.locate_triple(ends[0], predicate, ends[1])  # type: ignore[arg-type]  # the subject is no literal
        for predicate, inverse, _ in steps:
            if found is None and inverse:
                found = self._source_map.locate_object(focus, predicate)
            elif found is None:
                found = self._source_map.locate_triple(focus, predicate)
        return found or self._source_map.locate(focus) or self._locate_as_object(focus)

    def _locate_as_object(self, focus: Term | None) -> SourceLocation | None:
        """Return where a node is the object, by one of the properties whose objects are targets if it can."""
        if focus is None:
            return None
        places = (
            self._source_map.locate_object(focus, predicate) for predicate in (*self._target_objects_of, None)
        )
        return next((place for place in places if place), None)

    def _find_first_steps(self, path: Node, inverse: bool = False) -> Iterator[tuple[str, bool, bool]]:
        """Yield the steps that a path may begin with: predicate, whether backwards, whether it is all."""
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
        """Return the IRI of a shape; one without is named by the shape that it belongs to and its path."""
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
        """Return a property path as SPARQL writes it; it stands in the report or in another graph."""
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
        """Return a path within a list of paths, in parentheses where it is such a list itself."""
        text = self._format_path(path, graph)
        return f"({text})" if _is_list(path, graph) else text


def _is_list(path: Node, graph: rdflib.Graph) -> bool:
    from rdflib import URIRef

    return any(
        graph.value(path, URIRef(iri)) is not None for iri in (f"{RDF}first", f"{SHACL}alternativePath")
    )
