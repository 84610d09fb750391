"""Asks an engine the queries of the note, and gathers words and sources of the things in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from msme_kg.briefing.content.date_windows import DateWindow
from msme_kg.briefing.content.note_model import MultilingualText
from msme_kg.errors import InputError
from msme_kg.namespaces import LANGUAGES
from msme_kg.rdf.terms import normalize_language_tag
from msme_kg.repository import Repository
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.query_catalog import BRIEFING, QueryCatalog
from msme_kg.sparql.results import QueryEngine, Term

_BATCH_SIZE = 250


@dataclass(frozen=True)
class FactRow:
    """A row of an answer: text by column; what is unbound is the empty text."""

    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def parse_date(self, column: str) -> date | None:
        """Return the date in a column."""
        text = self[column]
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise InputError(f"{text[:40]!r} is no date", hint="ask a store of this graph") from None

    def parse_window(self) -> DateWindow:
        """Return the window in the columns ``a b c d``."""
        return DateWindow(*(self.parse_date(column) for column in "abcd"))


class FactQueries:
    """Answers of one engine to the queries of the note."""

    def __init__(
        self, engine: QueryEngine, repository: Repository, vocabulary_engine: QueryEngine | None = None
    ) -> None:
        """Ask nothing yet.

        Args:
            engine: what answers.
            repository: where the queries lie.
            vocabulary_engine: what knows the words of ontology and vocabularies, where the engine
                is elsewhere.
        """
        self._engine = engine
        self._text_engines = [engine] if vocabulary_engine is None else [vocabulary_engine, engine]
        self._catalog = QueryCatalog(repository)
        self._texts: dict[str, dict[str, dict[str, str]]] = {}
        self._rows_by_query: dict[str, list[FactRow]] = {}
        self._query_texts: dict[str, str] = {}

    def select_rows(self, name: str, entities: Sequence[str] | None = None) -> list[FactRow]:
        """Return the rows of a query of the note.

        Args:
            name: the query.
            entities: what it is asked about, if it asks about some.

        Raises:
            msme_kg.errors.UsageError: there is no such query.
        """
        if entities is None:
            if name not in self._rows_by_query:
                self._rows_by_query[name] = self._run_select(self._load_query(name))
            return self._rows_by_query[name]
        wanted = sorted(set(entities))
        found: list[FactRow] = []
        for start in range(0, len(wanted), _BATCH_SIZE):
            nodes = [ox.NamedNode(iri) for iri in wanted[start : start + _BATCH_SIZE]]
            found += self._run_select(bind_values(self._load_query(name), {"thing": nodes}))
        return found

    def _load_query(self, name: str) -> str:
        if name not in self._query_texts:
            self._query_texts[name] = self._catalog.get(BRIEFING, name).text
        return self._query_texts[name]

    def _run_select(self, text: str) -> list[FactRow]:
        solutions = self._engine.select(text)
        return [FactRow({name: _to_str(term) for name, term in row.items() if term}) for row in solutions]

    def prefetch_texts(self, entities: Iterable[str]) -> None:
        """Ask for the words about things, many at a time."""
        wanted = sorted({iri for iri in entities if iri and iri not in self._texts})
        for iri in wanted:
            self._texts[iri] = {}
        for engine in self._text_engines:
            lacking = [ox.NamedNode(iri) for iri in wanted if not self._texts[iri]]
            for start in range(0, len(lacking), _BATCH_SIZE):
                asked = bind_values(
                    self._load_query("words"), {"thing": lacking[start : start + _BATCH_SIZE]}
                )
                for thing, what, term in engine.select(asked).rows:
                    if isinstance(term, ox.Literal):
                        words = self._texts.setdefault(_to_str(thing), {}).setdefault(_to_str(what), {})
                        words.setdefault(normalize_language_tag(term.language or ""), term.value)

    def find_text(self, entity: str, text_property: str) -> MultilingualText | None:
        """Return the words of one sort about a thing, or None if it has none.

        Args:
            entity: its IRI.
            text_property: such as ``label`` or ``gist``.
        """
        self.prefetch_texts([entity])
        found = self._texts[entity].get(text_property)
        return MultilingualText(found) if found else None

    def resolve_label(self, entity: str) -> MultilingualText:
        """Return what a thing is called, at worst the end of its IRI."""
        return self.find_text(entity, "label") or keep_untranslated(entity.rpartition("/")[2])


def keep_untranslated(text: str) -> MultilingualText:
    """Return words that are the same in each language."""
    return MultilingualText(dict.fromkeys(LANGUAGES, text))


def _to_str(term: Term | None) -> str:
    return "" if term is None else term.value
