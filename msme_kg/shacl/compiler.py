"""From a shapes graph to shapes that run over columns."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.namespaces import RDFS, SHACL
from msme_kg.shacl.constraint_parsers import PARAMETERS
from msme_kg.shacl.model import Compiled, Key, Shape, Term
from msme_kg.shacl.shape_parser import Reader
from msme_kg.shacl.shapes_graph import TYPE, FaultyError, OddError, Source
from msme_kg.shacl.sparql_constraints import selected

_DEEPEST_SHAPE = 8
"""pySHACL gives up at 15; below this it surely does not."""
_SAID = frozenset(
    [
        *("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "path", "deactivated"),
        *("severity", "message", "name", "description", "order", "group", "defaultValue", "flags"),
        *("ignoredProperties", "qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint"),
        *("prefixes", "declare", "shapesGraph", "suggestedShapesGraph", "entailment", "sparql"),
    ]
)
_ADVANCED = frozenset(["js", "target", "rule", "expression", "values"])


def compiled(quads: Iterable[ox.Quad]) -> Compiled:
    """Return the shapes of a shapes graph, ready to run.

    Args:
        quads: the shapes graph.
    """
    source = Source(quads)
    keys = source.shapes()
    errors = list(source.faults)
    unknown: dict[Key, str] = {}
    shapes: dict[Key, Shape] = {}
    for key in keys:
        try:
            shapes[key] = _shape(source, key, errors)
        except OddError as odd:
            unknown[key] = str(odd)
            if isinstance(odd, FaultyError):
                errors.append((key, str(odd)))
            shapes[key] = Shape(key, None, (), source.targets(key))
    whole = _whole(source, errors)
    if whole:
        unknown.update({key: whole for key in keys if key not in unknown})
    _spread(Compiled(shapes), unknown, errors)
    return Compiled(shapes, unknown, tuple(errors))


def _whole(source: Source, errors: list[tuple[Key | None, str]]) -> str:
    """Return why no shape may be screened, if so."""
    if errors and any(reason for key, reason in source.faults):
        return "the shapes graph is faulty"
    component = ox.NamedNode(f"{SHACL}ConstraintComponent")
    kinds: set[Term] = {component}
    for one, halves in source.about.items():
        if component in halves.get(f"{RDFS}subClassOf", ()):
            kinds.add(one)
    for one, halves in source.about.items():
        if kinds & set(halves.get(TYPE, ())) and not (
            isinstance(one, ox.NamedNode) and one.value.startswith(SHACL)
        ):
            return "the shapes graph has constraint components of its own"
    return ""


def _spread(shapes: Compiled, unknown: dict[Key, str], errors: list[tuple[Key | None, str]]) -> None:
    """Note as unknown what runs an unknown, a recursive or a deep shape."""
    depths: dict[Key, int] = {}

    def depth(key: Key, above: tuple[Key, ...]) -> int:
        if key in above:
            if key not in unknown:
                unknown[key] = "the shape is recursive"
                if any(key in shapes.reach(one, own=True) for one in shapes.shapes[key].references(own=True)):
                    errors.append((key, unknown[key]))
            return 0
        if key not in depths:
            inner = [depth(one, (*above, key)) for one in shapes.shapes[key].references()]
            depths[key] = 1 + max(inner, default=0)
        return depths[key]

    for key in shapes.shapes:
        try:
            deep = depth(key, ())
        except RecursionError:
            deep = _DEEPEST_SHAPE + 1
        if deep > _DEEPEST_SHAPE:
            unknown.setdefault(key, "the shapes are nested too deep")
    found = dict(unknown)
    if found:
        for key in shapes.shapes.keys() - found.keys():
            for one in shapes.reach(key) & found.keys():
                unknown[key] = f"it uses a shape that goes to the judge: {found[one]}"


def _shape(source: Source, key: Key, errors: list[tuple[Key | None, str]]) -> Shape:
    paths = source.all(key, "path")
    names = [name.removeprefix(SHACL) for name in source.about.get(key, ()) if name.startswith(SHACL)]
    for name in names:
        if name in _SAID or (name == "select" and source.all(key, "sparql").count(key)):
            continue  # a shape may be its own SPARQL constraint
        if name not in PARAMETERS:
            reason = f"sh:{name} is not supported" if name in _ADVANCED else f"sh:{name} is not known"
            errors.append((key, reason))
            raise OddError(reason)
    reader = Reader(source, key, is_property=bool(paths))
    path = reader.path(paths[0]) if paths else None
    deactivated = reader.flag("deactivated")
    checks = tuple(check for name in names if name in PARAMETERS for check in PARAMETERS[name](reader))
    reader.companions()
    if paths and source.all(key, "sparql"):
        raise OddError("it has a SPARQL constraint for a property")
    checks += tuple(selected(source, one) for one in source.all(key, "sparql"))
    return Shape(key, path, checks, source.targets(key), deactivated)
