"""Log of the recorded changes of a graph, by thing and by day, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from msme_kg.changes.change_log import RecordedChange, read_changes
from msme_kg.message_catalog import name_option, select_messages
from msme_kg.namespaces import XSD
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.rendering.change_sentences import describe_changes
from msme_kg.rendering.result_table import ResultTable
from msme_kg.rendering.term_format import TermFormatter
from msme_kg.sparql.canned import FIRST_DAY, LAST_DAY
from msme_kg.sparql.parameters import parse_day
from msme_kg.sparql.results import Solutions

_COLUMNS = ("date", "change", "thing", "sentence", "author", "sources")


@dataclass(frozen=True)
class LoggedChange:
    """A recorded change of one thing.

    Attributes:
        change: the change.
        thing: the IRI of the thing.
        sentence: what changed of it.
    """

    change: RecordedChange
    thing: str
    sentence: str


def list_changes(
    graph: OpenGraph,
    thing: str | None = None,
    since: date | str | None = None,
    until: date | str | None = None,
) -> ResultTable:
    """Return the recorded changes, with a row for each thing that a change affects, newest first.

    Args:
        graph: the graph.
        thing: only changes of this entity, named by IRI, CURIE, code, symbol or label; one that has been
            removed, by IRI or CURIE.
        since: the first day; of a year or month, such as ``2026``, its first.
        until: the last day; of a year or month, its last.

    Raises:
        msme_kg.errors.UsageError: no entity has this name, or several have.
        msme_kg.errors.InputError: a record of changes is malformed.
    """
    first = parse_day(since, "since", FIRST_DAY) if isinstance(since, str) else since
    last = parse_day(until, "until", LAST_DAY) if isinstance(until, str) else until
    recorded = read_changes(graph.repository)
    wanted = "" if thing is None else _find_thing(graph, recorded, thing)
    changes = [
        change
        for change in reversed(recorded)
        if (first is None or change.ended_at.date() >= first)
        and (last is None or change.ended_at.date() <= last)
    ]
    formatter = TermFormatter(graph.lang, graph.prefixes, graph.labels)
    rows = tuple(
        _build_row(one, formatter) for one in explain_changes(graph, changes) if wanted in {"", one.thing}
    )
    headings = select_messages("log.", graph.lang)
    return ResultTable(Solutions(_COLUMNS, rows), graph.labels, headings)


def explain_changes(graph: OpenGraph, changes: Iterable[RecordedChange]) -> Iterator[LoggedChange]:
    """Yield what recorded changes did to each thing, in the language of a graph."""
    changes = list(changes)
    graph.labels.prefetch(_list_iris(changes))
    formatter = TermFormatter(graph.lang, graph.prefixes, graph.labels)
    for change in changes:
        for thing, sentence in describe_changes(change.removed, change.added, formatter):
            yield LoggedChange(change, thing, sentence)


def _find_thing(graph: OpenGraph, changes: Iterable[RecordedChange], name: str) -> str:
    """Return the IRI of an entity that is or was in the graph."""
    iri = graph.prefixes.expand(name) or name
    subjects = (quad.subject for change in changes for quad in (*change.added, *change.removed))
    is_known = any(isinstance(one, ox.NamedNode) and one.value == iri for one in subjects)
    return iri if is_known else graph.resolver.resolve(name, name_option("thing"), partial=True).value


def _build_row(logged: LoggedChange, formatter: TermFormatter) -> tuple[ox.NamedNode | ox.Literal, ...]:
    change = logged.change
    return (
        ox.Literal(change.ended_at.date().isoformat(), datatype=ox.NamedNode(f"{XSD}date")),
        ox.Literal(change.name),
        ox.NamedNode(logged.thing),
        ox.Literal(logged.sentence),
        ox.Literal(change.agent_name),
        ox.Literal(" ".join(map(formatter.to_curie, change.sources))),
    )


def _list_iris(changes: Iterable[RecordedChange]) -> set[str]:
    """Return the IRIs that sentences on some changes name."""
    return {
        term.value
        for change in changes
        for quad in (*change.added, *change.removed)
        for term in (quad.subject, quad.predicate, quad.object)
        if isinstance(term, ox.NamedNode)
    }
