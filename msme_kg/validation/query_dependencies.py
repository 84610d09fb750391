"""How far a check looks around a thing: whether what a change breaks can be told from what is near."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from msme_kg.namespaces import RDF
from msme_kg.storage import cache

_TYPE = f"{RDF}type"
_FOCUS = "focus"
_THROUGH = {"SelectQuery", "Project", "Distinct", "Reduced", "OrderBy", "Filter", "Graph", "Extend"}


@dataclass(frozen=True)
class Reach:
    """What a check reads.

    Attributes:
        is_near: whether a row depends on nothing but what is around its focus and the ontology.
        steps: how it comes from a focus to what is near, in order: a name for where it stands (``focus`` at
            first), the predicate (empty: any), a name for where it comes to, whether from object to subject.
        schema: the predicates that it reads of the ontology.
        stars: for each kind of thing that it asks about, what such a thing must state: pairs of predicate
            and object (empty: any).
        reads: the statements that it reads, as pairs of predicate (empty: any) and object (empty: any).
    """

    is_near: bool
    steps: tuple[tuple[str, str, str, bool], ...]
    schema: tuple[str, ...]
    stars: tuple[tuple[tuple[str, str], ...], ...]
    reads: tuple[tuple[str, str], ...]

    def concerns(self, things: Iterable[set[tuple[str, str]]]) -> bool:
        """Tell whether a check can ask about one of some things, each given by what it states."""
        return any(set(star) <= thing for star in self.stars for thing in things)


_EVERYTHING = Reach(False, (), (), ((),), (("", ""),))


@dataclass(frozen=True)
class _Pattern:
    subject: Any
    predicate: Any
    object: Any
    required: bool


def reach(text: str) -> Reach:
    """Return what a check reads; the text is read once and then remembered."""
    key = cache.key_of(cache.made_by(), text)
    stored = cache.load("reach", key)
    if stored is None:
        found = _read(text)
        cache.store("reach", key, {"json": json.dumps(asdict(found)).encode()})
        return found
    plain = json.loads(bytes(stored["json"]))
    return Reach(
        is_near=plain["is_near"],
        steps=tuple(map(tuple, plain["steps"])),
        schema=tuple(plain["schema"]),
        stars=tuple(tuple(map(tuple, star)) for star in plain["stars"]),
        reads=tuple(map(tuple, plain["reads"])),
    )


def _read(text: str) -> Reach:
    from rdflib import Variable
    from rdflib.plugins.sparql import prepareQuery

    try:
        algebra = prepareQuery(text).algebra
    except Exception:  # noqa: BLE001 (whatever is wrong with it, asking it of everything says so with its place)
        return _EVERYTHING
    patterns: list[_Pattern] = []
    simple = _gather(algebra, patterns, required=True)
    near: set[Any] = {Variable(_FOCUS)}
    schema: set[Any] = set()
    steps: list[tuple[str, str, str, bool]] = []
    read: set[str] = set()
    left = list(patterns)
    while left:
        known = next((one for one in left if _follow(one, near, schema, steps)), None)
        if known is None:
            break
        left.remove(known)
        if known.subject not in near:
            read |= _named(known.predicate)
    return Reach(
        is_near=simple and not left,
        steps=tuple(steps),
        schema=tuple(sorted(read)),
        stars=tuple(_stars(patterns)),
        reads=tuple(sorted({(_iri(one.predicate), _iri(one.object)) for one in patterns})),
    )


def _iri(term: Any) -> str:
    """Return an IRI as text; nothing for what stands for many."""
    from rdflib import URIRef

    return str(term) if isinstance(term, URIRef) else ""


def _named(path: Any) -> set[str]:
    """Return the predicates in a path."""
    from rdflib import URIRef

    if isinstance(path, URIRef):
        return {str(path)}
    inner = [*getattr(path, "args", ()), getattr(path, "path", None), getattr(path, "arg", None)]
    return {name for one in inner if one is not None for name in _named(one)}


def _follow(one: _Pattern, near: set[Any], schema: set[Any], steps: list[tuple[str, str, str, bool]]) -> bool:
    """Follow a pattern from what is known; tell whether it could be.

    What a thing is, and what states it, is of the ontology, which is at hand as a whole.
    """
    from rdflib import URIRef, Variable

    plain = isinstance(one.predicate, URIRef)
    if one.subject in near and (plain or isinstance(one.predicate, Variable)):
        is_far = plain and str(one.predicate) != _TYPE
        steps.append((str(one.subject), str(one.predicate) if plain else "", str(one.object), False))
        (near if is_far else schema).update({one.predicate, one.object} - near)
        return True
    if one.subject in schema:
        schema.update({one.predicate, one.object} - near)
        return True
    if one.object in near and plain:
        steps.append((str(one.object), str(one.predicate), str(one.subject), True))
        near.add(one.subject)
        return True
    return False


def _gather(part: Any, patterns: list[_Pattern], *, required: bool) -> bool:
    """Collect the patterns of an algebra; tell whether all of it is of kinds that are known."""
    name = getattr(part, "name", "")
    if name == "BGP":
        patterns += [_Pattern(one, other, last, required) for one, other, last in part.triples]
        return True
    if name in {"Join", "LeftJoin", "Union"}:
        sides = [(part.p1, required and name != "Union"), (part.p2, required and name == "Join")]
        found = [_gather(side, patterns, required=must) for side, must in sides]
        return all(found)
    if name == "ToMultiSet":
        inner = part.p
        if getattr(inner, "name", "") == "values":
            return True
        _gather(inner, patterns, required=required)
        return False
    if name in {"AggregateJoin", "Group"}:
        _gather(part.p, patterns, required=required)
        return False
    if name not in _THROUGH:
        return False
    found = [_gather(part.p, patterns, required=required)]
    if name in {"Filter", "Extend"}:
        for asked in _exists(part.expr):
            found.append(_gather(asked.graph, patterns, required=False))
    return all(found)


def _exists(expression: Any) -> Iterator[Any]:
    """Yield what an expression asks to exist, or not to."""
    name = getattr(expression, "name", "")
    if name in {"Builtin_EXISTS", "Builtin_NOTEXISTS"}:
        yield expression
    elif name:
        for key in ("expr", "other", "arg", "arg1", "arg2"):
            value = expression.get(key)
            for one in value if isinstance(value, list) else [value]:
                yield from _exists(one)


def _stars(patterns: Iterable[_Pattern]) -> Iterator[tuple[tuple[str, str], ...]]:
    """Yield for each subject of the patterns what its required ones state of it."""
    from rdflib import URIRef

    stars: dict[Any, set[tuple[str, str]]] = {}
    for one in patterns:
        star = stars.setdefault(one.subject, set())
        if one.required and isinstance(one.predicate, URIRef):
            star.add((str(one.predicate), str(one.object) if isinstance(one.object, URIRef) else ""))
    for star in stars.values():
        yield tuple(sorted(star))
