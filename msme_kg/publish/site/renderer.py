"""Renderer of the site of a graph: the content of each file by its path."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from html import escape

from msme_kg.entities.statistics import compute_statistics
from msme_kg.name_folding import read_chinese_variants
from msme_kg.namespaces import LANGUAGES, OWL
from msme_kg.publish.site import entity_pages, home_page, index_pages, ontology_pages, query_pages
from msme_kg.publish.site.dataset_info import DatasetInfo
from msme_kg.publish.site.entity_answers import EntityAnswers
from msme_kg.publish.site.entity_facts import EntityFacts
from msme_kg.publish.site.entity_pages import EntityFiles
from msme_kg.publish.site.graph_index import GraphIndex
from msme_kg.publish.site.page_builder import FolderFiles, PageBuilder
from msme_kg.publish.site.page_context import PageContext, SiteConfig
from msme_kg.publish.site.query_folders import QueryFolders
from msme_kg.publish.site.site_input import SiteInput
from msme_kg.publish.site.urls import (
    ABOUT,
    ASSETS,
    DUMP,
    PAGE_FILES,
    QUERY,
    SEARCH,
    SERVICES,
    PageUrls,
    extract_section,
    is_under_base,
)
from msme_kg.rdf.serializers import serialize
from msme_kg.rendering.templating import read_page_template

_DUMP_FILES = {"turtle": "msme-kg.ttl", "ntriples": "msme-kg.nt", "trig": "msme-kg.trig"}
_ONTOLOGY = f"{OWL}Ontology"


class SiteRenderer:
    """Renders the files of a site from a graph that is read once.

    A folder of the site is the page of an entity, a list, a canned query, or a fixed one. Nothing of it is
    made before it is asked for.
    """

    def __init__(
        self,
        site_input: SiteInput,
        base_url: str = "",
        progress: Callable[[str], None] = lambda _: None,
        *,
        is_live: bool = False,
    ) -> None:
        """Read the graph.

        Args:
            site_input: the input.
            base_url: the URL at which the site is published; empty if unknown.
            progress: called with a description of each step.
            is_live: whether a server gives the pages, which then have forms and links to its services.

        Raises:
            msme_kg.errors.KGError: a file or query is malformed.
        """
        self._input, self._progress = site_input, progress
        progress("reading")
        self._graph_index = GraphIndex.from_quads(site_input.dataset.parse_quads(), site_input.dataset.graphs)
        self._facts = EntityFacts.from_queries(site_input.repository, site_input.engine)
        self._answers = EntityAnswers.from_queries(
            site_input.repository,
            site_input.engine,
            site_input.dataset.prefixes,
            filter(is_under_base, self._graph_index.labels),
        )
        self._dataset_info = DatasetInfo.from_graph_index(self._graph_index)
        repository, default_graph, engine = site_input.repository, site_input.default_graph, site_input.engine
        self._statistics = compute_statistics(repository, default_graph, engine)
        page_urls = PageUrls(self._graph_index.iris_under_base)
        self._sections = _list_current(page_urls.sections, self._graph_index.deprecated)
        self._site = self._build_config(page_urls, base_url, is_live=is_live)
        self._home_contexts = {lang: PageContext(self._site, "", lang) for lang in LANGUAGES}
        self._headings = {lang: self._choose_headings(view) for lang, view in self._home_contexts.items()}
        self._files = {file.graph: file for file in site_input.dataset.files}
        self._pages = PageBuilder(self._site)
        self._queries = QueryFolders(
            self._pages,
            site_input,
            self._statistics.record_ends,
            self._answers.labels,
            lambda iri, lang: self._home_contexts[lang].find_label(iri)[0],
            is_live=is_live,
        )
        self._entities = page_urls.iris_by_folder
        self._folders = dict(self._list_folders())

    def _build_config(self, page_urls: PageUrls, base_url: str, *, is_live: bool) -> SiteConfig:
        """Return the data shared by all pages."""
        ontologies = self._graph_index.instances_by_class.get(_ONTOLOGY, [])
        prefixes = self._input.dataset.prefixes
        return SiteConfig(
            graph_index=self._graph_index,
            page_urls=page_urls,
            prefixes=prefixes,
            shorten_iri=cache(prefixes.shorten),
            title=self._dataset_info.name,
            licence=self._dataset_info.licence,
            dataset_title=self._dataset_info.title,
            has_ontology=any(page_urls.find_folder(iri) == "ontology" for iri in ontologies),
            base_url=base_url,
            is_live=is_live,
        )

    def _choose_headings(self, view: PageContext) -> dict[str, str]:
        """Return the heading of each list."""
        return {
            section: index_pages.choose_heading(view, self._facts, section, iris)
            for section, iris in self._sections.items()
        }

    def render(self, path: str) -> bytes:
        """Return the content of a file.

        Args:
            path: its path within the site.

        Raises:
            KeyError: the site has no such file.
        """
        folder, _, name = path.rpartition("/")
        return self._folders[folder]()[name]()

    def render_query(self, path: str, options: Mapping[str, str]) -> bytes:
        """Return a file of the folder of a canned query, with the answer for some options.

        Args:
            path: its path within the site.
            options: option values as text, by parameter name.

        Raises:
            KeyError: the folder is not that of a canned query, or has no such file.
            msme_kg.errors.UsageError: an unknown option, or a value that does not fit.
        """
        folder, _, file = path.rpartition("/")
        name = folder.removeprefix(f"{QUERY}/")
        return self._queries.build_answer(name, file, options)[file]()

    def render_search(self, lang: str, words: str) -> bytes:
        """Return the page of the entities that words find.

        Args:
            lang: the language of the page.
            words: the words to search for.
        """
        hits = self._input.search(words, lang)

        def fill(view: PageContext) -> dict[str, object]:
            return index_pages.build_search_context(
                view, hits, self._facts, self._headings[lang], SEARCH, words
            )

        return self._pages.build(SEARCH, "list", fill)[PAGE_FILES[lang]]()

    def render_review(self, lang: str, report: str, fields: Mapping[str, str]) -> bytes:
        """Return the page on which data is checked, with a report.

        Args:
            lang: the language of the page.
            report: the report as text.
            fields: the texts that were pasted, by field.
        """
        return self._build_service_page("check", report, fields)[PAGE_FILES[lang]]()

    @property
    def folders(self) -> Collection[str]:
        """The paths of all folders."""
        return self._folders.keys()

    @property
    def site(self) -> SiteConfig:
        """The data shared by all pages."""
        return self._site

    def find_entity(self, folder: str) -> str | None:
        """Return the IRI of the entity that a folder is about; None for any other folder."""
        return self._entities.get(folder)

    def list_files(self, folder: str) -> Collection[str]:
        """Return the names of the files of a folder.

        Raises:
            KeyError: there is no such folder.
        """
        return self._folders[folder]().keys()

    def find_replacement(self, folder: str) -> str | None:
        """Return the folder of what replaces the deprecated entity of a folder; None for any other folder."""
        iri = self._entities.get(folder)
        if iri not in self._graph_index.deprecated:
            return None
        replacements = self._graph_index.list_objects(iri, entity_pages.REPLACED_BY)
        return self._site.page_urls.find_folder(replacements[0].value) if replacements else None

    def render_all(self) -> Iterator[tuple[str, bytes]]:
        """Yield the path within the site and the content of every file."""
        for folder, build in self._folders.items():
            if folder.startswith(f"{QUERY}/"):
                self._progress("asking the canned queries")
            else:
                self._progress("writing the pages")
            for name, render in build().items():
                yield f"{folder}/{name}" if folder else name, render()

    def _list_folders(self) -> Iterator[tuple[str, Callable[[], FolderFiles]]]:
        """Yield the path of each folder and what builds it; of several with one path the last counts."""
        yield "", self._build_home_page
        yield ABOUT, self._build_about_page
        yield ASSETS, self._build_assets
        yield DUMP, self._build_dumps
        yield QUERY, self._build_query_index
        yield SEARCH, self._build_search_page
        for name in self._queries.canned:
            yield f"{QUERY}/{name}", partial(self._queries.build, name)
        for section, iris in self._sections.items():
            yield section, partial(self._build_section, section, iris)
        for folder, iri in self._entities.items():
            yield folder, partial(self._build_entity_page, iri, folder)
        for name in SERVICES if self._site.is_live else ():
            yield name, partial(self._build_service_page, name)

    @property
    def page_count(self) -> int:
        """The number of pages."""
        return len(list(self._list_page_folders())) * len(LANGUAGES)

    def _list_page_folders(self) -> Iterator[str]:
        return (folder for folder in self._folders if folder not in {ASSETS, DUMP})

    def _build_assets(self) -> FolderFiles:
        def render_script() -> bytes:
            script = read_page_template("site.js")
            return script.replace("CHINESE_VARIANTS", read_chinese_variants()).encode()

        return {"site.css": lambda: read_page_template("site.css").encode(), "site.js": render_script}

    def _build_dumps(self) -> FolderFiles:
        def render_dump(syntax: str) -> bytes:
            quads = list(self._input.default_graph.parse_quads())
            return serialize(quads, syntax, self._site.prefixes).encode()

        return {name: partial(render_dump, syntax) for syntax, name in _DUMP_FILES.items()}

    def _build_service_page(
        self, name: str, report: str = "", fields: Mapping[str, str] | None = None
    ) -> FolderFiles:
        """Return the page with the form of a service."""

        def fill(view: PageContext) -> dict[str, object]:
            return view.build_template_context(
                view.messages[f"service-{name}"],
                [(view.messages["home"], "")],
                queries=self._queries.canned.values(),
                prefixes=self._site.prefixes,
                report=report,
                fields=fields or {},
            )

        return self._pages.build(name, name, fill)

    def _build_query_index(self) -> FolderFiles:
        queries = self._queries.canned.values()
        return self._pages.build(
            QUERY, "queries", lambda view: query_pages.build_index_context(view, queries)
        )

    def _build_search_page(self) -> FolderFiles:
        labelled = self._list_labelled_entities()

        def fill(view: PageContext) -> dict[str, object]:
            return index_pages.build_search_context(
                view, labelled, self._facts, self._headings[view.lang], SEARCH
            )

        return {**self._pages.build(SEARCH, "list", fill), **self._build_csv(SEARCH, labelled)}

    def _build_csv(self, name: str, iris: Sequence[str]) -> FolderFiles:
        return {f"{name}.csv": lambda: index_pages.render_csv(self._graph_index, iris, self._facts)}

    def _build_section(self, section: str, iris: Sequence[str]) -> FolderFiles:
        headings, facts = self._headings, self._facts
        if any(index_pages.CONCEPT_SCHEME in self._graph_index.list_types(iri) for iri in iris):
            return self._pages.build(
                section,
                "schemes",
                lambda view: ontology_pages.build_schemes_context(view, headings[view.lang][section]),
            )

        def fill(view: PageContext) -> dict[str, object]:
            return index_pages.build_list_context(view, iris, facts, headings[view.lang][section], section)

        return {**self._pages.build(section, "list", fill), **self._build_csv(section, iris)}

    def _build_entity_page(self, iri: str, folder: str) -> FolderFiles:
        is_ontology = _ONTOLOGY in self._graph_index.list_types(iri)
        entity_files = EntityFiles(self._site, iri)
        fill = partial(self._fill_entity, iri=iri, entity_files=entity_files, is_ontology=is_ontology)
        pages = self._pages.build(folder, "ontology" if is_ontology else "thing", fill)
        if iri in self._files and not self._graph_index.statements.get(iri):
            return {**pages, "index.ttl": lambda: self._files[iri].content}
        return {
            **pages,
            "index.ttl": entity_files.serialize_turtle,
            "index.jsonld": lambda: entity_files.jsonld,
        }

    def _fill_entity(
        self, view: PageContext, iri: str, entity_files: EntityFiles, *, is_ontology: bool
    ) -> dict[str, object]:
        context = entity_pages.build_entity_context(
            view,
            iri,
            self._facts,
            self._dataset_info,
            self._headings[view.lang],
            entity_files.embedded,
            self._answers.compose_parts(iri, view.lang),
        )
        return context | ontology_pages.build_ontology_context(view, iri) if is_ontology else context

    @cached_property
    def _browse_lists(self) -> home_page.BrowseLists:
        classes_by_section = self._facts.classes_by_section
        sections = self._sections.items()
        return home_page.BrowseLists(
            entities={section: iris for section, iris in sections if section in classes_by_section},
            dependent_sections=self._facts.dependent_sections,
            metadata={section: iris for section, iris in sections if section not in classes_by_section},
        )

    def _build_home_page(self) -> FolderFiles:
        queries, has_chart = self._queries.canned.values(), self._queries.has_chart

        def fill(view: PageContext) -> dict[str, object]:
            return home_page.build_home_context(
                view,
                self._dataset_info,
                self._facts.subject,
                self._answers.compose_parts(self._facts.subject, view.lang, is_brief=True),
                partial(self._queries.list_rows, view.lang),
                self._statistics.record_ends,
                self._browse_lists,
                self._headings[view.lang],
                queries,
                has_chart,
            )

        pages = self._pages.build("", "home", fill)
        return {**pages, "sitemap.xml": self._build_sitemap} if self._site.base_url else pages

    def _build_about_page(self) -> FolderFiles:
        dumps = [f"{DUMP}/{name}" for name in _DUMP_FILES.values()]

        def fill(view: PageContext) -> dict[str, object]:
            headings = self._headings[view.lang]
            return home_page.build_about_context(
                view, self._dataset_info, self._statistics, self._browse_lists, headings, dumps
            )

        return self._pages.build(ABOUT, "about", fill)

    def _list_labelled_entities(self) -> list[str]:
        """Return the entities with a label, without parts of other entities' records."""
        return [
            iri
            for iri in self._graph_index.iris_under_base
            if iri in self._graph_index.labels
            and iri not in self._graph_index.deprecated
            and extract_section(iri) not in self._facts.dependent_sections
        ]

    def _build_sitemap(self) -> bytes:
        hidden = {self._site.page_urls.find_folder(iri) for iri in self._graph_index.deprecated}
        lines = (
            f"<url><loc>{escape(self._site.base_url + path)}</loc></url>"
            for path in sorted(
                f"{folder}/{name}" if folder else name
                for folder in self._list_page_folders()
                if folder not in hidden
                for name in PAGE_FILES.values()
            )
        )
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        return "\n".join([head, *lines, "</urlset>", ""]).encode()


def _list_current(sections: Mapping[str, list[str]], deprecated: Collection[str]) -> dict[str, list[str]]:
    """Return the sections with an entity that is current, with these entities."""
    current = {section: [iri for iri in iris if iri not in deprecated] for section, iris in sections.items()}
    return {section: iris for section, iris in current.items() if iris}
