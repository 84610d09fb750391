"""Compiler from a shapes graph to shapes that the evaluator supports."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.errors import find_close_matches
from msme_kg.namespaces import RDFS, SHACL
from msme_kg.shacl.constraint_parsers import CONSTRAINT_PARSERS
from msme_kg.shacl.model import CompiledShapes, Shape, ShapeNode, Term
from msme_kg.shacl.shape_parser import ShapeParser
from msme_kg.shacl.shapes_graph import TYPE, IllFormedShapeError, ShapesGraph, UnsupportedShapeError
from msme_kg.shacl.sparql_constraints import parse_sparql_constraint

_MAX_SHAPE_DEPTH = 50
"""The nesting of shapes that is evaluated; more would be an attack on the stack."""
_NON_CONSTRAINT_PROPERTIES = frozenset(
    [
        *("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "path", "deactivated"),
        *("severity", "message", "name", "description", "order", "group", "defaultValue", "flags"),
        *("ignoredProperties", "qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint"),
        *("prefixes", "declare", "shapesGraph", "suggestedShapesGraph", "entailment", "sparql"),
    ]
)
_SHACL_AF_PROPERTIES = frozenset(["js", "target", "rule", "expression", "values"])


def compile_shapes(quads: Iterable[ox.Quad]) -> CompiledShapes:
    """Compile the shapes of a shapes graph (SHACL §3.1).

    Args:
        quads: the shapes graph.
    """
    graph = ShapesGraph(quads)
    nodes = graph.find_shapes((*CONSTRAINT_PARSERS, "sparql"))
    errors = list(graph.errors)
    unsupported: dict[ShapeNode, str] = {}
    ignored: list[tuple[ShapeNode, str]] = []
    shapes: dict[ShapeNode, Shape] = {}
    for node in nodes:
        try:
            ignored += ((node, f"sh:{name}") for name in _list_unknown(graph, node))
            shapes[node] = _compile_shape(graph, node)
        except UnsupportedShapeError as error:
            unsupported[node] = str(error)
            if isinstance(error, IllFormedShapeError):
                errors.append((node, str(error)))
            shapes[node] = Shape(node, None, (), graph.read_targets(node))
    reason = _explain_unsupported_graph(graph, errors)
    if reason:
        unsupported.update({node: reason for node in nodes if node not in unsupported})
    _propagate_unsupported(CompiledShapes(shapes), unsupported, errors)
    return CompiledShapes(shapes, unsupported, tuple(errors), tuple(ignored))


def _explain_unsupported_graph(graph: ShapesGraph, errors: list[tuple[ShapeNode | None, str]]) -> str:
    """Return the reason why no shape of a graph is supported, or an empty string."""
    if errors and any(reason for _, reason in graph.errors):
        return "the shapes graph is faulty"
    component = ox.NamedNode(f"{SHACL}ConstraintComponent")
    classes: set[Term] = {component}
    for subject, properties in graph.triples_by_subject.items():
        if component in properties.get(f"{RDFS}subClassOf", ()):
            classes.add(subject)
    for subject, properties in graph.triples_by_subject.items():
        is_builtin = isinstance(subject, ox.NamedNode) and subject.value.startswith(SHACL)
        if classes & set(properties.get(TYPE, ())) and not is_builtin:
            return "the shapes graph has constraint components of its own"  # SHACL §6
    return ""


def _propagate_unsupported(
    shapes: CompiledShapes, unsupported: dict[ShapeNode, str], errors: list[tuple[ShapeNode | None, str]]
) -> None:
    """Mark recursive and deeply nested shapes as unsupported (SHACL §3.4.3), and all that refer to such."""
    depths: dict[ShapeNode, int] = {}

    def compute_depth(node: ShapeNode, ancestors: tuple[ShapeNode, ...]) -> int:
        if node in ancestors:
            if node not in unsupported:
                unsupported[node] = "the shape is recursive"
                references = shapes.shapes[node].list_references(direct_only=True)
                if any(node in shapes.find_reachable(other, direct_only=True) for other in references):
                    errors.append((node, unsupported[node]))
            return 0
        if node not in depths:
            references = shapes.shapes[node].list_references()
            inner_depths = (compute_depth(other, (*ancestors, node)) for other in references)
            depths[node] = 1 + max(inner_depths, default=0)
        return depths[node]

    for node in shapes.shapes:
        try:
            depth = compute_depth(node, ())
        except RecursionError:
            depth = _MAX_SHAPE_DEPTH + 1
        if depth > _MAX_SHAPE_DEPTH:
            unsupported.setdefault(node, "the shapes are nested too deep")
    reasons = dict(unsupported)
    if reasons:
        for node in shapes.shapes.keys() - reasons.keys():
            for other in shapes.find_reachable(node) & reasons.keys():
                unsupported[node] = f"it uses an unsupported shape: {reasons[other]}"


def _list_unknown(graph: ShapesGraph, node: ShapeNode) -> list[str]:
    """Return the properties of SHACL's namespace that a shape has and SHACL does not, such as ``sh:intent``.

    Raises:
        IllFormedShapeError: one is that of an extension, or resembles one that SHACL has.
    """
    names = [name.removeprefix(SHACL) for name in graph.triples_by_subject[node] if name.startswith(SHACL)]
    known = _NON_CONSTRAINT_PROPERTIES | CONSTRAINT_PARSERS.keys()
    if node in graph.list_values(node, "sparql"):
        known |= {"select"}
    unknown = [name for name in names if name not in known]
    for name in unknown:
        if name in _SHACL_AF_PROPERTIES:
            raise IllFormedShapeError(f"sh:{name} is not supported")
        near = find_close_matches(name, known, 1, 0.75)
        if near:
            raise IllFormedShapeError(f"sh:{name} is not known: did you mean sh:{near[0]}?")
    return unknown


def _compile_shape(graph: ShapesGraph, node: ShapeNode) -> Shape:
    paths = graph.list_values(node, "path")
    properties = graph.triples_by_subject.get(node, ())
    names = [name.removeprefix(SHACL) for name in properties if name.startswith(SHACL)]
    parser = ShapeParser(graph, node, is_property=bool(paths))
    path = parser.parse_path(paths[0]) if paths else None
    deactivated = parser.parse_boolean("deactivated", has_numbers=False)  # SHACL §2.1.6
    parsers = (CONSTRAINT_PARSERS[name] for name in names if name in CONSTRAINT_PARSERS)
    constraints = tuple(constraint for parse in parsers for constraint in parse(parser))
    parser.reject_orphan_parameters()
    constraints += tuple(
        parse_sparql_constraint(graph, each, path) for each in graph.list_values(node, "sparql")
    )
    severity = parser.read_single_value("severity")
    return Shape(
        node,
        path,
        constraints,
        graph.read_targets(node),
        deactivated,
        severity.value if isinstance(severity, ox.NamedNode) else f"{SHACL}Violation",
    )
