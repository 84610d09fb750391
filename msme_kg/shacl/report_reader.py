"""Validation results from the graph of a validation report (SHACL §3.6), such as that of pySHACL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.namespaces import SHACL
from msme_kg.shacl.model import Path, Term
from msme_kg.shacl.shape_parser import ShapeParser
from msme_kg.shacl.shapes_graph import ShapesGraph, UnsupportedShapeError
from msme_kg.shacl.validation_results import ValidationResult

BOUND_MESSAGE = "urn:msme-kg:bound-message"
"""The datatype of a message template with its bindings, as JSON; see ``pyshacl_patches``."""
_TERM_CLASSES = {"URIRef": ox.NamedNode, "BNode": ox.BlankNode, "Literal": ox.Literal}


def read_report(report: Iterable[ox.Quad]) -> Iterator[ValidationResult]:
    """Yield the results of a report, those of ``sh:detail`` within their results."""
    graph = ShapesGraph(report)
    nodes = [
        node
        for node in list(graph.triples_by_subject)
        if ox.NamedNode(f"{SHACL}ValidationResult") in graph.list_types(node)
    ]
    details = {detail for node in nodes for detail in graph.list_values(node, "detail")}
    for node in nodes:
        if node not in details:
            yield _read_result(graph, node)


def _read_result(graph: ShapesGraph, node: Term) -> ValidationResult:
    def get(name: str) -> Term | None:
        return next(iter(graph.list_values(node, name)), None)

    path, component, severity = get("resultPath"), get("sourceConstraintComponent"), get("resultSeverity")
    bindings: dict[str, Term] = {}
    messages: list[Term] = []
    for message in graph.list_values(node, "resultMessage"):
        if isinstance(message, ox.Literal) and message.datatype.value == BOUND_MESSAGE:
            terms = json.loads(message.value)[1]
            bindings |= {name: _TERM_CLASSES[kind](text) for name, (kind, text) in terms.items()}
        elif isinstance(message, ox.Literal):
            messages.append(message)
    return ValidationResult(
        focus_node=get("focusNode"),  # type: ignore[arg-type]  # pySHACL writes one
        shape=get("sourceShape"),  # type: ignore[arg-type]  # likewise
        component=component.value if component is not None else "",
        severity=severity.value if severity is not None else "",
        path=_read_path(graph, path) if path is not None else None,
        value=get("value"),
        constraint=get("sourceConstraint"),
        bindings=bindings,
        messages=tuple(messages),
        details=tuple(_read_result(graph, detail) for detail in graph.list_values(node, "detail")),
    )


def _read_path(graph: ShapesGraph, node: Term) -> Path | None:
    try:
        return ShapeParser(graph, ox.BlankNode(), is_property=True).parse_path(node)
    except UnsupportedShapeError:  # pySHACL reads some forms that are not well-formed
        return None
