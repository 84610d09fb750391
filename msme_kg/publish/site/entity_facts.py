"""Entity facts from the graph's own export queries: kinds, dates, citations, conflicting claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from msme_kg.entities.date_windows import DateWindow
from msme_kg.entities.name_index import COMPOSED_RANK, LABEL_RANK, EntityName, list_names
from msme_kg.repository import Repository
from msme_kg.sparql.query_catalog import EXPORT, QueryCatalog
from msme_kg.sparql.results import QueryEngine, Solutions, Term


@dataclass(frozen=True)
class Citation:
    """A source of an entity.

    Attributes:
        source: the IRI of the source; for a judgement of the compilers, the IRI of its basis.
        locator: the passage in a larger source, or empty.
        judgement: whether it is a judgement of the compilers instead of a source.
        properties: the properties whose recorded values it states, sorted.
        own_values: the properties and values that it states instead of the recorded ones.
        record_properties: the properties for which it is cited for the record as a whole, sorted.
    """

    source: str
    locator: str
    judgement: bool
    properties: tuple[str, ...]
    own_values: tuple[tuple[str, Term], ...]
    record_properties: tuple[str, ...]


@dataclass(frozen=True)
class EntityFacts:
    """Results of the export queries for all entities.

    Attributes:
        classes_by_section: the classes whose instances have a section in their IRIs, by section.
        dependent_sections: the sections whose entities are parts of the record of another entity.
        date_windows: the date window of each dated entity.
        citations: the citations of each entity, in order.
        conflicting_claims: for each claim the claims that state another value for the same quantity.
        subject: the entity that the graph is about; empty if there is none.
        other_names: the names of each entity that are not labels: symbols, codes, titles, other names.
    """

    classes_by_section: dict[str, list[str]]
    dependent_sections: frozenset[str]
    date_windows: dict[str, DateWindow]
    citations: dict[str, list[Citation]]
    conflicting_claims: dict[str, list[str]]
    subject: str
    other_names: dict[str, tuple[str, ...]]

    @classmethod
    def from_queries(cls, repository: Repository, engine: QueryEngine) -> EntityFacts:
        """Run the export queries.

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
            citations=_group_citations(run_query("sources")),
            subject=next((_to_text(entity) for (entity,) in run_query("subject").rows), ""),
            other_names=_group_names(list_names(engine)),
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


def _group_citations(solutions: Solutions) -> dict[str, list[Citation]]:
    grouped: dict[str, dict[tuple[bool, str], list[dict[str, Term | None]]]] = defaultdict(dict)
    for row in solutions:
        judgement = row["judgement"]
        key = (judgement is not None, _to_text(judgement or row["source"]))
        grouped[_to_text(row["thing"])].setdefault(key, []).append(row)
    return {
        entity: [
            Citation(
                source=source,
                locator=next((_to_text(row["locator"]) for row in rows if row["locator"]), ""),
                judgement=is_judgement,
                properties=_list_properties(row for row in rows if not row["instead"] and not row["record"]),
                own_values=tuple(
                    (_to_text(row["statement"]), value) for row in rows if (value := row["instead"])
                ),
                record_properties=_list_properties(row for row in rows if row["record"]),
            )
            for (is_judgement, source), rows in sorted(by_source.items(), key=lambda item: item[0])
        ]
        for entity, by_source in grouped.items()
    }


def _list_properties(rows: Iterable[Mapping[str, Term | None]]) -> tuple[str, ...]:
    return tuple(sorted({_to_text(row["statement"]) for row in rows if row["statement"]}))


def _group_names(names: Iterable[EntityName]) -> dict[str, tuple[str, ...]]:
    """Return the names of each entity but for labels and the last segment of its IRI."""
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    for name in sorted(names, key=lambda name: (name.rank, name.name)):
        if name.rank not in {LABEL_RANK, COMPOSED_RANK} and not name.is_slug:
            groups[name.entity_iri][name.name] = None
    return {iri: tuple(group) for iri, group in groups.items()}
