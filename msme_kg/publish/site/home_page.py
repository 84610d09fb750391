"""The home page: description and statistics of the dataset, lists, queries and downloads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from msme_kg.entities.statistics import Statistics
from msme_kg.message_catalog import load_messages
from msme_kg.namespaces import BASE
from msme_kg.publish.site.dataset_info import DatasetInfo
from msme_kg.publish.site.page_context import PageContext
from msme_kg.publish.site.query_pages import find_tag_heading, group_by_tag
from msme_kg.publish.site.urls import SEARCH
from msme_kg.rendering.date_text import format_day
from msme_kg.repository import to_graph_path
from msme_kg.sparql.canned import CannedQuery

_UNKNOWNS_TAG = "unknowns"
"""The tag of queries that list what is unknown or contradictory."""
_RECORD_TAG, _METADATA_TAG = "record", "made"


@dataclass(frozen=True)
class BrowseLists:
    """The sections to which the home page links, each with its IRIs.

    Attributes:
        entities: the sections of the entities that the graph describes.
        dependent_sections: the sections among them whose entities are parts of other entities' records.
        metadata: the sections of vocabularies, shapes and named graphs.
    """

    entities: Mapping[str, Sequence[str]]
    dependent_sections: Collection[str]
    metadata: Mapping[str, Sequence[str]]


def build_home_context(
    view: PageContext,
    dataset_info: DatasetInfo,
    statistics: Statistics,
    lists: BrowseLists,
    headings: Mapping[str, str],
    queries: Collection[CannedQuery],
    has_chart: Callable[[CannedQuery], bool],
    dumps: Sequence[str],
) -> dict[str, object]:
    """Return the template context of the home page.

    Args:
        view: the page.
        dataset_info: the metadata of the dataset.
        statistics: the counts of the graph.
        lists: the sections to link to.
        headings: the heading of each section.
        queries: the canned queries.
        has_chart: tells whether the page of a query has a chart.
        dumps: the paths of the dumps.
    """
    messages, lang = view.messages, view.lang
    entity_count = sum(map(len, lists.entities.values()))
    figures = [
        (f"{entity_count:,}", messages["things"], view.build_page_link(SEARCH)),
        (f"{statistics.statements:,}", messages["statements"], ""),
        (str(statistics.files), messages["graphs"], ""),
    ]
    if statistics.record_ends:
        day = format_day(date.fromisoformat(statistics.record_ends), lang)
        figures.append((day, messages["ends"], ""))
    unknowns = [query for query in queries if _UNKNOWNS_TAG in query.tags]
    return view.build_template_context(
        dataset_info.title[lang],
        [],
        description=dataset_info.description[lang],
        figures=figures,
        browse=_group_browse_lists(view, lists, headings),
        pictures=list(filter(has_chart, unknowns)),
        unknowns=unknowns,
        groups=group_by_tag(queries, lang),
        dumps=dumps,
        base=BASE,
        cite=dataset_info.format_citation(dataset_info.name[lang], BASE, lang),
    )


def _group_browse_lists(
    view: PageContext, lists: BrowseLists, headings: Mapping[str, str]
) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """Group the lists by the data folder of their entities, under the heading of the tag of that name."""
    groups: dict[str, list[tuple[str, str, int]]] = {}
    for section, iris in lists.entities.items():
        graphs = view.site.graph_index.graphs_by_subject.get(iris[0], [""])
        folders = to_graph_path(graphs[0]).split("/")
        has_tag = len(folders) > 2 and f"query-tag.{folders[1]}" in load_messages(view.lang)
        tag = folders[1] if has_tag and section not in lists.dependent_sections else _RECORD_TAG
        groups.setdefault(tag, []).append((headings[section], view.build_page_link(section), len(iris)))
    groups[_METADATA_TAG] = [
        (headings[section], view.build_page_link(section), len(iris))
        for section, iris in lists.metadata.items()
    ]
    if view.site.has_ontology:
        groups[_METADATA_TAG].append((view.messages["ontology"], view.build_page_link("ontology"), 0))
    order = sorted(groups, key=lambda tag: (tag == _METADATA_TAG, tag == _RECORD_TAG, tag))
    return [
        (find_tag_heading(tag, view.lang), sorted(groups[tag], key=lambda entry: -entry[2])) for tag in order
    ]
