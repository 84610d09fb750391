"""Neighbourhood of an entity as SVG: two trees of what leads to it and what it leads to, by property."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

import pyoxigraph as ox

from msme_kg.namespaces import DCTERMS
from msme_kg.publish.site.entity_facts import EntityFacts
from msme_kg.publish.site.graph_index import RDF_TYPE
from msme_kg.publish.site.page_context import PageContext
from msme_kg.publish.site.urls import extract_section
from msme_kg.rdf.characters import escape_xml, quote_xml

_MAX_NEIGHBOURS = 6
"""The most neighbours in each of the two trees; a number stands for the others."""
_WIDTH, _LINE, _INDENT, _BASE = 340, 24, 22, 18
"""Measures in pixels; the base is that of the first line of text."""
_MAX_COLUMNS = 38
"""The columns of text that fit, of which a Chinese character takes two, a capital letter nearly as much."""
_ALL_LINKS = "#page-in"
"""The part of the page with all links."""


@dataclass(frozen=True)
class NeighbourGroup:
    """The neighbours of an entity by one property, or through records of one class.

    Attributes:
        relation: the IRI of the property or class.
        neighbours: their IRIs, the latest first.
    """

    relation: str
    neighbours: tuple[str, ...]


def draw_neighbourhood(view: PageContext, iri: str, facts: EntityFacts) -> tuple[str, ...]:
    """Return the pictures of what leads to an entity and what it leads to, as SVG; none without neighbours.

    Args:
        view: the page.
        iri: the entity.
        facts: results of the export queries.
    """
    section = extract_section(iri)
    if section not in facts.classes_by_section or section in facts.dependent_sections:
        return ()
    incoming, outgoing = (
        _group_neighbours(links, iri, facts)
        for links in (_list_incoming(view, iri, facts), _list_outgoing(view, iri, facts))
    )
    words = view.messages
    trees = ((words["leads-to-this"], "←", incoming), (words["this-leads-to"], "→", outgoing))
    label = view.find_label(iri)[0]
    return tuple(_draw_tree(view, title, label, arrow, groups) for title, arrow, groups in trees if groups)


def _list_incoming(view: PageContext, iri: str, facts: EntityFacts) -> Iterator[tuple[str, str, str]]:
    """Yield relation, neighbour and whose date counts; records of a relation are passed through."""
    content = view.site.graph_index
    for predicate, subject in content.list_incoming_links(iri):
        relation = content.relations.get(subject)
        if relation is not None:
            others = {other for _, other, _ in _list_outgoing(view, subject, facts) if other != iri}
            yield from ((relation, other, subject) for other in sorted(others))
        elif _is_shown(subject, facts):
            yield predicate, subject, subject


def _list_outgoing(view: PageContext, iri: str, facts: EntityFacts) -> Iterator[tuple[str, str, str]]:
    content = view.site.graph_index
    for quad in content.collect_triples(iri):
        value, predicate = quad.object, quad.predicate.value
        if (
            isinstance(value, ox.NamedNode)
            and predicate not in {RDF_TYPE, f"{DCTERMS}source"}
            and value.value not in content.deprecated
            and _is_shown(value.value, facts)
        ):
            yield predicate, value.value, value.value


def _is_shown(iri: str, facts: EntityFacts) -> bool:
    section = extract_section(iri)
    return section in facts.classes_by_section and section not in facts.dependent_sections


def _group_neighbours(
    links: Iterator[tuple[str, str, str]], iri: str, facts: EntityFacts
) -> list[NeighbourGroup]:
    """Return neighbours by relation, the smallest group first, since it says most about the entity."""
    groups: dict[str, dict[str, str]] = {}
    for relation, neighbour, dated in links:
        if neighbour != iri:
            window = facts.date_windows.get(dated)
            day = window.first_bound.isoformat() if window and window.first_bound else ""
            days = groups.setdefault(relation, {})
            days[neighbour] = max(day, days.get(neighbour, ""))
    found = [
        NeighbourGroup(relation, tuple(sorted(sorted(days), key=days.__getitem__, reverse=True)))
        for relation, days in groups.items()
    ]
    return sorted(found, key=lambda group: (len(group.neighbours), group.relation))


def _draw_tree(
    view: PageContext, title: str, label: str, arrow: str, groups: Sequence[NeighbourGroup]
) -> str:
    """Return a picture: the entity, and below it each group as a line with its relation, and its neighbours.

    Args:
        view: the page.
        title: what the picture shows.
        label: the label of the entity.
        arrow: the direction of the relations.
        groups: the groups.
    """
    elements: list[str] = []
    branches: list[int] = []

    def add_line(indent: int, text: str, opening: str = "<g>", closing: str = "</g>") -> int:
        y = _BASE + _LINE * (len(elements) + 1)
        elements.append(f'{opening}<text x="{indent}" y="{y}">{text}</text>{closing}')
        return y

    def add_count(indent: int, count: int) -> None:
        text = view.messages["more-neighbours"].format(count=count)
        add_line(indent, escape_xml(text), f'<a href="{_ALL_LINKS}">', "</a>")

    counts = _divide_places([len(group.neighbours) for group in groups])
    for group, count in zip(groups, counts, strict=True):
        if count:
            relation = view.find_label(group.relation)[0]
            add_line(_INDENT, f"{arrow} {_cut_text(relation)}", '<g class="relation">')
            for neighbour in group.neighbours[:count]:
                branches.append(add_line(2 * _INDENT, *_link_neighbour(view, neighbour)))
            if len(group.neighbours) > count:
                add_count(2 * _INDENT, len(group.neighbours) - count)
    hidden = sum(len(group.neighbours) for group, count in zip(groups, counts, strict=True) if not count)
    if hidden:
        add_count(_INDENT, hidden)
    height = _LINE * (len(elements) + 1) + 8
    name = quote_xml(f"{title}{view.messages['colon']}{label}")
    lines = "".join(f"M8 {y - 5}H{2 * _INDENT - 6}" for y in branches)
    return "\n".join(
        (
            f'<svg role="group" aria-label={name} viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}"'
            f' height="{height}">',
            f'<rect x="1" y="1" width="{_WIDTH - 2}" height="{_LINE}" rx="5"/>',
            f'<text class="root" x="8" y="{_BASE}">{_cut_text(label)}</text>',
            f'<path d="M8 {_LINE + 1}V{branches[-1] - 5}{lines}"/>',
            *elements,
            "</svg>",
        )
    )


def _divide_places(sizes: Sequence[int]) -> list[int]:
    """Return how many neighbours of each group are shown: one of each, then another of each, and so on."""
    counts = [0] * len(sizes)
    for most in range(1, _MAX_NEIGHBOURS + 1):
        for place, size in enumerate(sizes):
            if size >= most and sum(counts) < _MAX_NEIGHBOURS:
                counts[place] = most
    return counts


def _link_neighbour(view: PageContext, iri: str) -> tuple[str, str, str]:
    """Return the text of an entity, and the tags around it."""
    label, lang = view.find_label(iri)
    text = _cut_text(label)
    title = "" if text == escape_xml(label) else f"<title>{escape_xml(label)}</title>"
    tag = f' lang="{lang}"' if lang else ""
    href = quote_xml(view.build_page_link(view.site.page_urls.find_folder(iri) or ""))
    return text, f"<a href={href}{tag}>{title}", "</a>"


def _cut_text(text: str) -> str:
    """Return a text that is cut to fit, escaped."""
    columns = 0.0
    for place, char in enumerate(text):
        columns += 2 if east_asian_width(char) in "WFA" else 1.4 if char.isupper() else 1
        if columns > _MAX_COLUMNS:
            return escape_xml(text[: place - 1].rstrip()) + "…"
    return escape_xml(text)
