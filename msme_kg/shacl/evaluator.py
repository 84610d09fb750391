"""Running compiled shapes over columns: which nodes could fail, for all nodes at once."""

from __future__ import annotations

import numpy as np

from msme_kg.shacl.constraints import states_of
from msme_kg.shacl.model import All, Compiled, Key, Range, Select, Shape, Term
from msme_kg.shacl.regex_cache import Matches
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.shacl.triple_index import Columns, distinct
from msme_kg.shacl.value_nodes import Run, States


def constants(shapes: Compiled) -> set[Term]:
    """Return the terms of shapes that must have numbers too."""
    found: set[Term] = set()
    for shape in shapes.shapes.values():
        found.update(shape.targets.nodes)
        for check in shape.checks:
            if isinstance(check, Range):
                found.add(check.bound)
            elif isinstance(check, Select):
                found.update(one for pair in check.compared for one in pair[:2] if not isinstance(one, str))
    return found


class Evaluator:
    """Runs shapes; for the states see ``facts``."""

    def __init__(self, columns: Columns, shapes: Compiled, matches: Matches) -> None:
        """Take what to run, over what.

        Args:
            columns: the data, in which the shapes' ``constants`` have numbers.
            shapes: the shapes.
            matches: what is known of patterns and terms.
        """
        self._columns, self._shapes, self._matches = columns, shapes, matches

    def targets(self, shape: Shape) -> Ids:
        """Return the focus nodes of a shape, sorted."""
        columns, aims = self._columns, shape.targets
        found = [columns.terms.numbers(aims.nodes)]
        found += [columns.instances(cls) for cls in aims.classes]
        found += [columns.subjects(one) for one in aims.subjects_of]
        found += [columns.objects(one) for one in aims.objects_of]
        return distinct(np.concatenate(found))

    def flagged(self, key: Key, nodes: Ids) -> dict[Key, Ids]:
        """Return the nodes that could violate a shape, by it or by the shape in it that they could violate.

        Args:
            key: the shape.
            nodes: nodes, each once, sorted.
        """
        shape = self._shapes.shapes[key]
        if shape.path is not None or shape.deactivated:
            return {key: nodes[self.states(key, nodes) > 0]}
        run = Run(self._columns, shape, nodes, self.states, self._matches)
        apart = [check for check in shape.checks if isinstance(check, All) and check.apart]
        whole = np.zeros(len(nodes), dtype=bool)
        for check in shape.checks:
            if check not in apart:
                whole |= states_of(check, run) > 0
        rest = nodes[~whole]
        found = {one: rest[self.states(one, rest) > 0] for check in apart for one in check.shapes}
        return {key: nodes[whole], **found}

    def states(self, key: Key, nodes: Ids) -> States:
        """Return the state of each node (each once, sorted) against a shape."""
        shape = self._shapes.shapes[key]
        found = np.zeros(len(nodes), dtype=np.int8)
        if shape.deactivated or not len(nodes):
            return found
        run = Run(self._columns, shape, nodes, self.states, self._matches)
        for check in shape.checks:
            np.maximum(found, states_of(check, run), out=found)
        return found
