"""List pages: the entities of each kind, and all labelled entities by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from urllib.parse import urlencode

import pyoxigraph as ox

from msme_kg.entities.date_windows import DateWindow
from msme_kg.namespaces import LANGUAGES, SKOS
from msme_kg.publish.site.displayed_value import DisplayedValue
from msme_kg.publish.site.entity_facts import EntityFacts
from msme_kg.publish.site.graph_index import RDF_TYPE, GraphIndex
from msme_kg.publish.site.page_context import PageContext, SiteConfig
from msme_kg.publish.site.urls import PAGE_FILES, extract_section
from msme_kg.rdf.terms import split_quad
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.spreadsheet_csv import write_spreadsheet_csv

CONCEPT_SCHEME = f"{SKOS}ConceptScheme"
"""The class whose instances are displayed as trees instead of a list."""

_DATE_COLUMNS = tuple(field.name for field in fields(DateWindow))
_MAX_FILTER_VALUES = 40
"""The largest number of distinct values for which a property is offered as a filter."""


@dataclass(frozen=True)
class ListRow:
    """A row of a list: one entity.

    Attributes:
        entity: its label and link.
        other_label: its label in the other language with that language, or None.
        other_names: symbols, codes, titles and other names, by which it is found.
        when: its date window as text; None if it is undated.
        sort_date: the first known bound of its date window; empty if it is undated.
        cells: its concepts or classes for each filter column; on a day, last how certain it is.
    """

    entity: DisplayedValue
    other_label: tuple[str, str] | None
    other_names: tuple[str, ...]
    when: DisplayedValue | None
    sort_date: str
    cells: tuple[tuple[DisplayedValue, ...], ...]


def find_stated_classes(content: GraphIndex) -> defaultdict[str, set[str]]:
    """Return the stated classes of the current entities of each section."""
    classes: defaultdict[str, set[str]] = defaultdict(set)
    for class_iri, instances in content.instances_by_class.items():
        for section in set(map(extract_section, instances)):
            classes[section].add(class_iri)
    return classes


def choose_heading(
    view: PageContext, facts: EntityFacts, section: str, iris: Sequence[str], stated_classes: Collection[str]
) -> str:
    """Return the heading of a list: the classes of its section, else those stated of its entities."""
    if any(iri in view.site.graph_index.subjects_by_graph for iri in iris):
        return view.messages["graphs"]
    if CONCEPT_SCHEME in stated_classes:
        return view.messages["vocab"]
    classes = facts.classes_by_section.get(section) or sorted(stated_classes)
    labels = [_pluralize(view.find_label(class_iri)[0], view.lang) for class_iri in classes]
    return view.messages["comma"].join(dict.fromkeys(labels)) or section


def _pluralize(label: str, lang: str) -> str:
    """Return a class label in the plural; Chinese has none."""
    if lang != LANGUAGES[0]:
        return label
    if label.endswith("y") and label[-2:-1] not in "aeiou":
        label = f"{label[:-1]}ies"
    elif label.endswith(("s", "x", "ch", "sh")):
        label = f"{label}es"
    else:
        label = f"{label}s"
    return label[:1].upper() + label[1:]


def build_list_context(
    view: PageContext, iris: Sequence[str], facts: EntityFacts, title: str, file_stem: str
) -> dict[str, object]:
    """Return the template context of a list of one kind, sorted by date if most entities are dated.

    Args:
        view: the page.
        iris: the entities.
        facts: results of the export queries.
        title: the heading.
        file_stem: the file name, without extension, under which a browser saves the list.
    """
    columns = _find_filter_columns(view.site.graph_index, iris)
    rows = [_build_row(view, iri, facts, columns) for iri in iris]
    is_dated = 2 * sum(bool(row.sort_date) for row in rows) > len(rows)
    rows.sort(key=lambda row: (row.sort_date or "9" if is_dated else "", *_build_name_key(row)))
    names = [view.display_iri(column).text for column in columns]
    if view.site.as_of:
        names.append(view.messages["certainty"])
    return _build_table_context(view, rows, names, title, file_stem)


def _compute_certainty(window: DateWindow, day: date | None) -> str:
    """Return whether something of the list for a day was certainly or possibly there; empty if undated."""
    if not day or window == DateWindow():
        return ""
    # Of what has ended only events are listed: they have taken place.
    is_certain = window.is_certain_on(day) or (window.has_begun_by(day) and window.has_ended_before(day))
    return "certain" if is_certain else "possible"


def build_search_context(
    view: PageContext,
    iris: Sequence[str],
    facts: EntityFacts,
    headings: Mapping[str, str],
    file_stem: str,
    words: str = "",
    questions: Sequence[CannedQuery] = (),
) -> dict[str, object]:
    """Return the template context of the list of all entities by name, or of those that a search finds.

    Args:
        view: the page.
        iris: the entities; those that words find, in the order of the list.
        facts: results of the export queries.
        headings: the heading of each section's list.
        file_stem: the file name, without extension, under which a browser saves the list.
        words: the words that were searched for; empty for the list of all.
        questions: the canned queries that the words find.
    """
    rows = []
    for iri in iris:
        section = extract_section(iri)
        rows.append(_build_row(view, iri, facts, kind=headings.get(section, section)))
    if not words:
        rows.sort(key=_build_name_key)
    messages = view.messages
    title = messages["found"].format(words=words) if words else messages["all-things"]
    lead = "" if words else messages["all-things-lead"]
    context = _build_table_context(view, rows, [messages["kind"]], title, file_stem, lead)
    if words:
        asked = urlencode({"q": words} | ({"as_of": view.site.as_of} if view.site.as_of else {}))
        context["other_page"] = f"{PAGE_FILES[view.other_lang]}?{asked}"
        context["own_page"] = f"{PAGE_FILES[view.lang]}?{urlencode({'q': words})}"
    return context | {"searched": words, "has_search": True, "questions": questions}


def _build_name_key(row: ListRow) -> tuple[bool, str, str]:
    return row.entity.form == "code", row.entity.text.casefold(), row.entity.href


def _build_table_context(
    view: PageContext, rows: Sequence[ListRow], columns: Sequence[str], title: str, file: str, lead: str = ""
) -> dict[str, object]:
    return view.build_template_context(
        title,
        [(view.messages["home"], "")],
        lead=lead,
        file=file,
        columns=columns,
        rows=rows,
        searched="",
        has_search=False,
        questions=(),
        has_other=any(row.other_label for row in rows),
        has_when=any(row.when for row in rows),
    )


def render_csv(site: SiteConfig, iris: Iterable[str], facts: EntityFacts) -> bytes:
    """Return a list as CSV for spreadsheets: IRI, label in each language, bounds of the date window.

    On a day there is the certainty too.
    """
    certainty_heading = ["certainty"] if site.as_of else []
    rows = []
    for iri in sorted(iris):
        labels, window = site.graph_index.labels.get(iri, {}), facts.date_windows.get(iri, DateWindow())
        certainty = [_compute_certainty(window, site.day)] if site.day else []
        known = window.hide_later(site.day) if site.day else window
        bounds = (str(bound or "") for bound in astuple(known))
        rows.append([iri, *(labels.get(lang, "") for lang in LANGUAGES), *bounds, *certainty])
    headings = ["iri", *(f"label_{lang}" for lang in LANGUAGES), *_DATE_COLUMNS, *certainty_heading]
    return write_spreadsheet_csv(headings, rows).encode()


def _build_row(
    view: PageContext, iri: str, facts: EntityFacts, columns: Sequence[str] = (), kind: str = ""
) -> ListRow:
    """Return the row of an entity, with its values for some columns, or with the kind that it is of."""
    content = view.site.graph_index
    cells: dict[str, list[DisplayedValue]] = {}
    for quad in content.get_triples(iri) if columns else ():
        if quad.predicate.value in columns:
            cells.setdefault(quad.predicate.value, []).append(view.display_term(split_quad(quad)[2]))
    window = facts.date_windows.get(iri, DateWindow())
    shown = [tuple(cells.get(column, ())) for column in columns]
    if kind:
        shown.append((DisplayedValue("text", kind),))
    elif view.site.as_of:
        certainty = _compute_certainty(window, view.site.day)
        shown.append((DisplayedValue("text", view.messages[certainty]),) if certainty else ())
    return ListRow(
        entity=view.display_iri(iri),
        other_label=view.find_label_in_other_language(iri),
        other_names=facts.other_names.get(iri, ()),
        when=view.display_window(window),
        sort_date=window.first_bound.isoformat() if window.first_bound else "",
        cells=tuple(shown),
    )


def _find_filter_columns(content: GraphIndex, iris: Iterable[str]) -> list[str]:
    """Return the filter columns of a list: the class, and properties whose values are concepts."""
    values: dict[str, set[str]] = {}
    for iri in iris:
        for quad in content.get_triples(iri):
            value = quad.object
            if isinstance(value, ox.NamedNode) and (
                quad.predicate.value == RDF_TYPE or value.value in content.concepts
            ):
                values.setdefault(quad.predicate.value, set()).add(value.value)
    columns = [name for name, distinct in values.items() if 1 < len(distinct) <= _MAX_FILTER_VALUES]
    return sorted(columns, key=lambda name: (name != RDF_TYPE, name))
