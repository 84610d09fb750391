"""Which focus nodes a change can affect: from each changed statement back to where a shape begins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.namespaces import RDF, RDFS
from msme_kg.shacl.model import (
    AlternativePath,
    ClassOf,
    Closed,
    CompiledShapes,
    Disjoint,
    Equals,
    GroupPattern,
    LessThan,
    Path,
    PredicatePath,
    SequencePath,
    Shape,
    ShapeNode,
    SparqlConstraint,
    Term,
    TriplePattern,
)
from msme_kg.shacl.path_evaluation import follow_path
from msme_kg.shacl.sparql_constraints import THIS
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import TripleIndex, sort_unique

_TYPE = ox.NamedNode(f"{RDF}type")
_SUBCLASS = ox.NamedNode(f"{RDFS}subClassOf")
_NO_IDS = np.empty(0, dtype=np.int64)


class AffectedFocusNodes:
    """What a change can affect."""

    def __init__(
        self,
        union: TripleIndex,
        changed_rows: NDArray[np.int64],
        shapes: CompiledShapes,
        extra_nodes: Ids = _NO_IDS,
    ) -> None:
        """Take a change.

        Args:
            union: everything that stands before the change or after it.
            changed_rows: the statements that come or go, as rows of three numbers.
            shapes: the shapes.
            extra_nodes: what counts as affected anyhow, wherever a shape comes upon it.
        """
        self._union, self._changed_rows, self._shapes, self._extra_nodes = (
            union,
            changed_rows,
            shapes,
            extra_nodes,
        )
        self._nodes_by_shape: dict[ShapeNode, Ids | None] = {}
        self._is_subclass_changed = bool((changed_rows[:, 1] == union.terms.get_id(_SUBCLASS)).any())

    def find_for_shape(self, shape: Shape) -> Ids | None:
        """Return the nodes at which a shape could find something else than before; None for all nodes."""
        nodes = self._find_affected_nodes(shape.node)
        if nodes is None:
            return None
        aims = shape.targets
        found = [nodes, self._collect_subjects(_TYPE) if aims.classes else _NO_IDS]
        found += [self._collect_subjects(one) for one in aims.subjects_of]
        found += [self._collect_objects(one) for one in aims.objects_of]
        return sort_unique(np.concatenate(found))

    def _select_changed_rows(self, predicate: Term) -> NDArray[np.int64]:
        found: NDArray[np.int64] = self._changed_rows[
            self._changed_rows[:, 1] == self._union.terms.get_id(predicate)
        ]
        return found

    def _collect_subjects(self, predicate: Term) -> Ids:
        return self._select_changed_rows(predicate)[:, 0]

    def _collect_objects(self, predicate: Term) -> Ids:
        return self._select_changed_rows(predicate)[:, 2]

    def _find_affected_nodes(self, key: ShapeNode) -> Ids | None:
        """Return the nodes at which running a shape reads a changed statement; None for all."""
        if key not in self._nodes_by_shape:
            self._nodes_by_shape[key] = (
                None
                if self._is_subclass_changed or key in self._shapes.unsupported
                else self._compute_affected_nodes(key)
            )
        return self._nodes_by_shape[key]

    def _compute_affected_nodes(self, key: ShapeNode) -> Ids | None:
        shape = self._shapes.shapes[key]
        here, values = [self._extra_nodes], [_NO_IDS]
        for check in shape.constraints:
            if isinstance(check, Equals | Disjoint | LessThan):
                here.append(self._collect_subjects(check.predicate))
            elif isinstance(check, ClassOf):
                values.append(self._collect_subjects(_TYPE))
            elif isinstance(check, Closed):
                values.append(self._changed_rows[:, 0])
            elif isinstance(check, SparqlConstraint):
                found = self._find_query_nodes(check)
                if found is None:
                    return None
                values.append(found)
        for inner in shape.list_references():
            found = self._find_affected_nodes(inner)
            if found is None:
                return None
            values.append(found)
        reached = sort_unique(np.concatenate(values))
        if shape.path is None:
            return sort_unique(np.concatenate([*here, reached]))
        return sort_unique(
            np.concatenate(
                [*here, self._find_path_starts(shape.path), self._follow_path_back(shape.path, reached)]
            )
        )

    def _find_path_starts(self, path: Path) -> Ids:
        """Return the nodes from which walking a path uses a changed statement."""
        if isinstance(path, PredicatePath):
            return (
                self._collect_objects(path.predicate)
                if path.inverse
                else self._collect_subjects(path.predicate)
            )
        if isinstance(path, SequencePath):
            found = _NO_IDS
            for part in reversed(path.parts):
                found = sort_unique(
                    np.concatenate([self._find_path_starts(part), self._follow_path_back(part, found)])
                )
            return found
        if isinstance(path, AlternativePath):
            return sort_unique(np.concatenate([self._find_path_starts(part) for part in path.parts]))
        starts = sort_unique(self._find_path_starts(path.inner))
        return np.union1d(starts, self._follow_path_back(path, starts)) if path.is_repeatable else starts

    def _follow_path_back(self, path: Path, nodes: Ids) -> Ids:
        """Return the nodes from which a path reaches others."""
        return sort_unique(follow_path(self._union, _invert_path(path), nodes)[1]) if len(nodes) else _NO_IDS

    def _find_query_nodes(self, select: SparqlConstraint) -> Ids | None:
        """Return the values of ``?this`` for which a query reads a changed statement; None for all."""
        found = [_NO_IDS]
        for pattern, above in _iterate_patterns(select.group_pattern, ()):
            rows = self._select_changed_rows(pattern.predicate)
            if not len(rows):
                continue
            start = pattern.object if pattern.is_inverse else pattern.subject
            nodes = self._trace_to_this(start, rows[:, 2 if pattern.is_inverse else 0], above)
            if nodes is None:
                return None
            found.append(nodes)
        return sort_unique(np.concatenate(found))

    def _trace_to_this(self, end: Term | str, nodes: Ids, above: tuple[TriplePattern, ...]) -> Ids | None:
        """Follow patterns back from values of a variable to those of ``?this``."""
        nodes = sort_unique(nodes)
        if not isinstance(end, str):
            return None
        if end == THIS or not len(nodes):
            return nodes
        for place, one in enumerate(above):
            first, last = (one.object, one.subject) if one.is_inverse else (one.subject, one.object)
            if last == end:
                before = self._union.follow(one.predicate, nodes, inverse=not one.is_inverse)[1]
                return self._trace_to_this(first, before, above[:place])
        return None


def _iterate_patterns(
    block: GroupPattern, above: tuple[TriplePattern, ...]
) -> Iterator[tuple[TriplePattern, tuple[TriplePattern, ...]]]:
    """Yield the patterns of a block and of those in it, each with the patterns before it."""
    for place, pattern in enumerate(block.patterns):
        yield pattern, above + block.patterns[:place]
    for inner in block.nested_groups:
        yield from _iterate_patterns(inner, above + block.patterns)


def _invert_path(path: Path) -> Path:
    if isinstance(path, PredicatePath):
        return PredicatePath(path.predicate, not path.inverse)
    if isinstance(path, SequencePath):
        return SequencePath(tuple(_invert_path(part) for part in reversed(path.parts)))
    if isinstance(path, AlternativePath):
        return AlternativePath(tuple(_invert_path(part) for part in path.parts))
    return type(path)(_invert_path(path.inner), path.is_optional, path.is_repeatable)
