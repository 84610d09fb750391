"""Canned query pages: description, options, SPARQL text, and the result for the default options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from urllib.parse import urlencode

from msme_kg.entities.labels import Labels
from msme_kg.errors import UsageError
from msme_kg.message_catalog import format_message, load_messages, translate
from msme_kg.namespaces import LANGUAGES
from msme_kg.publish.site.answer_tables import display_table
from msme_kg.publish.site.entity_answers import make_table
from msme_kg.publish.site.page_context import PageContext
from msme_kg.publish.site.site_input import QueryRunner
from msme_kg.publish.site.urls import PAGE_FILES, QUERY
from msme_kg.rendering.date_text import format_day
from msme_kg.rendering.query_charts import render_query_chart
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.results import Solutions
from msme_kg.sparql.results_writer import to_python, write_results

LabelLookup = Callable[..., str]
"""Returns the label of an IRI in the language ``lang``."""

_TODAY = "today"


@dataclass(frozen=True)
class QueryPageData:
    """A canned query with its result in each language.

    Attributes:
        query: the query.
        options: the option values with which it ran.
        is_example: whether it ran with the example values in its text, because an option is required.
        results: the result by language.
        plots: the chart by language as SVG; empty if it has none.
        is_asked: whether the options were asked for, in contrast to those that a page has by default.
        refusal: why there is no result for the options; None if there is one.
    """

    query: CannedQuery
    options: Mapping[str, str]
    is_example: bool
    results: Mapping[str, Solutions]
    plots: Mapping[str, str]
    is_asked: bool = False
    refusal: UsageError | None = None

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
    """Run a canned query with its default options.

    Args:
        query: the query.
        run_query: runs it with option values.
        run_text: runs a query text unchanged.
        today: the value of ``today``: the end of the record, so that the site does not depend on the clock.
        find_label: returns the label of an IRI in a language.
    """
    options = {param.name: today for param in query.parameters if param.default == _TODAY and today}
    is_example = any(param.required for param in query.parameters)
    results: dict[str, Solutions] = {}
    try:
        if not is_example:
            results = {lang: run_query(query, options, lang) for lang in LANGUAGES}
    except UsageError:  # this graph has no entity that a default names
        is_example = True
    if is_example:
        results = dict.fromkeys(LANGUAGES, run_text(query.text))
    return QueryPageData(query, options, is_example, results, _render_plots(query, results, find_label))


def run_with_options(
    query: CannedQuery, run_query: QueryRunner, options: Mapping[str, str], lang: str, find_label: LabelLookup
) -> QueryPageData:
    """Run a canned query with given options, for the page in one language.

    Args:
        query: the query.
        run_query: runs it with option values.
        options: option values as text, by parameter name.
        lang: the language of the page.
        find_label: returns the label of an IRI in a language.

    Raises:
        msme_kg.errors.UsageError: an unknown option, or a value that does not fit.
    """
    results = {lang: run_query(query, options, lang)}
    plots = _render_plots(query, results, find_label)
    return QueryPageData(query, options, False, results, plots, is_asked=True)


def _render_plots(
    query: CannedQuery, results: Mapping[str, Solutions], find_label: LabelLookup
) -> dict[str, str]:
    if query.plot is None:
        return {}
    plots = {}
    for lang, solutions in results.items():
        if solutions.rows:
            get_label = partial(find_label, lang=lang)
            rows = [{name: to_python(term, get_label) for name, term in row.items()} for row in solutions]
            plots[lang] = render_query_chart(query, rows, lang)
    return plots


def build_downloads(page_data: QueryPageData, labels: Mapping[str, Labels]) -> dict[str, Callable[[], bytes]]:
    """Return the files for download by name: the SPARQL text, the results as CSV and JSON, the charts.

    CSV is for spreadsheets: it has labels and headings in its language, JSON has IRIs.

    Args:
        page_data: the query with its result.
        labels: the labels by language.
    """
    stem = page_data.query.name
    files: dict[str, Callable[[], bytes]] = {f"{stem}.rq": page_data.query.text.encode}
    for lang, solutions in page_data.results.items():
        files[f"{stem}.{lang}.csv"] = partial(_write_csv, page_data.query, solutions, labels[lang])
        files[f"{stem}.{lang}.json"] = write_results(solutions, "json", str).encode
    for lang, svg in page_data.plots.items():
        files[f"{stem}.{lang}.svg"] = svg.encode
    return files


def _write_csv(query: CannedQuery, solutions: Solutions, labels: Labels) -> bytes:
    return make_table(query, solutions, labels).render("csv", labels=True).encode()


def find_language(query: CannedQuery, file: str) -> str:
    """Return the language of a file in the folder of a query.

    Raises:
        KeyError: there is no such file.
    """
    for lang in LANGUAGES:
        if file == PAGE_FILES[lang] or file.startswith(f"{query.name}.{lang}."):
            return lang
    raise KeyError(file)


def build_query_context(
    view: PageContext, page_data: QueryPageData, today: str, labels: Labels
) -> dict[str, object]:
    """Return the template context of a query page.

    Args:
        view: the page.
        page_data: the query with its result.
        today: the value of ``today``.
        labels: the labels in the language of the page.
    """
    query, lang = page_data.query, view.lang
    is_dated = _TODAY in {param.default for param in query.parameters}
    is_dated = is_dated and not page_data.is_example and not page_data.is_asked
    command = " ".join(
        [
            "msme-kg query",
            query.name,
            *(f"--{name.replace('_', '-')} {text}" for name, text in page_data.options.items()),
        ]
    )
    asked = f"?{urlencode(page_data.options)}" if page_data.is_asked else ""
    day = format_day(date.fromisoformat(today), lang) if is_dated and today else ""
    return view.build_template_context(
        query.title[lang],
        [(view.messages["home"], ""), (view.messages["examples"], QUERY)],
        query=query,
        is_example=page_data.is_example,
        until=view.display_text(view.messages["answer-until"].format(day=day)) if day else None,
        asked=asked,
        other_page=PAGE_FILES[view.other_lang] + asked,
        command=command if lang == LANGUAGES[0] else f"{command} --lang {lang}",
        table=None
        if page_data.refusal
        else display_table(view, make_table(query, page_data.results[lang], labels)),
        refusal=describe_refusal(page_data.refusal, lang) if page_data.refusal else "",
        has_plot=lang in page_data.plots,
        text=query.text,
    )


def describe_refusal(refusal: UsageError, lang: str) -> str:
    """Return what is wrong with the options of a query, and what to do."""
    message, hint = translate(refusal.message, lang), translate(refusal.hint or "", lang)
    return format_message("error.listed", lang, first=message, second=hint) if hint else message


def build_index_context(view: PageContext, queries: Iterable[CannedQuery]) -> dict[str, object]:
    """Return the template context of the list of queries."""
    return view.build_template_context(
        view.messages["examples"], [(view.messages["home"], "")], groups=group_by_tag(queries, view.lang)
    )


def group_by_tag(queries: Iterable[CannedQuery], lang: str) -> list[tuple[str, list[CannedQuery]]]:
    """Group queries by their first tag, under the heading of the tag."""
    groups: dict[str, list[CannedQuery]] = {}
    for query in queries:
        groups.setdefault(query.tags[0] if query.tags else "", []).append(query)
    return [(find_tag_heading(tag, lang), group) for tag, group in groups.items()]


def find_tag_heading(tag: str, lang: str) -> str:
    """Return the heading of a tag, else the tag itself."""
    return load_messages(lang).get(f"query-tag.{tag}", tag)
