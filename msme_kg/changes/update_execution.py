"""Running a SPARQL Update on a copy of a graph, to see what it would put in and take out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.changes.update_data import DataOperation, parse_data_operations
from msme_kg.errors import InputError, SourceLocation
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.terms import without_graph
from msme_kg.sparql.query_guards import reject_unsafe_update
from msme_kg.sparql.syntax_error import build_syntax_error
from msme_kg.storage.dataset import Dataset, GraphFile


@dataclass(frozen=True)
class QuadChange:
    """Statements that come and go; those without a graph are to stand wherever their things live.

    Attributes:
        added: what comes.
        removed: what goes; what comes too does not.
    """

    added: frozenset[ox.Quad]
    removed: frozenset[ox.Quad]


def execute_update(before: Dataset, change: QuadChange, file: GraphFile, prefixes: PrefixMap) -> QuadChange:
    """Return a change and what a SPARQL Update does after it.

    The update sees every file as a named graph, and all of them together as the default graph. What it
    does not touch keeps its exact form. One that only inserts and deletes data is taken at its word; of any
    other the engine that runs it may write what comes otherwise (``1`` for ``01``).

    Args:
        before: the files of the graph.
        change: what comes and goes before the update runs.
        file: the update.
        prefixes: those that it may use without declaring them.

    Raises:
        InputError: it is not UTF-8, or malformed.
        msme_kg.errors.SafetyError: it would fetch something, empty or drop a graph, or is too long or deep.
    """
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = SourceLocation(file.path, file.content.count(b"\n", 0, error.start) + 1)
        raise InputError("not UTF-8", location=place, hint="save it as UTF-8") from None
    reject_unsafe_update(text, file.path)
    try:
        ox.Store().update(text, prefixes=dict(prefixes))
    except SyntaxError as error:
        raise build_syntax_error(error, text, file.path) from None
    data = parse_data_operations(text, prefixes)
    return (
        _execute_in_store(before, change, text, prefixes)
        if data is None
        else _apply_data_operations(change, data)
    )


def _apply_data_operations(change: QuadChange, data: Iterable[DataOperation]) -> QuadChange:
    """Return a change and what data come and go after it."""
    added, removed = set(change.added), set(change.removed)
    for one in data:
        if one.is_insert:
            added.update(one.quads)
            continue
        anywhere = {quad for quad in one.quads if isinstance(quad.graph_name, ox.DefaultGraph)}
        added = {quad for quad in added if quad not in one.quads and without_graph(quad) not in anywhere}
        removed.update(one.quads)
    return QuadChange(frozenset(added), frozenset(removed))


def _execute_in_store(before: Dataset, change: QuadChange, text: str, prefixes: PrefixMap) -> QuadChange:
    """Return a change and what comes of running an update that is well-formed after it."""
    stays = [one for one in before.parse_quads() if not {one, without_graph(one)} & change.removed]
    store = ox.Store()
    store.bulk_extend([*stays, *map(without_graph, stays), *change.added])
    old = set(store)
    store.update(text, prefixes=dict(prefixes))
    new = set(store)
    gone = old - new
    things = {one.subject for one in gone}
    about = [one for one in (*stays, *change.added) if one.subject in things]
    exact = {one for quad in about for one in (quad, without_graph(quad)) if _to_stored_form(one) in gone}
    return QuadChange((change.added - exact) | (new - old), (change.removed - new) | exact)


def _to_stored_form(quad: ox.Quad) -> ox.Quad:
    """Return a statement as a store holds it."""
    store = ox.Store()
    store.add(quad)
    return next(iter(store.quads_for_pattern(None, None, None)))
