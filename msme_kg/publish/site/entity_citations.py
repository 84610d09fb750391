"""Citations of entities: the sources that state something of them, and the bases of other statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.repository import Repository
from msme_kg.sparql.binding import bind_values, split_batches
from msme_kg.sparql.query_catalog import EXPORT, QueryCatalog
from msme_kg.sparql.results import QueryEngine, Term


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


def find_citations(
    repository: Repository, engine: QueryEngine, iris: Iterable[str]
) -> dict[str, list[Citation]]:
    """Return the citations of entities that have some, in order.

    Raises:
        msme_kg.errors.InputError: the query is missing or malformed.
    """
    text = QueryCatalog(repository).get(EXPORT, "sources").text
    rows = (
        row
        for batch in split_batches(text, map(ox.NamedNode, iris))
        for row in engine.select(bind_values(text, {"thing": batch}))
    )
    return _group_citations(rows)


def _group_citations(found: Iterable[Mapping[str, Term | None]]) -> dict[str, list[Citation]]:
    grouped: dict[str, dict[tuple[bool, str], list[Mapping[str, Term | None]]]] = defaultdict(dict)
    for row in found:
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


def _to_text(term: Term | None) -> str:
    return term.value if term is not None else ""
