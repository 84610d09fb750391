"""Checks: queries whose every row is a finding, for what shapes say badly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from msme_kg.errors import InputError, Place
from msme_kg.namespaces import LANGUAGES, Prefixes
from msme_kg.rdf.terms import parts
from msme_kg.repository import Repository
from msme_kg.shacl.report import SEVERITIES, Finding
from msme_kg.sparql import canned
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.results import Engine, Solutions, Term
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset

Row = Mapping[str, Term | None]
_PROJECTED = ("focus", "path", "value", "graph")


def check(repository: Repository, data: Dataset, prefixes: Prefixes) -> Iterator[Finding]:
    """Yield what the queries under ``queries/checks/`` find; the rows of each are remembered.

    A check projects ``?focus`` and may project ``?path``, ``?value`` and ``?graph``; its header says how
    grave it is, what the problem is and what to do.

    Raises:
        InputError: a check's header or query is faulty.
    """
    yield from findings(repository, data, prefixes, _answers(repository, data))


def findings(
    repository: Repository, data: Dataset, prefixes: Prefixes, answers: Mapping[str, list[Row]]
) -> Iterator[Finding]:
    """Yield the rows of checks as findings.

    Args:
        repository: where the checks lie.
        data: the files that the rows are about.
        prefixes: for paths.
        answers: rows by the path of the check.

    Raises:
        InputError: a check's header is faulty.
    """
    answers = {path: rows for path, rows in answers.items() if rows}
    if not answers:
        return
    from msme_kg.storage.source_map import Positions

    positions = Positions(data)
    for path, rows in answers.items():
        query = _read(repository, path)
        assert query.severity  # noqa: S101 (as read)
        message = {one: f"{query.problem[one]} {query.solution[one]}" for one in LANGUAGES}
        for row in rows:
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


def _read(repository: Repository, path: str) -> canned.CannedQuery:
    query = canned.read(repository, path)
    if query.severity not in SEVERITIES or not query.problem or not query.solution:
        raise InputError(
            "a check needs severity, problem and solution",
            place=Place(path, 1),
            hint=f"severity is one of {', '.join(SEVERITIES)}",
        )
    return query


def _answers(repository: Repository, data: Dataset) -> dict[str, list[Row]]:
    """Return the rows of each check by its path; on files that were asked before, as they were then."""
    paths = canned.check_paths(repository)
    key = cache.key_of(data.key, *(part for path in paths for part in (path, repository.read(path))))
    stored = cache.load("rows", key)
    if stored is not None:
        return {path: list(_rows(bytes(stored[path]))) for path in paths}
    engine = LocalEngine(data)
    found: dict[str, list[Row]] = {
        path: list(asked(engine, _read(repository, path).text, path)) for path in paths
    }
    cache.store("rows", key, {path: b"".join(map(_line, rows)) for path, rows in found.items()})
    return found


def _line(row: Row) -> bytes:
    """Return a row as a line: the terms of what a check projects as N-Triples writes them."""
    return json.dumps([str(row.get(name) or "") for name in _PROJECTED]).encode() + b"\n"


def _rows(lines: bytes) -> Iterator[Row]:
    for line in lines.splitlines():
        texts = zip(_PROJECTED, json.loads(line), strict=True)
        yield {name: _term(text) if text else None for name, text in texts}


def _term(text: str) -> Term:
    (quad,) = ox.parse(f"<a:> <a:> {text} .", ox.RdfFormat.N_TRIPLES)
    return parts(quad)[2]


def asked(engine: Engine, text: str, path: str) -> Solutions:
    """Return the rows of a check.

    Raises:
        InputError: its query is faulty; with its path.
    """
    try:
        return engine.select(text)
    except InputError as error:
        line, column = (error.place.line, error.place.column) if error.place else (0, 0)
        raise InputError(error.message, hint=error.hint, place=Place(path, line, column)) from None
