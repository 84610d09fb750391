"""Parts of a site that all its pages share: the graph, what its queries say of it, and the page builder."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial

from msme_kg.entities.labels import Labels
from msme_kg.entities.statistics import Statistics, compute_statistics
from msme_kg.namespaces import LANGUAGES, OWL, PrefixMap
from msme_kg.publish.site import index_pages
from msme_kg.publish.site.dataset_info import DatasetInfo
from msme_kg.publish.site.entity_answers import EntityAnswers
from msme_kg.publish.site.entity_batches import EntityBatches
from msme_kg.publish.site.entity_citations import Citation, find_citations
from msme_kg.publish.site.entity_facts import EntityFacts
from msme_kg.publish.site.graph_index import GraphIndex
from msme_kg.publish.site.home_page import BrowseLists
from msme_kg.publish.site.page_builder import PageBuilder
from msme_kg.publish.site.page_context import PageContext, SiteConfig
from msme_kg.publish.site.query_folders import QueryFolders
from msme_kg.publish.site.site_input import SiteInput
from msme_kg.publish.site.urls import QUERY, UNDATED, PageUrls, extract_section
from msme_kg.sparql.query_catalog import DESCRIPTIONS, QueryCatalog
from msme_kg.sparql.results import QueryEngine
from msme_kg.storage.prepared_store import is_large

ONTOLOGY = f"{OWL}Ontology"
_BATCH_SIZE = 4096
"""For how many entities of a static site queries are asked at once."""


@dataclass(frozen=True)
class SiteParts:
    """The parts of a site.

    Attributes:
        input: the graph and its queries.
        config: the data shared by all pages.
        facts: results of the export queries.
        answers: answers about the entities.
        citations: the citations of each entity that has some, in order.
        dataset_info: the metadata of the dataset.
        statistics: the counts of the graph.
        find_answers: returns the answers of an engine about some entities.
        sections: the current entities of each section, of any day.
        headings: the heading of each section, by language.
        pages: builds pages.
        queries: the folders of the canned queries.
    """

    input: SiteInput
    config: SiteConfig
    facts: EntityFacts
    answers: EntityBatches[EntityAnswers]
    citations: EntityBatches[Mapping[str, Sequence[Citation]]]
    dataset_info: DatasetInfo
    statistics: Statistics
    find_answers: Callable[[QueryEngine, Iterable[str]], EntityAnswers]
    sections: Mapping[str, Sequence[str]]
    headings: Mapping[str, Mapping[str, str]]
    pages: PageBuilder
    queries: QueryFolders

    @classmethod
    def from_input(
        cls, site_input: SiteInput, base_url: str, progress: Callable[[str], None], *, is_live: bool
    ) -> SiteParts:
        """Read the graph and ask its queries.

        Args:
            site_input: the input.
            base_url: the URL at which the site is published; empty if unknown.
            progress: called with a description of each step.
            is_live: whether a server gives the pages.

        Raises:
            msme_kg.errors.KGError: a file or query is malformed.
        """
        progress("reading")
        dataset, repository, engine = site_input.dataset, site_input.repository, site_input.engine
        graph_index = GraphIndex(dataset)
        names = site_input.names.list_names(graph_index.graphs_by_subject)
        facts = EntityFacts.from_queries(repository, engine, names)
        labels = {lang: Labels(engine, dataset.prefixes, lang) for lang in LANGUAGES}
        iris = graph_index.iris_under_base
        live_size = 1 if is_large(site_input.default_graph) else len(iris)  # a small graph has all answers
        batch_size = live_size if is_live else _BATCH_SIZE
        labelled = list(filter(graph_index.labels.__contains__, iris))
        queries = QueryCatalog(repository).get_all(DESCRIPTIONS)
        find_answers = partial(EntityAnswers, queries, dataset.prefixes, labels)
        dataset_info = DatasetInfo.from_graph_index(graph_index)
        config = _build_config(graph_index, dataset_info, dataset.prefixes, base_url, is_live=is_live)
        statistics = compute_statistics(repository, site_input.default_graph, engine)
        sections = _list_current(config.page_urls.sections, graph_index.deprecated)
        stated_classes = index_pages.find_stated_classes(graph_index)
        views = {lang: PageContext(config, "", lang) for lang in LANGUAGES}
        pages = PageBuilder(config)
        return cls(
            input=site_input,
            config=config,
            facts=facts,
            answers=EntityBatches(labelled, partial(find_answers, engine), batch_size),
            citations=EntityBatches(iris, partial(find_citations, repository, engine), batch_size),
            dataset_info=dataset_info,
            statistics=statistics,
            find_answers=find_answers,
            sections=sections,
            headings={
                lang: {
                    section: index_pages.choose_heading(view, facts, section, iris, stated_classes[section])
                    for section, iris in sections.items()
                }
                for lang, view in views.items()
            },
            pages=pages,
            queries=QueryFolders(
                pages,
                site_input,
                statistics.record_ends,
                labels,
                lambda iri, lang: views[lang].find_label(iri)[0],
                is_live=is_live,
            ),
        )

    def with_day(self, day: str) -> SiteParts:
        """Return the parts of the site on a day: without what had not begun by then, or had ended.

        Args:
            day: the day, ``YYYY-MM-DD``.
        """
        past = self.input.open_past_graph(day)

        def find_answers(iris: Iterable[str]) -> EntityAnswers:
            return self.find_answers(past.engine, [iri for iri in iris if iri not in past.absent])

        config = replace(
            self.config,
            graph_index=self.graph_index.drop_entities(past.absent),
            as_of=day,
            undated=UNDATED
            | {
                f"{QUERY}/{query.name}"
                for query in self.queries.canned.values()
                if all(parameter.name != "as_of" for parameter in query.parameters)
            },
        )
        answers = EntityBatches(self.answers.iris, find_answers)
        return replace(self.with_config(config), answers=answers)

    def with_config(self, config: SiteConfig) -> SiteParts:
        """Return the parts with other data for all pages."""
        return replace(self, config=config, pages=self.pages.with_config(config))

    @property
    def graph_index(self) -> GraphIndex:
        """The graph."""
        return self.config.graph_index

    @cached_property
    def browse_lists(self) -> BrowseLists:
        """The sections to link to."""
        classes_by_section = self.facts.classes_by_section
        sections = [(section, iris) for section in self.sections if (iris := self.list_section(section))]
        return BrowseLists(
            entities={section: iris for section, iris in sections if section in classes_by_section},
            dependent_sections=self.facts.dependent_sections,
            metadata={section: iris for section, iris in sections if section not in classes_by_section},
        )

    def list_section(self, section: str) -> list[str]:
        """Return the current entities of a section."""
        return [iri for iri in self.sections[section] if not self.graph_index.is_absent(iri)]

    def list_labelled_entities(self) -> list[str]:
        """Return the entities with a label, without parts of other entities' records."""
        return [
            iri
            for iri in self.graph_index.iris_under_base
            if iri in self.graph_index.labels
            and iri not in self.graph_index.deprecated
            and not self.graph_index.is_absent(iri)
            and extract_section(iri) not in self.facts.dependent_sections
        ]


def _build_config(
    graph_index: GraphIndex, dataset_info: DatasetInfo, prefixes: PrefixMap, base_url: str, *, is_live: bool
) -> SiteConfig:
    page_urls = PageUrls(graph_index.iris_under_base)
    ontologies = graph_index.list_instances(ONTOLOGY)
    return SiteConfig(
        graph_index=graph_index,
        page_urls=page_urls,
        prefixes=prefixes,
        shorten_iri=cache(prefixes.shorten),
        title=dataset_info.name,
        licence=dataset_info.licence,
        dataset_title=dataset_info.title,
        has_ontology=any(page_urls.find_folder(iri) == "ontology" for iri in ontologies),
        base_url=base_url,
        is_live=is_live,
    )


def _list_current(sections: Mapping[str, list[str]], deprecated: Collection[str]) -> dict[str, list[str]]:
    """Return the sections with an entity that is current, with these entities."""
    current = {section: [iri for iri in iris if iri not in deprecated] for section, iris in sections.items()}
    return {section: iris for section, iris in current.items() if iris}
