"""Quality checks: SPARQL queries in which each solution is a finding."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import PurePosixPath

import pyoxigraph as ox

from msme_kg.errors import InputError, SafetyError, to_printable
from msme_kg.message_catalog import format_message
from msme_kg.namespaces import LANGUAGES, PrefixMap
from msme_kg.rdf.syntax_diagnosis import Diagnosis
from msme_kg.rdf.terms import split_quad
from msme_kg.repository import Repository
from msme_kg.shacl.forked_worker import count_usable_cpus
from msme_kg.shacl.report import SEVERITIES, Finding
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.prologue import list_projected_variables
from msme_kg.sparql.query_catalog import CHECKS, QueryCatalog
from msme_kg.sparql.query_header import build_header_error
from msme_kg.sparql.results import QueryEngine, Solutions, Term
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset

CheckRow = Mapping[str, Term | None]
_READS_ALL = re.compile(r"\?\w+ \?\w+ \?\w+")
"""A triple pattern that every statement matches: checks with one take longest."""
_PROJECTED_VARIABLES = ("focus", "path", "value", "graph", "other")


def run_checks(repository: Repository, data: Dataset, prefixes: PrefixMap) -> Iterator[Finding]:
    """Run the queries under ``queries/checks/``; their solutions are cached.

    A check projects ``?focus`` and may project ``?path``, ``?value`` and ``?graph``; its header gives the
    severity, the problem and the solution. ``?other`` is an entity that contradicts the focus node: each of
    the two gets a finding with the other as its value.

    Raises:
        InputError: a check's header or query is invalid.
    """
    rows = load_rows(repository, data)
    yield from to_findings(
        repository, data, prefixes, compute_rows(repository, data) if rows is None else rows
    )


def to_findings(
    repository: Repository, data: Dataset, prefixes: PrefixMap, rows_by_check: Mapping[str, list[CheckRow]]
) -> Iterator[Finding]:
    """Yield a finding for each solution of the checks, or two for one with another entity.

    Args:
        repository: the repository with the checks.
        data: the queried files, which give the locations.
        prefixes: for paths.
        rows_by_check: solutions by the path of the check.

    Raises:
        InputError: a check's header is invalid.
    """
    rows_by_check = {path: rows for path, rows in rows_by_check.items() if rows}
    if not rows_by_check:
        return
    from msme_kg.storage.source_map import SourceMap

    source_map = SourceMap(data)
    for path, rows in rows_by_check.items():
        query = _read_check(repository, path)
        assert query.severity  # noqa: S101 (ensured by _read_check)
        message = {
            one: format_message(
                "quality-check.finding", one, problem=query.problem[one], solution=query.solution[one]
            )
            for one in LANGUAGES
        }
        for row in chain.from_iterable(map(_list_sides, rows)):
            focus, predicate, value, graph = (row.get(name) for name in ("focus", "path", "value", "graph"))
            predicate_iri = predicate.value if isinstance(predicate, ox.NamedNode) else None
            location = source_map.locate(
                "" if focus is None or isinstance(focus, ox.Literal) else focus,
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
                location=location,
            )


def _list_sides(row: CheckRow) -> list[CheckRow]:
    """Return the row of each entity of a contradiction; the row itself without ``?other``."""
    other = row.get("other")
    if other is None:
        return [row]
    return [{"focus": row.get("focus"), "value": other}, {"focus": other, "value": row.get("focus")}]


def _read_check(repository: Repository, path: str) -> CannedQuery:
    query = QueryCatalog(repository).get(CHECKS, PurePosixPath(path).stem)
    if query.severity not in SEVERITIES or not query.problem or not query.solution:
        what = "a check needs severity, problem and solution"
        if query.severity and query.severity not in SEVERITIES:
            what = f"`{to_printable(str(query.severity), 40)}` is not a severity"
        raise build_header_error(query, "severity", what, f"severity is one of {', '.join(SEVERITIES)}")
    projected = list_projected_variables(query.text)
    names = re.findall(r"[?$](\w+)", query.text) if projected is None else projected
    if names and "focus" not in names:  # without names it is malformed, as the engine will say
        select = re.search(r"(?im)^(?!#).*\bSELECT\b", query.text)
        raise Diagnosis("check-focus", select.end() if select else 0).to_error(query.text, path)
    return query


def load_rows(repository: Repository, data: Dataset) -> dict[str, list[CheckRow]] | None:
    """Return the solutions of each check by its path from the cache; None if they are not there."""
    paths = QueryCatalog(repository).list(CHECKS).values()
    return cache.load(
        "rows",
        _compute_rows_key(repository, data),
        lambda parts: {path: list(_parse_rows(bytes(parts[path]))) for path in paths},
    )


def _compute_rows_key(repository: Repository, data: Dataset) -> str:
    paths = QueryCatalog(repository).list(CHECKS).values()
    return cache.compute_cache_key(
        data.key, *(part for path in paths for part in (path, repository.read(path)))
    )


def compute_rows(repository: Repository, data: Dataset) -> dict[str, list[CheckRow]]:
    """Run the checks, cache their solutions and return them by the path of the check.

    Raises:
        InputError: a check's header or query is invalid.
    """
    from concurrent.futures import ThreadPoolExecutor  # a slow import, for nothing if all is in the cache

    paths = QueryCatalog(repository).list(CHECKS).values()
    texts = {path: _read_check(repository, path).text for path in paths}
    engine = LocalEngine(data, merges_rows=True)

    def run(path: str) -> list[CheckRow]:
        return list(run_check(engine, texts[path], path))

    # The engine does not hold the interpreter while it evaluates a query. One that takes long starts early.
    queue = sorted(paths, key=lambda path: _READS_ALL.search(texts[path]) is None)
    with ThreadPoolExecutor(count_usable_cpus()) as pool:
        rows = dict(zip(queue, pool.map(run, queue), strict=True))
    rows_by_check = {path: rows[path] for path in paths}
    parts = {path: b"".join(map(_serialize_row, rows[path])) for path in paths}
    cache.store("rows", _compute_rows_key(repository, data), parts)
    return rows_by_check


def _serialize_row(row: CheckRow) -> bytes:
    """Return a solution as a line of JSON with its terms in N-Triples syntax."""
    return json.dumps([str(row.get(name) or "") for name in _PROJECTED_VARIABLES]).encode() + b"\n"


def _parse_rows(lines: bytes) -> Iterator[CheckRow]:
    for line in lines.splitlines():
        texts = zip(_PROJECTED_VARIABLES, json.loads(line), strict=True)
        yield {name: _parse_term(text) if text else None for name, text in texts}


def _parse_term(text: str) -> Term:
    (quad,) = ox.parse(f"<a:> <a:> {text} .", ox.RdfFormat.N_TRIPLES)
    return split_quad(quad)[2]


def run_check(engine: QueryEngine, text: str, path: str) -> Solutions:
    """Return the solutions of a check.

    Raises:
        InputError: its query is invalid; the location names its path.
        SafetyError: its query is refused, likewise.
    """
    try:
        return engine.select(text)
    except (InputError, SafetyError) as error:
        raise error.relocate(path) from None
