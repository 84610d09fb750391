"""Execution of a SPARQL Update on a copy of a graph, to find the quads it adds and removes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.changes.update_data import DataOperation, parse_data_operations
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.encoding import decode_utf8
from msme_kg.rdf.terms import get_graph_iri, split_quad, without_graph
from msme_kg.sparql.language_tags import fold_language_tags
from msme_kg.sparql.query_guards import reject_unsafe_update
from msme_kg.sparql.syntax_error import build_evaluation_error, build_syntax_error, build_triple_term_error
from msme_kg.storage.dataset import Dataset, GraphFile


@dataclass(frozen=True)
class QuadChange:
    """Quads to add and remove; those in the default graph belong to the file of their subject.

    Attributes:
        added: quads to add.
        removed: quads to remove, unless they are also added.
    """

    added: frozenset[ox.Quad]
    removed: frozenset[ox.Quad]


def execute_update(before: Dataset, change: QuadChange, file: GraphFile, prefixes: PrefixMap) -> QuadChange:
    """Return a change extended by the effect of a SPARQL Update.

    The update sees each file as a named graph, and the union of all files as the default graph. Unaffected
    quads keep their lexical forms. ``INSERT DATA`` and ``DELETE DATA`` are read from the text; for other
    operations the engine may normalize the literals that it adds (``01`` to ``1``).

    Args:
        before: the files of the graph.
        change: the change so far.
        file: the update.
        prefixes: those that it need not declare.

    Raises:
        InputError: it is not UTF-8, or malformed.
        msme_kg.errors.SafetyError: it would fetch a document, affects whole graphs, or is too long or deep.
    """
    text = decode_utf8(file.content, file.path)
    reject_unsafe_update(text, file.path)
    try:
        ox.Store().update(text, prefixes=dict(prefixes))
        data = parse_data_operations(text, prefixes)
        if data is not None:
            if any(isinstance(quad.object, ox.Triple) for operation in data for quad in operation.quads):
                raise build_triple_term_error(file.path)
            return _apply_data_operations(change, data)
        after = _execute_in_store(before, change, text, prefixes)
    except SyntaxError as error:
        raise build_syntax_error(error, text, file.path, prefixes) from None
    except RuntimeError as error:
        raise build_evaluation_error(error, file.path) from None
    if any(isinstance(quad.object, ox.Triple) for quad in after.added - change.added):
        raise build_triple_term_error(file.path)
    return after


def _apply_data_operations(change: QuadChange, data: Iterable[DataOperation]) -> QuadChange:
    """Return a change extended by data operations."""
    added: dict[ox.Quad, set[ox.Quad]] = defaultdict(set)
    for quad in change.added:
        added[without_graph(quad)].add(quad)
    removed = set(change.removed)
    for operation in data:
        for quad in operation.quads:
            triple = without_graph(quad)
            if operation.is_insert:
                added[triple].add(quad)
            elif quad == triple:  # in any graph
                added[triple].clear()
            else:
                added[triple].discard(quad)
        if not operation.is_insert:
            removed.update(operation.quads)
    return QuadChange(frozenset().union(*added.values()), frozenset(removed))


def _execute_in_store(before: Dataset, change: QuadChange, text: str, prefixes: PrefixMap) -> QuadChange:
    """Return a change extended by the effect of a well-formed update in a store."""
    remaining = [quad for quad in before.parse_quads() if not {quad, without_graph(quad)} & change.removed]
    store = ox.Store()
    store.bulk_extend([*remaining, *map(without_graph, remaining), *change.added])
    old = set(store)
    store.update(fold_language_tags(text), prefixes=dict(prefixes))
    new = set(store)
    deleted = old - new
    subjects = {quad.subject for quad in deleted}
    candidates = [quad for quad in (*remaining, *change.added) if quad.subject in subjects]
    # The store has normalized literals: the quads as written are those that it would store as deleted ones.
    candidates = [one for quad in candidates for one in (quad, without_graph(quad))]
    stored_forms = _find_stored_forms(candidates)
    exact = {quad for quad, stored in zip(candidates, stored_forms, strict=True) if stored in deleted}
    return QuadChange((change.added - exact) | (new - old), (change.removed - new) | exact)


def _find_stored_forms(quads: Sequence[ox.Quad]) -> list[ox.Quad]:
    """Return some quads as a store normalizes them."""
    store = ox.Store()
    store.bulk_extend(
        ox.Quad(*split_quad(quad), ox.NamedNode(f"urn:{number}")) for number, quad in enumerate(quads)
    )
    triples = {get_graph_iri(stored): split_quad(stored) for stored in store}
    return [ox.Quad(*triples[f"urn:{number}"], quad.graph_name) for number, quad in enumerate(quads)]
