"""Site builder: yields the files of the static site of a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from html import escape

from msme_kg.entities.statistics import compute_statistics
from msme_kg.name_folding import read_chinese_variants
from msme_kg.namespaces import LANGUAGES, OWL
from msme_kg.publish.site import entity_pages, home_page, index_pages, ontology_pages, query_pages
from msme_kg.publish.site.dataset_info import DatasetInfo
from msme_kg.publish.site.entity_facts import EntityFacts
from msme_kg.publish.site.graph_index import GraphIndex
from msme_kg.publish.site.page_context import PageContext, SiteConfig
from msme_kg.publish.site.query_pages import QueryPageData, QueryRunner
from msme_kg.publish.site.urls import ASSETS, DUMP, PAGE_FILES, QUERY, SEARCH, PageUrls, extract_section
from msme_kg.rdf.serializers import serialize
from msme_kg.rendering.templating import Templates, read_page_template
from msme_kg.repository import Repository
from msme_kg.sparql.query_catalog import CANNED, QueryCatalog
from msme_kg.sparql.results import QueryEngine
from msme_kg.storage.dataset import Dataset

SiteFiles = Iterator[tuple[str, bytes]]
_DUMP_FILES = {"turtle": "msme-kg.ttl", "ntriples": "msme-kg.nt", "trig": "msme-kg.trig"}
_ONTOLOGY = f"{OWL}Ontology"


@dataclass(frozen=True)
class SiteInput:
    """The input of a site.

    Attributes:
        repository: the repository.
        dataset: all files, including shapes and changes.
        default_graph: the files of the SPARQL default graph.
        engine: a query engine over the default graph.
        run_query: runs a canned query with option values, in a language.
    """

    repository: Repository
    dataset: Dataset
    default_graph: Dataset
    engine: QueryEngine
    run_query: QueryRunner


class SiteBuilder:
    """Builds the files of a site from a graph that is read once."""

    def __init__(
        self, site_input: SiteInput, base_url: str = "", progress: Callable[[str], None] = lambda _: None
    ) -> None:
        """Read the graph and run its queries.

        Args:
            site_input: the input.
            base_url: the URL at which the site is published; empty if unknown.
            progress: called with a description of each step.

        Raises:
            msme_kg.errors.KGError: a file or query is malformed.
        """
        self._input, self._progress = site_input, progress
        progress("reading")
        self._graph_index = GraphIndex.from_quads(site_input.dataset.parse_quads(), site_input.dataset.graphs)
        self._facts = EntityFacts.from_queries(site_input.repository, site_input.engine)
        self._dataset_info = DatasetInfo.from_graph_index(self._graph_index)
        self._statistics = compute_statistics(
            site_input.repository, site_input.default_graph, site_input.engine
        )
        page_urls = PageUrls(self._graph_index.iris_under_base)
        listed = {
            section: [iri for iri in iris if iri not in self._graph_index.deprecated]
            for section, iris in page_urls.sections.items()
        }
        self._sections = {section: iris for section, iris in listed.items() if iris}
        ontologies = self._graph_index.instances_by_class.get(_ONTOLOGY, [])
        self._site = SiteConfig(
            graph_index=self._graph_index,
            page_urls=page_urls,
            prefixes=site_input.dataset.prefixes,
            shorten_iri=cache(site_input.dataset.prefixes.shorten),
            title=self._dataset_info.name,
            licence=self._dataset_info.licence,
            dataset_title=self._dataset_info.title,
            has_ontology=any(page_urls.find_folder(iri) == "ontology" for iri in ontologies),
            base_url=base_url,
        )
        self._home_contexts = {lang: PageContext(self._site, "", lang) for lang in LANGUAGES}
        self._headings = {
            lang: {
                section: index_pages.choose_heading(view, self._facts, section, iris)
                for section, iris in self._sections.items()
            }
            for lang, view in self._home_contexts.items()
        }
        progress("asking the canned queries")
        self._queries = self._run_queries()
        self._templates = Templates(read_page_template)
        self._page_paths: list[str] = []

    def build_files(self) -> SiteFiles:
        """Yield the path within the site and the content of every file."""
        yield f"{ASSETS}/site.css", read_page_template("site.css").encode()
        script = read_page_template("site.js").replace("CHINESE_VARIANTS", read_chinese_variants())
        yield f"{ASSETS}/site.js", script.encode()
        yield from self._serialize_dumps()
        self._progress("writing the pages")
        yield from self._build_query_pages()
        yield from self._build_lists()
        yield from self._build_entity_pages()
        yield from self._build_home_page()
        if self._site.base_url:
            yield "sitemap.xml", self._build_sitemap()

    @property
    def page_count(self) -> int:
        """The number of pages built so far."""
        return len(self._page_paths)

    def _render_page(
        self, folder: str, template: str, fill: Callable[[PageContext], dict[str, object]]
    ) -> SiteFiles:
        for lang in LANGUAGES:
            path = f"{folder}/{PAGE_FILES[lang]}" if folder else PAGE_FILES[lang]
            self._page_paths.append(path)
            context = fill(PageContext(self._site, folder, lang))
            yield path, self._templates.render(f"{template}.html", context).encode()

    def _serialize_dumps(self) -> SiteFiles:
        quads = list(self._input.default_graph.parse_quads())
        for syntax, name in _DUMP_FILES.items():
            yield f"{DUMP}/{name}", serialize(quads, syntax, self._site.prefixes).encode()

    def _run_queries(self) -> dict[str, QueryPageData]:
        return {
            query.name: query_pages.run_default(
                query,
                self._input.run_query,
                self._input.engine.select,
                self._statistics.record_ends,
                lambda iri, lang: self._home_contexts[lang].find_label(iri)[0],
            )
            for query in QueryCatalog(self._input.repository).get_all(CANNED)
        }

    def _build_query_pages(self) -> SiteFiles:
        queries = self._queries
        day = self._statistics.record_ends
        for page_data in queries.values():
            for name, content in query_pages.build_downloads(page_data).items():
                yield f"{page_data.folder}/{name}", content
            fill = partial(query_pages.build_query_context, page_data=page_data, today=day)
            yield from self._render_page(page_data.folder, "query", fill)
        yield from self._render_page(
            QUERY, "queries", lambda view: query_pages.build_index_context(view, queries)
        )

    def _build_lists(self) -> SiteFiles:
        for section, iris in self._sections.items():
            yield from self._build_section(section, iris)
        labelled = self._list_labelled_entities()
        yield f"{SEARCH}/{SEARCH}.csv", index_pages.render_csv(self._graph_index, labelled, self._facts)

        def fill(view: PageContext) -> dict[str, object]:
            return index_pages.build_search_context(
                view, labelled, self._facts, self._headings[view.lang], SEARCH
            )

        yield from self._render_page(SEARCH, "list", fill)

    def _build_section(self, section: str, iris: Sequence[str]) -> SiteFiles:
        headings, facts = self._headings, self._facts
        if any(index_pages.CONCEPT_SCHEME in self._graph_index.list_types(iri) for iri in iris):
            yield from self._render_page(
                section,
                "schemes",
                lambda view: ontology_pages.build_schemes_context(view, headings[view.lang][section]),
            )
            return
        yield f"{section}/{section}.csv", index_pages.render_csv(self._graph_index, iris, facts)
        yield from self._render_page(
            section,
            "list",
            lambda view: index_pages.build_list_context(
                view, iris, facts, headings[view.lang][section], section
            ),
        )

    def _build_entity_pages(self) -> SiteFiles:
        files = {file.graph: file for file in self._input.dataset.files}
        for iri in self._graph_index.iris_under_base:
            folder = self._site.page_urls.find_folder(iri)
            assert folder is not None  # noqa: S101 (every IRI under the base has a folder)
            entity_files = entity_pages.build_entity_files(self._site, iri)
            if iri in files and not self._graph_index.triples_by_subject.get(iri):
                yield f"{folder}/index.ttl", files[iri].content
            else:
                yield f"{folder}/index.ttl", entity_files.turtle
                yield f"{folder}/index.jsonld", entity_files.jsonld
            is_ontology = _ONTOLOGY in self._graph_index.list_types(iri)

            fill = partial(
                self._fill_entity, iri=iri, embedded=entity_files.embedded, is_ontology=is_ontology
            )
            yield from self._render_page(folder, "ontology" if is_ontology else "thing", fill)

    def _fill_entity(
        self, view: PageContext, iri: str, embedded: str, *, is_ontology: bool
    ) -> dict[str, object]:
        context = entity_pages.build_entity_context(
            view, iri, self._facts, self._dataset_info, self._headings[view.lang], embedded
        )
        return context | ontology_pages.build_ontology_context(view, iri) if is_ontology else context

    def _build_home_page(self) -> SiteFiles:
        dumps = [f"{DUMP}/{name}" for name in _DUMP_FILES.values()]
        classes_by_section = self._facts.classes_by_section
        sections = self._sections.items()
        lists = home_page.BrowseLists(
            entities={section: iris for section, iris in sections if section in classes_by_section},
            dependent_sections=self._facts.dependent_sections,
            metadata={section: iris for section, iris in sections if section not in classes_by_section},
        )

        def fill(view: PageContext) -> dict[str, object]:
            headings = self._headings[view.lang]
            return home_page.build_home_context(
                view, self._dataset_info, self._statistics, lists, headings, self._queries, dumps
            )

        yield from self._render_page("", "home", fill)

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
            for path in sorted(self._page_paths)
            if path.rpartition("/")[0] not in hidden
        )
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        return "\n".join([head, *lines, "</urlset>", ""]).encode()
