"""Sources of the entities in the rows of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.message_catalog import select_messages
from msme_kg.rendering.result_table import ResultTable
from msme_kg.repository import Repository
from msme_kg.sparql.binding import add_variables, bind_values, include_deprecated
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.joined_cells import SEPARATOR, is_joined_iri
from msme_kg.sparql.query_catalog import EXPORT, QueryCatalog
from msme_kg.sparql.results import QueryEngine, Solutions, Term
from msme_kg.sparql.results_writer import format_cell

_QUERY_NAME = "entity-sources"
_IDENTIFIED = ("entity", "number", "source", "locator", "statements", "scope")
_COLUMNS = (*_IDENTIFIED, "publisher", "date", "host", "url")
_BATCH_SIZE = 500
_Row = tuple[Term | None, ...]


def find_row_entities(
    engine: QueryEngine, query: CannedQuery, text: str, solutions: Solutions
) -> dict[str, None]:
    """Return the entities in the rows of a canned query, in their order.

    The query is asked again for those that are no column of it, such as the membership of a Member.

    Args:
        engine: what answered.
        query: the query; its header names the variables of the entities.
        text: its text with the values that were asked for.
        solutions: its answer, or the first rows of it.
    """
    hidden = [name for name in query.entities if name not in solutions.columns]
    if hidden:
        solutions = Solutions(
            (*solutions.columns, *hidden),
            engine.select(add_variables(text, hidden)).rows[: len(solutions.rows)],
        )
    places = [solutions.columns.index(name) for name in query.entities]
    return list_iris([row[place] for place in places] for row in solutions.rows)


def list_iris(rows: Iterable[Iterable[Term | None]]) -> dict[str, None]:
    """Return the IRIs in rows, those in joined cells too, in their order."""
    values = (value for row in rows for term in row if term is not None for value in _split_cell(term))
    return dict.fromkeys(values)


def _split_cell(term: Term) -> Iterator[str]:
    if isinstance(term, ox.NamedNode):
        yield term.value
    elif isinstance(term, ox.Literal):
        yield from filter(is_joined_iri, term.value.split(SEPARATOR))


def list_sources(
    repository: Repository, labels: Labels, entities: Iterable[str], *, deprecated: bool = False
) -> ResultTable:
    """Return a table of the sources of entities, a row for each of them and what it is cited for.

    A source has one number throughout. Rows are in the order of the entities.

    Args:
        repository: the query for sources.
        labels: the labels of IRIs, from the engine that has the sources.
        entities: the IRIs of the entities.
        deprecated: whether deprecated sources are listed too.
    """
    query = QueryCatalog(repository).get(EXPORT, _QUERY_NAME)
    text = include_deprecated(query.text) if deprecated else query.text
    iris = list(dict.fromkeys(entities))
    cells: dict[_Row, dict[Term, None]] = {}
    for start in range(0, len(iris), _BATCH_SIZE):
        things = [ox.NamedNode(iri) for iri in iris[start : start + _BATCH_SIZE]]
        order: dict[Term | None, int] = {thing: number for number, thing in enumerate(things)}
        rows = labels.engine.select(bind_values(text, {"thing": things})).rows
        for thing, source, locator, scope, statement, *details in sorted(rows, key=lambda row: order[row[0]]):
            statements = cells.setdefault((thing, source, locator, scope, *details), {})
            if statement is not None:
                statements[statement] = None
    named = [term for row, statements in cells.items() for term in (*row, *statements)]
    labels.prefetch(term.value for term in named if isinstance(term, ox.NamedNode))

    def name(*terms: Term | None) -> ox.Literal | None:
        # Labels without links, since the address of the source is where a reader goes.
        texts = dict.fromkeys(format_cell(term, labels.get_label) for term in terms if term is not None)
        return ox.Literal(SEPARATOR.join(texts)) if texts else None

    numbers: dict[Term | None, int] = {}
    found: list[_Row] = []
    for (thing, source, locator, scope, publisher, *rest), statements in cells.items():
        number = ox.Literal(numbers.setdefault(source, len(numbers) + 1))
        found.append(
            (name(thing), number, name(source), locator, name(*statements), scope, name(publisher), *rest)
        )
    words = select_messages("source-sheet.", labels.lang)
    return ResultTable(Solutions(_COLUMNS, tuple(found)), labels, {name: words[name] for name in _COLUMNS})
