"""Which focus nodes a change can affect: from each changed statement back to where a shape begins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.namespaces import RDF, RDFS
from msme_kg.shacl.model import (
    Alternative,
    Block,
    ClassOf,
    Closed,
    Compiled,
    Disjoint,
    Equals,
    Key,
    Less,
    Path,
    Select,
    Sequence,
    Shape,
    Step,
    Term,
    TriplePattern,
)
from msme_kg.shacl.path_evaluation import walk
from msme_kg.shacl.sparql_constraints import THIS
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import Columns, distinct

_TYPE = ox.NamedNode(f"{RDF}type")
_SUBCLASS = ox.NamedNode(f"{RDFS}subClassOf")
_NONE = np.empty(0, dtype=np.int64)


class Affected:
    """What a change can affect."""

    def __init__(self, union: Columns, rows: NDArray[np.int64], shapes: Compiled, nodes: Ids = _NONE) -> None:
        """Take a change.

        Args:
            union: everything that stands before the change or after it.
            rows: the statements that come or go, as rows of three numbers.
            shapes: the shapes.
            nodes: what counts as affected anyhow, wherever a shape comes upon it.
        """
        self._union, self._rows, self._shapes, self._anyhow = union, rows, shapes, nodes
        self._known: dict[Key, Ids | None] = {}
        self._everything = bool((rows[:, 1] == union.terms.number(_SUBCLASS)).any())

    def focus(self, shape: Shape) -> Ids | None:
        """Return the nodes at which a shape could find something else than before; None for all nodes."""
        nodes = self._nodes(shape.key)
        if nodes is None:
            return None
        aims = shape.targets
        found = [nodes, self._subjects(_TYPE) if aims.classes else _NONE]
        found += [self._subjects(one) for one in aims.subjects_of]
        found += [self._objects(one) for one in aims.objects_of]
        return distinct(np.concatenate(found))

    def _of(self, predicate: Term) -> NDArray[np.int64]:
        found: NDArray[np.int64] = self._rows[self._rows[:, 1] == self._union.terms.number(predicate)]
        return found

    def _subjects(self, predicate: Term) -> Ids:
        return self._of(predicate)[:, 0]

    def _objects(self, predicate: Term) -> Ids:
        return self._of(predicate)[:, 2]

    def _nodes(self, key: Key) -> Ids | None:
        """Return the nodes at which running a shape reads a changed statement; None for all."""
        if key not in self._known:
            self._known[key] = None if self._everything or key in self._shapes.unknown else self._read(key)
        return self._known[key]

    def _read(self, key: Key) -> Ids | None:
        shape = self._shapes.shapes[key]
        here, values = [self._anyhow], [_NONE]
        for check in shape.checks:
            if isinstance(check, Equals | Disjoint | Less):
                here.append(self._subjects(check.predicate))
            elif isinstance(check, ClassOf):
                values.append(self._subjects(_TYPE))
            elif isinstance(check, Closed):
                values.append(self._rows[:, 0])
            elif isinstance(check, Select):
                found = self._asking(check)
                if found is None:
                    return None
                values.append(found)
        for inner in shape.references():
            found = self._nodes(inner)
            if found is None:
                return None
            values.append(found)
        reached = distinct(np.concatenate(values))
        if shape.path is None:
            return distinct(np.concatenate([*here, reached]))
        return distinct(np.concatenate([*here, self._starts(shape.path), self._back(shape.path, reached)]))

    def _starts(self, path: Path) -> Ids:
        """Return the nodes from which walking a path uses a changed statement."""
        if isinstance(path, Step):
            return self._objects(path.predicate) if path.inverse else self._subjects(path.predicate)
        if isinstance(path, Sequence):
            found = _NONE
            for part in reversed(path.parts):
                found = distinct(np.concatenate([self._starts(part), self._back(part, found)]))
            return found
        if isinstance(path, Alternative):
            return distinct(np.concatenate([self._starts(part) for part in path.parts]))
        starts = distinct(self._starts(path.inner))
        return np.union1d(starts, self._back(path, starts)) if path.more else starts

    def _back(self, path: Path, nodes: Ids) -> Ids:
        """Return the nodes from which a path reaches others."""
        return distinct(walk(self._union, _inverted(path), nodes)[1]) if len(nodes) else _NONE

    def _asking(self, select: Select) -> Ids | None:
        """Return the values of ``?this`` for which a query reads a changed statement; None for all."""
        found = [_NONE]
        for pattern, above in _patterns(select.block, ()):
            rows = self._of(pattern.predicate)
            if not len(rows):
                continue
            start = pattern.object if pattern.backwards else pattern.subject
            nodes = self._this(start, rows[:, 2 if pattern.backwards else 0], above)
            if nodes is None:
                return None
            found.append(nodes)
        return distinct(np.concatenate(found))

    def _this(self, end: Term | str, nodes: Ids, above: tuple[TriplePattern, ...]) -> Ids | None:
        """Follow patterns back from values of a variable to those of ``?this``."""
        nodes = distinct(nodes)
        if not isinstance(end, str):
            return None
        if end == THIS or not len(nodes):
            return nodes
        for place, one in enumerate(above):
            first, last = (one.object, one.subject) if one.backwards else (one.subject, one.object)
            if last == end:
                before = self._union.follow(one.predicate, nodes, inverse=not one.backwards)[1]
                return self._this(first, before, above[:place])
        return None


def _patterns(
    block: Block, above: tuple[TriplePattern, ...]
) -> Iterator[tuple[TriplePattern, tuple[TriplePattern, ...]]]:
    """Yield the patterns of a block and of those in it, each with the patterns before it."""
    for place, pattern in enumerate(block.patterns):
        yield pattern, above + block.patterns[:place]
    for inner in block.inner:
        yield from _patterns(inner, above + block.patterns)


def _inverted(path: Path) -> Path:
    if isinstance(path, Step):
        return Step(path.predicate, not path.inverse)
    if isinstance(path, Sequence):
        return Sequence(tuple(_inverted(part) for part in reversed(path.parts)))
    if isinstance(path, Alternative):
        return Alternative(tuple(_inverted(part) for part in path.parts))
    return type(path)(_inverted(path.inner), path.zero, path.more)
