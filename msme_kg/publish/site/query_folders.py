"""Folders of the canned queries: pages, answers as files, and charts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property, lru_cache, partial

from msme_kg.entities.labels import Labels
from msme_kg.errors import UsageError
from msme_kg.publish.site import query_pages
from msme_kg.publish.site.page_builder import PageBuilder, PageFiles
from msme_kg.publish.site.page_context import PageContext
from msme_kg.publish.site.query_form import build_form_fields
from msme_kg.publish.site.query_pages import LabelLookup, QueryPageData
from msme_kg.publish.site.site_input import SiteInput
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.query_catalog import CANNED, QueryCatalog
from msme_kg.sparql.results import Term


class QueryFolders:
    """Builds the folder of each canned query.

    A server keeps the answers with default options; for a static site each is asked for in turn.
    """

    def __init__(
        self,
        pages: PageBuilder,
        site_input: SiteInput,
        record_ends: str,
        labels: Mapping[str, Labels],
        find_label: LabelLookup,
        *,
        is_live: bool,
    ) -> None:
        """Create the folders.

        Args:
            pages: builds pages.
            site_input: runs the queries.
            record_ends: the last day of the record, which stands for today.
            labels: the labels by language.
            find_label: returns the label of an IRI in a language.
            is_live: whether pages have forms.
        """
        self._pages, self._input, self._record_ends = pages, site_input, record_ends
        self._labels, self._find_label, self._is_live = labels, find_label, is_live
        self._asked: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[Mapping[str, Term | None]]] = {}
        self._answer = lru_cache(None if is_live else 1)(self._run_default)
        self.has_chart = cache(self._find_chart)
        """Tells whether the answer of a query with default options has a chart, by the name of the query."""

    @cached_property
    def canned(self) -> dict[str, CannedQuery]:
        """The canned queries by name."""
        return {query.name: query for query in QueryCatalog(self._input.repository).get_all(CANNED)}

    def _find_chart(self, name: str) -> bool:
        return self.canned[name].plot is not None and bool(self._answer(name).plots)

    def build(self, name: str) -> PageFiles:
        """Return the files of a query with the answer for its default options."""
        return self._build_files(self._answer(name))

    def build_answer(self, name: str, file: str, options: Mapping[str, str]) -> PageFiles:
        """Return the files of a query with the answer for some options, in the language of one of them.

        Args:
            name: the query.
            file: the file that is wanted.
            options: option values as text, by parameter name.

        Raises:
            KeyError: there is no such query or file.
            msme_kg.errors.UsageError: an unknown option, or a value that does not fit.
        """
        query = self.canned[name]
        lang = query_pages.find_language(query, file)
        return self._build_files(
            query_pages.run_with_options(query, self._input.run_query, options, lang, self._find_label)
        )

    def build_refusal(self, name: str, options: Mapping[str, str], refusal: UsageError) -> PageFiles:
        """Return the pages of a query with its form, and what is wrong with the options.

        Args:
            name: the query.
            options: option values as text, by parameter name.
            refusal: what is wrong.
        """
        return self._build_files(
            QueryPageData(self.canned[name], options, False, {}, {}, is_asked=True, refusal=refusal)
        )

    def list_rows(self, lang: str, name: str, options: Mapping[str, str]) -> list[Mapping[str, Term | None]]:
        """Return the rows of a canned query; none if this graph lacks the query or what an option names."""
        key = (lang, name, tuple(options.items()))
        if key not in self._asked:
            try:
                self._asked[key] = list(self._input.run_query(self.canned[name], options, lang))
            except (KeyError, UsageError):
                self._asked[key] = []
        return self._asked[key]

    def _run_default(self, name: str) -> QueryPageData:
        return query_pages.run_default(
            self.canned[name],
            self._input.run_query,
            self._input.engine.select,
            self._record_ends,
            self._find_label,
        )

    def _build_files(self, page_data: QueryPageData) -> PageFiles:
        fill = partial(self._fill, page_data=page_data)
        return {
            **self._pages.build(page_data.folder, "query", fill),
            **query_pages.build_downloads(page_data, self._labels),
        }

    def _fill(self, view: PageContext, page_data: QueryPageData) -> dict[str, object]:
        context = query_pages.build_query_context(view, page_data, self._record_ends, self._labels[view.lang])
        if not self._is_live:
            return context
        fields = build_form_fields(page_data, view.lang, self._input.list_names)
        is_at_field = any(field.error for field in fields)
        return context | {"fields": fields, "refusal": "" if is_at_field else context["refusal"]}
