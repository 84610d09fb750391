"""Neighbourhood of a change: the entities it can affect and the triples around them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.namespaces import RDF, SHACL
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.model import Term
from msme_kg.shacl.read_recorder import RecordingIndex
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import TripleIndex, find_in_sorted, sort_unique, sort_unique_rows
from msme_kg.storage.dataset import GraphFile
from msme_kg.validation.query_dependencies import Pattern, SubjectPatterns, Traversal
from msme_kg.validation.query_patterns import FOCUS, SAME_NODE

_TYPE = ox.NamedNode(f"{RDF}type")
_NO_IDS = np.empty(0, dtype=np.int64)
_KnownSteps = dict[tuple[str, bool, bytes], Ids]
"""The nodes that steps led to, by predicate, direction and the nodes they started from."""


class ChangeNeighbourhood:
    """Index of the triples around the added and removed statements of a change.

    Attributes:
        graph: the graph before the change.
    """

    def __init__(self, delta: ChangeOverlay, ontology_graphs: Sequence[str]) -> None:
        """Index the changed rows.

        Args:
            delta: the change as an overlay over the triple index.
            ontology_graphs: IRIs of the graphs that describe classes and properties.
        """
        self._delta, self._changed_rows = delta, delta.changed_rows
        self.graph, self._terms = delta.graph, delta.graph.terms
        files = [number for number, name in enumerate(delta.graph.graph_iris) if name in ontology_graphs]
        self._schema_subjects = delta.graph.table.find_subjects(files)

    def has_unsupported_terms(self) -> bool:
        """Tell whether the change contains blank nodes or non-ASCII IRIs.

        Blank nodes have no identity across files, and a check compares a non-ASCII IRI with all others.
        """
        terms = self._terms.get_terms(sort_unique(self._changed_rows.ravel()))
        return any(
            isinstance(term, ox.BlankNode) or not term.value.isascii()
            for term in terms
            if not isinstance(term, ox.Literal)
        )

    def can_affect_schema(self, predicates: Collection[str]) -> bool:
        """Return whether triples of classes or properties are changed, or do not all lie in the ontology.

        Args:
            predicates: the predicates of the triples.
        """
        subjects, union = sort_unique(self._changed_rows[:, 0]), self._delta.union
        if np.isin(subjects, self._schema_subjects).any():
            return True
        terms = list(map(ox.NamedNode, predicates))
        if _TYPE in terms:  # relevant if a changed entity is used as a class or property
            rows = self._changed_rows[self._changed_rows[:, 1] == self._terms.get_id(_TYPE)]
            instances = union.follow(_TYPE, subjects, inverse=True)[0]
            if len(instances) or np.isin(rows[:, 0], union.list_predicates()).any():
                return True
            terms.remove(_TYPE)
        outside = np.concatenate([_NO_IDS, *(union.list_subjects(term) for term in terms)])
        outside = outside[~find_in_sorted(outside, self._schema_subjects)]
        if not len(outside):
            return False
        reached = [np.array(union.list_predicates()), *(union.list_objects(term) for term in (_TYPE, *terms))]
        return bool(np.isin(outside, np.concatenate(reached)).any())

    def collect_entity_patterns(
        self, wanted: Iterable[Pattern]
    ) -> set[tuple[frozenset[Pattern], frozenset[Pattern]]]:
        """Return the patterns that a changed entity matches before or after the change, and by what changes.

        Args:
            wanted: the patterns.

        Returns:
            the distinct pairs of sets of them.
        """
        subjects = sort_unique(self._changed_rows[:, 0])
        recorder = RecordingIndex(self._delta.union)
        self._follow_steps(recorder, ((FOCUS, "", "", False),), subjects, _KnownSteps())
        pairs = sorted(set(wanted))
        matches = np.zeros((len(subjects), 2, len(pairs)), dtype=bool)
        for side, rows in enumerate((recorder.collect_rows(), self._changed_rows)):
            for column, (predicate, value) in enumerate(pairs):
                is_match = np.ones(len(rows), dtype=bool)
                for place, iri in ((1, predicate), (2, value)):
                    if iri:
                        is_match &= rows[:, place] == self._terms.get_id(ox.NamedNode(iri))
                matches[np.searchsorted(subjects, rows[is_match, 0]), side, column] = True

        def select(is_match: NDArray[np.bool_]) -> frozenset[Pattern]:
            return frozenset(pairs[column] for column in np.flatnonzero(is_match))

        distinct = {match.tobytes(): match for match in matches}
        return {(select(whole), select(changed)) for whole, changed in distinct.values()}

    def find_affected_focus_nodes(self, traversals: Iterable[Traversal]) -> Ids:
        """Return the focus nodes from which traversals can reach a changed statement."""
        focus_ids = [_NO_IDS]
        for steps in traversals:
            for position, (origin, iri, _, inverse) in enumerate(steps):
                if iri != SAME_NODE:
                    rows = self._changed_rows
                    if iri:
                        rows = rows[rows[:, 1] == self._terms.get_id(ox.NamedNode(iri))]
                    nodes = sort_unique(rows[:, 2 if inverse else 0])
                    focus_ids.append(self._trace_back(origin, nodes, steps[:position]))
        return sort_unique(np.concatenate(focus_ids))

    def _trace_back(self, name: str, nodes: Ids, steps: Traversal) -> Ids:
        """Return the focus nodes from which steps bind a variable to given nodes."""
        if name == FOCUS or not len(nodes):
            return nodes
        focus_ids = [_NO_IDS]
        for position, (origin, iri, end, inverse) in enumerate(steps):
            if end == name and iri == SAME_NODE:
                focus_ids.append(self._trace_back(origin, nodes, steps[:position]))
            elif end == name:
                starts = [
                    self._delta.union.follow_id(predicate, nodes, inverse=not inverse)[1]
                    for predicate in self._resolve_predicates(iri)
                ]
                start_ids = sort_unique(np.concatenate(starts))
                focus_ids.append(self._trace_back(origin, start_ids, steps[:position]))
        return sort_unique(np.concatenate(focus_ids))

    def _resolve_predicates(self, iri: str) -> list[int]:
        """Return the ids of the predicates of a step; all of them for an empty IRI."""
        return [self._terms.get_id(ox.NamedNode(iri))] if iri else self._delta.union.list_predicates()

    def _follow_steps(
        self, recorder: RecordingIndex, steps: Traversal, focus_ids: Ids, known: _KnownSteps
    ) -> None:
        """Follow steps from focus nodes, so that the recorder holds the triples read; none is read again."""
        bindings = {FOCUS: focus_ids}
        for origin, iri, end, inverse in steps:
            nodes = starts = bindings[origin]
            if iri != SAME_NODE:
                key = iri, inverse, starts.tobytes()
                if key not in known:
                    predicates = self._resolve_predicates(iri) if len(starts) else []
                    found = [recorder.follow_id(one, starts, inverse=inverse)[1] for one in predicates]
                    known[key] = sort_unique(np.concatenate([_NO_IDS, *found]))
                nodes = known[key]
            bindings[end] = sort_unique(np.concatenate([bindings.get(end, _NO_IDS), nodes]))

    def find_relevant_graphs(
        self, traversals: Iterable[tuple[Iterable[Traversal], Ids]], *, after: bool
    ) -> list[GraphFile]:
        """Return the triples that traversals read, before or after the change, by named graph."""
        recorder, known = RecordingIndex(self._delta.after if after else self._delta.before), _KnownSteps()
        for alternatives, focus_ids in traversals:
            for steps in alternatives:
                self._follow_steps(recorder, steps, focus_ids, known)
        return self._group_by_graph(recorder.collect_rows(), after=after)

    def find_matching_graphs(self, subjects: Iterable[SubjectPatterns], *, after: bool) -> list[GraphFile]:
        """Return the triples that patterns read, before or after the change, by named graph.

        Args:
            subjects: the patterns that a subject must match, and those that are read of it.
            after: whether to read the graph after the change.
        """
        index = self._delta.after if after else self._delta.before
        rows = [np.empty((0, 3), dtype=np.int64)]
        for required, read in subjects:
            matches = np.concatenate([self._match_pattern(index, pattern) for pattern in read])
            for pattern in required:
                subject_ids = sort_unique(self._match_pattern(index, pattern)[:, 0])
                matches = matches[find_in_sorted(matches[:, 0], subject_ids)]
            rows.append(matches)
        return self._group_by_graph(sort_unique_rows(np.concatenate(rows)), after=after)

    def find_schema_graphs(self, predicates: Iterable[str]) -> list[GraphFile]:
        """Return the triples of the ontology with some predicates, and its prefixes, by named graph."""
        patterns = ((iri, "") for iri in (*predicates, f"{SHACL}prefix", f"{SHACL}namespace"))
        rows = np.concatenate([self._match_pattern(self._delta.before, pattern) for pattern in patterns])
        is_schema = find_in_sorted(rows[:, 0], self._schema_subjects)
        return self._group_by_graph(sort_unique_rows(rows[is_schema]), after=False)

    def _match_pattern(self, index: TripleIndex, pattern: Pattern) -> NDArray[np.int64]:
        """Return the triples of a predicate (empty: any), filtered by an object if given."""
        rows = [np.empty((0, 3), dtype=np.int64)]
        for predicate in self._resolve_predicates(pattern[0]):
            subjects, objects = index.list_pairs(predicate)
            rows.append(np.column_stack([subjects, np.full(len(subjects), predicate), objects]))
        matches = np.concatenate(rows)
        return (
            matches[matches[:, 2] == self._terms.get_id(ox.NamedNode(pattern[1]))] if pattern[1] else matches
        )

    def _group_by_graph(self, rows: NDArray[np.int64], *, after: bool) -> list[GraphFile]:
        quads = self._delta.find_quads(rows, after=after)
        return [
            GraphFile(
                f"{number}.nt",
                self._delta.graph_iris[number],
                self._terms.serialize_triples(map(tuple, quads[quads[:, 3] == number][:, :3].tolist())),
            )
            for number in sort_unique(quads[:, 3]).tolist()
        ]

    def decode_terms(self, ids: Ids) -> set[Term]:
        """Return the terms with some ids."""
        return set(self._terms.get_terms(ids))
