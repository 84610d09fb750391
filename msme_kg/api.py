"""The Python interface: open a graph, ask its canned queries, and use the answer as a table."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from msme_kg.entities.labels import Labels
from msme_kg.entities.name_index import EntityName
from msme_kg.entities.resolver import Resolver
from msme_kg.errors import UsageError, to_printable
from msme_kg.namespaces import LANGUAGES, PrefixMap
from msme_kg.repository import Repository
from msme_kg.sparql import canned, date_intervals, parameters
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.results import QueryEngine, QueryResult, Solutions
from msme_kg.sparql.results_writer import format_cell, to_python, write_results
from msme_kg.storage.dataset import Dataset

if TYPE_CHECKING:
    import pandas as pd
    import pyoxigraph as ox

    from msme_kg.sparql.http_client import Deadline


class ResultTable:
    """The rows of an answer.

    It iterates as dictionaries of plain values keyed by column (IRIs as text), prints as an aligned table
    with labels, shows in a notebook, and converts to pandas.
    """

    def __init__(self, solutions: Solutions, labels: Labels) -> None:
        self.solutions = solutions
        self._labels = labels

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return self.solutions.columns

    def __len__(self) -> int:
        return len(self.solutions.rows)

    def head(self, limit: int | None) -> ResultTable:
        """Return the first rows, or all where the limit is None."""
        return ResultTable(Solutions(self.columns, self.solutions.rows[:limit]), self._labels)

    def __iter__(self) -> Iterator[dict[str, str | int | float | bool | None]]:
        for row in self.solutions:
            yield {name: to_python(term, str) for name, term in row.items()}

    def to_labelled_rows(self) -> list[dict[str, str | int | float | bool | None]]:
        """Return the rows with labels in place of IRIs."""
        self._labels.prefetch(_iris_in(self.solutions))
        return [
            {name: to_python(term, self._labels.get_label) for name, term in row.items()}
            for row in self.solutions
        ]

    def render(self, format_name: str = "table", *, labels: bool | None = None) -> str:
        """Return the table as text.

        Args:
            format_name: ``table csv tsv json jsonl md srj srx``.
            labels: whether labels stand for IRIs; without it they do in ``table`` and ``md``.
        """
        if labels is None:
            labels = format_name in {"table", "md"}
        if labels:
            self._labels.prefetch(_iris_in(self.solutions))
        return write_results(self.solutions, format_name, self._labels.get_label if labels else str)

    def __str__(self) -> str:
        return self.render()

    def _repr_html_(self) -> str:
        from html import escape

        self._labels.prefetch(_iris_in(self.solutions))
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>"
            + "".join(f"<td>{escape(format_cell(term, self._labels.get_label))}</td>" for term in row)
            + "</tr>"
            for row in self.solutions.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas DataFrame (needs the extra ``pandas``)."""
        import pandas as pd

        return pd.DataFrame(list(self), columns=list(self.columns))


def _iris_in(solutions: Solutions) -> Iterator[str]:
    """Yield the IRIs in some rows."""
    for row in solutions.rows:
        for term in row:
            if type(term).__name__ == "NamedNode" and term is not None:
                yield term.value


class KnowledgeGraph:
    """A graph that answers.

    Attributes:
        repository: where its files lie.
        engine: what answers.
        prefixes: the CURIEs it uses.
        lang: the language of labels and text.
    """

    def __init__(
        self,
        repository: Repository,
        engine: QueryEngine,
        prefixes: PrefixMap,
        lang: str,
        *,
        vocabulary_engine: QueryEngine | None = None,
    ) -> None:
        """Take what it is made of.

        Args:
            repository: where its files lie.
            engine: what answers.
            prefixes: the CURIEs it uses.
            lang: the language of labels and text.
            vocabulary_engine: what knows the labels of ontology and vocabularies, where the
                engine is elsewhere.
        """
        self.repository = repository
        self.engine = engine
        self.prefixes = prefixes
        self.lang = lang
        self._vocabulary_engine = vocabulary_engine

    @classmethod
    def open(cls, root: str | os.PathLike[str] | None = None, *, lang: str = "en") -> KnowledgeGraph:
        """Open the files of a folder; see ``msme_kg.open``."""
        repository = _find_repository(root, lang)
        dataset = Dataset.from_repository(repository, repository.list_default_graph_files)
        engine = LocalEngine(dataset)
        return cls(repository, engine, engine.prefixes, lang)

    @classmethod
    def open_remote(
        cls,
        urls: Sequence[str],
        user_agent: str,
        start_deadline: Callable[[], Deadline],
        root: str | os.PathLike[str] | None = None,
        *,
        lang: str = "en",
        notify: Callable[[str], None] | None = None,
    ) -> KnowledgeGraph:
        """Open a graph that endpoints hold; canned queries, prefixes and labels of terms are of a folder.

        Args:
            urls: of the endpoints, the first is asked first.
            user_agent: the name and version of the tool that asks.
            start_deadline: gives the deadline of a question.
            root: the folder; see ``msme_kg.open``.
            lang: the language of labels and text.
            notify: hears which endpoint failed, why, and which is asked instead; else the log
                ``msme_kg`` does.

        Raises:
            msme_kg.errors.UsageError: an address is malformed or carries a password.
        """
        from msme_kg.sparql.remote_engine import RemoteEngine

        repository = _find_repository(root, lang)
        if not urls:
            raise UsageError("no endpoint is named", hint="give an address such as https://host/sparql")
        terms = LocalEngine(Dataset.from_repository(repository, repository.list_vocabulary_files))
        engine = RemoteEngine(urls, user_agent, terms.prefixes, start_deadline, notify or _log_warning)
        return cls(repository, engine, terms.prefixes, lang, vocabulary_engine=terms)

    @cached_property
    def labels(self) -> Labels:
        """The words for IRIs in the language of this graph."""
        return Labels(self.engine, self.prefixes, self.lang, vocabulary_engine=self._vocabulary_engine)

    def query(self, name: str, **options: str | int | None) -> ResultTable:
        """Ask a canned query.

        Args:
            name: such as ``"members"``.
            options: by name, with underscores, such as ``as_of="2023-08-01"``.

        Raises:
            msme_kg.errors.UsageError: an unknown query, option or value.
        """
        given = {key: None if one is None else str(one) for key, one in options.items()}
        return self.run_query(canned.find_query(self.repository, name), given)

    def run_query(self, query: canned.CannedQuery, options: Mapping[str, str | None]) -> ResultTable:
        """Ask a canned query that has been read already.

        Raises:
            msme_kg.errors.UsageError: an unknown option or value.
        """
        bound = parameters.convert_options(query, options, self.lang, self._resolve)
        bound_text = bind_values(query.text, {key: [one] for key, one in bound.items()})
        return ResultTable(self.engine.select(bound_text), self.labels)

    def run_sparql(self, text: str) -> QueryResult:
        """Ask a query of one's own.

        Raises:
            msme_kg.errors.InputError: the query's syntax.
            msme_kg.errors.SafetyError: an update, a call to another server, too long or too deep.
        """
        return self.engine.query(text)

    def brief(
        self,
        as_of: str | None = None,
        lang: str | None = None,
        since: str | None = None,
        format_name: str = "md",
    ) -> str | bytes:
        """Write the briefing note.

        Args:
            as_of: the date that it describes, ``YYYY-MM-DD``; without it today.
            lang: its language; without it that of this graph.
            since: an earlier date that it compares with, if any.
            format_name: ``md`` or ``html``, which are text, or ``docx`` (needs the extra ``docx``), which is bytes.

        Raises:
            msme_kg.errors.UsageError: a date, language or format that is none.
            msme_kg.errors.InputError: the store does not know the Group, or a template is malformed.
        """
        from msme_kg.briefing.content.compose import compose_note
        from msme_kg.briefing.rendering.formats import NOTE_RENDERERS, render_note

        if format_name not in NOTE_RENDERERS:
            raise UsageError(
                f"{to_printable(format_name)!r} is not a format", hint=f"one of {', '.join(NOTE_RENDERERS)}"
            )
        language = _validate_language(lang or self.lang)
        day = date_intervals.parse_date(as_of, "as_of") if as_of else parameters.read_current_date()
        before = date_intervals.parse_date(since, "since") if since else None
        note = compose_note(self.engine, self.repository, day, before, self._vocabulary_engine)
        made = render_note(self.repository, note, language, format_name)
        return made if format_name == "docx" else made.decode()

    def resolve(self, text: str, argument_name: str = "the thing") -> ox.NamedNode:
        """Return the thing that a text names: IRI, CURIE, code, symbol or label.

        Raises:
            msme_kg.errors.UsageError: nothing, or more than one thing, is called so.
        """
        return Resolver(self.engine, self.prefixes).resolve(text, argument_name)

    def list_parameter_values(self, parameter: canned.Parameter) -> list[EntityName]:
        """Return the names that may be given for an option of a canned query."""
        resolver = Resolver(self.engine, self.prefixes)
        return resolver.load_names(of_class=parameter.of_class, scheme=parameter.scheme)

    def _resolve(self, text: str, parameter: canned.Parameter) -> ox.NamedNode:
        return Resolver(self.engine, self.prefixes).resolve(
            text, f"--{parameter.option}", of_class=parameter.of_class, scheme=parameter.scheme
        )


def _find_repository(root: str | os.PathLike[str] | None, lang: str) -> Repository:
    """Return the repository that was named, if there are words in the language."""
    _validate_language(lang)
    return Repository.find(root)


def _validate_language(lang: str) -> str:
    """Return a language, if there are words in it."""
    if lang not in LANGUAGES:
        raise UsageError(
            f"{to_printable(lang)!r} is not a language here", hint=f"one of {', '.join(LANGUAGES)}"
        )
    return lang


def _log_warning(words: str) -> None:
    import logging  # only who asks others waits for it

    logging.getLogger("msme_kg").warning("%s", words)
