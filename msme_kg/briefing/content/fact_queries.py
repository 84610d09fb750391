"""Fact queries of the note, and the texts of the entities in their results."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pyoxigraph as ox

from msme_kg.briefing.content.note_model import MultilingualText
from msme_kg.entities.date_windows import DateWindow
from msme_kg.errors import ResultError, to_printable
from msme_kg.namespaces import LANGUAGES
from msme_kg.rdf.characters import CONTROL_CHARACTER, escape_controls
from msme_kg.rdf.terms import build_named_node, normalize_language_tag
from msme_kg.repository import Repository
from msme_kg.sparql.binding import bind_values, include_deprecated
from msme_kg.sparql.query_catalog import BRIEFING, QueryCatalog
from msme_kg.sparql.results import QueryEngine, Solutions, Term
from msme_kg.storage import cache

_BATCH_SIZE = 250
_SORT_KEY = re.compile(r"\?(\w+?)(?:_key)?\b")
"""A column in an ORDER BY clause; a variable ``NAME_key`` is its text, empty where it is unbound."""


@dataclass(frozen=True)
class FactRow:
    """A row of a query result: text by column, empty for an unbound variable."""

    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def parse_date(self, column: str) -> date | None:
        """Return the date in a column; None if it is unbound, a ``ResultError`` for another value."""
        text = self[column]
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise _build_result_error(text, "date") from None

    def parse_integer(self, column: str) -> int:
        """Return the integer in a column; 0 if it is unbound, a ``ResultError`` for another value."""
        text = self[column]
        try:
            return int(text or 0)
        except ValueError:
            raise _build_result_error(text, "integer") from None

    def parse_window(self) -> DateWindow:
        """Return the date window in the columns ``a b c d``."""
        return DateWindow(*(self.parse_date(column) for column in "abcd"))


class FactQueries:
    """Runs the queries of the note on one engine, and caches their results.

    Attributes:
        own_member: the IRI of the Member for which the note is written, or empty.
        remarks: one for each text with a control character, which the note shows as an escape.
    """

    def __init__(
        self,
        engine: QueryEngine,
        repository: Repository,
        vocabulary_engine: QueryEngine | None = None,
        *,
        deprecated: bool = False,
        own_member: str = "",
        graph_key: str = "",
    ) -> None:
        """Create the queries without running any.

        Args:
            engine: the query engine.
            repository: the repository with the queries.
            vocabulary_engine: an engine with ontology and vocabularies, if the engine is remote.
            deprecated: whether deprecated entities are in the results too.
            own_member: the IRI of the Member for which the note is written, if any.
            graph_key: the key of the graph in the cache, which keeps the rows that each note needs; empty if
                the graph is small or remote.
        """
        self.own_member = own_member
        self._engine = engine
        self._text_engines = [engine] if vocabulary_engine is None else [vocabulary_engine, engine]
        self._catalog = QueryCatalog(repository)
        self._deprecated = deprecated
        self._graph_key = graph_key
        self._texts: dict[str, dict[str, dict[str, str]]] = {}
        self._rows_by_query: dict[str, list[FactRow]] = {}
        self._query_texts: dict[str, str] = {}
        self.remarks: list[str] = []

    def select_rows(self, name: str, entities: Collection[str] | None = None) -> list[FactRow]:
        """Return the rows of a query, in its order.

        Args:
            name: the name of the query.
            entities: the IRIs for its parameter ``thing``, if it has one.

        Raises:
            msme_kg.errors.UsageError: no query has this name.
        """
        if entities is None:
            if name not in self._rows_by_query:
                self._rows_by_query[name] = self._recall_rows(self._load_query(name))
            return self._rows_by_query[name]
        return [
            row for text in self._bind_batches(name, sorted(set(entities))) for row in self._run_select(text)
        ]

    def _recall_rows(self, text: str) -> list[FactRow]:
        """Return the rows of a query of the whole graph, from the cache if they are there."""
        if not self._graph_key:
            return self._run_select(text)
        key, remark_count = cache.compute_cache_key(self._graph_key, text), len(self.remarks)
        rows = cache.load("facts", key, lambda parts: [*map(FactRow, json.loads(bytes(parts["json"])))])
        if rows is None:
            rows = self._run_select(text)
            if len(self.remarks) == remark_count:  # a remark is made where rows are read
                cache.store("facts", key, {"json": json.dumps([row.cells for row in rows]).encode()})
        return rows

    def _bind_batches(self, name: str, iris: Sequence[str]) -> Iterator[str]:
        """Yield the text of a query with its parameter ``thing`` bound to each batch of IRIs."""
        for start in range(0, len(iris), _BATCH_SIZE):
            nodes = [_parse_iri(iri) for iri in iris[start : start + _BATCH_SIZE]]
            yield bind_values(self._load_query(name), {"thing": nodes})

    def _load_query(self, name: str) -> str:
        if name not in self._query_texts:
            text = self._catalog.get(BRIEFING, name).text
            self._query_texts[name] = include_deprecated(text) if self._deprecated else text
        return self._query_texts[name]

    def _run_select(self, text: str) -> list[FactRow]:
        solutions = self._select(text)
        rows = []
        for terms in solutions.rows:
            owner = next((term.value for term in terms if isinstance(term, ox.NamedNode)), "a row")
            row = {}
            for name, term in zip(solutions.columns, terms, strict=True):
                if term is not None:
                    row[name] = term.value
                    if isinstance(term, ox.Literal):
                        self._add_remark(term.value, name, owner)
            rows.append(FactRow(row))
        return rows

    def _select(self, text: str) -> Solutions:
        """Return the result of a query of this engine; that of a prepared store is sorted here.

        A store on disk reads the terms again for each comparison, which takes half of a query's time.
        """
        if not self._graph_key:
            return self._engine.select(text)
        body, _, order = text.rpartition("ORDER BY")
        solutions = self._engine.select(body)
        names = [name for name in _SORT_KEY.findall(order) if name in solutions.columns]
        places = [solutions.columns.index(name) for name in (*names, *solutions.columns)]
        rows = sorted(solutions.rows, key=lambda row: [_to_str(row[place]) for place in places])
        return Solutions(solutions.columns, tuple(rows))

    def _add_remark(self, text: str, name: str, owner: str) -> None:
        match = CONTROL_CHARACTER.search(text)
        if match:
            char = f"the character U+{ord(match[0]):04X}, written as {escape_controls(match[0])}"
            self.remarks.append(f"the {name} of {to_printable(owner)} has {char}")

    def prefetch_texts(self, entities: Iterable[str]) -> None:
        """Load the texts of entities in batches."""
        iris = sorted({iri for iri in entities if iri and iri not in self._texts})
        for iri in iris:
            self._texts[iri] = {}
        for engine in self._text_engines:
            missing = [iri for iri in iris if not self._texts[iri]]
            for query in self._bind_batches("words", missing):
                solutions = self._select(query) if engine is self._engine else engine.select(query)
                for entity, text_property, term in solutions.rows:
                    if isinstance(term, ox.Literal):
                        texts = self._texts.setdefault(_to_str(entity), {})
                        by_lang = texts.setdefault(_to_str(text_property), {})
                        by_lang.setdefault(normalize_language_tag(term.language or ""), term.value)
                        self._add_remark(term.value, _to_str(text_property), _to_str(entity))

    def find_text(self, entity: str, text_property: str) -> MultilingualText | None:
        """Return a text of an entity, or None if it has none.

        Args:
            entity: the IRI of the entity.
            text_property: such as ``label`` or ``gist``, as in the query ``words``.
        """
        self.prefetch_texts([entity])
        by_lang = self._texts.get(entity, {}).get(text_property)
        return MultilingualText(by_lang) if by_lang else None

    def resolve_label(self, entity: str) -> MultilingualText:
        """Return the label of an entity, else the last segment of its IRI."""
        label = self.find_text(entity, "label") or keep_untranslated(entity.rpartition("/")[2])
        return replace(label, is_own_member=True) if entity == self.own_member else label


def keep_untranslated(text: str) -> MultilingualText:
    """Return a text that is the same in all languages."""
    return MultilingualText(dict.fromkeys(LANGUAGES, text))


def _parse_iri(text: str) -> ox.NamedNode:
    node = build_named_node(text)
    if node is None:
        raise _build_result_error(text, "IRI")
    return node


def _build_result_error(text: str, kind: str) -> ResultError:
    article = "a" if kind == "date" else "an"
    return ResultError(
        f"{to_printable(text, 40)!r} is not {article} {kind}", hint="ask a store of this graph"
    )


def _to_str(term: Term | None) -> str:
    return "" if term is None else term.value
