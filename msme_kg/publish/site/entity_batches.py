"""Results of queries about entities, asked for a batch of neighbouring ones at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

Found = TypeVar("Found")


class EntityBatches(Generic[Found]):
    """Results by batch of entities, of which the last ones are kept.

    Attributes:
        iris: the entities, sorted.
    """

    def __init__(
        self, iris: Sequence[str], find: Callable[[Sequence[str]], Found], batch_size: int = 1
    ) -> None:
        """Ask nothing yet.

        Args:
            iris: the entities, sorted.
            find: returns the results for some entities.
            batch_size: how many entities a batch has.
        """
        self.iris, self._batch_size = iris, max(batch_size, 1)
        self._find_batch = lru_cache(maxsize=1)(
            lambda number: find(iris[number * self._batch_size : (number + 1) * self._batch_size])
        )

    def find(self, iri: str) -> Found:
        """Return the results for the batch of an entity."""
        place = max(min(bisect_left(self.iris, iri), len(self.iris) - 1), 0)
        return self._find_batch(place // self._batch_size)
