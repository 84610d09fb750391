"""Pages of entities and the home page as they were on a day."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from msme_kg.entities.labels import Labels
from msme_kg.namespaces import LANGUAGES
from msme_kg.publish.site.entity_answers import EntityAnswers
from msme_kg.publish.site.entity_batches import EntityBatches
from msme_kg.publish.site.entity_pages import EntityFiles
from msme_kg.publish.site.page_contents import choose_entity_template, fill_entity, fill_home
from msme_kg.publish.site.page_context import PageContext
from msme_kg.publish.site.site_input import PastGraph
from msme_kg.publish.site.site_parts import SiteParts

_MAX_DAYS = 4
"""The days whose graphs are kept; each takes as much memory as the whole graph."""


class PastPages:
    """Renders pages from the graph without what had not begun on a day, or had ended."""

    def __init__(self, parts: SiteParts) -> None:
        """Render pages of a site.

        Args:
            parts: what its pages share.
        """
        self._parts = parts
        self._entities = parts.config.page_urls.iris_by_folder
        self._days: OrderedDict[str, tuple[PastGraph, SiteParts]] = OrderedDict()

    def has_folder(self, folder: str) -> bool:
        """Tell whether the pages of a folder can be shown as on a day."""
        return folder == "" or folder in self._entities

    def render(self, folder: str, name: str, day: str) -> bytes:
        """Return a file of a folder as on a day.

        Args:
            folder: that of an entity, or empty for the home page.
            name: the file.
            day: the day, ``YYYY-MM-DD``.

        Raises:
            KeyError: the folder has no such file.
        """
        graph, parts = self._open(day)
        iri = self._entities[folder] if folder else parts.facts.subject
        repository, engine, prefixes = parts.input.repository, graph.engine, parts.config.prefixes
        labels = {lang: Labels(engine, prefixes, lang) for lang in LANGUAGES}
        find_answers = partial(EntityAnswers, repository, engine, prefixes, labels)
        parts = replace(parts, answers=EntityBatches([iri] if iri else [], find_answers))
        if not folder:
            return self._render_page(parts, folder, "home", partial(fill_home, parts), name)
        files = EntityFiles(parts.config, iri)
        if name == "index.ttl":
            return files.serialize_turtle()
        if name == "index.jsonld":
            return files.jsonld

        def fill(view: PageContext) -> dict[str, object]:
            return fill_entity(parts, iri, files, view) | {"is_absent": iri in graph.absent}

        return self._render_page(parts, folder, choose_entity_template(parts, iri), fill, name)

    def render_refused(self, folder: str, name: str, typed: str, error: str) -> bytes:
        """Return a page as it is today, and what is wrong with the day that was asked for.

        Args:
            folder: that of an entity, or empty for the home page.
            name: the file of the page.
            typed: the day as typed.
            error: what is wrong with it.
        """
        parts = self._parts
        iri = self._entities.get(folder, "")
        files = EntityFiles(parts.config, iri)
        template = choose_entity_template(parts, iri) if folder else "home"

        def fill(view: PageContext) -> dict[str, object]:
            context = fill_entity(parts, iri, files, view) if folder else fill_home(parts, view)
            return context | {"typed_day": typed, "day_error": error}

        return self._render_page(parts, folder, template, fill, name)

    def _render_page(
        self,
        parts: SiteParts,
        folder: str,
        template: str,
        fill: Callable[[PageContext], dict[str, object]],
        name: str,
    ) -> bytes:
        return parts.pages.build(folder, template, fill)[name]()

    def _open(self, day: str) -> tuple[PastGraph, SiteParts]:
        """Return the graph on a day, and the parts of its site; those used last are kept."""
        if day not in self._days:
            self._days[day] = self._build(day)
            while len(self._days) > _MAX_DAYS:
                self._days.popitem(last=False)
        self._days.move_to_end(day)
        return self._days[day]

    def _build(self, day: str) -> tuple[PastGraph, SiteParts]:
        parts = self._parts
        graph = parts.input.open_past_graph(day)
        config = replace(parts.config, graph_index=parts.graph_index.drop_entities(graph.absent), as_of=day)
        claims = {
            claim: others
            for claim, listed in parts.facts.conflicting_claims.items()
            if claim not in graph.absent and (others := [one for one in listed if one not in graph.absent])
        }
        facts = replace(parts.facts, conflicting_claims=claims)
        return graph, replace(parts, config=config, facts=facts, pages=parts.pages.with_config(config))
