"""Violations of one constraint, as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from msme_kg.shacl.model import Term
from msme_kg.shacl.term_dictionary import Ids

NO_TERM = -1
"""The id where a result has no value or path of its own."""


@dataclass(frozen=True)
class Violations:
    """The violations of a constraint; each gives a validation result (SHACL §3.4.1).

    Attributes:
        focus_indices: for each violation the position of its focus node.
        values: the id of the value node; ``NO_TERM`` for none.
        predicates: the id of the predicate that is the path of the result; None for that of the shape.
        bindings: the solution of the query of a SPARQL-based constraint; empty for other constraints.
    """

    focus_indices: Ids
    values: Ids
    predicates: Ids | None = None
    bindings: Sequence[Mapping[str, Term]] = ()

    @classmethod
    def without_values(cls, focus_indices: Ids) -> Violations:
        """Return violations of a constraint that is not about single value nodes."""
        return cls(focus_indices, np.full(len(focus_indices), NO_TERM, dtype=np.int64))
