"""The static site: a page for every IRI, lists, and answers of the canned queries, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msme_kg.entities.full_text_search import search_entities
from msme_kg.entities.name_index import LABEL_RANK
from msme_kg.message_catalog import name_option
from msme_kg.namespaces import LANGUAGES
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.publish.atomic_folder import TargetFolder
from msme_kg.publish.site.renderer import SiteRenderer
from msme_kg.publish.site.site_input import SiteInput
from msme_kg.publish.site.site_parts import SiteParts
from msme_kg.repository import Repository, is_in_default_graph
from msme_kg.shacl.validator import Progress, ignore_progress
from msme_kg.sparql.canned import CannedQuery, EntitySet
from msme_kg.sparql.endpoint import require_base_url
from msme_kg.sparql.results import Solutions
from msme_kg.storage.dataset import Dataset

_MAX_HITS = 100
"""The most entities on a page of search results."""


@dataclass(frozen=True)
class Site:
    """A static site, ready to be written.

    Attributes:
        renderer: renders the files.
    """

    renderer: SiteRenderer

    @classmethod
    def read(
        cls, repository: Repository, *, base_url: str | None = None, progress: Progress = ignore_progress
    ) -> Site:
        """Read the graph and run its queries.

        Args:
            repository: the graph.
            base_url: where the site will be published, for canonical links and a sitemap.
            progress: receives the name of each stage.

        Raises:
            msme_kg.errors.UsageError: the address is malformed.
            msme_kg.errors.InputError: a file of the graph is malformed.
        """
        if base_url is not None:
            require_base_url(base_url, name_option("base_url"))
        files = Dataset.from_repository(repository, repository.list_all_files)
        default_graph = Dataset(tuple(file for file in files.files if is_in_default_graph(file.path)))
        graph = OpenGraph.from_files(repository, LANGUAGES[0], default_graph)
        by_language = {lang: graph.with_language(lang) for lang in LANGUAGES}

        url = f"{base_url.rstrip('/')}/" if base_url else ""
        parts = build_site_parts(repository, files, by_language, url, progress)
        return cls(SiteRenderer(parts, progress))

    def write(self, target: TargetFolder) -> int:
        """Write the site into a folder, which is replaced as a whole, and return the number of pages.

        Args:
            target: the folder, looked at before the graph was read.

        Raises:
            msme_kg.errors.SafetyError: a file of the folder was edited meanwhile.
            msme_kg.errors.WriteError: the folder could not be written; it is as before.
        """
        target.write(self.renderer.render_all())
        return self.renderer.page_count


def build_site_parts(
    repository: Repository,
    files: Dataset,
    graphs: Mapping[str, OpenGraph],
    base_url: str = "",
    progress: Progress = ignore_progress,
    *,
    is_live: bool = False,
) -> SiteParts:
    """Return the parts of the site of a graph.

    Args:
        repository: the graph.
        files: all its files.
        graphs: the graph by language, loaded from the files of its default graph.
        base_url: where the site will be published, with a trailing slash; empty if unknown.
        progress: receives the name of each stage.
        is_live: whether a server gives the pages.

    Raises:
        msme_kg.errors.InputError: a query or template of the graph is malformed.
    """

    def run_query(query: CannedQuery, options: Mapping[str, str], lang: str) -> Solutions:
        return graphs[lang].run_query(query, options).solutions

    def list_names(entities: EntitySet, lang: str) -> list[str]:
        names = graphs[lang].resolver.load_names(entities)
        return sorted({name.name for name in names if name.rank == LABEL_RANK and name.lang == lang})

    def find_entities(text: str, lang: str) -> list[str]:
        return [hit.name.entity_iri for hit in search_entities(graphs[lang].names, text, lang)[:_MAX_HITS]]

    graph = graphs[LANGUAGES[0]]
    default_graph = Dataset(tuple(file for file in files.files if is_in_default_graph(file.path)))
    site_input = SiteInput(
        repository,
        files,
        default_graph,
        graph.engine,
        run_query,
        graph.names,
        list_names,
        find_entities,
        graph.open_past_graph,
    )
    return SiteParts.from_input(site_input, base_url, progress, is_live=is_live)
