"""The files of a site, made from a graph one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from html import escape

from msme_kg.entities.statistics import statistics
from msme_kg.namespaces import LANGUAGES, OWL
from msme_kg.publish.site import entity_pages, home_page, index_pages, ontology_pages, query_pages
from msme_kg.publish.site.dataset_info import About
from msme_kg.publish.site.entity_facts import Facts
from msme_kg.publish.site.graph_index import Content
from msme_kg.publish.site.page_context import Site, View
from msme_kg.publish.site.query_pages import Answered, Ask
from msme_kg.publish.site.urls import ASSETS, DUMP, PAGES, QUERY, SEARCH, Addresses, section
from msme_kg.rdf.serializers import write
from msme_kg.rendering.pages import Pages, asset
from msme_kg.repository import Repository
from msme_kg.sparql import canned
from msme_kg.sparql.results import Engine
from msme_kg.storage.dataset import Dataset

Files = Iterator[tuple[str, bytes]]
_DUMPS = {"turtle": "msme-kg.ttl", "ntriples": "msme-kg.nt", "trig": "msme-kg.trig"}
_ONTOLOGY = f"{OWL}Ontology"


@dataclass(frozen=True)
class Graph:
    """What a site is made from.

    Attributes:
        repository: where the files lie.
        dataset: all files, shapes and changes too.
        asked: the files that queries see.
        engine: what answers over them.
        ask: asks a canned query with values of its options in a language.
    """

    repository: Repository
    dataset: Dataset
    asked: Dataset
    engine: Engine
    ask: Ask


class Builder:
    """Makes the files; what several pages need is read once."""

    def __init__(
        self, graph: Graph, base_url: str = "", progress: Callable[[str], None] = lambda _: None
    ) -> None:
        """Read the graph and ask its queries.

        Args:
            graph: what the site is made from.
            base_url: where the site is to be published; empty if that is not known.
            progress: is told what is being done.

        Raises:
            msme_kg.errors.KGError: a file or query is faulty.
        """
        self._graph, self._progress = graph, progress
        progress("reading")
        self._content = Content.of(graph.dataset.quads(), graph.dataset.graphs)
        self._facts = Facts.ask(graph.repository, graph.engine)
        self._about = About.of(self._content)
        self._counted = statistics(graph.asked, graph.engine)
        addresses = Addresses(self._content.own)
        self._sections = addresses.sections
        ontologies = self._content.instances.get(_ONTOLOGY, [])
        self._site = Site(
            content=self._content,
            addresses=addresses,
            prefixes=graph.dataset.prefixes,
            curie=cache(graph.dataset.prefixes.shorten),
            title=self._about.name,
            licence=self._about.licence,
            dataset_title=self._about.title,
            has_ontology=any(addresses.folder(iri) == "ontology" for iri in ontologies),
            base_url=base_url,
        )
        plain = {lang: View(self._site, "", lang) for lang in LANGUAGES}
        self._headings = {
            lang: {word: index_pages.heading(view, self._facts, word) for word in self._sections}
            for lang, view in plain.items()
        }
        progress("asking the canned queries")
        self._queries = self._answers()
        self._pages = Pages()
        self._paths: list[str] = []

    def files(self) -> Files:
        """Yield every file: its path within the site and its bytes."""
        yield f"{ASSETS}/site.css", asset("site.css")
        yield f"{ASSETS}/site.js", asset("site.js")
        yield from self._dumps()
        self._progress("writing the pages")
        yield from self._of_queries()
        yield from self._of_lists()
        yield from self._of_things()
        yield from self._home()
        if self._site.base_url:
            yield "sitemap.xml", self._sitemap()

    @property
    def pages(self) -> int:
        """How many pages were made."""
        return len(self._paths)

    def _page(self, folder: str, template: str, fill: Callable[[View], dict[str, object]]) -> Files:
        for lang in LANGUAGES:
            path = f"{folder}/{PAGES[lang]}" if folder else PAGES[lang]
            self._paths.append(path)
            yield path, self._pages.render(template, fill(View(self._site, folder, lang)))

    def _dumps(self) -> Files:
        quads = list(self._graph.asked.quads())
        for syntax, name in _DUMPS.items():
            yield f"{DUMP}/{name}", write(quads, syntax, self._site.prefixes).encode()

    def _answers(self) -> dict[str, Answered]:
        graph, day = self._graph, self._counted.record_ends
        labels = {lang: View(self._site, "", lang) for lang in LANGUAGES}
        return {
            name: query_pages.answered(
                canned.read(graph.repository, path),
                graph.ask,
                graph.engine.select,
                day,
                lambda iri, lang: labels[lang].label(iri)[0],
            )
            for name, path in canned.names(graph.repository).items()
        }

    def _of_queries(self) -> Files:
        queries = self._queries
        day = self._counted.record_ends
        for one in queries.values():
            for name, content in query_pages.downloads(one).items():
                yield f"{one.folder}/{name}", content
            yield from self._page(one.folder, "query", partial(query_pages.page, one=one, day=day))
        yield from self._page(QUERY, "queries", lambda view: query_pages.index(view, queries))

    def _of_lists(self) -> Files:
        for word, iris in self._sections.items():
            yield from self._of_section(word, iris)
        named = self._named()
        yield f"{SEARCH}/{SEARCH}.csv", index_pages.table(self._content, named, self._facts)

        def everything(view: View) -> dict[str, object]:
            return index_pages.everything(view, named, self._facts, self._headings[view.lang], SEARCH)

        yield from self._page(SEARCH, "list", everything)

    def _of_section(self, word: str, iris: Sequence[str]) -> Files:
        headings, facts = self._headings, self._facts
        if any(index_pages.SCHEME in self._content.types(iri) for iri in iris):
            yield from self._page(
                word, "schemes", lambda view: ontology_pages.schemes(view, headings[view.lang][word])
            )
            return
        yield f"{word}/{word}.csv", index_pages.table(self._content, iris, facts)
        yield from self._page(
            word, "list", lambda view: index_pages.page(view, iris, facts, headings[view.lang][word], word)
        )

    def _of_things(self) -> Files:
        files = {file.graph: file for file in self._graph.dataset.files}
        for iri in self._content.own:
            folder = self._site.addresses.folder(iri)
            assert folder is not None  # noqa: S101 (every own IRI has one)
            made = entity_pages.files(self._site, iri)
            if iri in files and not self._content.about.get(iri):
                yield f"{folder}/index.ttl", files[iri].content
            else:
                yield f"{folder}/index.ttl", made.turtle
                yield f"{folder}/index.jsonld", made.jsonld
            is_ontology = _ONTOLOGY in self._content.types(iri)

            def fill(
                view: View, iri: str = iri, embedded: str = made.embedded, whole: bool = is_ontology
            ) -> dict[str, object]:
                headings = self._headings[view.lang]
                found = entity_pages.page(view, iri, self._facts, self._about, headings, embedded)
                return found | ontology_pages.ontology(view, iri) if whole else found

            yield from self._page(folder, "ontology" if is_ontology else "thing", fill)

    def _home(self) -> Files:
        dumps = [f"{DUMP}/{name}" for name in _DUMPS.values()]
        browsed = home_page.Browsed(
            things={word: iris for word, iris in self._sections.items() if word in self._facts.classes},
            within=self._facts.within,
            made={word: iris for word, iris in self._sections.items() if word not in self._facts.classes},
        )

        def fill(view: View) -> dict[str, object]:
            headings = self._headings[view.lang]
            return home_page.page(view, self._about, self._counted, browsed, headings, self._queries, dumps)

        yield from self._page("", "home", fill)

    def _named(self) -> list[str]:
        """Return what is listed by name: not what is only a part of another thing's record."""
        content, within = self._content, self._facts.within
        return [iri for iri in content.own if iri in content.labels and section(iri) not in within]

    def _sitemap(self) -> bytes:
        lines = (
            f"<url><loc>{escape(self._site.base_url + path)}</loc></url>" for path in sorted(self._paths)
        )
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        return "\n".join([head, *lines, "</urlset>", ""]).encode()
