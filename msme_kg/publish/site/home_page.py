"""The home page with the state of the Group, and the page about the data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from msme_kg.entities.statistics import Statistics
from msme_kg.message_catalog import load_messages
from msme_kg.namespaces import BASE
from msme_kg.publish.site.answer_tables import build_answer_context
from msme_kg.publish.site.current_state import Figure, QueryAsker, list_changes, list_figures
from msme_kg.publish.site.dataset_info import DatasetInfo
from msme_kg.publish.site.page_context import PageContext
from msme_kg.publish.site.query_pages import find_tag_heading, group_by_tag
from msme_kg.publish.site.urls import SEARCH
from msme_kg.rendering.date_text import format_day
from msme_kg.rendering.entity_answer import AnswerPart
from msme_kg.repository import to_graph_path
from msme_kg.sparql.canned import CannedQuery

_UNKNOWNS_TAG = "unknowns"
"""The tag of queries that list what is unknown or contradictory."""
_RECORD_TAG, _METADATA_TAG = "record", "made"

BrowseGroups = list[tuple[str, list[tuple[str, str, int]]]]
"""Headings, each with lists: their headings, links and numbers of entities."""


@dataclass(frozen=True)
class BrowseLists:
    """The sections of the graph, each with its IRIs.

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
    subject: str,
    parts: Iterable[AnswerPart],
    ask: QueryAsker,
    record_ends: str,
    lists: BrowseLists,
    headings: Mapping[str, str],
    queries: Collection[CannedQuery],
    has_chart: Callable[[str], bool],
) -> dict[str, object]:
    """Return the template context of the home page.

    Args:
        view: the page.
        dataset_info: the metadata of the dataset.
        subject: the entity that the graph is about; empty if there is none.
        parts: the answer about it.
        ask: returns the rows of a canned query.
        record_ends: the day whose state it shows, the end of the record; empty if unknown.
        lists: the sections to link to.
        headings: the heading of each section.
        queries: the canned queries.
        has_chart: tells whether the page of a query has a chart, by its name.
    """
    lang = view.lang
    unknowns = [query for query in queries if _UNKNOWNS_TAG in query.tags]
    day = date.fromisoformat(record_ends) if record_ends else None
    heading = view.messages["on-day" if view.site.as_of else "today"]
    return view.build_template_context(
        dataset_info.title[lang],
        [],
        description=dataset_info.description[lang],
        today=view.display_text(heading.format(day=format_day(day, lang))) if day else None,
        figures=list_figures(view, ask, day) if day else [],
        changes=list_changes(view, ask, day) if day else [],
        subject=view.display_iri(subject) if subject else None,
        **build_answer_context(view, parts),
        browse=_group_entity_lists(view, lists, headings),
        pictures=[query for query in unknowns if has_chart(query.name)],
        unknowns=unknowns,
        groups=group_by_tag(queries, lang),
    )


def build_about_context(
    view: PageContext,
    dataset_info: DatasetInfo,
    statistics: Statistics,
    lists: BrowseLists,
    headings: Mapping[str, str],
    dumps: Sequence[str],
) -> dict[str, object]:
    """Return the template context of the page about the data.

    Args:
        view: the page.
        dataset_info: the metadata of the dataset.
        statistics: the counts of the graph.
        lists: the sections to link to.
        headings: the heading of each section.
        dumps: the paths of the dumps.
    """
    messages, lang = view.messages, view.lang
    entity_count = sum(map(len, lists.entities.values()))
    figures = [Figure(f"{entity_count:,}", messages["things"], view.build_page_link(SEARCH))]
    if not view.site.as_of:  # the files have no state on a day
        figures += [
            Figure(f"{statistics.statements:,}", messages["statements"], ""),
            Figure(str(statistics.files), messages["graphs"], ""),
        ]
    if statistics.record_ends and not view.site.as_of:
        day = format_day(date.fromisoformat(statistics.record_ends), lang)
        figures.append(Figure(day, messages["ends"], ""))
    return view.build_template_context(
        messages["about"],
        [(messages["home"], "")],
        figures=figures,
        browse=_group_metadata_lists(view, lists, headings),
        dumps=dumps,
        base=BASE,
        cite=dataset_info.format_citation(dataset_info.name[lang], BASE, lang),
    )


def _group_entity_lists(view: PageContext, lists: BrowseLists, headings: Mapping[str, str]) -> BrowseGroups:
    """Group the lists by the data folder of their entities, under the heading of the tag of that name."""
    groups: dict[str, list[str]] = {}
    for section, iris in lists.entities.items():
        if section not in lists.dependent_sections:
            groups.setdefault(_find_tag(view, iris[0]), []).append(section)
    return _build_groups(view, groups, lists.entities, headings)


def _group_metadata_lists(view: PageContext, lists: BrowseLists, headings: Mapping[str, str]) -> BrowseGroups:
    """Group the lists of parts of records, and of vocabularies, shapes and files."""
    sections = {**lists.entities, **lists.metadata}
    groups = {_RECORD_TAG: [section for section in lists.entities if section in lists.dependent_sections]}
    groups[_METADATA_TAG] = list(lists.metadata)
    browse = _build_groups(view, groups, sections, headings)
    if view.site.has_ontology:
        browse[-1][1].append((view.messages["ontology"], view.build_page_link("ontology"), 0))
    return browse


def _find_tag(view: PageContext, iri: str) -> str:
    graphs = view.site.graph_index.graphs_by_subject.get(iri, [""])
    folders = to_graph_path(graphs[0]).split("/")
    has_tag = len(folders) > 2 and f"query-tag.{folders[1]}" in load_messages(view.lang)
    return folders[1] if has_tag else _RECORD_TAG


def _build_groups(
    view: PageContext,
    groups: Mapping[str, Sequence[str]],
    sections: Mapping[str, Sequence[str]],
    headings: Mapping[str, str],
) -> BrowseGroups:
    entries = {
        tag: [(headings[name], view.build_page_link(name), len(sections[name])) for name in names]
        for tag, names in groups.items()
    }
    order = sorted(entries, key=lambda tag: (tag == _METADATA_TAG, tag == _RECORD_TAG, tag))
    return [
        (find_tag_heading(tag, view.lang), sorted(entries[tag], key=lambda entry: -entry[2])) for tag in order
    ]
