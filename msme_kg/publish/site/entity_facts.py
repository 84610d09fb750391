"""What queries of the graph's own say of all things at once: kinds, dates, sources, disagreements."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from msme_kg.publish.site.date_text import DateBounds, DateSpan
from msme_kg.repository import Repository
from msme_kg.sparql.query_catalog import EXPORT, QueryCatalog
from msme_kg.sparql.results import QueryEngine, Solutions, Term


@dataclass(frozen=True)
class Citation:
    """A source of a thing.

    Attributes:
        source: its IRI; of a judgement of the compilers, the IRI of its basis.
        locator: where in a larger source, or nothing.
        judgement: whether it is no source but a judgement.
        covers_whole_entity: whether it stands for the thing as a whole.
        properties: the properties that it states, in order.
    """

    source: str
    locator: str
    judgement: bool
    covers_whole_entity: bool
    properties: tuple[str, ...]


@dataclass(frozen=True)
class EntityFacts:
    """What the queries say.

    Attributes:
        classes_by_section: the classes whose instances have a word in their IRIs, by that word.
        dependent_sections: those of these words whose things are a part of the record of another thing.
        date_spans: when each thing that is dated began and ended.
        citations: what each thing rests on, in order.
        conflicting_claims: for each claim those that state the same differently.
    """

    classes_by_section: dict[str, list[str]]
    dependent_sections: frozenset[str]
    date_spans: dict[str, DateSpan]
    citations: dict[str, list[Citation]]
    conflicting_claims: dict[str, list[str]]

    @classmethod
    def from_queries(cls, repository: Repository, engine: QueryEngine) -> EntityFacts:
        """Ask the queries.

        Raises:
            msme_kg.errors.InputError: a query is missing or faulty.
        """
        catalog = QueryCatalog(repository)

        def run_query(name: str) -> Solutions:
            return engine.select(catalog.get(EXPORT, name).text)

        kinds = run_query("kinds")
        within = frozenset(_to_text(word) for word, _, other in kinds.rows if other is not None)
        others = _group_pairs(run_query("disagreements"))
        return cls(
            _group_pairs(kinds),
            within,
            _build_spans(run_query("dates")),
            _group_citations(run_query("sources")),
            others,
        )


def _group_pairs(rows: Solutions) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one, other, *_ in rows.rows:
        found[_to_text(one)].append(_to_text(other))
    return dict(found)


def _to_text(term: Term | None) -> str:
    return term.value if term is not None else ""


def _build_spans(rows: Solutions) -> dict[str, DateSpan]:
    found: dict[str, DateSpan] = {}
    for thing, *bounds in rows.rows:
        days = [_parse_date(one) for one in bounds]
        found.setdefault(
            _to_text(thing), DateSpan(DateBounds(days[0], days[1]), DateBounds(days[2], days[3]))
        )
    return found


def _parse_date(term: Term | None) -> date | None:
    """Return a day; None for what is none, which the shapes tell of."""
    try:
        return date.fromisoformat(term.value) if isinstance(term, ox.Literal) else None
    except ValueError:
        return None


def _group_citations(rows: Solutions) -> dict[str, list[Citation]]:
    grouped: dict[str, dict[tuple[str, bool], list[dict[str, Term | None]]]] = defaultdict(dict)
    for row in rows:
        judged = row["judgement"]
        key = (_to_text(judged or row["source"]), judged is not None)
        grouped[_to_text(row["thing"])].setdefault(key, []).append(row)
    return {
        thing: [
            Citation(
                source=source,
                locator=next((_to_text(row["locator"]) for row in group if row["locator"]), ""),
                judgement=judged,
                covers_whole_entity=any(_to_text(row["all"]) == "true" for row in group),
                properties=tuple(sorted({_to_text(row["statement"]) for row in group if row["statement"]})),
            )
            for (source, judged), group in sorted(cited.items(), key=lambda one: (one[0][1], one[0][0]))
        ]
        for thing, cited in grouped.items()
    }
