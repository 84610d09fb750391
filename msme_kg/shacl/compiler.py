"""From a shapes graph to shapes that run over columns."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.namespaces import RDFS, SHACL
from msme_kg.shacl.constraint_parsers import CONSTRAINT_PARSERS
from msme_kg.shacl.model import CompiledShapes, Shape, ShapeNode, Term
from msme_kg.shacl.shape_parser import ShapeParser
from msme_kg.shacl.shapes_graph import TYPE, IllFormedShapeError, ShapesGraph, UnsupportedShapeError
from msme_kg.shacl.sparql_constraints import parse_sparql_constraint

_MAX_SHAPE_DEPTH = 8
"""pySHACL gives up at 15; below this it surely does not."""
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
    """Return the shapes of a shapes graph, ready to run.

    Args:
        quads: the shapes graph.
    """
    source = ShapesGraph(quads)
    keys = source.find_shapes()
    errors = list(source.errors)
    unknown: dict[ShapeNode, str] = {}
    shapes: dict[ShapeNode, Shape] = {}
    for key in keys:
        try:
            shapes[key] = _compile_shape(source, key, errors)
        except UnsupportedShapeError as odd:
            unknown[key] = str(odd)
            if isinstance(odd, IllFormedShapeError):
                errors.append((key, str(odd)))
            shapes[key] = Shape(key, None, (), source.read_targets(key))
    whole = _explain_unsupported_graph(source, errors)
    if whole:
        unknown.update({key: whole for key in keys if key not in unknown})
    _propagate_unsupported(CompiledShapes(shapes), unknown, errors)
    return CompiledShapes(shapes, unknown, tuple(errors))


def _explain_unsupported_graph(source: ShapesGraph, errors: list[tuple[ShapeNode | None, str]]) -> str:
    """Return why no shape may be screened, if so."""
    if errors and any(reason for key, reason in source.errors):
        return "the shapes graph is faulty"
    component = ox.NamedNode(f"{SHACL}ConstraintComponent")
    kinds: set[Term] = {component}
    for one, halves in source.triples_by_subject.items():
        if component in halves.get(f"{RDFS}subClassOf", ()):
            kinds.add(one)
    for one, halves in source.triples_by_subject.items():
        if kinds & set(halves.get(TYPE, ())) and not (
            isinstance(one, ox.NamedNode) and one.value.startswith(SHACL)
        ):
            return "the shapes graph has constraint components of its own"
    return ""


def _propagate_unsupported(
    shapes: CompiledShapes, unknown: dict[ShapeNode, str], errors: list[tuple[ShapeNode | None, str]]
) -> None:
    """Note as unknown what runs an unknown, a recursive or a deep shape."""
    depths: dict[ShapeNode, int] = {}

    def compute_depth(key: ShapeNode, above: tuple[ShapeNode, ...]) -> int:
        if key in above:
            if key not in unknown:
                unknown[key] = "the shape is recursive"
                if any(
                    key in shapes.find_reachable(one, direct_only=True)
                    for one in shapes.shapes[key].list_references(direct_only=True)
                ):
                    errors.append((key, unknown[key]))
            return 0
        if key not in depths:
            inner = [compute_depth(one, (*above, key)) for one in shapes.shapes[key].list_references()]
            depths[key] = 1 + max(inner, default=0)
        return depths[key]

    for key in shapes.shapes:
        try:
            deep = compute_depth(key, ())
        except RecursionError:
            deep = _MAX_SHAPE_DEPTH + 1
        if deep > _MAX_SHAPE_DEPTH:
            unknown.setdefault(key, "the shapes are nested too deep")
    found = dict(unknown)
    if found:
        for key in shapes.shapes.keys() - found.keys():
            for one in shapes.find_reachable(key) & found.keys():
                unknown[key] = f"it uses a shape that goes to the judge: {found[one]}"


def _compile_shape(source: ShapesGraph, key: ShapeNode, errors: list[tuple[ShapeNode | None, str]]) -> Shape:
    paths = source.list_values(key, "path")
    names = [
        name.removeprefix(SHACL) for name in source.triples_by_subject.get(key, ()) if name.startswith(SHACL)
    ]
    for name in names:
        if name in _NON_CONSTRAINT_PROPERTIES or (
            name == "select" and source.list_values(key, "sparql").count(key)
        ):
            continue  # a shape may be its own SPARQL constraint
        if name not in CONSTRAINT_PARSERS:
            reason = (
                f"sh:{name} is not supported" if name in _SHACL_AF_PROPERTIES else f"sh:{name} is not known"
            )
            errors.append((key, reason))
            raise UnsupportedShapeError(reason)
    reader = ShapeParser(source, key, is_property=bool(paths))
    path = reader.parse_path(paths[0]) if paths else None
    deactivated = reader.parse_boolean("deactivated")
    checks = tuple(
        check for name in names if name in CONSTRAINT_PARSERS for check in CONSTRAINT_PARSERS[name](reader)
    )
    reader.reject_orphan_parameters()
    if paths and source.list_values(key, "sparql"):
        raise UnsupportedShapeError("it has a SPARQL constraint for a property")
    checks += tuple(parse_sparql_constraint(source, one) for one in source.list_values(key, "sparql"))
    return Shape(key, path, checks, source.read_targets(key), deactivated)
