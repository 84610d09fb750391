"""What a change can do to checks: the things it can affect, and the few statements that decide about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.namespaces import RDF
from msme_kg.shacl.change_overlay import Delta
from msme_kg.shacl.model import Term
from msme_kg.shacl.read_recorder import Touched
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import Columns, among, distinct
from msme_kg.storage.dataset import GraphFile

Steps = Sequence[tuple[str, str, str, bool]]
"""How a check comes from one thing to others, see ``msme_kg.validation.query_dependencies``."""
_FOCUS = "focus"
_TYPE = ox.NamedNode(f"{RDF}type")
_NONE = np.empty(0, dtype=np.int64)


class Vicinity:
    """What is around the statements that come to the files of a graph or go from them."""

    def __init__(self, delta: Delta, ontology: Sequence[str]) -> None:
        """Take a change.

        Args:
            delta: the change.
            ontology: the graphs that describe classes and properties.
        """
        self._delta, self._changed = delta, delta.changed
        self._terms = delta.graph.terms
        files = [number for number, name in enumerate(delta.graph.graphs) if name in ontology]
        self._schema = delta.graph.table.subjects_in(files)

    def is_odd(self) -> bool:
        """Tell whether the change is of more than what is told apart by its name.

        Blank nodes are not, and an IRI with letters that could be mistaken for others is compared with all.
        """
        terms = self._terms.of(distinct(self._changed.ravel()))
        named = (one for one in terms if not isinstance(one, ox.Literal))
        return any(isinstance(one, ox.BlankNode) or not one.value.isascii() for one in named)

    def is_about_schema(self, predicates: Iterable[str]) -> bool:
        """Tell whether what is read of the ontology by some predicates could be another than in its files."""
        subjects = distinct(self._changed[:, 0])
        if np.isin(subjects, self._schema).any():
            return True
        for predicate in map(ox.NamedNode, predicates):
            rows = self._changed[self._changed[:, 1] == self._terms.number(predicate)]
            if predicate == _TYPE:  # what a thing is says something of the ontology if it is used like a term
                as_class = self._delta.union.follow(_TYPE, subjects, inverse=True)[0]
                if len(as_class) or np.isin(rows[:, 0], self._delta.union.predicates()).any():
                    return True
            elif len(rows) or not np.isin(self._delta.before.subjects(predicate), self._schema).all():
                return True
        return False

    def things(self) -> list[set[tuple[str, str]]]:
        """Return for each thing that the change is about what it states before or after it.

        Each is a set of pairs: of predicate and object, and of predicate and nothing.
        """
        found = []
        for subject in np.unique(self._changed[:, 0]):
            touched = Touched(self._delta.union, _NONE)
            self._walk(touched, (("focus", "", "", False),), np.array([subject]))
            rows = touched.rows()
            predicates, values = (self._terms.of(rows[:, place]) for place in (1, 2))
            pairs = zip(predicates, values, strict=True)
            found.append({(one.value, end) for one, other in pairs for end in ("", other.value)})
        return found

    def foci(self, steps: Steps) -> Ids:
        """Return the things from which steps can come upon a changed statement."""
        found = [_NONE]
        for place, (origin, iri, _, inverse) in enumerate(steps):
            rows = self._changed
            if iri:
                rows = rows[rows[:, 1] == self._terms.number(ox.NamedNode(iri))]
            found.append(self._back(origin, distinct(rows[:, 2 if inverse else 0]), steps[:place]))
        return distinct(np.concatenate(found))

    def _back(self, name: str, nodes: Ids, steps: Steps) -> Ids:
        """Return the things from which steps come to nodes under a name."""
        if name == _FOCUS or not len(nodes):
            return nodes
        found = [_NONE]
        for place, (origin, iri, end, inverse) in enumerate(steps):
            if end == name:
                starts = [
                    self._delta.union.follow_number(one, nodes, inverse=not inverse)[1]
                    for one in self._over(iri)
                ]
                found.append(self._back(origin, distinct(np.concatenate(starts)), steps[:place]))
        return distinct(np.concatenate(found))

    def _over(self, iri: str) -> list[int]:
        """Return the predicates that a step goes over."""
        return [self._terms.number(ox.NamedNode(iri))] if iri else self._delta.union.predicates()

    def _walk(self, touched: Touched, steps: Steps, foci: Ids) -> None:
        """Follow steps from some things."""
        reached = {_FOCUS: foci}
        for origin, iri, end, inverse in steps:
            found = [
                touched.follow_number(one, reached[origin], inverse=inverse)[1] for one in self._over(iri)
            ]
            reached[end] = distinct(np.concatenate([reached.get(end, _NONE), *found]))

    def around(self, ways: Iterable[tuple[Steps, Ids]], *, after: bool) -> list[GraphFile]:
        """Return what steps read from some things, before or after the change, by file."""
        touched = Touched(self._delta.after if after else self._delta.before, _NONE)
        for steps, foci in ways:
            self._walk(touched, steps, foci)
        return self._by_file(touched.rows(), after=after)

    def stating(
        self, stars: Iterable[tuple[tuple[str, str], ...]], reads: Iterable[tuple[str, str]], *, after: bool
    ) -> list[GraphFile]:
        """Return what is stated of things of some kinds before or after the change, by file.

        Args:
            stars: for each kind, what such a thing states: pairs of predicate and object (empty: any).
            reads: what is wanted of it: pairs likewise.
            after: whether the statements after it.
        """
        columns = self._delta.after if after else self._delta.before
        about = [
            reduce(np.intersect1d, (self._having(columns, one)[0] for one in star)) for star in stars if star
        ]
        subjects = distinct(np.concatenate([_NONE, *about]))
        found = [np.empty((0, 3), dtype=np.int64)]
        for pair in reads:
            starts, values = self._having(columns, pair)
            kept = among(starts, subjects)
            number = self._terms.number(ox.NamedNode(pair[0]))
            found.append(np.column_stack([starts[kept], np.full(int(kept.sum()), number), values[kept]]))
        return self._by_file(np.unique(np.concatenate(found), axis=0), after=after)

    def _having(self, columns: Columns, pair: tuple[str, str]) -> tuple[Ids, Ids]:
        """Return subjects and objects of a predicate; of just one object, if it is given."""
        subjects, objects = columns.pairs(self._terms.number(ox.NamedNode(pair[0])))
        if not pair[1]:
            return subjects, objects
        kept = objects == self._terms.number(ox.NamedNode(pair[1]))
        return subjects[kept], objects[kept]

    def _by_file(self, rows: NDArray[np.int64], *, after: bool) -> list[GraphFile]:
        stated = self._delta.stated(rows, after=after)
        return [
            GraphFile(
                f"{number}.nt", self._delta.graphs[number], self._terms.lines(map(tuple, some.tolist()))
            )
            for number in np.unique(stated[:, 3]).tolist()
            for some in [stated[stated[:, 3] == number][:, :3]]
        ]

    def terms_of(self, numbers: Ids) -> set[Term]:
        """Return the things that numbers stand for."""
        return set(self._terms.of(numbers))
