"""Entity facts from the graph's own export queries: kinds, dates, names, conflicting claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from msme_kg.entities.date_windows import DateWindow
from msme_kg.entities.name_index import COMPOSED_RANK, LABEL_RANK, EntityName
from msme_kg.repository import Repository
from msme_kg.sparql.query_catalog import EXPORT, QueryCatalog
from msme_kg.sparql.results import QueryEngine, Solutions, Term


@dataclass(frozen=True)
class EntityFacts:
    """Results of the export queries for all entities.

    Attributes:
        classes_by_section: the classes whose instances have a section in their IRIs, by section.
        dependent_sections: the sections whose entities are parts of the record of another entity.
        date_windows: the date window of each dated entity.
        conflicting_claims: for each claim the claims that state another value for the same quantity.
        subject: the entity that the graph is about; empty if there is none.
        other_names: the names of each entity that are not labels: symbols, codes, titles, other names.
    """

    classes_by_section: dict[str, list[str]]
    dependent_sections: frozenset[str]
    date_windows: dict[str, DateWindow]
    conflicting_claims: dict[str, list[str]]
    subject: str
    other_names: dict[str, tuple[str, ...]]

    @classmethod
    def from_queries(
        cls, repository: Repository, engine: QueryEngine, names: Iterable[EntityName]
    ) -> EntityFacts:
        """Run the export queries.

        Args:
            repository: where they are.
            engine: what answers them.
            names: the names of all entities.

        Raises:
            msme_kg.errors.InputError: a query is missing or malformed.
        """
        catalog = QueryCatalog(repository)

        def run_query(name: str) -> Solutions:
            return engine.select(catalog.get(EXPORT, name).text)

        kinds = run_query("kinds")
        return cls(
            classes_by_section=_group_pairs(kinds),
            dependent_sections=frozenset(
                _to_text(section) for section, _, parent in kinds.rows if parent is not None
            ),
            conflicting_claims=_group_pairs(run_query("disagreements")),
            date_windows=_build_date_windows(run_query("dates")),
            subject=next((_to_text(entity) for (entity,) in run_query("subject").rows), ""),
            other_names=_group_names(names),
        )


def _group_pairs(solutions: Solutions) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for key, value, *_ in solutions.rows:
        groups[_to_text(key)].append(_to_text(value))
    return dict(groups)


def _to_text(term: Term | None) -> str:
    return term.value if term is not None else ""


def _build_date_windows(solutions: Solutions) -> dict[str, DateWindow]:
    windows: dict[str, DateWindow] = {}
    for entity, *bounds in solutions.rows:
        windows.setdefault(_to_text(entity), DateWindow(*map(_parse_date, bounds)))
    return windows


def _parse_date(term: Term | None) -> date | None:
    """Return a date; None for any other term, which validation reports."""
    try:
        return date.fromisoformat(term.value) if isinstance(term, ox.Literal) else None
    except ValueError:
        return None


def _group_names(names: Iterable[EntityName]) -> dict[str, tuple[str, ...]]:
    """Return the names of each entity but for labels and the last segment of its IRI."""
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    others = (name for name in names if name.rank not in {LABEL_RANK, COMPOSED_RANK} and not name.is_slug)
    for name in sorted(others, key=lambda name: (name.rank, name.name)):
        groups[name.entity_iri][name.name] = None
    return {iri: tuple(group) for iri, group in groups.items()}
