"""What a validation report says, as findings: places, messages and paths as people write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.errors import Place
from msme_kg.namespaces import RDF, SHACL, Prefixes
from msme_kg.rdf.terms import Term
from msme_kg.shacl.rdflib_bridge import from_rdflib
from msme_kg.shacl.report import Finding
from msme_kg.shacl.result_messages import Messages
from msme_kg.storage.source_map import Positions

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

_PATHS = (
    ("inversePath", "^", ""),
    ("zeroOrMorePath", "", "*"),
    ("oneOrMorePath", "", "+"),
    ("zeroOrOnePath", "", "?"),
)
_CLIMB = 20
"""How far up the owner of a shape without IRI is looked for."""

_SEVERITIES = {f"{SHACL}Violation": "violation", f"{SHACL}Warning": "warning", f"{SHACL}Info": "info"}


class ReportReader:
    """Reads the results of a report."""

    def __init__(
        self,
        report: rdflib.Graph,
        shapes: rdflib.Graph,
        positions: Positions,
        prefixes: Prefixes,
        pointing: Iterable[str] = (),
    ) -> None:
        """Take a report.

        Args:
            report: the report.
            shapes: the shapes that it speaks of.
            positions: where the data stand.
            prefixes: for paths and components.
            pointing: the properties whose objects are targets.
        """
        from rdflib import URIRef

        self._report = report
        self._shapes = shapes
        self._positions = positions
        self._prefixes = prefixes
        self._messages = Messages(report, shapes, prefixes)
        positions.expect(sum(1 for _ in report.subjects(URIRef(f"{SHACL}focusNode"))))
        self._pointing = sorted(pointing)

    def _one(self, subject: Node, name: str) -> Node | None:
        from rdflib import URIRef

        return self._report.value(subject, URIRef(f"{SHACL}{name}"))

    def finding(self, result: Node) -> Finding:
        """Return a result, with those within it, as a finding."""
        from rdflib import URIRef

        path, shape = self._one(result, "resultPath"), self._one(result, "sourceShape")
        focus, value = from_rdflib(self._one(result, "focusNode")), from_rdflib(self._one(result, "value"))
        written = self._path(path) if path is not None else ""
        component = str(self._one(result, "sourceConstraintComponent"))
        message, asked = self._messages.of(result, written)
        return Finding(
            severity=_SEVERITIES.get(str(self._one(result, "resultSeverity")), "violation"),
            message=message,
            shape=self._shape(shape),
            focus=focus,
            path=written,
            value=value,
            constraint=self._prefixes.shorten(component) or component,
            place=self._place(focus, path, value),
            reasons=tuple(
                sorted(
                    (self.finding(one) for one in self._report.objects(result, URIRef(f"{SHACL}detail"))),
                    key=Finding.same_as,
                )
            ),
            asked=asked,
        )

    def _place(self, focus: Term | None, path: Node | None, value: Term | None) -> Place | None:
        """Return the line of the statement that a path begins with at the focus, else that of the focus."""
        if focus is None or isinstance(focus, ox.Literal):
            return self._pointed(focus)
        steps = list(self._first(path)) if path is not None else []
        found: Place | None = None
        for predicate, inverse, is_whole in steps:
            if is_whole and value is not None and not (inverse and isinstance(value, ox.Literal)):
                ends = (value, focus) if inverse else (focus, value)
                found = found or self._positions.stated(ends[0], predicate, ends[1])  # type: ignore[arg-type]  # the subject is no literal
        for predicate, inverse, _ in steps:
            if found is None and inverse:
                found = self._positions.valued(focus, predicate)
            elif found is None:
                found = self._positions.stated(focus, predicate)
        return found or self._positions.place(focus) or self._pointed(focus)

    def _pointed(self, focus: Term | None) -> Place | None:
        """Return where a node is the object, by one of the properties whose objects are targets if it can."""
        if focus is None:
            return None
        places = (self._positions.valued(focus, predicate) for predicate in (*self._pointing, None))
        return next((place for place in places if place), None)

    def _first(self, path: Node, inverse: bool = False) -> Iterator[tuple[str, bool, bool]]:
        """Yield the steps that a path may begin with: predicate, whether backwards, whether it is all."""
        from rdflib import URIRef
        from rdflib.collection import Collection

        if isinstance(path, URIRef):
            yield str(path), inverse, True
            return
        for name, before, _ in _PATHS:
            inner = self._one(path, name)
            if inner is not None:
                yield from self._first(inner, inverse != bool(before))
                return
        alternative = self._one(path, "alternativePath")
        members = list(Collection(self._report, path if alternative is None else alternative))
        if alternative is not None:
            for member in members:
                yield from self._first(member, inverse)
        elif members:
            for predicate, backwards, _ in self._first(members[-1 if inverse else 0], inverse):
                yield predicate, backwards, False

    def _shape(self, shape: Node | None) -> str:
        """Return the IRI of a shape; one without is named by the shape that it belongs to and its path."""
        from rdflib import BNode, URIRef

        path = self._shapes.value(shape, URIRef(f"{SHACL}path")) if shape is not None else None
        owner = shape
        for _ in range(_CLIMB):
            if not isinstance(owner, BNode):
                break
            owner = next(iter(self._shapes.subjects(None, owner)), None)
        if owner == shape or owner is None or isinstance(owner, BNode):
            return "" if owner is None or isinstance(owner, BNode) else str(owner)
        within = self._path(path, self._shapes) if path is not None else ""
        return f"{owner} {within}".strip()

    def _path(self, path: Node, graph: rdflib.Graph | None = None) -> str:
        """Return a property path as SPARQL writes it; it stands in the report or in another graph."""
        from rdflib import URIRef
        from rdflib.collection import Collection

        if isinstance(path, URIRef):
            return self._prefixes.shorten(str(path)) or f"<{path}>"
        graph = self._report if graph is None else graph
        for name, before, after in _PATHS:
            inner = graph.value(path, URIRef(f"{SHACL}{name}"))
            if inner is not None:
                text = self._path(inner, graph)
                return f"{before}{text if isinstance(inner, URIRef) else f'({text})'}{after}"
        alternative = graph.value(path, URIRef(f"{SHACL}alternativePath"))
        members = Collection(graph, path if alternative is None else alternative)
        return ("/" if alternative is None else "|").join(self._step(member, graph) for member in members)

    def _step(self, path: Node, graph: rdflib.Graph) -> str:
        """Return a path within a list of paths, in parentheses where it is such a list itself."""
        text = self._path(path, graph)
        return f"({text})" if _is_list(path, graph) else text


def _is_list(path: Node, graph: rdflib.Graph) -> bool:
    from rdflib import URIRef

    return any(
        graph.value(path, URIRef(iri)) is not None for iri in (f"{RDF}first", f"{SHACL}alternativePath")
    )
