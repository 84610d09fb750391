"""The triples that carry a cell: the smallest part of the graph for which its check still passes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import pyoxigraph as ox
from ontology.carried_facts import Statement, find_language
from ontology.content import SUBCLASS, iri

from source_audit.cells import Cell, Check, Graph

INDEXES = ("by_symbol", "by_page", "members")
"""Indexes by which the checks read a cell; they do not say that the graph states it."""
_OTHER_TEXT = "other text"
_ASIDE = {iri("rdf:type"), iri("msme:basis")}
_LONGEST = 80


class TracedGraph(Graph):
    """A graph that records the triples and the pairs of subject and property that a check reads."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph.root, [])
        self.triples = graph.triples
        self._by_subject = graph._by_subject
        self._by_property = graph._by_property
        self._by_object: dict[str, list[ox.Triple]] = defaultdict(list)
        for triple in self:
            self._by_object[triple.object.value].append(triple)
        for name in INDEXES:
            self.__dict__[name] = getattr(graph, name)
        self.triples_read: dict[ox.Triple, None] = {}
        self.pairs_read: dict[tuple[str, str], None] = {}

    def restart(self) -> None:
        """Forget what was read."""
        self.triples_read, self.pairs_read = {}, {}

    def __contains__(self, subject: str) -> bool:
        self.objects(subject, "rdf:type")
        return super().__contains__(subject)

    def objects(self, subject: str, *properties: str) -> list[ox.Literal | ox.NamedNode]:
        """Return the objects, and record them."""
        wanted = {iri(one) for one in properties}
        self.pairs_read |= dict.fromkeys((iri(subject), one) for one in sorted(wanted))
        matched = [one for one in self._by_subject.get(iri(subject), ()) if one.predicate.value in wanted]
        self.triples_read |= dict.fromkeys(matched)
        return [one.object for one in matched]

    def subjects(self, prop: str, value: str | None = None) -> list[str]:
        """Return the subjects, and record their triples."""
        sought = None if value is None else iri(value)
        self.triples_read |= dict.fromkeys(
            one for one in self._by_property.get(iri(prop), ()) if sought in {None, one.object.value}
        )
        return super().subjects(prop, value)

    def of_class(self, name: str) -> list[str]:
        """Return the instances, and record their types."""
        instances = super().of_class(name)
        for one in instances:
            self.objects(one, "rdf:type")
        return instances

    @property
    def around(self) -> _Neighbours:  # type: ignore[override]
        """The other ends of triples, recorded by entity."""
        return _Neighbours(self)


class _Neighbours:
    """The other ends of the triples of an entity, read when they are asked for."""

    def __init__(self, graph: TracedGraph) -> None:
        self._graph = graph

    def __getitem__(self, entity: str) -> set[str]:
        outgoing = self._graph._by_subject.get(entity, [])
        incoming = self._graph._by_object.get(entity, [])
        self._graph.triples_read |= dict.fromkeys([*outgoing, *incoming])
        return {one.object.value for one in outgoing} | {one.subject.value for one in incoming}


class Reducer:
    """Finds the statements that carry cells."""

    def __init__(self, graph: Graph) -> None:
        """Take the complete graph."""
        self._graph = graph
        self._traced = TracedGraph(graph)
        self._classes = [one for one in graph if one.predicate.value == SUBCLASS]
        self._samples: dict[str, list[ox.Literal | ox.NamedNode]] = {}

    def find_statements(self, check: Check, cell: Cell) -> list[Statement]:
        """Return the statements without which the check of a cell would fail.

        Args:
            check: a check that passes.
            cell: the cell.
        """
        triples = self._reduce(check, cell)
        statements = [Statement.from_triple(one) for one in triples]
        # A label is the last to be replaced: where one word decides, it is the text that is kept.
        for index in sorted(
            range(len(triples)), key=lambda at: triples[at].predicate.value == iri("rdfs:label")
        ):
            triple = triples[index]
            if language := getattr(triple.object, "language", None):
                other = ox.Literal(_OTHER_TEXT, language=language)
                changed = ox.Triple(triple.subject, triple.predicate, other)
                if self._passes(check, cell, [*triples[:index], changed, *triples[index + 1 :]]):
                    triples[index] = changed
                    statements[index] = replace(statements[index], value=None)
        return self._mark_exact(check, cell, triples, statements)

    def find_instead(self, check: Check, cell: Cell) -> list[Statement]:
        """Return what the graph states where the check of a cell fails: the values of its entities."""
        self._traced.restart()
        passes_in(check, cell, self._traced)
        found = {
            Statement.from_triple(one)
            for one in self._graph
            if one.subject.value in cell.entities
            and (one.subject.value, one.predicate.value) in self._traced.pairs_read
            and one.predicate.value not in _ASIDE
            and len(one.object.value) <= _LONGEST
        }
        return sorted(found, key=lambda one: (_rank(one.subject, cell.entities), *_order(one)))

    def _reduce(self, check: Check, cell: Cell) -> list[ox.Triple]:
        """Return a smallest list of triples for which the check passes, by removing ever smaller pieces."""
        self._traced.restart()
        passes_in(check, cell, self._traced)
        triples = sorted(
            self._traced.triples_read, key=lambda one: (one.subject.value in cell.entities, str(one))
        )
        triples = [one for one in triples if one.predicate.value != SUBCLASS]
        assert self._passes(check, cell, triples), f"not all reads of {cell.column} are traced: {cell.text}"
        size = max(1, len(triples) // 2)
        while True:
            position = 0
            while position < len(triples):
                fewer = triples[:position] + triples[position + size :]
                if self._passes(check, cell, fewer):
                    triples = fewer
                else:
                    position += size
            if size == 1:
                return triples
            size = max(1, size // 2)

    def _mark_exact(
        self, check: Check, cell: Cell, triples: list[ox.Triple], statements: list[Statement]
    ) -> list[Statement]:
        """Return the statements, marked where a further value of the property would make the check fail."""
        traced = TracedGraph(self._subgraph(triples))
        passes_in(check, cell, traced)
        known = set(cell.entities) | {one.subject.value for one in triples}
        exact: set[tuple[str, str, str]] = set()
        for subject, prop in traced.pairs_read:
            for other in self._other_values(subject, prop) if subject in known else ():
                added = ox.Triple(ox.NamedNode(subject), ox.NamedNode(prop), other)
                if not self._passes(check, cell, [*triples, added]):
                    exact.add((subject, prop, find_language(other)))
        marked = [replace(one, only=self._is_only(one, statements, exact)) for one in statements]
        stated = {(one.subject, one.property) for one in statements}
        unstated = {(subject, prop) for subject, prop, _ in exact} - stated
        marked += [Statement(*one, None) for one in unstated if not self._graph.values(*one)]
        return sorted(marked, key=lambda one: (_rank(one.subject, cell.entities), *_order(one)))

    def _is_only(
        self, statement: Statement, statements: list[Statement], exact: set[tuple[str, str, str]]
    ) -> bool:
        """Return whether the statements name all values that the graph has in the language of one of them."""
        key = statement.subject, statement.property, statement.language
        own = {one.value for one in statements if (one.subject, one.property, one.language) == key}
        objects = self._graph.objects(statement.subject, statement.property)
        values = {one.value for one in objects if find_language(one) == statement.language}
        return key in exact and own == values

    def _other_values(self, subject: str, prop: str) -> Iterable[ox.Literal | ox.NamedNode]:
        """Return a few values that the property has elsewhere in the graph, in each language."""
        if prop not in self._samples:
            by_language = defaultdict(list)
            for one in sorted({one.object for one in self._graph if one.predicate.value == prop}, key=str):
                by_language[find_language(one)].append(one)
            self._samples[prop] = [one for same in by_language.values() for one in (*same[:3], *same[-3:])]
        own = set(self._graph.values(subject, prop))
        return [one for one in self._samples[prop] if one.value not in own]

    def _passes(self, check: Check, cell: Cell, triples: Iterable[ox.Triple]) -> bool:
        return passes_in(check, cell, self._subgraph(triples))

    def _subgraph(self, triples: Iterable[ox.Triple]) -> Graph:
        """Return a graph of some triples, with the indexes of the complete one."""
        graph = Graph(self._graph.root, [])
        for triple in (*self._classes, *triples):
            graph.add(triple)
        for name in INDEXES:
            graph.__dict__[name] = getattr(self._graph, name)
        return graph


def passes_in(check: Check, cell: Cell, graph: Graph) -> bool:
    """Return whether a check finds nothing missing of a cell in another graph."""
    try:
        return not check(Cell(graph, cell.row, cell.column, cell.entities))
    except (AssertionError, IndexError, KeyError, TypeError, ValueError):
        return False


def _rank(subject: str, entities: tuple[str, ...]) -> int:
    return entities.index(subject) if subject in entities else len(entities)


def _order(statement: Statement) -> tuple[str, ...]:
    return statement.subject, statement.property, statement.value or "", statement.language
