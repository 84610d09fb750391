"""Running compiled shapes over columns: which nodes could fail, for all nodes at once."""

from __future__ import annotations

import numpy as np

from msme_kg.check.screen.checks import states_of
from msme_kg.check.screen.columns import Columns, Ids, States
from msme_kg.check.screen.run import Run
from msme_kg.check.screen.tree import Compiled, Key, Range, Shape, Term


def constants(shapes: Compiled) -> set[Term]:
    """Return the terms of shapes that the columns must number too."""
    found: set[Term] = set()
    for shape in shapes.shapes.values():
        found.update(shape.targets.nodes)
        found.update(check.bound for check in shape.checks if isinstance(check, Range))
    return found


class Evaluator:
    """Runs shapes; a state is 0 for a node that surely passes, 2 for one that fails, 1 in between."""

    def __init__(self, columns: Columns, shapes: Compiled) -> None:
        self._columns, self._shapes = columns, shapes
        self.ended: set[Key] = set()
        """Shapes at which pySHACL may stop with an error."""

    def targets(self, shape: Shape) -> Ids:
        """Return the focus nodes of a shape, sorted."""
        columns, aims = self._columns, shape.targets
        numbers = [columns.numbers[term] for term in aims.nodes]
        found = [np.array(numbers, dtype=np.int64)]
        found += [columns.instances(cls) for cls in aims.classes]
        found += [columns.subjects(one) for one in aims.subjects_of]
        found += [columns.objects(one) for one in aims.objects_of]
        return np.unique(np.concatenate(found))

    def states(self, key: Key, nodes: Ids) -> States:
        """Return the state of each node (each once) against a shape."""
        shape = self._shapes.shapes[key]
        found = np.zeros(len(nodes), dtype=np.int8)
        if shape.deactivated or not len(nodes):
            return found
        run = Run(self._columns, shape, nodes, self.states, self.ended)
        for check in shape.checks:
            np.maximum(found, states_of(check, run), out=found)
        return found
