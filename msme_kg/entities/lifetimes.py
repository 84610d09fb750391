"""Lifetimes: the days before which entities had certainly not begun, or after which they had ended."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from operator import itemgetter

import pyoxigraph as ox

from msme_kg.repository import Repository
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.query_catalog import EXPORT, QueryCatalog
from msme_kg.sparql.results import QueryEngine, Term
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset

Lifetimes = list[tuple[str, str, list[str]]]
"""A first or last day (the other is empty), and the entities that are absent before or after it."""


def compute_lifetimes(repository: Repository, dataset: Dataset, engine: QueryEngine) -> Lifetimes:
    """Return the lifetimes of the entities of a graph, from the cache if they are there."""
    query = QueryCatalog(repository).get(EXPORT, "not-held").text
    query = bind_values(query, {"as_of": [None]}).rpartition("ORDER BY")[0]  # which would take longest
    key = cache.compute_cache_key(dataset.key, query)
    lifetimes: Lifetimes | None = cache.load("lifetimes", key, lambda parts: json.loads(bytes(parts["json"])))
    if lifetimes is None:
        lifetimes = _derive(engine.select(query).rows)
        cache.store("lifetimes", key, {"json": json.dumps(lifetimes).encode()})
    return lifetimes


def list_absent(lifetimes: Lifetimes, day: str) -> frozenset[str]:
    """Return the IRIs of the entities that were certainly absent on a day, ``YYYY-MM-DD``."""
    return frozenset(iri for first, last, iris in lifetimes if day < first or "" < last < day for iri in iris)


def _derive(rows: Sequence[Sequence[Term | None]]) -> Lifetimes:
    """Return lifetimes from rows of an entity, its first day, its last day, and what it cannot be without."""
    dependents: dict[Term | None, list[Term | None]] = defaultdict(list)
    for entity, _, _, *needed in rows:
        for other in needed:
            dependents[other].append(entity)
    lifetimes = []
    for place, is_reversed in ((1, True), (2, False)):
        reached: set[Term | None] = set()
        bounds = [(day.value, row[0]) for row in rows if (day := row[place]) is not None]
        for text, entity in sorted(bounds, key=itemgetter(0), reverse=is_reversed):  # the narrowest first
            pending, absent = [entity], []
            while pending:
                if (one := pending.pop()) not in reached:
                    reached.add(one)
                    pending += dependents.get(one, ())
                    absent += [one.value] if isinstance(one, ox.NamedNode) else []
            lifetimes.append((text, "", absent) if place == 1 else ("", text, absent))
    return lifetimes
