"""The files of a site, made from a graph one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from html import escape

from msme_kg.entities.statistics import compute_statistics
from msme_kg.namespaces import LANGUAGES, OWL
from msme_kg.publish.site import entity_pages, home_page, index_pages, ontology_pages, query_pages
from msme_kg.publish.site.dataset_info import DatasetInfo
from msme_kg.publish.site.entity_facts import EntityFacts
from msme_kg.publish.site.graph_index import GraphIndex
from msme_kg.publish.site.page_context import PageContext, SiteConfig
from msme_kg.publish.site.query_pages import QueryPageData, QueryRunner
from msme_kg.publish.site.urls import ASSETS, DUMP, PAGE_FILES, QUERY, SEARCH, PageUrls, extract_section
from msme_kg.rdf.serializers import serialize
from msme_kg.rendering.templating import PAGE_TEMPLATES, Templates
from msme_kg.repository import Repository
from msme_kg.sparql.query_catalog import CANNED, QueryCatalog
from msme_kg.sparql.results import QueryEngine
from msme_kg.storage.dataset import Dataset

SiteFiles = Iterator[tuple[str, bytes]]
_DUMP_FILES = {"turtle": "msme-kg.ttl", "ntriples": "msme-kg.nt", "trig": "msme-kg.trig"}
_ONTOLOGY = f"{OWL}Ontology"


@dataclass(frozen=True)
class SiteInput:
    """What a site is made from.

    Attributes:
        repository: where the files lie.
        dataset: all files, shapes and changes too.
        default_graph: the files that queries see.
        engine: what answers over them.
        run_query: asks a canned query with values of its options in a language.
    """

    repository: Repository
    dataset: Dataset
    default_graph: Dataset
    engine: QueryEngine
    run_query: QueryRunner


class SiteBuilder:
    """Makes the files; what several pages need is read once."""

    def __init__(
        self, site_input: SiteInput, base_url: str = "", progress: Callable[[str], None] = lambda _: None
    ) -> None:
        """Read the graph and ask its queries.

        Args:
            site_input: what the site is made from.
            base_url: where the site is to be published; empty if that is not known.
            progress: is told what is being done.

        Raises:
            msme_kg.errors.KGError: a file or query is faulty.
        """
        self._input, self._progress = site_input, progress
        progress("reading")
        self._graph_index = GraphIndex.from_quads(site_input.dataset.parse_quads(), site_input.dataset.graphs)
        self._facts = EntityFacts.from_queries(site_input.repository, site_input.engine)
        self._dataset_info = DatasetInfo.from_graph_index(self._graph_index)
        self._statistics = compute_statistics(site_input.default_graph, site_input.engine)
        addresses = PageUrls(self._graph_index.iris_under_base)
        self._sections = addresses.sections
        ontologies = self._graph_index.instances_by_class.get(_ONTOLOGY, [])
        self._site = SiteConfig(
            graph_index=self._graph_index,
            page_urls=addresses,
            prefixes=site_input.dataset.prefixes,
            shorten_iri=cache(site_input.dataset.prefixes.shorten),
            title=self._dataset_info.name,
            licence=self._dataset_info.licence,
            dataset_title=self._dataset_info.title,
            has_ontology=any(addresses.find_folder(iri) == "ontology" for iri in ontologies),
            base_url=base_url,
        )
        plain = {lang: PageContext(self._site, "", lang) for lang in LANGUAGES}
        self._headings = {
            lang: {word: index_pages.choose_heading(view, self._facts, word) for word in self._sections}
            for lang, view in plain.items()
        }
        progress("asking the canned queries")
        self._queries = self._run_queries()
        self._templates = Templates([PAGE_TEMPLATES])
        self._page_paths: list[str] = []

    def build_files(self) -> SiteFiles:
        """Yield every file: its path within the site and its bytes."""
        for asset in ("site.css", "site.js"):
            yield f"{ASSETS}/{asset}", (PAGE_TEMPLATES / asset).read_bytes()
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
        """How many pages were made."""
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
        graph, day = self._input, self._statistics.record_ends
        labels = {lang: PageContext(self._site, "", lang) for lang in LANGUAGES}
        return {
            query.name: query_pages.run_default(
                query,
                graph.run_query,
                graph.engine.select,
                day,
                lambda iri, lang: labels[lang].find_label(iri)[0],
            )
            for query in QueryCatalog(graph.repository).get_all(CANNED)
        }

    def _build_query_pages(self) -> SiteFiles:
        queries = self._queries
        day = self._statistics.record_ends
        for one in queries.values():
            for name, content in query_pages.build_downloads(one).items():
                yield f"{one.folder}/{name}", content
            yield from self._render_page(
                one.folder, "query", partial(query_pages.build_query_context, page_data=one, today=day)
            )
        yield from self._render_page(
            QUERY, "queries", lambda view: query_pages.build_index_context(view, queries)
        )

    def _build_lists(self) -> SiteFiles:
        for word, iris in self._sections.items():
            yield from self._build_section(word, iris)
        named = self._list_named_entities()
        yield f"{SEARCH}/{SEARCH}.csv", index_pages.render_csv(self._graph_index, named, self._facts)

        def fill(view: PageContext) -> dict[str, object]:
            return index_pages.build_search_context(
                view, named, self._facts, self._headings[view.lang], SEARCH
            )

        yield from self._render_page(SEARCH, "list", fill)

    def _build_section(self, word: str, iris: Sequence[str]) -> SiteFiles:
        headings, facts = self._headings, self._facts
        if any(index_pages.CONCEPT_SCHEME in self._graph_index.list_types(iri) for iri in iris):
            yield from self._render_page(
                word,
                "schemes",
                lambda view: ontology_pages.build_schemes_context(view, headings[view.lang][word]),
            )
            return
        yield f"{word}/{word}.csv", index_pages.render_csv(self._graph_index, iris, facts)
        yield from self._render_page(
            word,
            "list",
            lambda view: index_pages.build_list_context(view, iris, facts, headings[view.lang][word], word),
        )

    def _build_entity_pages(self) -> SiteFiles:
        files = {file.graph: file for file in self._input.dataset.files}
        for iri in self._graph_index.iris_under_base:
            folder = self._site.page_urls.find_folder(iri)
            assert folder is not None  # noqa: S101 (every own IRI has one)
            made = entity_pages.build_entity_files(self._site, iri)
            if iri in files and not self._graph_index.triples_by_subject.get(iri):
                yield f"{folder}/index.ttl", files[iri].content
            else:
                yield f"{folder}/index.ttl", made.turtle
                yield f"{folder}/index.jsonld", made.jsonld
            is_ontology = _ONTOLOGY in self._graph_index.list_types(iri)

            def fill(
                view: PageContext, iri: str = iri, embedded: str = made.embedded, whole: bool = is_ontology
            ) -> dict[str, object]:
                headings = self._headings[view.lang]
                found = entity_pages.build_entity_context(
                    view, iri, self._facts, self._dataset_info, headings, embedded
                )
                return found | ontology_pages.build_ontology_context(view, iri) if whole else found

            yield from self._render_page(folder, "ontology" if is_ontology else "thing", fill)

    def _build_home_page(self) -> SiteFiles:
        dumps = [f"{DUMP}/{name}" for name in _DUMP_FILES.values()]
        browsed = home_page.BrowseLists(
            entities={
                word: iris for word, iris in self._sections.items() if word in self._facts.classes_by_section
            },
            dependent_sections=self._facts.dependent_sections,
            metadata={
                word: iris
                for word, iris in self._sections.items()
                if word not in self._facts.classes_by_section
            },
        )

        def fill(view: PageContext) -> dict[str, object]:
            headings = self._headings[view.lang]
            return home_page.build_home_context(
                view, self._dataset_info, self._statistics, browsed, headings, self._queries, dumps
            )

        yield from self._render_page("", "home", fill)

    def _list_named_entities(self) -> list[str]:
        """Return what is listed by name: not what is only a part of another thing's record."""
        content, within = self._graph_index, self._facts.dependent_sections
        return [
            iri
            for iri in content.iris_under_base
            if iri in content.labels and extract_section(iri) not in within
        ]

    def _build_sitemap(self) -> bytes:
        lines = (
            f"<url><loc>{escape(self._site.base_url + path)}</loc></url>" for path in sorted(self._page_paths)
        )
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        return "\n".join([head, *lines, "</urlset>", ""]).encode()
