"""Input of a site: the graph, and functions that run its queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from msme_kg.entities.name_source import NameSource
from msme_kg.repository import Repository
from msme_kg.sparql.canned import CannedQuery, EntitySet
from msme_kg.sparql.results import QueryEngine, Solutions
from msme_kg.storage.dataset import Dataset

QueryRunner = Callable[[CannedQuery, Mapping[str, str], str], Solutions]
"""Runs a canned query with option values, in a language."""
NameLister = Callable[[EntitySet, str], list[str]]
"""Returns the labels of the entities in a set, in a language."""
SearchFunction = Callable[[str, str], list[str]]
"""Returns the IRIs of the entities that words find, in a language, the best first."""


@dataclass(frozen=True)
class PastGraph:
    """The graph as it was on a day.

    Attributes:
        absent: the entities that had certainly not begun, or had ended.
        engine: a query engine over the default graph without them.
    """

    absent: frozenset[str]
    engine: QueryEngine


@dataclass(frozen=True)
class SiteInput:
    """The input of a site.

    Attributes:
        repository: the repository.
        dataset: all files, including shapes and changes.
        default_graph: the files of the SPARQL default graph.
        engine: a query engine over the default graph.
        run_query: runs a canned query with option values, in a language.
        names: the names of all entities.
        list_names: returns names of the entities that a parameter accepts, in a language.
        search: returns the entities that words find, in a language, the best first.
        open_past_graph: returns the graph on a day, ``YYYY-MM-DD``.
    """

    repository: Repository
    dataset: Dataset
    default_graph: Dataset
    engine: QueryEngine
    run_query: QueryRunner
    names: NameSource
    list_names: NameLister
    search: SearchFunction
    open_past_graph: Callable[[str], PastGraph]
