"""Local engine: an embedded, read-only Oxigraph store over the files of a graph."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import cached_property

import pyoxigraph as ox

from msme_kg.namespaces import SHACL, PrefixMap
from msme_kg.rdf.parser import parse
from msme_kg.sparql.language_tags import fold_language_tags
from msme_kg.sparql.query_guards import reject_unsafe_query
from msme_kg.sparql.results import AskResult, GraphResult, QueryResult, Solutions
from msme_kg.sparql.syntax_error import build_evaluation_error, build_syntax_error, build_triple_term_error
from msme_kg.storage.dataset import Dataset

_TRIPLE_TERM = re.compile(r"<<|\btriple\b", re.IGNORECASE)
"""Signs in the text of a query whose result can have triples as terms."""
_COUNTS_REPEATS = re.compile(
    r"\b(?:(?:COUNT|SUM|AVG|GROUP_CONCAT)\s*\(\s*(?!DISTINCT\b)|LIMIT\b|OFFSET\b)", re.IGNORECASE
)
"""Signs in the text of a query whose distinct rows depend on how often a solution occurs."""


class LocalEngine:
    """An engine over files in memory; its default graph is the union of all files.

    A query need not declare the prefixes of the ontology.

    Attributes:
        prefixes: those that the files declare with ``sh:declare``.
        is_prepared: whether it answers from a prepared store.
    """

    def __init__(
        self, dataset: Dataset, prepared: ox.Store | None = None, *, merges_rows: bool = False
    ) -> None:
        """Load the files.

        Args:
            dataset: the files; each is also a named graph.
            prepared: a store that has them already, from ``msme_kg.storage.prepared_store``.
            merges_rows: whether the caller takes equal rows for one, so that a row may be repeated for each
                file with a statement; then one store answers queries with and without ``GRAPH``.

        Raises:
            InputError: a file is malformed.
        """
        self._dataset = dataset
        self.is_prepared = prepared is not None
        self._merges_rows = merges_rows
        if prepared is not None:
            self._union_store = prepared
        store = self._named_graph_store if merges_rows else self._union_store
        declaring = (ox.NamedNode(f"{SHACL}{name}") for name in ("prefix", "namespace"))
        self.prefixes = PrefixMap.from_declarations(
            quad for predicate in declaring for quad in store.quads_for_pattern(None, predicate, None)
        )

    @cached_property
    def _union_store(self) -> ox.Store:
        """The triples of all files in the default graph."""
        return self._load_files()

    @cached_property
    def _named_graph_store(self) -> ox.Store:
        """The same triples, each in the named graph of its file."""
        return self._load_files(by_file=True)

    def _load_files(self, *, by_file: bool = False) -> ox.Store:
        store = ox.Store()
        for file in self._dataset.files:
            graph = ox.NamedNode(file.graph) if by_file else None
            try:
                store.load(file.to_turtle(), format=ox.RdfFormat.TURTLE, base_iri=file.base, to_graph=graph)
            except (SyntaxError, MemoryError):
                for _ in parse(file.content, file.path, file.base):
                    pass  # raises an error with file, line and column
                raise
        return store

    def query(self, query: str) -> QueryResult:
        """Return the result of a query; see ``msme_kg.sparql.results.QueryEngine``."""
        keywords = reject_unsafe_query(query)
        try:
            return self._run(query, keywords)
        except OSError:  # a prepared store that is damaged, or removed meanwhile
            if not self.is_prepared:
                raise
            self.is_prepared, self._union_store = False, self._load_files()
            return self._run(query, keywords)

    def _run(self, query: str, keywords: Container[str]) -> QueryResult:
        by_file = "GRAPH" in keywords or "FROM" in keywords
        by_file = by_file or (self._merges_rows and not _COUNTS_REPEATS.search(query))
        store = self._named_graph_store if by_file else self._union_store
        try:
            answer = store.query(
                fold_language_tags(query),
                prefixes=dict(self.prefixes),
                use_default_graph_as_union=by_file and "FROM" not in keywords,
            )
        except SyntaxError as error:
            raise build_syntax_error(error, query, prefixes=self.prefixes) from None
        except RuntimeError as error:
            raise build_evaluation_error(error) from None
        result = _read_answer(answer)
        if _TRIPLE_TERM.search(query) and _has_triple_terms(result):
            raise build_triple_term_error()
        return result

    def select(self, query: str) -> Solutions:
        """Return the result of a query that is known to be a SELECT."""
        answer = self.query(query)
        assert isinstance(answer, Solutions)  # noqa: S101 (the caller wrote the query)
        return answer


def _read_answer(answer: ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean) -> QueryResult:
    try:
        if isinstance(answer, ox.QuerySolutions):
            names = tuple(variable.value for variable in answer.variables)
            return Solutions(names, tuple(_read_rows(answer)))
        if isinstance(answer, ox.QueryTriples):
            quads = (ox.Quad(triple.subject, triple.predicate, triple.object) for triple in answer)
            return GraphResult(tuple(quads))
    except RuntimeError as error:
        raise build_evaluation_error(error) from None
    return AskResult(bool(answer))


def _has_triple_terms(result: QueryResult) -> bool:
    """Return True if a result has triples as terms, which only a query can build: data has none."""
    if isinstance(result, GraphResult):
        return any(isinstance(quad.object, ox.Triple) for quad in result.quads)
    return isinstance(result, Solutions) and any(
        isinstance(one, ox.Triple) for row in result.rows for one in row
    )


def _read_rows(
    answer: ox.QuerySolutions,
) -> Iterator[tuple[ox.NamedNode | ox.BlankNode | ox.Literal | None, ...]]:
    width = len(answer.variables)
    for solution in answer:
        yield tuple(solution[number] for number in range(width))
