"""Asks an engine the queries of the note, and gathers words and sources of the things in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from msme_kg.briefing.content.date_windows import Window
from msme_kg.briefing.content.note_model import Text
from msme_kg.errors import InputError
from msme_kg.namespaces import LANGUAGES, language_tag
from msme_kg.repository import Repository
from msme_kg.sparql import canned
from msme_kg.sparql.binding import bind
from msme_kg.sparql.results import Engine, Term

_AT_ONCE = 250


@dataclass(frozen=True)
class Row:
    """A row of an answer: text by column; what is unbound is the empty text."""

    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def day(self, column: str) -> date | None:
        """Return the date in a column."""
        text = self[column]
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise InputError(f"{text[:40]!r} is no date", hint="ask a store of this graph") from None

    def window(self) -> Window:
        """Return the window in the columns ``a b c d``."""
        return Window(*(self.day(column) for column in "abcd"))


class Asking:
    """Answers of one engine to the queries of the note."""

    def __init__(self, engine: Engine, repository: Repository, terms: Engine | None = None) -> None:
        """Ask nothing yet.

        Args:
            engine: what answers.
            repository: where the queries lie.
            terms: what knows the words of ontology and vocabularies, where the engine is elsewhere.
        """
        self._engine = engine
        self._speaking = [engine] if terms is None else [terms, engine]
        self._repository = repository
        self._words: dict[str, dict[str, dict[str, str]]] = {}
        self._answers: dict[str, list[Row]] = {}
        self._queries: dict[str, str] = {}

    def rows(self, name: str, things: Sequence[str] | None = None) -> list[Row]:
        """Return the rows of a query of the note.

        Args:
            name: the query.
            things: what it is asked about, if it asks about some.

        Raises:
            msme_kg.errors.UsageError: there is no such query.
        """
        if things is None:
            if name not in self._answers:
                self._answers[name] = self._answer(self._query(name))
            return self._answers[name]
        wanted = sorted(set(things))
        found: list[Row] = []
        for start in range(0, len(wanted), _AT_ONCE):
            nodes = [ox.NamedNode(iri) for iri in wanted[start : start + _AT_ONCE]]
            found += self._answer(bind(self._query(name), {"thing": nodes}))
        return found

    def _query(self, name: str) -> str:
        if name not in self._queries:
            self._queries[name] = canned.find_for_brief(self._repository, name).text
        return self._queries[name]

    def _answer(self, text: str) -> list[Row]:
        solutions = self._engine.select(text)
        return [Row({name: _text(term) for name, term in row.items() if term}) for row in solutions]

    def learn(self, things: Iterable[str]) -> None:
        """Ask for the words about things, many at a time."""
        wanted = sorted({iri for iri in things if iri and iri not in self._words})
        for iri in wanted:
            self._words[iri] = {}
        for engine in self._speaking:
            lacking = [ox.NamedNode(iri) for iri in wanted if not self._words[iri]]
            for start in range(0, len(lacking), _AT_ONCE):
                asked = bind(self._query("words"), {"thing": lacking[start : start + _AT_ONCE]})
                for thing, what, term in engine.select(asked).rows:
                    if isinstance(term, ox.Literal):
                        words = self._words.setdefault(_text(thing), {}).setdefault(_text(what), {})
                        words.setdefault(language_tag(term.language or ""), term.value)

    def words(self, thing: str, what: str) -> Text | None:
        """Return the words of one sort about a thing, or None if it has none.

        Args:
            thing: its IRI.
            what: such as ``label`` or ``gist``.
        """
        self.learn([thing])
        found = self._words[thing].get(what)
        return Text(found) if found else None

    def label(self, thing: str) -> Text:
        """Return what a thing is called, at worst the end of its IRI."""
        return self.words(thing, "label") or same(thing.rpartition("/")[2])


def same(words: str) -> Text:
    """Return words that are the same in each language."""
    return Text(dict.fromkeys(LANGUAGES, words))


def _text(term: Term | None) -> str:
    return "" if term is None else term.value
