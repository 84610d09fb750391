"""How far a check looks around a thing: whether what a change breaks can be told from what is near."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from msme_kg.namespaces import RDF
from msme_kg.storage import cache

_TYPE = f"{RDF}type"
_FOCUS_VARIABLE = "focus"
_TRANSPARENT_OPERATORS = {
    "SelectQuery",
    "Project",
    "Distinct",
    "Reduced",
    "OrderBy",
    "Filter",
    "Graph",
    "Extend",
}


@dataclass(frozen=True)
class QueryDependencies:
    """What a check reads.

    Attributes:
        is_local: whether a row depends on nothing but what is around its focus and the ontology.
        traversal: how it comes from a focus to what is near, in order: a name for where it stands (``focus``
            first), the predicate (empty: any), a name for where it comes to, whether from object to subject.
        schema_predicates: the predicates that it reads of the ontology.
        subject_patterns: for each kind of entity matched, its pairs of predicate and object (empty: any).
        triple_patterns: the triples that it reads, as pairs of predicate and object (empty: any).
    """

    is_local: bool
    traversal: tuple[tuple[str, str, str, bool], ...]
    schema_predicates: tuple[str, ...]
    subject_patterns: tuple[tuple[tuple[str, str], ...], ...]
    triple_patterns: tuple[tuple[str, str], ...]

    def can_match(self, entity_patterns: Iterable[set[tuple[str, str]]]) -> bool:
        """Tell whether a check can ask about one of some things, each given by what it states."""
        return any(set(star) <= thing for star in self.subject_patterns for thing in entity_patterns)


_DEPENDS_ON_ALL = QueryDependencies(False, (), (), ((),), (("", ""),))


@dataclass(frozen=True)
class _TriplePattern:
    subject: Any
    predicate: Any
    object: Any
    required: bool


def analyse(text: str) -> QueryDependencies:
    """Return what a check reads; the text is read once and then remembered."""
    key = cache.compute_cache_key(cache.compute_code_key(), text)
    stored = cache.load("reach", key)
    if stored is None:
        found = _analyse_query(text)
        cache.store("reach", key, {"json": json.dumps(asdict(found)).encode()})
        return found
    plain = json.loads(bytes(stored["json"]))
    return QueryDependencies(
        is_local=plain["is_local"],
        traversal=tuple(map(tuple, plain["traversal"])),
        schema_predicates=tuple(plain["schema_predicates"]),
        subject_patterns=tuple(tuple(map(tuple, star)) for star in plain["subject_patterns"]),
        triple_patterns=tuple(map(tuple, plain["triple_patterns"])),
    )


def _analyse_query(text: str) -> QueryDependencies:
    from rdflib import Variable
    from rdflib.plugins.sparql import prepareQuery

    try:
        algebra = prepareQuery(text).algebra
    except Exception:  # noqa: BLE001 (whatever is wrong with it, asking it of everything says so with its place)
        return _DEPENDS_ON_ALL
    patterns: list[_TriplePattern] = []
    simple = _collect_patterns(algebra, patterns, required=True)
    near: set[Any] = {Variable(_FOCUS_VARIABLE)}
    schema: set[Any] = set()
    steps: list[tuple[str, str, str, bool]] = []
    read: set[str] = set()
    left = list(patterns)
    while left:
        known = next((one for one in left if _follow_pattern(one, near, schema, steps)), None)
        if known is None:
            break
        left.remove(known)
        if known.subject not in near:
            read |= _collect_predicates(known.predicate)
    return QueryDependencies(
        is_local=simple and not left,
        traversal=tuple(steps),
        schema_predicates=tuple(sorted(read)),
        subject_patterns=tuple(_group_by_subject(patterns)),
        triple_patterns=tuple(
            sorted({(_to_iri_text(one.predicate), _to_iri_text(one.object)) for one in patterns})
        ),
    )


def _to_iri_text(term: Any) -> str:
    """Return an IRI as text; nothing for what stands for many."""
    from rdflib import URIRef

    return str(term) if isinstance(term, URIRef) else ""


def _collect_predicates(path: Any) -> set[str]:
    """Return the predicates in a path."""
    from rdflib import URIRef

    if isinstance(path, URIRef):
        return {str(path)}
    inner = [*getattr(path, "args", ()), getattr(path, "path", None), getattr(path, "arg", None)]
    return {name for one in inner if one is not None for name in _collect_predicates(one)}


def _follow_pattern(
    pattern: _TriplePattern, near: set[Any], schema: set[Any], steps: list[tuple[str, str, str, bool]]
) -> bool:
    """Follow a pattern from what is known; tell whether it could be.

    What a thing is, and what states it, is of the ontology, which is at hand as a whole.
    """
    from rdflib import URIRef, Variable

    plain = isinstance(pattern.predicate, URIRef)
    if pattern.subject in near and (plain or isinstance(pattern.predicate, Variable)):
        is_far = plain and str(pattern.predicate) != _TYPE
        steps.append(
            (str(pattern.subject), str(pattern.predicate) if plain else "", str(pattern.object), False)
        )
        (near if is_far else schema).update({pattern.predicate, pattern.object} - near)
        return True
    if pattern.subject in schema:
        schema.update({pattern.predicate, pattern.object} - near)
        return True
    if pattern.object in near and plain:
        steps.append((str(pattern.object), str(pattern.predicate), str(pattern.subject), True))
        near.add(pattern.subject)
        return True
    return False


def _collect_patterns(part: Any, patterns: list[_TriplePattern], *, required: bool) -> bool:
    """Collect the patterns of an algebra; tell whether all of it is of kinds that are known."""
    name = getattr(part, "name", "")
    if name == "BGP":
        patterns += [_TriplePattern(one, other, last, required) for one, other, last in part.triples]
        return True
    if name in {"Join", "LeftJoin", "Union"}:
        sides = [(part.p1, required and name != "Union"), (part.p2, required and name == "Join")]
        found = [_collect_patterns(side, patterns, required=must) for side, must in sides]
        return all(found)
    if name == "ToMultiSet":
        inner = part.p
        if getattr(inner, "name", "") == "values":
            return True
        _collect_patterns(inner, patterns, required=required)
        return False
    if name in {"AggregateJoin", "Group"}:
        _collect_patterns(part.p, patterns, required=required)
        return False
    if name not in _TRANSPARENT_OPERATORS:
        return False
    found = [_collect_patterns(part.p, patterns, required=required)]
    if name in {"Filter", "Extend"}:
        for asked in _find_exists_filters(part.expr):
            found.append(_collect_patterns(asked.graph, patterns, required=False))
    return all(found)


def _find_exists_filters(expression: Any) -> Iterator[Any]:
    """Yield what an expression asks to exist, or not to."""
    name = getattr(expression, "name", "")
    if name in {"Builtin_EXISTS", "Builtin_NOTEXISTS"}:
        yield expression
    elif name:
        for key in ("expr", "other", "arg", "arg1", "arg2"):
            value = expression.get(key)
            for one in value if isinstance(value, list) else [value]:
                yield from _find_exists_filters(one)


def _group_by_subject(patterns: Iterable[_TriplePattern]) -> Iterator[tuple[tuple[str, str], ...]]:
    """Yield for each subject of the patterns what its required ones state of it."""
    from rdflib import URIRef

    stars: dict[Any, set[tuple[str, str]]] = {}
    for one in patterns:
        star = stars.setdefault(one.subject, set())
        if one.required and isinstance(one.predicate, URIRef):
            star.add((str(one.predicate), str(one.object) if isinstance(one.object, URIRef) else ""))
    for star in stars.values():
        yield tuple(sorted(star))
