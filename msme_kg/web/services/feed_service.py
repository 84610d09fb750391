"""Feeds of everything or one thing: recorded changes of the data, and latest events in the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from urllib.parse import quote

import pyoxigraph as ox

from msme_kg.api import KnowledgeGraph
from msme_kg.changes.change_log import RecordedChange, parse_changes
from msme_kg.entities.statistics import find_record_end
from msme_kg.errors import UsageError
from msme_kg.message_catalog import format_message
from msme_kg.operations.log import LoggedChange, explain_changes
from msme_kg.publish.site.renderer import SiteRenderer
from msme_kg.publish.site.urls import FEED_FILE, PAGE_FILES
from msme_kg.rdf.terms import split_quad
from msme_kg.rendering.date_text import format_interval
from msme_kg.sparql.date_intervals import parse_interval
from msme_kg.sparql.parameters import convert_options
from msme_kg.sparql.query_catalog import CANNED, QueryCatalog
from msme_kg.storage.dataset import Dataset
from msme_kg.web.http_message import HttpRequest, HttpResponse
from msme_kg.web.negotiation import choose_request_language
from msme_kg.web.problem import build_problem
from msme_kg.web.services.atom_feed import ATOM_TYPE, AtomFeed, FeedEntry, build_urn

_CHANGES, _TIMELINE = "changes", "timeline"
"""The canned queries whose rows are entries: those of everything, and those related to one thing."""
_SUBJECTS = {_CHANGES: "thing", _TIMELINE: "event"}
"""The columns with the things that their rows are about."""
_MAX_ENTRIES = 50


class FeedService:
    """Answers ``/feed.atom`` and that of each thing, such as ``/member/us/feed.atom``."""

    def __init__(
        self, renderer: SiteRenderer, graphs: Mapping[str, KnowledgeGraph], files: Dataset, prefix: str
    ) -> None:
        """Serve feeds.

        Args:
            renderer: knows the page of each thing.
            graphs: the graph by language.
            files: all files of the graph, the recorded changes among them.
            prefix: the path under which the server is reached.
        """
        self._renderer, self._graphs, self._files, self._prefix = renderer, graphs, files, prefix

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return a feed, in the language of the parameter ``lang`` or of the client."""
        if request.method != "GET":
            return build_problem(405, "method", request, headers=(("allow", "GET, HEAD"),))
        if "as_of" in request.parameters:
            return build_problem(400, "undated", request)
        request.require_known({"lang"})
        folder = request.path.removeprefix("/").removesuffix(FEED_FILE).removesuffix("/")
        thing = self._renderer.find_entity(folder)
        if folder and thing is None:
            return build_problem(404, "no-page", request)
        lang = choose_request_language(request)
        graph, site = self._graphs[lang], self._renderer.site
        address = f"{request.server_address}{self._prefix}"

        def locate(iri: str) -> str:
            page = site.page_urls.find_folder(iri)
            return "" if page is None else f"{address}/{quote(page)}/{PAGE_FILES[lang]}"

        found = {entry.id: entry for entry in self._list_entries(graph, thing, locate)}
        entries = sorted(found.values(), key=lambda entry: (entry.updated, entry.id), reverse=True)
        title = site.dataset_title[lang]
        if thing:
            label = graph.labels.get_label(thing)
            title = format_message("feed.of-thing", lang, thing=label, title=title)
        feed = AtomFeed(
            id=build_urn(FEED_FILE, lang, thing or ""),
            title=title,
            lang=lang,
            author=site.title[lang],
            address=f"{address}{quote(request.path)}?lang={lang}",
            page=locate(thing) if thing else f"{address}/{PAGE_FILES[lang]}",
            entries=entries[:_MAX_ENTRIES],
        )
        # The addresses are as the client knows them, so no other client gets this response.
        headers = (("content-language", lang),)
        return HttpResponse(200, f"{ATOM_TYPE}; charset=utf-8", feed.render(), headers, is_cacheable=False)

    @cached_property
    def _recorded(self) -> list[RecordedChange]:
        return parse_changes(self._files)

    def _list_entries(
        self, graph: KnowledgeGraph, thing: str | None, locate: Callable[[str], str]
    ) -> Iterator[FeedEntry]:
        """Yield the entries of everything, or of one thing, in no order."""
        for logged in explain_changes(graph, self._recorded):
            if thing is None or _mentions(logged, thing):
                change = logged.change
                yield FeedEntry(
                    key=(change.iri, logged.thing),
                    title=logged.sentence,
                    content=change.description or logged.sentence,
                    updated=change.ended_at,
                    href=locate(logged.thing),
                    author=change.agent_name,
                )
        until = {"to": find_record_end(graph.engine) or None}
        yield from _list_row_entries(graph, _CHANGES, until, locate, thing)
        if thing is not None:
            yield from _list_row_entries(graph, _TIMELINE, {**until, "thing": thing}, locate)


def _list_row_entries(
    graph: KnowledgeGraph,
    name: str,
    options: Mapping[str, str | None],
    locate: Callable[[str], str],
    wanted: str | None = None,
) -> Iterator[FeedEntry]:
    """Yield the rows of a canned query as entries, at the last day of their date.

    Args:
        graph: the graph.
        name: the query; if the graph lacks it, there are no rows.
        options: option values as text.
        locate: returns the address of the page of an IRI.
        wanted: an IRI that a row must have; None for all rows.
    """
    catalog = QueryCatalog(graph.repository)
    if name not in catalog.list(CANNED):
        return
    query = catalog.get(CANNED, name)
    values = convert_options(query, options, graph.lang, lambda iri, _: ox.NamedNode(iri))
    table = graph.run_bound_query(query, values)
    for row, words in zip(table, table.to_labelled_rows(), strict=True):
        subject = str(row[_SUBJECTS[name]])
        day = _find_last_day(str(row["date"]))
        if day is None or wanted not in {None, *row.values()}:
            continue
        when = format_interval(str(row["date"]), graph.lang) or str(row["date"])
        shown = {**words, "date": when}
        fields = [
            format_message("table.option", graph.lang, name=table.headings[column], value=value)
            for column, value in shown.items()
            if value is not None and column not in {_SUBJECTS[name], "kind"}
        ]
        yield FeedEntry(
            key=(str(row["kind"]), subject, str(row["date"]), str(row.get("after") or "")),
            title=format_message("feed.entry", graph.lang, thing=words[_SUBJECTS[name]], kind=words["kind"]),
            content="\n".join(fields),
            updated=datetime(day.year, day.month, day.day, tzinfo=UTC),
            href=locate(subject),
        )


def _mentions(logged: LoggedChange, thing: str) -> bool:
    """Tell whether a change is one of a thing, or of another whose changed statements name it."""
    if logged.thing == thing:
        return True
    quads = logged.change.added | logged.change.removed
    return any(
        isinstance(value, ox.NamedNode) and subject.value == logged.thing and value.value == thing
        for subject, _, value in map(split_quad, quads)
    )


def _find_last_day(text: str) -> date | None:
    """Return the last day of a date or window in EDTF, else its first; None for other text."""
    try:
        first, last = parse_interval(text, "date")
    except UsageError:
        return None
    return last or first
