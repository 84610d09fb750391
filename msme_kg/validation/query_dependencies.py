"""Static analysis of queries: the triples that a row depends on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import asdict, dataclass
from typing import Any

from msme_kg.namespaces import RDF
from msme_kg.storage import cache
from msme_kg.storage.type_check import require_type
from msme_kg.validation.query_patterns import FOCUS, SAME_NODE, Context, TriplePattern, collect_patterns

_TYPE = f"{RDF}type"

Pattern = tuple[str, str]
"""A pattern of triples: the IRIs of predicate and object, empty for any."""
SubjectPatterns = tuple[tuple[Pattern, ...], tuple[Pattern, ...]]
"""The patterns that a subject must match, and those that are read of it."""
Traversal = tuple[tuple[str, str, str, bool], ...]
"""Steps from a focus node to others; see ``QueryDependencies.traversals``."""


@dataclass(frozen=True)
class QueryDependencies:
    """The triples that a query reads.

    Attributes:
        is_local: whether a row depends only on the neighbourhood of its focus node and on the ontology.
        traversals: for each alternative, the steps from the focus node: the variable it starts from, the
            predicate (empty: any; ``SAME_NODE``: none), the variable it binds, whether it goes from object to
            subject.
        schema_predicates: the predicates that it reads in the ontology.
        subjects: for each subject, in the query as a whole and in each of its optional parts, the patterns
            that it must match and all that are read of it. The steps of a property path are read of any.
    """

    is_local: bool
    traversals: tuple[Traversal, ...]
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


def analyse(text: str, focus: str = FOCUS) -> QueryDependencies:
    """Return the dependencies of a query; the result is cached.

    Args:
        text: the query.
        focus: the variable whose node a row is about.
    """
    key = cache.compute_cache_key(cache.compute_code_key(), text, focus)
    dependencies = cache.load("dependencies", key, _decode_dependencies)
    if dependencies is None:
        dependencies = _analyse_query(text, focus)
        cache.store("dependencies", key, {"json": json.dumps(asdict(dependencies)).encode()})
    return dependencies


def _decode_dependencies(parts: Mapping[str, memoryview]) -> QueryDependencies:
    plain = json.loads(bytes(parts["json"]))
    dependencies = QueryDependencies(
        is_local=plain["is_local"],
        traversals=tuple(tuple(map(tuple, steps)) for steps in plain["traversals"]),
        schema_predicates=tuple(plain["schema_predicates"]),
        subjects=tuple(
            (tuple(map(tuple, required)), tuple(map(tuple, read))) for required, read in plain["subjects"]
        ),
    )
    return require_type(dependencies, QueryDependencies)


def _analyse_query(text: str, focus: str) -> QueryDependencies:
    from rdflib.plugins.sparql import prepareQuery

    try:
        patterns = collect_patterns(prepareQuery(text).algebra, focus)
    except Exception:  # noqa: BLE001 (evaluating it on the whole graph reports the error with its location)
        return _DEPENDS_ON_ALL
    builders = [_TraversalBuilder() for _ in patterns.alternatives]
    are_followed = [
        builder.follow(alternative)
        for builder, alternative in zip(builders, patterns.alternatives, strict=True)
    ]
    subjects = {
        subject for alternative in patterns.alternatives for subject in _group_by_subject(alternative)
    }
    return QueryDependencies(
        is_local=patterns.is_supported and all(are_followed),
        traversals=tuple(dict.fromkeys(tuple(builder.steps) for builder in builders)),
        schema_predicates=tuple(sorted(set().union(*(builder.schema_predicates for builder in builders)))),
        subjects=tuple(sorted(subjects)),
    )


class _TraversalBuilder:
    """Steps from the focus node to the patterns of one alternative.

    Classes and predicates belong to the ontology, of which each statement with a predicate is loaded.

    Attributes:
        steps: the steps so far.
        schema_predicates: the predicates of patterns that are read in the ontology.
    """

    def __init__(self) -> None:
        from rdflib import Variable

        self.steps: list[tuple[str, str, str, bool]] = []
        self._contexts: dict[Any, set[Context]] = {Variable(FOCUS): {()}}
        self._schema: set[Any] = set()
        self.schema_predicates: set[str] = set()

    def follow(self, patterns: Iterable[TriplePattern]) -> bool:
        """Extend the bound variables by patterns; return whether all of them start from a bound one."""
        remaining = list(patterns)
        while remaining:
            pattern = next((one for one in remaining if self._follow_pattern(one)), None)
            if pattern is None:
                return all(pattern.predicate == SAME_NODE for pattern in remaining)
            remaining.remove(pattern)
        return True

    def _follow_pattern(self, pattern: TriplePattern) -> bool:
        """Extend the bound variables by a pattern; return whether it starts from a bound one."""
        from rdflib import URIRef, Variable

        subject, predicate, value, context, _ = pattern
        if predicate == SAME_NODE:
            if not all(one in self._contexts for one in subject):
                return False
            if not any(self._is_bound(one, context) for one in subject):
                return False
            self.steps += [(str(one), SAME_NODE, str(value), False) for one in subject]
            self._bind(value, context)
            return True
        iri = str(predicate) if isinstance(predicate, URIRef) else ""
        if self._is_bound(subject, context) and (iri or isinstance(predicate, Variable)):
            self.steps.append((str(subject), iri, str(value), False))
            if not iri:
                self._schema.add(predicate)
            if iri != _TYPE:
                self._bind(value, context)
            elif value not in self._contexts:
                self._schema.add(value)
            return True
        if subject in self._schema and "" not in (predicates := _collect_predicates(predicate)):
            self._schema |= {predicate, value} - self._contexts.keys()
            self.schema_predicates |= predicates
            return True
        if self._is_bound(value, context) and iri:
            self.steps.append((str(value), iri, str(subject), True))
            self._bind(subject, context)
            return True
        return False

    def _bind(self, variable: Any, context: Context) -> None:
        self._contexts.setdefault(variable, set()).add(context)

    def _is_bound(self, variable: Any, context: Context) -> bool:
        """Return True if a variable is bound in an optional part around a context, or in the context itself.

        A variable that only another optional part binds may be unbound: then a pattern matches any node.
        """
        return any(context[: len(outer)] == outer for outer in self._contexts.get(variable, ()))


def _collect_predicates(path: Any) -> set[str]:
    """Return the predicates of a property path; an empty one for any."""
    from rdflib import URIRef, Variable
    from rdflib.paths import NegatedPath

    if isinstance(path, URIRef):
        return {str(path)}
    if isinstance(path, NegatedPath | Variable):
        return {""}
    inner = [*getattr(path, "args", ()), getattr(path, "path", None), getattr(path, "arg", None)]
    return {iri for part in inner if part is not None for iri in _collect_predicates(part)}


def _group_by_subject(patterns: Iterable[TriplePattern]) -> Iterator[SubjectPatterns]:
    """Yield the patterns of each subject in each optional part, and those of the steps of property paths."""
    from rdflib import URIRef
    from rdflib.paths import Path

    def to_iri_text(term: Any) -> str:
        """Return an IRI as text; empty for a variable or literal."""
        return str(term) if isinstance(term, URIRef) else ""

    by_place: dict[tuple[Any, Context], tuple[set[Pattern], set[Pattern]]] = {}
    steps: set[Pattern] = set()
    for one in patterns:
        if one.predicate == SAME_NODE:
            continue
        if isinstance(one.predicate, Path):
            steps |= {(predicate, "") for predicate in _collect_predicates(one.predicate)}
            continue
        required, read = by_place.setdefault((one.subject, one.context), (set(), set()))
        pattern = to_iri_text(one.predicate), to_iri_text(one.object)
        read.add(pattern)
        if one.required and pattern[0]:
            required.add(pattern)
    for (subject, context), (_, read) in by_place.items():
        outer = (by_place.get((subject, context[:depth]), ((), ()))[0] for depth in range(len(context) + 1))
        yield tuple(sorted(set().union(*outer))), tuple(sorted(read))
    if steps:
        yield (), tuple(sorted(steps))
