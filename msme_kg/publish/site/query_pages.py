"""The pages of canned queries: what is asked, the options, the text, and the answer for the defaults."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from msme_kg.errors import UsageError
from msme_kg.namespaces import LANGUAGES
from msme_kg.publish.site.date_text import day_in_words
from msme_kg.publish.site.page_context import View
from msme_kg.publish.site.ui_strings import of_tag
from msme_kg.publish.site.urls import QUERY
from msme_kg.rendering.plots import PLOTS, Words
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.results import Solutions
from msme_kg.sparql.results_writer import render, value

Ask = Callable[[CannedQuery, Mapping[str, str], str], Solutions]
"""Asks a canned query with values of its options in a language."""

Label = Callable[..., str]
"""The words for an IRI in the language ``lang``."""

_TODAY = "today"
_WINDOW = re.compile(r"(?:[\d-]{4,10}|\.\.)/(?:[\d-]{4,10}|\.\.)")


@dataclass(frozen=True)
class Answered:
    """A canned query with its answer in each language.

    Attributes:
        query: the query.
        options: the values that were given.
        is_example: whether the query needs a value, and the example in its text stands for it.
        answers: the rows by language.
        plots: the picture by language; empty where there is none.
    """

    query: CannedQuery
    options: Mapping[str, str]
    is_example: bool
    answers: Mapping[str, Solutions]
    plots: Mapping[str, str]

    @property
    def folder(self) -> str:
        """The folder of its page."""
        return f"{QUERY}/{self.query.name}"


def answered(
    query: CannedQuery,
    ask: Ask,
    example: Callable[[str], Solutions],
    day: str,
    label: Label,
) -> Answered:
    """Ask a canned query with its defaults.

    Args:
        query: the query.
        ask: asks it with options.
        example: asks the text of a query as it stands.
        day: what stands for today: the end of the record, so that a site does not change with the clock.
        label: the words for an IRI in a language.
    """
    options = {one.name: day for one in query.parameters if one.default == _TODAY and day}
    is_example = any(one.required for one in query.parameters)
    answers: dict[str, Solutions] = {}
    try:
        if not is_example:
            answers = {lang: ask(query, options, lang) for lang in LANGUAGES}
    except UsageError:  # a default that names nothing in this graph
        is_example = True
    if is_example:
        answers = dict.fromkeys(LANGUAGES, example(query.text))
    return Answered(query, options, is_example, answers, _plots(query, answers, label))


def _plots(query: CannedQuery, answers: Mapping[str, Solutions], label: Label) -> dict[str, str]:
    if query.plot is None or importlib.util.find_spec("matplotlib") is None:
        return {}
    kind, words = query.plot
    found = {}
    for lang, rows in answers.items():
        if rows.rows:
            named = Words(query.title[lang], {name: by[lang] for name, by in words.items()})
            shown = [
                {name: value(term, partial(label, lang=lang)) for name, term in row.items()} for row in rows
            ]
            found[lang] = PLOTS[kind](shown, named)
    return found


def downloads(one: Answered) -> dict[str, bytes]:
    """Return the files beside a query's pages: its text, its answer as CSV and JSON, and its picture."""
    made = {f"{one.query.name}.rq": one.query.text.encode()}
    for lang, rows in one.answers.items():
        made[f"{one.query.name}.{lang}.csv"] = render(rows, "csv", str).encode()
        made[f"{one.query.name}.{lang}.json"] = render(rows, "json", str).encode()
    for lang, picture in one.plots.items():
        made[f"{one.query.name}.{lang}.svg"] = picture.encode()
    return made


def page(view: View, one: Answered, day: str) -> dict[str, object]:
    """Return what the template of a query is filled with."""
    query, lang = one.query, view.lang
    rows = one.answers[lang]
    dated = _TODAY in {each.default for each in query.parameters} and not one.is_example
    command = " ".join(
        [
            "msme-kg query",
            query.name,
            *(f"--{name.replace('_', '-')} {text}" for name, text in one.options.items()),
        ]
    )
    return view.frame(
        query.title[lang],
        [(view.words["home"], ""), (view.words["examples"], QUERY)],
        query=query,
        is_example=one.is_example,
        until=day_in_words(date.fromisoformat(day), lang) if dated and day else "",
        command=command if lang == LANGUAGES[0] else f"{command} --lang {lang}",
        columns=rows.columns,
        rows=[[None if term is None else view.value(term) for term in row] for row in rows.rows],
        has_window=any(
            _WINDOW.fullmatch(term.value) for row in rows.rows for term in row if term is not None
        ),
        has_plot=lang in one.plots,
        text=query.text,
    )


def index(view: View, queries: Mapping[str, Answered]) -> dict[str, object]:
    """Return what the template of the list of queries is filled with, by the first tag of each."""
    groups: dict[str, list[Answered]] = {}
    for one in queries.values():
        groups.setdefault(one.query.tags[0] if one.query.tags else "", []).append(one)
    named = [(of_tag(tag, view.lang), group) for tag, group in groups.items()]
    return view.frame(view.words["examples"], [(view.words["home"], "")], groups=named)
