"""Checks: queries whose every row is a finding, for what shapes say badly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

import pyoxigraph as ox

from msme_kg.errors import InputError, SourceLocation
from msme_kg.namespaces import LANGUAGES, PrefixMap
from msme_kg.rdf.terms import split_quad
from msme_kg.repository import Repository
from msme_kg.shacl.report import SEVERITIES, Finding
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.query_catalog import CHECKS, QueryCatalog
from msme_kg.sparql.results import QueryEngine, Solutions, Term
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset

CheckRow = Mapping[str, Term | None]
_PROJECTED_VARIABLES = ("focus", "path", "value", "graph")


def run_checks(repository: Repository, data: Dataset, prefixes: PrefixMap) -> Iterator[Finding]:
    """Yield what the queries under ``queries/checks/`` find; the rows of each are remembered.

    A check projects ``?focus`` and may project ``?path``, ``?value`` and ``?graph``; its header says how
    grave it is, what the problem is and what to do.

    Raises:
        InputError: a check's header or query is faulty.
    """
    yield from to_findings(repository, data, prefixes, _load_or_run_checks(repository, data))


def to_findings(
    repository: Repository, data: Dataset, prefixes: PrefixMap, rows_by_check: Mapping[str, list[CheckRow]]
) -> Iterator[Finding]:
    """Yield the rows of checks as findings.

    Args:
        repository: where the checks lie.
        data: the files that the rows are about.
        prefixes: for paths.
        rows_by_check: rows by the path of the check.

    Raises:
        InputError: a check's header is faulty.
    """
    rows_by_check = {path: rows for path, rows in rows_by_check.items() if rows}
    if not rows_by_check:
        return
    from msme_kg.storage.source_map import SourceMap

    positions = SourceMap(data)
    for path, rows in rows_by_check.items():
        query = _read_check(repository, path)
        assert query.severity  # noqa: S101 (as read)
        message = {one: f"{query.problem[one]} {query.solution[one]}" for one in LANGUAGES}
        for row in rows:
            focus, predicate, value, graph = (row.get(name) for name in ("focus", "path", "value", "graph"))
            predicate_iri = predicate.value if isinstance(predicate, ox.NamedNode) else None
            found = positions.locate(
                "" if focus is None else focus.value,
                predicate_iri,
                None if isinstance(value, ox.BlankNode) else value,
                graph.value if graph is not None else None,
            )
            yield Finding(
                severity=query.severity,
                message=message,
                shape=path,
                focus_node=focus,
                path=(prefixes.shorten(predicate_iri) or f"<{predicate_iri}>") if predicate_iri else "",
                value=value,
                location=found,
            )


def _read_check(repository: Repository, path: str) -> CannedQuery:
    query = QueryCatalog(repository).get(CHECKS, PurePosixPath(path).stem)
    if query.severity not in SEVERITIES or not query.problem or not query.solution:
        raise InputError(
            "a check needs severity, problem and solution",
            location=SourceLocation(path, 1),
            hint=f"severity is one of {', '.join(SEVERITIES)}",
        )
    return query


def _load_or_run_checks(repository: Repository, data: Dataset) -> dict[str, list[CheckRow]]:
    """Return the rows of each check by its path; on files that were asked before, as they were then."""
    paths = list(QueryCatalog(repository).list(CHECKS).values())
    key = cache.compute_cache_key(
        data.key, *(part for path in paths for part in (path, repository.read(path)))
    )
    stored = cache.load("rows", key)
    if stored is not None:
        return {path: list(_parse_rows(bytes(stored[path]))) for path in paths}
    engine = LocalEngine(data)
    found: dict[str, list[CheckRow]] = {
        path: list(run_check(engine, _read_check(repository, path).text, path)) for path in paths
    }
    cache.store("rows", key, {path: b"".join(map(_serialize_row, rows)) for path, rows in found.items()})
    return found


def _serialize_row(row: CheckRow) -> bytes:
    """Return a row as a line: the terms of what a check projects as N-Triples writes them."""
    return json.dumps([str(row.get(name) or "") for name in _PROJECTED_VARIABLES]).encode() + b"\n"


def _parse_rows(lines: bytes) -> Iterator[CheckRow]:
    for line in lines.splitlines():
        texts = zip(_PROJECTED_VARIABLES, json.loads(line), strict=True)
        yield {name: _parse_term(text) if text else None for name, text in texts}


def _parse_term(text: str) -> Term:
    (quad,) = ox.parse(f"<a:> <a:> {text} .", ox.RdfFormat.N_TRIPLES)
    return split_quad(quad)[2]


def run_check(engine: QueryEngine, text: str, path: str) -> Solutions:
    """Return the rows of a check.

    Raises:
        InputError: its query is faulty; with its path.
    """
    try:
        return engine.select(text)
    except InputError as error:
        line, column = (error.location.line, error.location.column) if error.location else (0, 0)
        raise InputError(
            error.message, hint=error.hint, location=SourceLocation(path, line, column)
        ) from None
