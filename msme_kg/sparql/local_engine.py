"""Local engine: an embedded, read-only Oxigraph store over the files of a graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container, Iterator, Sequence
from copy import copy
from functools import cached_property, partial
from typing import Any, Self

import pyoxigraph as ox

from msme_kg.namespaces import SHACL, PrefixMap
from msme_kg.rdf.parser import parse
from msme_kg.rdf.terms import Term, normalize_language_tag
from msme_kg.sparql.binding import filter_current
from msme_kg.sparql.language_tags import fold_language_tags
from msme_kg.sparql.query_guards import reject_unsafe_query
from msme_kg.sparql.results import AskResult, GraphResult, QueryResult, Solutions
from msme_kg.sparql.syntax_error import build_evaluation_error, build_syntax_error, build_triple_term_error
from msme_kg.storage.dataset import Dataset

_TRIPLE_FUNCTION = re.compile(r"\btriple\b", re.IGNORECASE)
_COUNTS_REPEATS = re.compile(
    r"\b(?:(?:COUNT|SUM|AVG|GROUP_CONCAT)\s*\(\s*(?!DISTINCT\b)|LIMIT\b|OFFSET\b)", re.IGNORECASE
)
"""Signs in the text of a query whose distinct rows depend on how often a solution occurs."""

_LANGUAGE_TAGS = {
    ox.QueryResultsFormat.JSON: re.compile(rb'(,"xml:lang":")([a-z0-9]+-[a-z0-9-]+)(?=")'),
    ox.QueryResultsFormat.XML: re.compile(rb'(<literal xml:lang=")([a-z0-9]+-[a-z0-9-]+)(?=")'),
    ox.QueryResultsFormat.TSV: re.compile(rb'((?<!\\)"@)([a-z0-9]+-[a-z0-9-]+)(?=[\t\n])'),
}
"""Language tags as Oxigraph writes them, which no text of a literal can look like, since it is escaped."""

_IS_PRESENT = ox.NamedNode("urn:x-msme-kg:is-present")
_TRUE, _FALSE = ox.Literal(True), ox.Literal(False)


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
        self._absent: frozenset[Term] = frozenset()
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

    def without(self, absent: Collection[Term]) -> Self:
        """Return an engine over the same store whose queries leave entities out as they do deprecated ones.

        Args:
            absent: the entities; a query that has deprecated ones has these too.
        """
        other = copy(self)
        other._absent = frozenset(absent)
        return other

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

    def serialize_answer(
        self,
        query: str,
        default_graphs: Sequence[ox.NamedNode] = (),
        named_graphs: Sequence[ox.NamedNode] = (),
        base: str | None = None,
    ) -> GraphResult | Callable[[ox.QueryResultsFormat], bytes]:
        """Evaluate a query whose result is only sent on.

        Args:
            query: the query.
            default_graphs: the graphs that are its default graph; with ``named_graphs``, what the query
                itself says of its dataset does not count (SPARQL 1.1 Protocol §2.1.4).
            named_graphs: its named graphs.
            base: the IRI against which relative IRIs are resolved; None if these are errors.

        Returns:
            The graph of a CONSTRUCT or DESCRIBE; else a function that returns the result in a format.

        Raises:
            InputError: a syntax error, or an evaluation that failed.
            SafetyError: see ``query``.
        """
        keywords = reject_unsafe_query(query)
        if _may_build_triple_terms(query):
            self._run(query, keywords)  # refuses triples as terms, which the formats of SPARQL 1.1 lack
        graphs = (default_graphs, named_graphs) if default_graphs or named_graphs else None
        answer = self._evaluate(query, keywords, graphs, base)
        if isinstance(answer, ox.QueryTriples):
            result = _read_answer(answer)
            assert isinstance(result, GraphResult)  # noqa: S101 (it is of triples)
            return result
        return partial(_serialize_answer, answer)

    def read_graph(self, graph: ox.NamedNode | None) -> Sequence[ox.Quad] | None:
        """Return the quads of a named graph, or of the default graph; None if there is no such graph."""
        if graph is None:
            return list(self._union_store)
        quads = list(self._named_graph_store.quads_for_pattern(None, None, None, graph))
        return quads or None

    def _run(self, query: str, keywords: Container[str]) -> QueryResult:
        result = _read_answer(self._evaluate(query, keywords))
        if _may_build_triple_terms(query) and _has_triple_terms(result):
            raise build_triple_term_error()
        return result

    def _evaluate(
        self,
        query: str,
        keywords: Container[str],
        graphs: tuple[Sequence[ox.NamedNode], Sequence[ox.NamedNode]] | None = None,
        base: str | None = None,
    ) -> ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean:
        by_file = graphs is not None or "GRAPH" in keywords or "FROM" in keywords
        by_file = by_file or (self._merges_rows and not _COUNTS_REPEATS.search(query))
        store = self._named_graph_store if by_file else self._union_store
        default_graphs, named_graphs = (None, None) if graphs is None else map(_list_graphs, graphs)
        functions: dict[ox.NamedNode, Callable[..., Any]] | None = None
        if absent := self._absent:
            query = filter_current(query, _IS_PRESENT)
            functions = {_IS_PRESENT: lambda term: _FALSE if term in absent else _TRUE}
        try:
            return store.query(
                fold_language_tags(query),
                base_iri=base,
                prefixes=dict(self.prefixes),
                use_default_graph_as_union=by_file and graphs is None and "FROM" not in keywords,
                default_graph=default_graphs,
                named_graphs=named_graphs,
                custom_functions=functions,
            )
        except SyntaxError as error:
            raise build_syntax_error(error, query, prefixes=self.prefixes) from None
        except RuntimeError as error:
            raise build_evaluation_error(error) from None

    def select(self, query: str) -> Solutions:
        """Return the result of a query that is known to be a SELECT."""
        answer = self.query(query)
        assert isinstance(answer, Solutions)  # noqa: S101 (the caller wrote the query)
        return answer


def _list_graphs(graphs: Sequence[ox.NamedNode]) -> list[Any]:
    return list(graphs)  # pyoxigraph's list types are invariant


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


def _serialize_answer(answer: ox.QuerySolutions | ox.QueryBoolean, syntax: ox.QueryResultsFormat) -> bytes:
    """Return an answer in a format, with language tags in the case that RFC 5646 §2.1.1 recommends."""
    try:
        content = answer.serialize(format=syntax) or b""
    except RuntimeError as error:
        raise build_evaluation_error(error) from None
    pattern = _LANGUAGE_TAGS.get(syntax)
    if pattern is None:
        return content
    return pattern.sub(lambda match: match[1] + normalize_language_tag(match[2].decode()).encode(), content)


def _may_build_triple_terms(query: str) -> bool:
    # A part of a text is found much faster than a pattern that ignores case.
    return "<<" in query or ("triple" in query.lower() and bool(_TRIPLE_FUNCTION.search(query)))


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
