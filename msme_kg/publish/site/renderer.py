"""Renderer of the site of a graph: the content of each file by its path."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property, partial
from itertools import chain

from msme_kg.name_folding import read_chinese_variants
from msme_kg.namespaces import LANGUAGES
from msme_kg.publish.atomic_folder import FileContent
from msme_kg.publish.site import entity_pages, home_page, index_pages, ontology_pages, query_pages
from msme_kg.publish.site.entity_pages import EntityFiles
from msme_kg.publish.site.page_builder import FolderFiles
from msme_kg.publish.site.page_contents import (
    build_service_page,
    choose_entity_template,
    fill_entity,
    fill_home,
)
from msme_kg.publish.site.page_context import PageContext, SiteConfig
from msme_kg.publish.site.site_parts import SiteParts
from msme_kg.publish.site.sitemap import render_sitemap
from msme_kg.publish.site.urls import ABOUT, ASSETS, DUMP, PAGE_FILES, QUERY, SEARCH, SERVICES, UNDATED
from msme_kg.rdf.serializers import SYNTAXES
from msme_kg.rendering.templating import read_page_template
from msme_kg.storage.statement_batches import read_batches

_DUMP_FILES = {"turtle": "msme-kg.ttl", "ntriples": "msme-kg.nt", "trig": "msme-kg.trig"}
_MANY_LINKS = 25
"""The number of links to an entity from which its page takes long."""


class SiteRenderer:
    """Renders the files of a site from a graph that is read once.

    A folder of the site is the page of an entity, a list, a canned query, or a fixed one. Nothing of it is
    made before it is asked for.
    """

    def __init__(self, parts: SiteParts, progress: Callable[[str], None] = lambda _: None) -> None:
        """Render a site.

        Args:
            parts: what its pages share.
            progress: called with a description of each step.
        """
        self._parts, self._progress = parts, progress
        self._site, self._graph_index, self._facts = parts.config, parts.graph_index, parts.facts
        self._pages, self._queries, self._headings = parts.pages, parts.queries, parts.headings
        self._files = {file.graph: file for file in parts.input.dataset.files}
        self._entities = parts.config.page_urls.iris_by_folder
        self._folders = dict(self._list_folders())

    def render(self, path: str) -> bytes:
        """Return the content of a file.

        Args:
            path: its path within the site.

        Raises:
            KeyError: the site has no such file.
        """
        folder, _, name = path.rpartition("/")
        content = self._build_folder(folder)[name]()
        return content if isinstance(content, bytes) else b"".join(content)

    @cached_property
    def folders(self) -> Collection[str]:
        """The paths of all folders."""
        return dict.fromkeys(chain(self._folders, self._entities)).keys()

    @property
    def site(self) -> SiteConfig:
        """The data shared by all pages."""
        return self._site

    def has_days(self, path: str) -> bool:
        """Tell whether a file differs from day to day: not tools, dumps and texts of files."""
        folder, _, name = path.rpartition("/")
        is_text_of_file = name not in PAGE_FILES.values() and self._entities.get(folder) in self._files
        return folder not in UNDATED and not is_text_of_file

    def find_entity(self, folder: str) -> str | None:
        """Return the IRI of the entity that a folder is about; None for any other folder."""
        return self._entities.get(folder)

    def list_files(self, folder: str) -> Collection[str]:
        """Return the names of the files of a folder.

        Raises:
            KeyError: there is no such folder.
        """
        return self._build_folder(folder).keys()

    def list_long_folders(self) -> list[str]:
        """Return the folders with pages that take long: lists, queries, and entities with many links."""
        list_links = self._graph_index.list_incoming_links
        linked = [folder for folder, iri in self._entities.items() if len(list_links(iri)) >= _MANY_LINKS]
        return [*(folder for folder in self._folders if folder not in {ASSETS, DUMP}), *linked]

    def find_replacement(self, folder: str) -> str | None:
        """Return the folder of what replaces the deprecated entity of a folder; None for any other folder."""
        iri = self._entities.get(folder)
        if iri not in self._graph_index.deprecated:
            return None
        replacements = self._graph_index.list_objects(iri, entity_pages.REPLACED_BY)
        return self._site.page_urls.find_folder(replacements[0].value) if replacements else None

    def render_all(self) -> Iterator[tuple[str, FileContent]]:
        """Yield the path within the site and the content of every file, to be read in this order."""
        for folder in self.folders:
            is_query = folder.startswith(f"{QUERY}/")
            self._progress("asking the canned queries" if is_query else "writing the pages")
            for name, render in self._build_folder(folder).items():
                yield f"{folder}/{name}" if folder else name, render()

    def _build_folder(self, folder: str) -> FolderFiles:
        """Return the files of a folder; an entity takes precedence over a list.

        Raises:
            KeyError: there is no such folder.
        """
        iri = self._entities.get(folder)
        return self._folders[folder]() if iri is None else self._build_entity_page(iri, folder)

    def _list_folders(self) -> Iterator[tuple[str, Callable[[], FolderFiles]]]:
        """Yield the path of each folder but those of entities, and what builds it."""
        yield "", self._build_home_page
        yield ABOUT, self._build_about_page
        yield ASSETS, self._build_assets
        yield DUMP, self._build_dumps
        yield QUERY, self._build_query_index
        yield SEARCH, self._build_search_page
        for name in self._queries.canned:
            yield f"{QUERY}/{name}", partial(self._queries.build, name)
        for section in self._parts.sections:
            yield section, partial(self._build_section, section)
        for name in SERVICES if self._site.is_live else ():
            yield name, partial(build_service_page, self._parts, name)

    @property
    def page_count(self) -> int:
        """The number of pages."""
        return len(list(self._list_page_folders())) * len(LANGUAGES)

    def _list_page_folders(self) -> Iterator[str]:
        return (folder for folder in self.folders if folder not in {ASSETS, DUMP})

    def _build_assets(self) -> FolderFiles:
        names = ["site.js", "site.css", *(["sparql.js"] if self._site.is_live else [])]
        return {name: partial(_render_asset, name) for name in names}

    def _build_dumps(self) -> FolderFiles:
        def render_dump(syntax: str) -> Iterator[bytes]:
            graphs = read_batches(self._parts.input.default_graph, syntax)
            return map(str.encode, SYNTAXES[syntax](graphs, self._site.prefixes))

        return {name: partial(render_dump, syntax) for syntax, name in _DUMP_FILES.items()}

    def _build_query_index(self) -> FolderFiles:
        queries = self._queries.canned.values()
        return self._pages.build(
            QUERY, "queries", lambda view: query_pages.build_index_context(view, queries)
        )

    def _build_search_page(self) -> FolderFiles:
        list_entities = self._parts.list_labelled_entities

        def fill(view: PageContext) -> dict[str, object]:
            return index_pages.build_search_context(
                view, list_entities(), self._facts, self._headings[view.lang], SEARCH
            )

        return {**self._pages.build(SEARCH, "list", fill), **self._build_csv(SEARCH, list_entities)}

    def _build_csv(self, name: str, list_entities: Callable[[], Iterable[str]]) -> FolderFiles:
        return {f"{name}.csv": lambda: index_pages.render_csv(self._site, list_entities(), self._facts)}

    def _build_section(self, section: str) -> FolderFiles:
        headings, facts, iris = self._headings, self._facts, self._parts.list_section(section)
        schemes = self._graph_index.list_instances(index_pages.CONCEPT_SCHEME)
        if not set(schemes).isdisjoint(iris):
            return self._pages.build(
                section,
                "schemes",
                lambda view: ontology_pages.build_schemes_context(view, headings[view.lang][section]),
            )

        def fill(view: PageContext) -> dict[str, object]:
            return index_pages.build_list_context(view, iris, facts, headings[view.lang][section], section)

        return {**self._pages.build(section, "list", fill), **self._build_csv(section, lambda: iris)}

    def _build_entity_page(self, iri: str, folder: str) -> FolderFiles:
        entity_files = EntityFiles(self._site, iri)
        template = choose_entity_template(self._parts, iri)
        fill = partial(fill_entity, self._parts, iri, entity_files)
        pages = self._pages.build(folder, template, fill)
        if iri in self._files and not self._graph_index.get_triples(iri):
            return {**pages, "index.ttl": lambda: self._files[iri].content}
        return {
            **pages,
            "index.ttl": entity_files.serialize_turtle,
            "index.jsonld": lambda: entity_files.jsonld,
        }

    def _build_home_page(self) -> FolderFiles:
        pages = self._pages.build("", "home", partial(fill_home, self._parts))
        return {**pages, "sitemap.xml": self._build_sitemap} if self._site.base_url else pages

    def _build_about_page(self) -> FolderFiles:
        dumps = [f"{DUMP}/{name}" for name in _DUMP_FILES.values()]

        def fill(view: PageContext) -> dict[str, object]:
            headings = self._headings[view.lang]
            return home_page.build_about_context(
                view,
                self._parts.dataset_info,
                self._parts.statistics,
                self._parts.browse_lists,
                headings,
                dumps,
            )

        return self._pages.build(ABOUT, "about", fill)

    def _build_sitemap(self) -> bytes:
        hidden = {self._site.page_urls.find_folder(iri) for iri in self._graph_index.deprecated}
        folders = (folder for folder in self._list_page_folders() if folder not in hidden)
        return render_sitemap(self._site.base_url, folders)


def _render_asset(name: str) -> bytes:
    return read_page_template(name).replace("CHINESE_VARIANTS", read_chinese_variants()).encode()
