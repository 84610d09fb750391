"""Answers that an update changes, of the canned queries whose header says with which options to compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from msme_kg.namespaces import LANGUAGES
from msme_kg.repository import Repository
from msme_kg.shacl.change_overlay import ChangeOverlay
from msme_kg.shacl.term_dictionary import Ids
from msme_kg.sparql.binding import add_variables, bind_values
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.joined_cells import sort_joined_cells
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.parameters import convert_options, refuse_to_resolve
from msme_kg.sparql.query_catalog import QueryCatalog
from msme_kg.sparql.results import Row, Solutions
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset
from msme_kg.validation.change_neighbourhood import ChangeNeighbourhood
from msme_kg.validation.query_dependencies import QueryDependencies, analyse

_MAX_COUNTED_TRIPLES = 100_000
"""Size of a graph up to which the rows that an update does not touch are counted too."""


@dataclass(frozen=True)
class AnswerChange:
    """An answer that an update changes.

    Attributes:
        query: the canned query.
        options: its options as text, by parameter name.
        columns: the names of the columns.
        added: the rows that only the later answer has.
        removed: the rows that only the earlier answer has.
        before: the number of rows before the update; None in a large graph, where they are not counted.
    """

    query: CannedQuery
    options: Mapping[str, str]
    columns: tuple[str, ...]
    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    before: int | None

    @property
    def after(self) -> int | None:
        """The number of rows after the update; None where they are not counted."""
        return None if self.before is None else self.before + len(self.added) - len(self.removed)


def find_changed_answers(
    repository: Repository, files: Dataset, delta: ChangeOverlay
) -> Iterator[AnswerChange]:
    """Yield the watched answers that an update changes.

    A query is run only if the update touches what it reads. Where a row depends on nothing but the triples
    around its entity, the query is run on those around the affected entities.

    Args:
        repository: the repository with the queries.
        files: the files before the update.
        delta: the update as an overlay over the triple index.

    Raises:
        msme_kg.errors.InputError: the header of a watched query is malformed, or its query is.
        msme_kg.errors.SafetyError: its query is refused.
    """
    schema = [file.graph for file in files.files if file.path.startswith("ontology/")]
    neighbourhood = ChangeNeighbourhood(delta, schema)
    watched = [
        (query, analyse(query.text, *query.entities[:1])) for query in QueryCatalog(repository).get_watched()
    ]
    entities = neighbourhood.collect_entity_patterns(
        pattern for _, dependencies in watched for pattern in dependencies.patterns
    )
    for query, dependencies in watched:
        if dependencies.can_change(entities):
            comparison = _Comparison(query, dependencies, neighbourhood)
            yield from filter(None, map(comparison.compare, query.watched))


class _Comparison:
    """A watched query and the triples that it reads before and after an update."""

    def __init__(
        self,
        query: CannedQuery,
        dependencies: QueryDependencies,
        neighbourhood: ChangeNeighbourhood,
    ) -> None:
        """Find the affected entities, if the rows depend on nothing but the triples around them."""
        self._query, self._dependencies, self._neighbourhood = query, dependencies, neighbourhood
        self._affected: Ids | None = None
        if (
            dependencies.is_local
            and not neighbourhood.has_unsupported_terms()
            and not neighbourhood.can_affect_schema(dependencies.schema_predicates)
        ):
            self._affected = neighbourhood.find_affected_focus_nodes(dependencies.traversals)

    def compare(self, options: Mapping[str, str]) -> AnswerChange | None:
        """Return the change of the answer with some options; None if there is none."""
        terms = convert_options(self._query, options, LANGUAGES[0], refuse_to_resolve)
        text = bind_values(self._query.text, {name: [term] for name, term in terms.items()})
        before, after = (self._select(engine, text) for engine in self._engines)
        added, removed = (
            Counter(after.rows) - Counter(before.rows),
            Counter(before.rows) - Counter(after.rows),
        )
        if not added and not removed:
            return None
        return AnswerChange(
            self._query,
            options,
            after.columns,
            tuple(added.elements()),
            tuple(removed.elements()),
            len(before.rows) if self._affected is None else self._count_rows(text),
        )

    @cached_property
    def _engines(self) -> tuple[LocalEngine, LocalEngine]:
        """Engines over the triples before and after the update that the answer, or its change, depends on."""
        if self._affected is None:
            return self._build_engine(after=False), self._build_engine(after=True)
        traversals = [(self._dependencies.traversals, self._affected)]
        before, after = (
            self._neighbourhood.find_relevant_graphs(traversals, after=flag) for flag in (False, True)
        )
        schema = self._neighbourhood.find_schema_graphs(self._dependencies.schema_predicates)
        return LocalEngine(Dataset((*schema, *before))), LocalEngine(Dataset((*schema, *after)))

    def _build_engine(self, *, after: bool) -> LocalEngine:
        """Return an engine over all triples that the query reads."""
        graphs = self._neighbourhood.find_matching_graphs(self._dependencies.subjects, after=after)
        return LocalEngine(Dataset(tuple(graphs)))

    def _select(self, engine: LocalEngine, text: str) -> Solutions:
        """Return the rows of the answer, only those of the affected entities if they are known."""
        solutions = engine.select(text)
        if self._affected is not None:
            columns, [name, *_] = solutions.columns, self._query.entities
            if name not in columns:
                solutions = engine.select(add_variables(text, [name]))
            entities = self._neighbourhood.decode_terms(self._affected)
            place = solutions.columns.index(name)
            rows = (row[: len(columns)] for row in solutions.rows if row[place] in entities)
            solutions = Solutions(columns, tuple(rows))
        return sort_joined_cells(solutions, self._query.joined)

    def _count_rows(self, text: str) -> int | None:
        """Return the number of rows before the update; None if the graph is large."""
        graph = self._neighbourhood.graph
        if len(graph.table) > _MAX_COUNTED_TRIPLES:
            return None
        key = cache.compute_cache_key(cache.compute_code_key(), graph.key, text)
        count = cache.load("counts", key, lambda parts: int(bytes(parts["rows"])))
        if count is None:
            count = len(self._build_engine(after=False).select(text).rows)
            cache.store("counts", key, {"rows": b"%d" % count})
        return count
