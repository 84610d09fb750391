"""Lists of things: one a kind, and one of all by name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from msme_kg.namespaces import LANGUAGES, SKOS
from msme_kg.publish.site.date_text import to_text
from msme_kg.publish.site.entity_facts import EntityFacts
from msme_kg.publish.site.graph_index import RDF_TYPE, GraphIndex
from msme_kg.publish.site.page_context import DisplayedValue, PageContext
from msme_kg.publish.site.ui_strings import pluralize_label
from msme_kg.publish.site.urls import extract_section
from msme_kg.rdf.terms import split_quad

CONCEPT_SCHEME = f"{SKOS}ConceptScheme"
"""The class of what is shown as trees, and not as a list."""

_DATE_COLUMNS = ("not_before", "not_after", "end_not_before", "end_not_after")
_MAX_FILTER_VALUES = 40
"""A property with more values than this is no filter."""


@dataclass(frozen=True)
class ListRow:
    """A thing in a list.

    Attributes:
        entity: its name and link.
        other_label: its name in the other language and that language, or None.
        date_text: its dates in words.
        sort_date: what it is sorted by among dated things, or nothing.
        cells: for each column of the list the concepts or classes of the thing.
    """

    entity: DisplayedValue
    other_label: tuple[str, str] | None
    date_text: str
    sort_date: str
    cells: tuple[tuple[DisplayedValue, ...], ...]


def choose_heading(view: PageContext, facts: EntityFacts, section_name: str) -> str:
    """Return what a list is called: by the classes that have its word, else by what its things are."""
    content, lang = view.site.graph_index, view.lang
    iris = [iri for iri in content.iris_under_base if extract_section(iri) == section_name]
    if any(iri in content.subjects_by_graph for iri in iris):
        return view.ui_strings["graphs"]
    stated = sorted({one for iri in iris for one in content.list_types(iri)})
    if CONCEPT_SCHEME in stated:
        return view.ui_strings["vocab"]
    classes = facts.classes_by_section.get(section_name) or stated
    names = [pluralize_label(view.find_label(one)[0], lang) for one in classes]
    if not names:
        return section_name
    joined = "、".join(dict.fromkeys(names)) if lang != LANGUAGES[0] else ", ".join(dict.fromkeys(names))
    return joined


def build_list_context(
    view: PageContext, iris: Sequence[str], facts: EntityFacts, title: str, file_stem: str
) -> dict[str, object]:
    """Return what the template of a list of one kind is filled with; by date where most are dated.

    Args:
        view: the page.
        iris: what is listed.
        facts: what the queries say of things.
        title: its heading.
        file_stem: what it is called where it is saved.
    """
    columns = _find_filter_columns(view.site.graph_index, iris)
    rows = [_build_row(view, iri, facts, columns) for iri in iris]
    is_dated = 2 * sum(bool(row.sort_date) for row in rows) > len(rows)
    rows.sort(key=lambda row: (row.sort_date or "9" if is_dated else "", *_build_name_key(row)))
    names = [view.display_iri(one).text for one in columns]
    return _build_table_context(view, rows, names, title, file_stem)


def build_search_context(
    view: PageContext, iris: Sequence[str], facts: EntityFacts, headings: Mapping[str, str], file_stem: str
) -> dict[str, object]:
    """Return what the template of the list of all things by name is filled with.

    Args:
        view: the page.
        iris: what is listed.
        facts: what the queries say of things.
        headings: what the list of each kind is called.
        file_stem: what it is called where it is saved.
    """
    rows = []
    for iri in iris:
        word = extract_section(iri)
        kind = DisplayedValue("text", headings.get(word, word))
        rows.append(replace(_build_row(view, iri, facts, ()), cells=((kind,),)))
    rows.sort(key=_build_name_key)
    words = view.ui_strings
    return _build_table_context(
        view, rows, [words["kind"]], words["all_things"], file_stem, words["all_things_lead"]
    )


def _build_name_key(row: ListRow) -> tuple[bool, str, str]:
    return row.entity.form == "code", row.entity.text.casefold(), row.entity.href


def _build_table_context(
    view: PageContext, rows: Sequence[ListRow], columns: Sequence[str], title: str, file: str, lead: str = ""
) -> dict[str, object]:
    return view.build_template_context(
        title,
        [(view.ui_strings["home"], "")],
        lead=lead,
        file=file,
        columns=columns,
        rows=rows,
        has_other=any(row.other_label for row in rows),
        has_when=any(row.date_text for row in rows),
    )


def render_csv(graph_index: GraphIndex, iris: Iterable[str], facts: EntityFacts) -> bytes:
    """Return a list as CSV: the IRI, a label in each language, and the bounds of its dates."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["iri", *(f"label_{lang}" for lang in LANGUAGES), *_DATE_COLUMNS])
    for iri in sorted(iris):
        labels, span = graph_index.labels.get(iri, {}), facts.date_spans.get(iri)
        bounds = (
            (span.start.earliest, span.start.latest, span.end.earliest, span.end.latest)
            if span
            else (None,) * 4
        )
        writer.writerow([iri, *(labels.get(lang, "") for lang in LANGUAGES), *(one or "" for one in bounds)])
    return out.getvalue().encode()


def _build_row(view: PageContext, iri: str, facts: EntityFacts, columns: Sequence[str]) -> ListRow:
    content = view.site.graph_index
    cells: dict[str, list[DisplayedValue]] = {}
    for quad in content.triples_by_subject.get(iri, []):
        if quad.predicate.value in columns:
            cells.setdefault(quad.predicate.value, []).append(view.display_term(split_quad(quad)[2]))
    span = facts.date_spans.get(iri)
    return ListRow(
        view.display_iri(iri),
        view.find_other_label(iri),
        to_text(span, view.lang) if span else "",
        span.sort_key if span else "",
        tuple(tuple(cells.get(one, ())) for one in columns),
    )


def _find_filter_columns(content: GraphIndex, iris: Iterable[str]) -> list[str]:
    """Return the properties by which a list can be filtered: those that lead to concepts, and the class."""
    values: dict[str, set[str]] = {}
    for iri in iris:
        for quad in content.triples_by_subject.get(iri, []):
            value = quad.object
            if isinstance(value, ox.NamedNode) and (
                quad.predicate.value == RDF_TYPE or value.value in content.concepts
            ):
                values.setdefault(quad.predicate.value, set()).add(value.value)
    kept = [name for name, found in values.items() if 1 < len(found) <= _MAX_FILTER_VALUES]
    return sorted(kept, key=lambda name: (name != RDF_TYPE, name))
