"""The home page: what the graph is, what it holds in figures, and where to go from there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from msme_kg.entities.statistics import Statistics
from msme_kg.namespaces import BASE
from msme_kg.publish.site.dataset_info import About
from msme_kg.publish.site.date_text import day_in_words
from msme_kg.publish.site.page_context import View
from msme_kg.publish.site.query_pages import Answered
from msme_kg.publish.site.ui_strings import of_tag
from msme_kg.publish.site.urls import SEARCH
from msme_kg.repository import graph_path

_OPEN = "unknowns"
"""The tag of queries that tell what is not known."""
_REST, _MADE = "record", "made"


@dataclass(frozen=True)
class Browsed:
    """The lists to which the home page leads, each with its IRIs by its word.

    Attributes:
        things: of what the graph is about.
        within: those of them that hold only a part of other things' record.
        made: of what describes these: vocabularies, rules, files.
    """

    things: Mapping[str, Sequence[str]]
    within: Collection[str]
    made: Mapping[str, Sequence[str]]


def page(
    view: View,
    about: About,
    counted: Statistics,
    lists: Browsed,
    headings: Mapping[str, str],
    queries: Mapping[str, Answered],
    dumps: Sequence[str],
) -> dict[str, object]:
    """Return what the template of the home page is filled with.

    Args:
        view: the page.
        about: the dataset.
        counted: what there is in the graph.
        lists: where to go from here.
        headings: what each list is called.
        queries: the canned queries with their answers.
        dumps: the files of the whole graph.
    """
    words, lang = view.words, view.lang
    things = sum(map(len, lists.things.values()))
    figures = [
        (f"{things:,}", words["things"], view.page(SEARCH)),
        (f"{counted.statements:,}", words["statements"], ""),
        (str(counted.files), words["graphs"], ""),
    ]
    if counted.record_ends:
        day = day_in_words(date.fromisoformat(counted.record_ends), lang)
        figures.append((day, words["ends"], ""))
    groups: dict[str, list[Answered]] = {}
    for one in queries.values():
        groups.setdefault(one.query.tags[0] if one.query.tags else "", []).append(one)
    unknowns = [one for one in queries.values() if _OPEN in one.query.tags]
    return view.frame(
        about.title[lang],
        [],
        description=about.description[lang],
        figures=figures,
        browse=_browse(view, lists, headings),
        pictures=[one for one in unknowns if lang in one.plots],
        unknowns=unknowns,
        groups=[(of_tag(tag, lang), several) for tag, several in groups.items()],
        dumps=dumps,
        base=BASE,
        cite=about.cited(about.name[lang], BASE, lang),
    )


def _browse(
    view: View, lists: Browsed, headings: Mapping[str, str]
) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """Return the lists under the names of the folders in which their things are kept."""
    known = view.words
    found: dict[str, list[tuple[str, str, int]]] = {}
    for word, iris in lists.things.items():
        graphs = view.site.content.graphs.get(iris[0], [""])
        folders = graph_path(graphs[0]).split("/")
        is_part = word in lists.within or len(folders) < 3 or f"tag_{folders[1]}" not in known
        tag = _REST if is_part else folders[1]
        found.setdefault(tag, []).append((headings[word], view.page(word), len(iris)))
    made = [(headings[word], view.page(word), len(iris)) for word, iris in lists.made.items()]
    if view.site.has_ontology:
        made.append((view.words["ontology"], view.page("ontology"), 0))
    found[_MADE] = made
    order = sorted(found, key=lambda tag: (tag == _MADE, tag == _REST, tag))
    return [(of_tag(tag, view.lang), sorted(found[tag], key=lambda one: -one[2])) for tag in order]
