"""What a validation report says, as findings: places, messages and paths as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.check.findings import Finding
from msme_kg.graph.order import Term
from msme_kg.graph.positions import Positions
from msme_kg.names import LANGUAGES, SHACL, Prefixes, language_tag

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
        self, report: rdflib.Graph, shapes: rdflib.Graph, positions: Positions, prefixes: Prefixes
    ) -> None:
        self._report = report
        self._shapes = shapes
        self._positions = positions
        self._prefixes = prefixes

    def _one(self, subject: Node, name: str) -> Node | None:
        from rdflib import URIRef

        return self._report.value(subject, URIRef(f"{SHACL}{name}"))

    def finding(self, result: Node) -> Finding:
        """Return a result, with those within it, as a finding."""
        from rdflib import URIRef

        path, shape = self._one(result, "resultPath"), self._one(result, "sourceShape")
        focus, value = _to_ox(self._one(result, "focusNode")), _to_ox(self._one(result, "value"))
        predicate = str(path) if isinstance(path, URIRef) else None
        place = None
        if isinstance(focus, ox.NamedNode):
            known = None if isinstance(value, ox.BlankNode) else value
            place = self._positions.place(focus.value, predicate, known)
        component = str(self._one(result, "sourceConstraintComponent"))
        return Finding(
            severity=_SEVERITIES.get(str(self._one(result, "resultSeverity")), "violation"),
            message=self._message(result, shape),
            shape=self._shape(shape),
            focus=focus,
            path=self._path(path) if path is not None else "",
            value=value,
            constraint=self._prefixes.shorten(component) or component,
            place=place,
            reasons=tuple(
                sorted(
                    (self.finding(one) for one in self._report.objects(result, URIRef(f"{SHACL}detail"))),
                    key=Finding.same_as,
                )
            ),
        )

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

    def _message(self, result: Node, shape: Node | None) -> Mapping[str, str]:
        """Return the message by language: as reported, else as the shape has it, since tags may be lost."""
        from rdflib import Literal, URIRef

        found: dict[str, str] = {}
        sources = [self._report.objects(result, URIRef(f"{SHACL}resultMessage"))]
        origins = [one for one in (self._one(result, "sourceConstraint"), shape) if one is not None]
        sources += [self._shapes.objects(one, URIRef(f"{SHACL}message")) for one in origins]
        for source in sources:
            for text in source:
                if isinstance(text, Literal):
                    found.setdefault(language_tag(text.language or ""), str(text))
        plain = next(iter(found.values()), "does not conform")
        return {language: found.get(language) or found.get("") or plain for language in LANGUAGES}

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
                return f"{before}{self._path(inner, graph)}{after}"
        alternative = graph.value(path, URIRef(f"{SHACL}alternativePath"))
        members = Collection(graph, path if alternative is None else alternative)
        return ("/" if alternative is None else "|").join(self._path(member, graph) for member in members)


def _to_ox(node: Node | None) -> Term | None:
    from rdflib import BNode, Literal, URIRef

    if isinstance(node, URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, BNode):
        return ox.BlankNode(f"b{node}")
    if isinstance(node, Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None)
    return None
