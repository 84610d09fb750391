"""What a change can do to checks: the things it can affect, and the few statements that decide about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.namespaces import RDF
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.model import Term
from msme_kg.shacl.read_recorder import RecordingIndex
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import TripleIndex, find_in_sorted, sort_unique
from msme_kg.storage.dataset import GraphFile

Traversal = Sequence[tuple[str, str, str, bool]]
"""How a check comes from one thing to others, see ``msme_kg.validation.query_dependencies``."""
_FOCUS_VARIABLE = "focus"
_TYPE = ox.NamedNode(f"{RDF}type")
_NO_IDS = np.empty(0, dtype=np.int64)


class ChangeNeighbourhood:
    """What is around the statements that come to the files of a graph or go from them."""

    def __init__(self, delta: ChangeOverlay, ontology_graphs: Sequence[str]) -> None:
        """Take a change.

        Args:
            delta: the change.
            ontology_graphs: the graphs that describe classes and properties.
        """
        self._delta, self._changed_rows = delta, delta.changed_rows
        self._terms = delta.graph.terms
        files = [number for number, name in enumerate(delta.graph.graph_iris) if name in ontology_graphs]
        self._schema_subjects = delta.graph.table.find_subjects(files)

    def has_unsupported_terms(self) -> bool:
        """Tell whether the change is of more than what is told apart by its name.

        Blank nodes are not, and an IRI with letters that could be mistaken for others is compared with all.
        """
        terms = self._terms.get_terms(sort_unique(self._changed_rows.ravel()))
        named = (one for one in terms if not isinstance(one, ox.Literal))
        return any(isinstance(one, ox.BlankNode) or not one.value.isascii() for one in named)

    def can_affect_schema(self, predicates: Iterable[str]) -> bool:
        """Tell whether what is read of the ontology by some predicates could be another than in its files."""
        subjects = sort_unique(self._changed_rows[:, 0])
        if np.isin(subjects, self._schema_subjects).any():
            return True
        for predicate in map(ox.NamedNode, predicates):
            rows = self._changed_rows[self._changed_rows[:, 1] == self._terms.get_id(predicate)]
            if predicate == _TYPE:  # what a thing is says something of the ontology if it is used like a term
                as_class = self._delta.union.follow(_TYPE, subjects, inverse=True)[0]
                if len(as_class) or np.isin(rows[:, 0], self._delta.union.list_predicates()).any():
                    return True
            elif (
                len(rows)
                or not np.isin(self._delta.before.list_subjects(predicate), self._schema_subjects).all()
            ):
                return True
        return False

    def collect_entity_patterns(self) -> list[set[tuple[str, str]]]:
        """Return for each thing that the change is about what it states before or after it.

        Each is a set of pairs: of predicate and object, and of predicate and nothing.
        """
        found = []
        for subject in np.unique(self._changed_rows[:, 0]):
            touched = RecordingIndex(self._delta.union, _NO_IDS)
            self._follow_steps(touched, (("focus", "", "", False),), np.array([subject]))
            rows = touched.collect_rows()
            predicates, values = (self._terms.get_terms(rows[:, place]) for place in (1, 2))
            pairs = zip(predicates, values, strict=True)
            found.append({(one.value, end) for one, other in pairs for end in ("", other.value)})
        return found

    def find_affected_focus_nodes(self, traversal: Traversal) -> Ids:
        """Return the things from which steps can come upon a changed statement."""
        found = [_NO_IDS]
        for place, (origin, iri, _, inverse) in enumerate(traversal):
            rows = self._changed_rows
            if iri:
                rows = rows[rows[:, 1] == self._terms.get_id(ox.NamedNode(iri))]
            found.append(
                self._trace_back(origin, sort_unique(rows[:, 2 if inverse else 0]), traversal[:place])
            )
        return sort_unique(np.concatenate(found))

    def _trace_back(self, name: str, nodes: Ids, steps: Traversal) -> Ids:
        """Return the things from which steps come to nodes under a name."""
        if name == _FOCUS_VARIABLE or not len(nodes):
            return nodes
        found = [_NO_IDS]
        for place, (origin, iri, end, inverse) in enumerate(steps):
            if end == name:
                starts = [
                    self._delta.union.follow_id(one, nodes, inverse=not inverse)[1]
                    for one in self._resolve_predicates(iri)
                ]
                found.append(self._trace_back(origin, sort_unique(np.concatenate(starts)), steps[:place]))
        return sort_unique(np.concatenate(found))

    def _resolve_predicates(self, iri: str) -> list[int]:
        """Return the predicates that a step goes over."""
        return [self._terms.get_id(ox.NamedNode(iri))] if iri else self._delta.union.list_predicates()

    def _follow_steps(self, touched: RecordingIndex, steps: Traversal, foci: Ids) -> None:
        """Follow steps from some things."""
        reached = {_FOCUS_VARIABLE: foci}
        for origin, iri, end, inverse in steps:
            found = [
                touched.follow_id(one, reached[origin], inverse=inverse)[1]
                for one in self._resolve_predicates(iri)
            ]
            reached[end] = sort_unique(np.concatenate([reached.get(end, _NO_IDS), *found]))

    def find_relevant_graphs(
        self, traversals: Iterable[tuple[Traversal, Ids]], *, after: bool
    ) -> list[GraphFile]:
        """Return what steps read from some things, before or after the change, by file."""
        touched = RecordingIndex(self._delta.after if after else self._delta.before, _NO_IDS)
        for steps, foci in traversals:
            self._follow_steps(touched, steps, foci)
        return self._group_by_graph(touched.collect_rows(), after=after)

    def find_matching_graphs(
        self,
        subject_patterns: Iterable[tuple[tuple[str, str], ...]],
        triple_patterns: Iterable[tuple[str, str]],
        *,
        after: bool,
    ) -> list[GraphFile]:
        """Return what is stated of things of some kinds before or after the change, by file.

        Args:
            subject_patterns: for each kind, its pairs of predicate and object (empty: any).
            triple_patterns: what is wanted of it: pairs likewise.
            after: whether the statements after it.
        """
        columns = self._delta.after if after else self._delta.before
        about = [
            reduce(np.intersect1d, (self._match_pattern(columns, one)[0] for one in star))
            for star in subject_patterns
            if star
        ]
        subjects = sort_unique(np.concatenate([_NO_IDS, *about]))
        found = [np.empty((0, 3), dtype=np.int64)]
        for pair in triple_patterns:
            starts, values = self._match_pattern(columns, pair)
            kept = find_in_sorted(starts, subjects)
            number = self._terms.get_id(ox.NamedNode(pair[0]))
            found.append(np.column_stack([starts[kept], np.full(int(kept.sum()), number), values[kept]]))
        return self._group_by_graph(np.unique(np.concatenate(found), axis=0), after=after)

    def _match_pattern(self, columns: TripleIndex, pair: tuple[str, str]) -> tuple[Ids, Ids]:
        """Return subjects and objects of a predicate; of just one object, if it is given."""
        subjects, objects = columns.list_pairs(self._terms.get_id(ox.NamedNode(pair[0])))
        if not pair[1]:
            return subjects, objects
        kept = objects == self._terms.get_id(ox.NamedNode(pair[1]))
        return subjects[kept], objects[kept]

    def _group_by_graph(self, rows: NDArray[np.int64], *, after: bool) -> list[GraphFile]:
        stated = self._delta.find_quads(rows, after=after)
        return [
            GraphFile(
                f"{number}.nt",
                self._delta.graph_iris[number],
                self._terms.serialize_triples(map(tuple, some.tolist())),
            )
            for number in np.unique(stated[:, 3]).tolist()
            for some in [stated[stated[:, 3] == number][:, :3]]
        ]

    def decode_terms(self, ids: Ids) -> set[Term]:
        """Return the things that numbers stand for."""
        return set(self._terms.get_terms(ids))
