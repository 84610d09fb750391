"""Pages that depend on what was asked, which only a server has: search, answers, reports."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msme_kg.entities.question_search import QuestionIndex
from msme_kg.errors import UsageError
from msme_kg.publish.site import index_pages
from msme_kg.publish.site.page_contents import build_service_page
from msme_kg.publish.site.page_context import PageContext
from msme_kg.publish.site.site_parts import SiteParts
from msme_kg.publish.site.urls import PAGE_FILES, QUERY, SEARCH
from msme_kg.rendering.review_summary import ReviewSummary

_MAX_QUESTIONS = 5
"""The most canned queries above the entities that words find."""


class LivePages:
    """Renders the pages of a server that are not files of the static site."""

    def __init__(self, parts: SiteParts) -> None:
        """Render pages of a site from what its pages share."""
        self._parts = parts

    def render_query(self, path: str, options: Mapping[str, str], refusal: UsageError | None = None) -> bytes:
        """Return a file of the folder of a canned query, with the answer for some options.

        Args:
            path: its path within the site.
            options: option values as text, by parameter name.
            refusal: what is wrong with them, for a page with the form and no answer.

        Raises:
            KeyError: the folder is not that of a canned query, or has no such file.
            msme_kg.errors.UsageError: an unknown option, or a value that does not fit.
        """
        folder, _, file = path.rpartition("/")
        name = folder.removeprefix(f"{QUERY}/")
        queries = self._parts.queries
        if refusal is not None:
            return queries.build_refusal(name, options, refusal)[file]()
        return queries.build_answer(name, file, options)[file]()

    def render_search(self, lang: str, words: str) -> bytes:
        """Return the page of the questions and entities that words find.

        Args:
            lang: the language of the page.
            words: the words to search for.
        """
        index = self._parts.graph_index
        hits = [iri for iri in self._parts.input.search(words, lang) if not index.is_absent(iri)]
        questions = [
            self._parts.queries.canned[name] for name in self._questions.search(words, _MAX_QUESTIONS)
        ]

        def fill(view: PageContext) -> dict[str, object]:
            return index_pages.build_search_context(
                view, hits, self._parts.facts, self._parts.headings[lang], SEARCH, words, questions
            )

        return self._parts.pages.build(SEARCH, "list", fill)[PAGE_FILES[lang]]()

    @cached_property
    def _questions(self) -> QuestionIndex:
        return QuestionIndex(self._parts.queries.canned.values())

    def render_sparql(self, lang: str, example: str) -> bytes:
        """Return the page with the editor of queries, which has the text of a canned query.

        Args:
            lang: the language of the page.
            example: the name of the canned query; if there is none, the editor has the usual text.
        """
        query = self._parts.queries.canned.get(example)
        lines = query.text.splitlines() if query else []
        declared = tuple(f"PREFIX {prefix}:" for prefix in self._parts.config.prefixes)
        text = "\n".join(line for line in lines if not line.startswith(("#+", *declared))).strip()
        return build_service_page(self._parts, "sparql", {"query": text})[PAGE_FILES[lang]]()

    def render_review(self, lang: str, summary: ReviewSummary, fields: Mapping[str, str]) -> bytes:
        """Return the page on which data is checked, with the summary of a review.

        Args:
            lang: the language of the page.
            summary: the summary.
            fields: the texts that were pasted, by field.
        """
        return build_service_page(self._parts, "check", fields, summary)[PAGE_FILES[lang]]()
