"""Static analysis of check queries: the triples that a row depends on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import asdict, dataclass
from typing import Any

from msme_kg.namespaces import RDF
from msme_kg.storage import cache
from msme_kg.storage.type_check import require_type

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


Pattern = tuple[str, str]
"""A pattern of triples: the IRIs of predicate and object, empty for any."""
SubjectPatterns = tuple[tuple[Pattern, ...], tuple[Pattern, ...]]
"""The patterns that a subject must match, and those that are read of it."""


@dataclass(frozen=True)
class QueryDependencies:
    """The triples that a check query reads.

    Attributes:
        is_local: whether a row depends only on the neighbourhood of its focus node and on the ontology.
        traversal: the steps from the focus node, in order: the variable it starts from (``focus`` first), the
            predicate (empty: any), the variable it binds, whether it goes from object to subject.
        schema_predicates: the predicates that it reads in the ontology.
        subjects: for each subject, the patterns that it must match and all that are read of it, also optional
            ones. The steps of a property path are read of any subject.
    """

    is_local: bool
    traversal: tuple[tuple[str, str, str, bool], ...]
    schema_predicates: tuple[str, ...]
    subjects: tuple[SubjectPatterns, ...]

    @property
    def patterns(self) -> set[Pattern]:
        """The patterns of all subjects."""
        return {pattern for _, read in self.subjects for pattern in read}

    def can_change(self, entities: Iterable[tuple[Set[Pattern], Set[Pattern]]]) -> bool:
        """Tell whether changed entities can change the result.

        Args:
            entities: the patterns that each matches before or after the change, and by what changes.
        """
        return any(
            set(required) <= matched and not changed.isdisjoint(read)
            for matched, changed in entities
            for required, read in self.subjects
        )


_DEPENDS_ON_ALL = QueryDependencies(False, (), (), (((), (("", ""),)),))


@dataclass(frozen=True)
class _TriplePattern:
    subject: Any
    predicate: Any
    object: Any
    required: bool


def analyse(text: str) -> QueryDependencies:
    """Return the dependencies of a check query; the result is cached."""
    key = cache.compute_cache_key(cache.compute_code_key(), text)
    dependencies = cache.load("dependencies", key, _decode_dependencies)
    if dependencies is None:
        dependencies = _analyse_query(text)
        cache.store("dependencies", key, {"json": json.dumps(asdict(dependencies)).encode()})
    return dependencies


def _decode_dependencies(parts: Mapping[str, memoryview]) -> QueryDependencies:
    plain = json.loads(bytes(parts["json"]))
    dependencies = QueryDependencies(
        is_local=plain["is_local"],
        traversal=tuple(map(tuple, plain["traversal"])),
        schema_predicates=tuple(plain["schema_predicates"]),
        subjects=tuple(
            (tuple(map(tuple, required)), tuple(map(tuple, read))) for required, read in plain["subjects"]
        ),
    )
    return require_type(dependencies, QueryDependencies)


def _analyse_query(text: str) -> QueryDependencies:
    from rdflib import Variable
    from rdflib.plugins.sparql import prepareQuery

    try:
        algebra = prepareQuery(text).algebra
    except Exception:  # noqa: BLE001 (evaluating it on the whole graph reports the error with its location)
        return _DEPENDS_ON_ALL
    patterns: list[_TriplePattern] = []
    is_supported = _collect_patterns(algebra, patterns, required=True)
    local: set[Any] = {Variable(_FOCUS_VARIABLE)}
    schema: set[Any] = set()
    steps: list[tuple[str, str, str, bool]] = []
    schema_predicates: set[str] = set()
    remaining = list(patterns)
    while remaining:
        pattern = next((one for one in remaining if _follow_pattern(one, local, schema, steps)), None)
        if pattern is None:
            break
        remaining.remove(pattern)
        if pattern.subject not in local:
            schema_predicates |= _collect_predicates(pattern.predicate)
    return QueryDependencies(
        is_local=is_supported and not remaining,
        traversal=tuple(steps),
        schema_predicates=tuple(sorted(schema_predicates)),
        subjects=tuple(_group_by_subject(patterns)),
    )


def _to_iri_text(term: Any) -> str:
    """Return an IRI as text; empty for a variable, path or literal."""
    from rdflib import URIRef

    return str(term) if isinstance(term, URIRef) else ""


def _collect_predicates(path: Any) -> set[str]:
    """Return the predicates of a property path; an empty one for any."""
    from rdflib import URIRef
    from rdflib.paths import NegatedPath

    if isinstance(path, URIRef):
        return {str(path)}
    if isinstance(path, NegatedPath):
        return {""}
    inner = [*getattr(path, "args", ()), getattr(path, "path", None), getattr(path, "arg", None)]
    return {iri for part in inner if part is not None for iri in _collect_predicates(part)}


def _follow_pattern(
    pattern: _TriplePattern, local: set[Any], schema: set[Any], steps: list[tuple[str, str, str, bool]]
) -> bool:
    """Extend the bound variables by a triple pattern; return whether it starts from a bound one.

    Classes and predicates belong to the ontology, which is loaded as a whole.

    Args:
        pattern: the pattern.
        local: the variables bound in the neighbourhood of the focus node.
        schema: the variables bound in the ontology.
        steps: the traversal so far, which is extended.
    """
    from rdflib import Variable

    iri = _to_iri_text(pattern.predicate)
    if pattern.subject in local and (iri or isinstance(pattern.predicate, Variable)):
        steps.append((str(pattern.subject), iri, str(pattern.object), False))
        if not iri:
            schema.add(pattern.predicate)
        (schema if iri == _TYPE else local).update({pattern.object} - local)
        return True
    if pattern.subject in schema:
        schema.update({pattern.predicate, pattern.object} - local)
        return True
    if pattern.object in local and iri:
        steps.append((str(pattern.object), iri, str(pattern.subject), True))
        local.add(pattern.subject)
        return True
    return False


def _collect_patterns(part: Any, patterns: list[_TriplePattern], *, required: bool) -> bool:
    """Collect the triple patterns of an algebra (SPARQL 1.1 §18.2).

    Returns:
        whether all operators of the algebra are supported.
    """
    name = getattr(part, "name", "")
    if name == "BGP":
        patterns += [_TriplePattern(s, p, o, required) for s, p, o in part.triples]
        return True
    if name in {"Join", "LeftJoin", "Minus", "Union"}:
        sides = [(part.p1, required and name != "Union"), (part.p2, required and name == "Join")]
        supported = [_collect_patterns(side, patterns, required=must) for side, must in sides]
        return all(supported)
    if name == "ToMultiSet":
        inner = part.p
        if getattr(inner, "name", "") == "values":
            return True
        _collect_patterns(inner, patterns, required=required)
        return False
    if name in {"AggregateJoin", "Group", "Slice"}:
        _collect_patterns(part.p, patterns, required=required)
        return False
    if name not in _TRANSPARENT_OPERATORS:
        patterns.append(_TriplePattern(None, None, None, required=False))  # it may read anything
        return False
    is_supported = _collect_patterns(part.p, patterns, required=required)
    if name in {"Filter", "Extend"}:
        for exists in _find_exists_filters(part.expr):
            is_supported &= _collect_patterns(exists.graph, patterns, required=False)
    return is_supported


def _find_exists_filters(expression: Any) -> Iterator[Any]:
    """Yield the EXISTS and NOT EXISTS filters within an expression."""
    name = getattr(expression, "name", "")
    if name in {"Builtin_EXISTS", "Builtin_NOTEXISTS"}:
        yield expression
    elif name:
        for key in ("expr", "other", "arg", "arg1", "arg2", "arg3"):
            value = expression.get(key)
            for part in value if isinstance(value, list) else [value]:
                yield from _find_exists_filters(part)


def _group_by_subject(patterns: Iterable[_TriplePattern]) -> Iterator[SubjectPatterns]:
    """Yield the patterns of each subject, and those of the steps of property paths."""
    from rdflib.paths import Path

    by_subject: dict[Any, tuple[set[Pattern], set[Pattern]]] = {}
    steps: set[Pattern] = set()
    for one in patterns:
        required, read = by_subject.setdefault(one.subject, (set(), set()))
        if isinstance(one.predicate, Path):
            steps |= {(predicate, "") for predicate in _collect_predicates(one.predicate)}
            continue
        pattern = _to_iri_text(one.predicate), _to_iri_text(one.object)
        read.add(pattern)
        if one.required and pattern[0]:
            required.add(pattern)
    for required, read in (*by_subject.values(), (set(), steps)):
        if read:
            yield tuple(sorted(required)), tuple(sorted(read))
