"""The home page: what the graph is, what it holds in figures, and where to go from there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from msme_kg.entities.statistics import Statistics
from msme_kg.namespaces import BASE
from msme_kg.publish.site.dataset_info import DatasetInfo
from msme_kg.publish.site.date_text import format_day
from msme_kg.publish.site.page_context import PageContext
from msme_kg.publish.site.query_pages import QueryPageData
from msme_kg.publish.site.ui_strings import find_tag_heading
from msme_kg.publish.site.urls import SEARCH
from msme_kg.repository import to_graph_path

_UNKNOWNS_TAG = "unknowns"
"""The tag of queries that tell what is not known."""
_RECORD_TAG, _METADATA_TAG = "record", "made"


@dataclass(frozen=True)
class BrowseLists:
    """The lists to which the home page leads, each with its IRIs by its word.

    Attributes:
        entities: of what the graph is about.
        dependent_sections: those of them that hold only a part of other things' record.
        metadata: of what describes these: vocabularies, rules, files.
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
    queries: Mapping[str, QueryPageData],
    dumps: Sequence[str],
) -> dict[str, object]:
    """Return what the template of the home page is filled with.

    Args:
        view: the page.
        dataset_info: the dataset.
        statistics: what there is in the graph.
        lists: where to go from here.
        headings: what each list is called.
        queries: the canned queries with their answers.
        dumps: the files of the whole graph.
    """
    words, lang = view.ui_strings, view.lang
    things = sum(map(len, lists.entities.values()))
    figures = [
        (f"{things:,}", words["things"], view.build_page_link(SEARCH)),
        (f"{statistics.statements:,}", words["statements"], ""),
        (str(statistics.files), words["graphs"], ""),
    ]
    if statistics.record_ends:
        day = format_day(date.fromisoformat(statistics.record_ends), lang)
        figures.append((day, words["ends"], ""))
    groups: dict[str, list[QueryPageData]] = {}
    for one in queries.values():
        groups.setdefault(one.query.tags[0] if one.query.tags else "", []).append(one)
    unknowns = [one for one in queries.values() if _UNKNOWNS_TAG in one.query.tags]
    return view.build_template_context(
        dataset_info.title[lang],
        [],
        description=dataset_info.description[lang],
        figures=figures,
        browse=_group_browse_lists(view, lists, headings),
        pictures=[one for one in unknowns if lang in one.plots],
        unknowns=unknowns,
        groups=[(find_tag_heading(tag, lang), several) for tag, several in groups.items()],
        dumps=dumps,
        base=BASE,
        cite=dataset_info.format_citation(dataset_info.name[lang], BASE, lang),
    )


def _group_browse_lists(
    view: PageContext, lists: BrowseLists, headings: Mapping[str, str]
) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """Return the lists under the names of the folders in which their things are kept."""
    known = view.ui_strings
    found: dict[str, list[tuple[str, str, int]]] = {}
    for word, iris in lists.entities.items():
        graphs = view.site.graph_index.graphs_by_subject.get(iris[0], [""])
        folders = to_graph_path(graphs[0]).split("/")
        is_part = word in lists.dependent_sections or len(folders) < 3 or f"tag_{folders[1]}" not in known
        tag = _RECORD_TAG if is_part else folders[1]
        found.setdefault(tag, []).append((headings[word], view.build_page_link(word), len(iris)))
    made = [(headings[word], view.build_page_link(word), len(iris)) for word, iris in lists.metadata.items()]
    if view.site.has_ontology:
        made.append((view.ui_strings["ontology"], view.build_page_link("ontology"), 0))
    found[_METADATA_TAG] = made
    order = sorted(found, key=lambda tag: (tag == _METADATA_TAG, tag == _RECORD_TAG, tag))
    return [(find_tag_heading(tag, view.lang), sorted(found[tag], key=lambda one: -one[2])) for tag in order]
