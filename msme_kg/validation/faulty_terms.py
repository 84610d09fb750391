"""Files of an indexed graph with terms that may violate a rule of lint or a convention."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from msme_kg.namespaces import BASE, SHACL
from msme_kg.shacl.indexed_graph import IndexedGraph
from msme_kg.shacl.term_dictionary import BLANK, IRI, Ids, TermDictionary
from msme_kg.shacl.triple_index import BooleanMask
from msme_kg.storage.dataset import Dataset
from msme_kg.validation.literal_lint import UNRESTRICTED_DATATYPES, find_rule
from msme_kg.validation.simplified_chinese import find_simplified, is_traditional_chinese
from msme_kg.validation.statement_lint import is_linted_iri


def select_files_with_faulty_literals(graph: IndexedGraph, dataset: Dataset) -> Dataset:
    """Return the files in which ``literal_lint`` has findings; each distinct literal is read once.

    Args:
        graph: the indexed graph of the files.
        dataset: the files.
    """
    terms = graph.terms
    faulty: list[int] = []
    for name, position in terms.datatype_names.items():
        if name not in UNRESTRICTED_DATATYPES:
            faulty += _select_ids(terms, terms.datatypes == position, partial(find_rule, datatype=name))
    for tag, position in terms.language_tags.items():
        if is_traditional_chinese(tag):
            faulty += _select_ids(terms, terms.languages == position, find_simplified)
    return _select(dataset, graph.table.find_files("objects", np.array(faulty, dtype=np.int64)))


def select_files_with_linted_names(graph: IndexedGraph, dataset: Dataset) -> Dataset:
    """Return the files with names that ``statement_lint`` has rules about; each distinct one is read once.

    Args:
        graph: the indexed graph of the files.
        dataset: the files.
    """
    table, terms = graph.table, graph.terms
    positions: set[int] = set()
    for place in ("predicates", "objects"):
        ids = table.list_distinct(place)
        ids = ids[terms.kinds[ids] == IRI]
        is_linted = [is_linted_iri(iri) for iri in terms.decode_strings(ids)]
        positions |= table.find_files(place, ids[is_linted])
    return _select(dataset, positions)


def select_files_against_conventions(graph: IndexedGraph, dataset: Dataset) -> Dataset:
    """Return the files with statements that ``conventions`` forbids in data; each distinct term is read once.

    Args:
        graph: the indexed graph of the files.
        dataset: the files.
    """
    table, terms = graph.table, graph.terms
    subjects, predicates, objects = map(table.list_distinct, ("subjects", "predicates", "objects"))
    return _select(
        dataset,
        table.find_files("subjects", subjects[~_match_namespace(terms, subjects, BASE)])
        | table.find_files("predicates", predicates[_match_namespace(terms, predicates, SHACL)])
        | table.find_files(
            "objects", objects[(terms.kinds[objects] == BLANK) | _match_namespace(terms, objects, SHACL)]
        ),
    )


def _select_ids(
    terms: TermDictionary, mask: BooleanMask, find_fault: Callable[[str], str | None]
) -> list[int]:
    """Return the ids of the literals under a mask that have a fault."""
    ids = np.flatnonzero(mask)
    texts = zip(ids.tolist(), terms.decode_strings(ids), strict=True)
    return [term_id for term_id, text in texts if find_fault(text)]


def _match_namespace(terms: TermDictionary, ids: Ids, namespace: str) -> BooleanMask:
    """Return which terms are IRIs that begin with a namespace."""
    have: BooleanMask = terms.kinds[ids] == IRI
    have[have] = [text.startswith(f"<{namespace}") for text in terms.serialize_terms(ids[have])]
    return have


def _select(dataset: Dataset, positions: set[int]) -> Dataset:
    return Dataset(tuple(dataset.files[position] for position in sorted(positions)))
