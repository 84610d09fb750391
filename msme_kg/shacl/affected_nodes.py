"""Focus nodes that a change can affect, by following paths back from the changed triples."""

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
    InversePath,
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
from msme_kg.shacl.path_syntax import invert_path
from msme_kg.shacl.query_groups import THIS
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import TripleIndex, sort_unique

_TYPE = ox.NamedNode(f"{RDF}type")
_SUBCLASS = ox.NamedNode(f"{RDFS}subClassOf")
_NO_IDS = np.empty(0, dtype=np.int64)


class AffectedFocusNodes:
    """The focus nodes at which a change can affect validation results."""

    def __init__(
        self,
        union: TripleIndex,
        changed_rows: NDArray[np.int64],
        shapes: CompiledShapes,
        extra_nodes: Ids = _NO_IDS,
    ) -> None:
        """Prepare for a change.

        Args:
            union: the triples before and after the change.
            changed_rows: the added and removed triples, as rows of three ids.
            shapes: the compiled shapes.
            extra_nodes: nodes that count as affected in any case.
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
        """Return the focus nodes at which the results of a shape can differ; None for all."""
        nodes = self._find_affected_nodes(shape.node)
        if nodes is None:
            return None
        # A changed triple can also make a node a target (SHACL §2.1.3).
        targets = shape.targets
        parts = [nodes, self._collect_subjects(_TYPE) if targets.classes else _NO_IDS]
        parts += [self._collect_subjects(predicate) for predicate in targets.subjects_of]
        parts += [self._collect_objects(predicate) for predicate in targets.objects_of]
        return sort_unique(np.concatenate(parts))

    def _select_changed_rows(self, predicate: Term) -> NDArray[np.int64]:
        is_selected = self._changed_rows[:, 1] == self._union.terms.get_id(predicate)
        rows: NDArray[np.int64] = self._changed_rows[is_selected]
        return rows

    def _collect_subjects(self, predicate: Term) -> Ids:
        return self._select_changed_rows(predicate)[:, 0]

    def _collect_objects(self, predicate: Term) -> Ids:
        return self._select_changed_rows(predicate)[:, 2]

    def _find_affected_nodes(self, key: ShapeNode) -> Ids | None:
        """Return the nodes at which evaluating a shape reads a changed triple; None for all."""
        if key not in self._nodes_by_shape:
            self._nodes_by_shape[key] = (
                None
                if self._is_subclass_changed or key in self._shapes.unsupported
                else self._compute_affected_nodes(key)
            )
        return self._nodes_by_shape[key]

    def _compute_affected_nodes(self, key: ShapeNode) -> Ids | None:
        shape = self._shapes.shapes[key]
        focus_nodes, values = [self._extra_nodes], [_NO_IDS]
        for constraint in shape.constraints:
            if isinstance(constraint, Equals | Disjoint | LessThan):
                focus_nodes.append(self._collect_subjects(constraint.predicate))
            elif isinstance(constraint, ClassOf):
                values.append(self._collect_subjects(_TYPE))
            elif isinstance(constraint, Closed):
                values.append(self._changed_rows[:, 0])
            elif isinstance(constraint, SparqlConstraint):
                query_nodes = self._find_query_nodes(constraint)
                if query_nodes is None:
                    return None
                focus_nodes.append(query_nodes)  # $this is the focus node, of a property shape too (§5.3.1)
        for inner in shape.list_references():
            inner_nodes = self._find_affected_nodes(inner)
            if inner_nodes is None:
                return None
            values.append(inner_nodes)
        reached = sort_unique(np.concatenate(values))
        if shape.path is None:
            return sort_unique(np.concatenate([*focus_nodes, reached]))
        return sort_unique(
            np.concatenate(
                [
                    *focus_nodes,
                    self._find_path_starts(shape.path),
                    self._follow_path_back(shape.path, reached),
                ]
            )
        )

    def _find_path_starts(self, path: Path) -> Ids:
        """Return the nodes from which following a path uses a changed triple."""
        if isinstance(path, PredicatePath):
            return (
                self._collect_objects(path.predicate)
                if path.inverse
                else self._collect_subjects(path.predicate)
            )
        if isinstance(path, SequencePath):
            starts = _NO_IDS
            for part in reversed(path.parts):
                starts = sort_unique(
                    np.concatenate([self._find_path_starts(part), self._follow_path_back(part, starts)])
                )
            return starts
        if isinstance(path, AlternativePath):
            return sort_unique(np.concatenate([self._find_path_starts(part) for part in path.parts]))
        if isinstance(path, InversePath):
            return self._find_path_starts(invert_path(path.inner))
        starts = sort_unique(self._find_path_starts(path.inner))
        further = self._follow_path_back(path, starts) if path.is_repeatable else _NO_IDS
        return sort_unique(np.concatenate([starts, further]))

    def _follow_path_back(self, path: Path, nodes: Ids) -> Ids:
        """Return the nodes from which a path reaches some nodes."""
        return sort_unique(follow_path(self._union, invert_path(path), nodes)[1]) if len(nodes) else _NO_IDS

    def _find_query_nodes(self, constraint: SparqlConstraint) -> Ids | None:
        """Return the values of ``$this`` for which a query reads a changed triple; None for all."""
        if constraint.group_pattern is None:
            return None
        parts = [_NO_IDS]
        for pattern, preceding in _iterate_patterns(constraint.group_pattern, ()):
            rows = self._select_changed_rows(pattern.predicate)
            if not len(rows):
                continue
            start = pattern.object if pattern.is_inverse else pattern.subject
            nodes = self._trace_to_this(start, rows[:, 2 if pattern.is_inverse else 0], preceding)
            if nodes is None:
                return None
            parts.append(nodes)
        return sort_unique(np.concatenate(parts))

    def _trace_to_this(self, end: Term | str, nodes: Ids, preceding: tuple[TriplePattern, ...]) -> Ids | None:
        """Follow the preceding patterns back from values of a variable to values of ``$this``."""
        nodes = sort_unique(nodes)
        if not isinstance(end, str):
            return None
        if end == THIS or not len(nodes):
            return nodes
        for position, pattern in enumerate(preceding):
            first, last = pattern.subject, pattern.object
            if pattern.is_inverse:
                first, last = last, first
            if last == end:
                starts = self._union.follow(pattern.predicate, nodes, inverse=not pattern.is_inverse)[1]
                return self._trace_to_this(first, starts, preceding[:position])
        return None


def _iterate_patterns(
    group: GroupPattern, preceding: tuple[TriplePattern, ...]
) -> Iterator[tuple[TriplePattern, tuple[TriplePattern, ...]]]:
    """Yield the patterns of a group and of its nested groups, each with the patterns before it."""
    for position, pattern in enumerate(group.patterns):
        yield pattern, preceding + group.patterns[:position]
    for nested in group.nested_groups:
        yield from _iterate_patterns(nested, preceding + group.patterns)
