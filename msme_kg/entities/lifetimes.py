"""Lifetimes: the days before which entities had certainly not begun, or after which they had ended."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from operator import itemgetter

import pyoxigraph as ox

from msme_kg.repository import Repository
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.query_catalog import EXPORT, QueryCatalog
from msme_kg.sparql.results import QueryEngine, Solutions, Term
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.type_check import require_type


@dataclass(frozen=True)
class Lifetimes:
    """The entities that are absent on some days; so are those that cannot be without them.

    Attributes:
        begins: the entities that were absent before a day, by this day.
        ends: the entities that were absent after a day, by this day.
    """

    begins: dict[str, list[str]]
    ends: dict[str, list[str]]

    def list_absent(self, day: str) -> frozenset[str]:
        """Return the IRIs of the entities that were certainly absent on a day, ``YYYY-MM-DD``."""
        absent = [iris for first, iris in self.begins.items() if day < first]
        absent += [iris for last, iris in self.ends.items() if last < day]
        return frozenset().union(*absent)


def compute_lifetimes(repository: Repository, dataset: Dataset, engine: QueryEngine) -> Lifetimes:
    """Return the lifetimes of the entities of a graph, from the cache if they are there."""
    query = QueryCatalog(repository).get(EXPORT, "not-held").text
    query = bind_values(query, {"as_of": [None]}).rpartition("ORDER BY")[0]  # which would take longest
    key = cache.compute_cache_key(dataset.key, query)
    lifetimes = cache.load(
        "lifetimes", key, lambda parts: require_type(Lifetimes(**json.loads(bytes(parts["json"]))), Lifetimes)
    )
    if lifetimes is None:
        lifetimes = _derive(engine.select(query))
        cache.store("lifetimes", key, {"json": json.dumps(asdict(lifetimes)).encode()})
    return lifetimes


def _derive(solutions: Solutions) -> Lifetimes:
    """Return lifetimes from rows of an entity, its first day, its last day, and what it cannot be without."""
    begins, ends = [], []
    dependents: dict[Term | None, list[Term | None]] = defaultdict(list)
    for entity, first, last, *needed in solutions.rows:
        begins += [(first.value, entity)] if first is not None else []
        ends += [(last.value, entity)] if last is not None else []
        for other in needed:
            dependents[other].append(entity)
    begins.sort(key=itemgetter(0), reverse=True)
    ends.sort(key=itemgetter(0))
    return Lifetimes(_spread(begins, dependents), _spread(ends, dependents))


def _spread(
    bounds: Iterable[tuple[str, Term | None]], dependents: Mapping[Term | None, Iterable[Term | None]]
) -> dict[str, list[str]]:
    """Return by day what is absent with the entities of that day and of no earlier one in the order."""
    reached: set[Term | None] = set()
    absent: dict[str, list[str]] = defaultdict(list)
    for day, entity in bounds:
        pending = [entity]
        while pending:
            if (one := pending.pop()) not in reached:
                reached.add(one)
                pending += dependents.get(one, ())
                absent[day] += [one.value] if isinstance(one, ox.NamedNode) else []
    return absent
