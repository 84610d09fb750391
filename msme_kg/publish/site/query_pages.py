"""The pages of canned queries: what is asked, the options, the text, and the answer for the defaults."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from msme_kg.errors import UsageError
from msme_kg.namespaces import LANGUAGES
from msme_kg.publish.site.date_text import format_day
from msme_kg.publish.site.page_context import PageContext
from msme_kg.publish.site.ui_strings import find_tag_heading
from msme_kg.publish.site.urls import QUERY
from msme_kg.rendering.query_charts import render_query_chart
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.results import Solutions
from msme_kg.sparql.results_writer import to_python, write_results

QueryRunner = Callable[[CannedQuery, Mapping[str, str], str], Solutions]
"""Asks a canned query with values of its options in a language."""

LabelLookup = Callable[..., str]
"""The words for an IRI in the language ``lang``."""

_TODAY = "today"
_DATE_WINDOW = re.compile(r"(?:[\d-]{4,10}|\.\.)/(?:[\d-]{4,10}|\.\.)")


@dataclass(frozen=True)
class QueryPageData:
    """A canned query with its answer in each language.

    Attributes:
        query: the query.
        options: the values that were given.
        is_example: whether the query needs a value, and the example in its text stands for it.
        results: the rows by language.
        plots: the picture by language; empty where there is none.
    """

    query: CannedQuery
    options: Mapping[str, str]
    is_example: bool
    results: Mapping[str, Solutions]
    plots: Mapping[str, str]

    @property
    def folder(self) -> str:
        """The folder of its page."""
        return f"{QUERY}/{self.query.name}"


def run_default(
    query: CannedQuery,
    run_query: QueryRunner,
    run_text: Callable[[str], Solutions],
    today: str,
    find_label: LabelLookup,
) -> QueryPageData:
    """Ask a canned query with its defaults.

    Args:
        query: the query.
        run_query: asks it with options.
        run_text: asks the text of a query as it stands.
        today: what stands for today: the end of the record, so that a site does not change with the clock.
        find_label: the words for an IRI in a language.
    """
    options = {one.name: today for one in query.parameters if one.default == _TODAY and today}
    is_example = any(one.required for one in query.parameters)
    answers: dict[str, Solutions] = {}
    try:
        if not is_example:
            answers = {lang: run_query(query, options, lang) for lang in LANGUAGES}
    except UsageError:  # a default that names nothing in this graph
        is_example = True
    if is_example:
        answers = dict.fromkeys(LANGUAGES, run_text(query.text))
    return QueryPageData(query, options, is_example, answers, _render_plots(query, answers, find_label))


def _render_plots(
    query: CannedQuery, answers: Mapping[str, Solutions], find_label: LabelLookup
) -> dict[str, str]:
    if query.plot is None:
        return {}
    charts = {}
    for lang, solutions in answers.items():
        if solutions.rows:
            label_for = partial(find_label, lang=lang)
            rows = [
                {name: to_python(term, label_for) for name, term in solution.items()}
                for solution in solutions
            ]
            charts[lang] = render_query_chart(query, rows, lang)
    return charts


def build_downloads(page_data: QueryPageData) -> dict[str, bytes]:
    """Return the files beside a query's pages: its text, its answer as CSV and JSON, and its picture."""
    made = {f"{page_data.query.name}.rq": page_data.query.text.encode()}
    for lang, rows in page_data.results.items():
        made[f"{page_data.query.name}.{lang}.csv"] = write_results(rows, "csv", str).encode()
        made[f"{page_data.query.name}.{lang}.json"] = write_results(rows, "json", str).encode()
    for lang, picture in page_data.plots.items():
        made[f"{page_data.query.name}.{lang}.svg"] = picture.encode()
    return made


def build_query_context(view: PageContext, page_data: QueryPageData, today: str) -> dict[str, object]:
    """Return what the template of a query is filled with."""
    query, lang = page_data.query, view.lang
    rows = page_data.results[lang]
    dated = _TODAY in {each.default for each in query.parameters} and not page_data.is_example
    command = " ".join(
        [
            "msme-kg query",
            query.name,
            *(f"--{name.replace('_', '-')} {text}" for name, text in page_data.options.items()),
        ]
    )
    return view.build_template_context(
        query.title[lang],
        [(view.ui_strings["home"], ""), (view.ui_strings["examples"], QUERY)],
        query=query,
        is_example=page_data.is_example,
        until=format_day(date.fromisoformat(today), lang) if dated and today else "",
        command=command if lang == LANGUAGES[0] else f"{command} --lang {lang}",
        columns=rows.columns,
        rows=[[None if term is None else view.display_term(term) for term in row] for row in rows.rows],
        has_window=any(
            _DATE_WINDOW.fullmatch(term.value) for row in rows.rows for term in row if term is not None
        ),
        has_plot=lang in page_data.plots,
        text=query.text,
    )


def build_index_context(view: PageContext, queries: Mapping[str, QueryPageData]) -> dict[str, object]:
    """Return what the template of the list of queries is filled with, by the first tag of each."""
    groups: dict[str, list[QueryPageData]] = {}
    for one in queries.values():
        groups.setdefault(one.query.tags[0] if one.query.tags else "", []).append(one)
    named = [(find_tag_heading(tag, view.lang), group) for tag, group in groups.items()]
    return view.build_template_context(
        view.ui_strings["examples"], [(view.ui_strings["home"], "")], groups=named
    )
