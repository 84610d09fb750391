"""Checks: queries whose every row is a finding, for what shapes say badly."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from msme_kg.check.findings import SEVERITIES, Finding
from msme_kg.errors import InputError, Place
from msme_kg.graph.positions import Positions
from msme_kg.names import LANGUAGES, Prefixes
from msme_kg.query import canned
from msme_kg.query.results import Engine, Solutions
from msme_kg.repository import Repository


def check(
    repository: Repository, engine: Engine, positions: Positions, prefixes: Prefixes
) -> Iterator[Finding]:
    """Yield what the queries under ``queries/checks/`` find.

    A check projects ``?focus`` and may project ``?path``, ``?value`` and ``?graph``; its header says how
    grave it is, what the problem is and what to do.

    Raises:
        InputError: a check's header or query is faulty.
    """
    for path in canned.check_paths(repository):
        query = canned.read(repository, path)
        if query.severity not in SEVERITIES or not query.problem or not query.solution:
            raise InputError(
                "a check needs severity, problem and solution",
                place=Place(path, 1),
                hint=f"severity is one of {', '.join(SEVERITIES)}",
            )
        message = {one: f"{query.problem[one]} {query.solution[one]}" for one in LANGUAGES}
        for row in _asked(engine, query):
            focus, predicate, value, graph = (row.get(name) for name in ("focus", "path", "value", "graph"))
            predicate_iri = predicate.value if isinstance(predicate, ox.NamedNode) else None
            found = positions.place(
                "" if focus is None else focus.value,
                predicate_iri,
                None if isinstance(value, ox.BlankNode) else value,
                graph.value if graph is not None else None,
            )
            yield Finding(
                severity=query.severity,
                message=message,
                shape=path,
                focus=focus,
                path=(prefixes.shorten(predicate_iri) or f"<{predicate_iri}>") if predicate_iri else "",
                value=value,
                place=found,
            )


def _asked(engine: Engine, query: canned.CannedQuery) -> Solutions:
    try:
        return engine.select(query.text)
    except InputError as error:
        line, column = (error.place.line, error.place.column) if error.place else (0, 0)
        raise InputError(error.message, hint=error.hint, place=Place(query.path, line, column)) from None
