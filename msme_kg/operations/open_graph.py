"""An open graph: engine, labels and resolver over files in memory, or over equivalent endpoints."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Self

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.errors import InputError, ResultError, SafetyError, UsageError, to_printable
from msme_kg.message_catalog import build_text, format_message, name_option, require_choice
from msme_kg.namespaces import LANGUAGES, PrefixMap
from msme_kg.operations.entity_sources import find_row_entities, list_iris, list_sources
from msme_kg.rendering.question import AskedOption, Question
from msme_kg.rendering.result_table import ResultTable
from msme_kg.repository import Repository
from msme_kg.sparql import parameters
from msme_kg.sparql.binding import bind_values, include_deprecated
from msme_kg.sparql.canned import LATEST_DAY, CannedQuery, Parameter
from msme_kg.sparql.joined_cells import sort_joined_cells
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.query_catalog import EXPORT, QueryCatalog
from msme_kg.sparql.results import QueryEngine, Solutions
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.known_files import read_dataset, recall_dataset
from msme_kg.storage.prepared_store import can_prepare, open_prepared_store

if TYPE_CHECKING:
    from datetime import date

    from msme_kg.entities.lifetimes import Lifetimes
    from msme_kg.entities.name_archive import NameArchive
    from msme_kg.entities.name_source import NameSource
    from msme_kg.entities.resolver import Resolver
    from msme_kg.publish.site.site_input import PastGraph
    from msme_kg.sparql.http_client import Deadline


_MAX_DATED = 5
"""The most entities whose dates a hint names."""


class OpenGraph:
    """A repository with an engine that answers queries.

    Attributes:
        repository: where ontology, data and queries are.
        engine: what answers queries.
        prefixes: the prefix map of the ontology.
        lang: the language of labels and text.
        dataset: the files in memory; None where endpoints answer.
    """

    def __init__(
        self,
        repository: Repository,
        engine: QueryEngine,
        prefixes: PrefixMap,
        lang: str,
        *,
        dataset: Dataset | None = None,
        vocabulary_engine: QueryEngine | None = None,
    ) -> None:
        """Combine a repository and an engine; ``from_files`` and ``from_endpoints`` make both.

        Args:
            repository: where ontology, data and queries are.
            engine: what answers queries.
            prefixes: the prefix map of the ontology.
            lang: the language of labels and text.
            dataset: the files in memory; None where endpoints answer.
            vocabulary_engine: what has the labels of ontology and vocabularies, where endpoints answer.
        """
        self.repository = repository
        self.engine = engine
        self.prefixes = prefixes
        self.lang = require_language(lang)
        self.dataset = dataset
        self.vocabulary_engine = vocabulary_engine

    @classmethod
    def from_files(cls, repository: Repository, lang: str, dataset: Dataset | None = None) -> Self:
        """Load the files of the default graph.

        Args:
            repository: where they are.
            lang: the language of labels and text.
            dataset: the files, if they have been read already.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
        """
        require_language(lang)
        if dataset is None:
            dataset, prepared = _open_files(repository)
        else:
            prepared = open_prepared_store(dataset)
        engine = LocalEngine(dataset, prepared)
        if prepared is None and can_prepare(dataset):
            from msme_kg.operations.prepared_graph import start_preparing

            start_preparing(repository)
        return cls(repository, engine, engine.prefixes, lang, dataset=dataset)

    @classmethod
    def from_endpoints(
        cls,
        repository: Repository,
        lang: str,
        urls: Sequence[str],
        user_agent: str,
        start_deadline: Callable[[], Deadline],
        notify: Callable[[str], None] | None = None,
    ) -> Self:
        """Query endpoints; canned queries, prefixes and labels of terms come from the repository.

        Args:
            repository: where they are.
            lang: the language of labels and text.
            urls: the endpoints, in the order in which they are tried.
            user_agent: name and version of the client.
            start_deadline: returns the deadline of one query.
            notify: receives which endpoint failed, why, and which is tried next; by default the log
                ``msme_kg``.

        Raises:
            msme_kg.errors.UsageError: an address is malformed or carries a password.
        """
        from msme_kg.sparql.remote_engine import RemoteEngine

        require_language(lang)
        if not urls:
            raise UsageError("no endpoint is named", hint="give an address such as https://host/sparql")
        terms = LocalEngine(Dataset.from_repository(repository, repository.list_vocabulary_files))
        engine = RemoteEngine(urls, user_agent, terms.prefixes, start_deadline, notify or _log_warning)
        return cls(repository, engine, terms.prefixes, lang, vocabulary_engine=terms)

    @cached_property
    def labels(self) -> Labels:
        """The labels of IRIs in the language of this graph."""
        return Labels(self.engine, self.prefixes, self.lang, vocabulary_engine=self.vocabulary_engine)

    @cached_property
    def resolver(self) -> Resolver:
        """Resolver of entity names to IRIs."""
        from msme_kg.entities.resolver import Resolver  # a question that names no entity does not wait for it

        return Resolver(self.engine, self.prefixes, self.lang, self.names)

    @property
    def has_resolved_names(self) -> bool:
        """False if nothing has been named, so that there is nothing to say of names."""
        return "resolver" in vars(self)

    @cached_property
    def names(self) -> NameSource:
        """The names of entities, and the texts on them."""
        from msme_kg.entities.name_source import NameSource
        from msme_kg.operations.prepared_graph import derive_names

        return NameSource(
            self.engine, lambda: derive_names(self.repository, self.engine), self._load_name_archive
        )

    @cached_property
    def lifetimes(self) -> Lifetimes:
        """The days on which entities are absent; an error where endpoints answer."""
        if self.dataset is None:
            raise UsageError(build_text("error.as-of-endpoint"))
        from msme_kg.entities.lifetimes import compute_lifetimes  # only a question about a past day needs it

        return compute_lifetimes(self.repository, self.dataset, self.engine)

    def open_past_graph(self, day: str) -> PastGraph:
        """Return this graph as it was on a day, ``YYYY-MM-DD``; an error where endpoints answer."""
        from msme_kg.entities.lifetimes import list_absent
        from msme_kg.publish.site.site_input import PastGraph

        absent = list_absent(self.lifetimes, day)
        assert isinstance(self.engine, LocalEngine)  # noqa: S101 (endpoints were refused)
        return PastGraph(absent, self.engine.without(frozenset(map(ox.NamedNode, absent))))

    @property
    def is_prepared(self) -> bool:
        """True if a prepared store answers, beside which the cache has what is derived from it."""
        return isinstance(self.engine, LocalEngine) and self.engine.is_prepared

    def _load_name_archive(self, kind: str) -> NameArchive | None:
        if self.dataset is None or not self.is_prepared:
            return None
        from msme_kg.entities.name_archive import NameArchive
        from msme_kg.operations.prepared_graph import compute_archive_key

        return NameArchive.load(kind, compute_archive_key(self.repository, self.dataset))

    def __repr__(self) -> str:
        where = "endpoints" if self.dataset is None else f"{len(self.dataset.files)} files"
        return f"<{type(self).__name__} of {where}, labels in {self.lang}>"

    def with_language(self, lang: str) -> Self:
        """Return the same graph with labels and text in another language."""
        return type(self)(
            self.repository,
            self.engine,
            self.prefixes,
            lang,
            dataset=self.dataset,
            vocabulary_engine=self.vocabulary_engine,
        )

    def run_query(
        self, query: CannedQuery, options: Mapping[str, str | None], *, deprecated: bool = False
    ) -> ResultTable:
        """Run a canned query.

        Args:
            query: the query, as read from its file.
            options: option values as text, by parameter name; None takes the default.
            deprecated: whether deprecated entities are in the answer too.

        Raises:
            msme_kg.errors.UsageError: an unknown option, or a value that does not fit.
        """
        try:
            values = parameters.convert_options(query, options, self.lang, self.resolve_option)
        except parameters.UnknownDayError as error:
            raise self.explain_unknown_day(error) from None
        except parameters.UnfitValueError as error:
            if not self._list_named(error.text):
                raise
            from shlex import quote  # a slow import

            command = f"msme-kg describe {quote(to_printable(error.text))}"  # asked of one entity
            hint = build_text("error.describe-one", hint=error.hint, command=command)
            raise UsageError(error.message, hint=hint) from None
        table = self.run_bound_query(query, values, deprecated=deprecated)
        table.question = self._build_question(query, options, values)
        return table

    def parse_day(self, text: str) -> date:
        """Return the day that the option ``as_of`` denotes; of a month or year its last that is not to come.

        Raises:
            msme_kg.errors.UsageError: there is no such day; the hint has the dates of what the text names.
        """
        try:
            return parameters.parse_day(text, name_option("as_of"), LATEST_DAY)
        except parameters.UnknownDayError as error:
            raise self.explain_unknown_day(error) from None

    def explain_unknown_day(self, error: parameters.UnknownDayError) -> UsageError:
        """Return an error with the dates of what was typed in place of a day, such as MC12, in its hint."""
        matches = self._list_named(error.text)
        table = self.run_bound_query(QueryCatalog(self.repository).get(EXPORT, "dates"), {})
        dated = [
            format_message(
                "table.option",
                self.lang,
                name=to_printable(self.labels.get_label(str(row["thing"]))),
                value="/".join(days),
            )
            for row in table
            if row["thing"] in matches
            and (days := list(dict.fromkeys(str(row[name]) for name in ("first", "last") if row[name])))
        ]
        hint = error.hint
        if dated:
            dates = format_message("table.option-separator", self.lang).join(dated[:_MAX_DATED])
            hint = build_text("error.write-date-of", hint=hint, dates=dates)
        return UsageError(error.message, hint=hint)

    def _list_named(self, text: str) -> list[str]:
        """Return the entities that a text names; a text without letters names none."""
        return self.resolver.list_matches(text) if re.search(r"[^\W\d_]", text) else []

    def run_bound_query(
        self, query: CannedQuery, values: Mapping[str, parameters.Term | None], *, deprecated: bool = False
    ) -> ResultTable:
        """Run a canned query with terms for its ``VALUES`` blocks.

        Args:
            query: the query, as read from its file.
            values: a term for each block but ``lang``; None matches any value.
            deprecated: whether deprecated entities are in the answer too.
        """
        values = {"lang": ox.Literal(self.lang), **values}
        text = include_deprecated(query.text) if deprecated else query.text
        text = bind_values(text, {name: [term] for name, term in values.items()})
        try:
            solutions = sort_joined_cells(self.engine.select(text), query.joined)
        except (InputError, SafetyError) as error:
            if isinstance(error, ResultError):  # the fault is in an answer, not in the query
                raise
            raise error.relocate(query.path) from None
        headings, absent = (
            {name: texts[self.lang] for name, texts in words.items()}
            for words in (query.columns, query.absent)
        )

        def find_sources(rows: Solutions) -> ResultTable:
            entities = find_row_entities(self.engine, query, text, rows)
            return list_sources(self.repository, self.labels, entities, deprecated=deprecated)

        return ResultTable(
            solutions,
            self.labels,
            headings,
            query.joined,
            query.short_names,
            query.language_codes,
            absent=absent,
            find_sources=find_sources,
        )

    def make_table(self, solutions: Solutions, headings: Mapping[str, str] | None = None) -> ResultTable:
        """Return a table of an answer that is not of a canned query; its entities are all in its cells."""

        def find_sources(rows: Solutions) -> ResultTable:
            return list_sources(self.repository, self.labels, list_iris(rows.rows))

        return ResultTable(solutions, self.labels, headings, find_sources=find_sources)

    def _build_question(
        self,
        query: CannedQuery,
        options: Mapping[str, str | None],
        values: Mapping[str, parameters.Term | None],
    ) -> Question:
        """Return a query with the options that have a value."""
        asked = []
        for parameter in query.parameters:
            text = options.get(parameter.name)
            terms = tuple(term for name in parameter.block_names if (term := values.get(name)) is not None)
            if terms:
                value = text or terms[0].value
                words = parameter.choice_names.get(terms[0].value, {}).get(self.lang)
                terms = terms if words is None else (ox.Literal(words),)
                asked.append(
                    AskedOption(
                        parameter.option,
                        parameter.help[self.lang],
                        value,
                        () if parameter.type == "flag" else terms,
                        text is not None,
                    )
                )
        return Question(query.name, query.title[self.lang], query.description[self.lang], tuple(asked))

    def resolve_option(self, text: str, parameter: Parameter) -> ox.NamedNode:
        """Return the entity that the value of an option names; see ``Resolver.resolve``."""
        return self.resolver.resolve(text, parameter.shown_name, parameter.entities, partial=True)


def _open_files(repository: Repository) -> tuple[Dataset, ox.Store | None]:
    """Return the files of the default graph, and their prepared store if there is one."""
    known = recall_dataset(repository)
    store = None if known is None else open_prepared_store(known)
    if known is not None and store is not None:
        return known, store
    dataset = read_dataset(repository)
    return dataset, open_prepared_store(dataset)


def require_language(lang: str) -> str:
    """Return a language tag that the graph has text in.

    Raises:
        msme_kg.errors.UsageError: it has none.
    """
    require_choice(lang, LANGUAGES, name_option("lang"))
    return lang


def _log_warning(text: str) -> None:
    import logging  # imported only where endpoints are queried

    logging.getLogger("msme_kg").warning("%s", text)
