"""The page of one IRI: what it is, what is stated about it and by whom, and what points to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

import pyoxigraph as ox

from msme_kg.namespaces import DCTERMS, RDFS, SKOS, Prefixes
from msme_kg.publish.site.dataset_info import About
from msme_kg.publish.site.date_text import in_words
from msme_kg.publish.site.entity_facts import Cited, Facts
from msme_kg.publish.site.graph_index import TYPE
from msme_kg.publish.site.page_context import Shown, Site, View
from msme_kg.publish.site.urls import section
from msme_kg.rdf.canonical_turtle import TurtleWriter
from msme_kg.rdf.serializers import write
from msme_kg.rdf.terms import parts
from msme_kg.repository import graph_path

_LAST = (f"{RDFS}label", f"{SKOS}prefLabel", TYPE, f"{DCTERMS}source")
"""What a page says elsewhere stands last among the statements."""

_URL = "https://schema.org/url"
_PUBLISHER = "http://purl.org/dc/elements/1.1/publisher"
_MANY = 12
"""From so many on, what points to a thing is folded."""


@dataclass(frozen=True)
class Row:
    """A property of a thing with its values, and the numbers of the sources that state it."""

    name: Shown
    values: tuple[Shown, ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Source:
    """A source of a thing as its page lists it."""

    number: int
    cited: Cited
    name: Shown
    whole: Shown | None
    addresses: tuple[Shown, ...]
    details: tuple[str, ...]
    statements: tuple[Shown, ...]


@dataclass(frozen=True)
class Group:
    """The things that point to one by one property, each with its dates in words."""

    name: Shown
    things: tuple[tuple[Shown, str], ...]
    is_folded: bool


@dataclass(frozen=True)
class Files:
    """The statements about one IRI as files, which both of its pages offer."""

    turtle: bytes
    jsonld: bytes

    @property
    def embedded(self) -> str:
        """The JSON-LD as a page may hold it: nothing in it can end the element in which it stands."""
        text = self.jsonld.decode()
        return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").strip()


def files(site: Site, iri: str) -> Files:
    """Return the statements about an IRI as files."""
    quads = site.content.statements(iri)
    iris = {term.value for quad in quads for term in parts(quad) if isinstance(term, ox.NamedNode)}
    iris |= {quad.object.datatype.value for quad in quads if isinstance(quad.object, ox.Literal)}
    used = {(site.curie(one) or "").partition(":")[0] for one in iris}
    prefixes = Prefixes({name: site.prefixes[name] for name in site.prefixes if name in used})
    return Files(
        turtle=TurtleWriter(prefixes).write(quads, name=iri).lstrip("\n").encode(),
        jsonld=write(quads, "jsonld", prefixes).encode(),
    )


def page(
    view: View, iri: str, facts: Facts, about: About, headings: Mapping[str, str], embedded: str
) -> dict[str, object]:
    """Return what the template of a thing is filled with.

    Args:
        view: the page.
        iri: what it is about.
        facts: what the queries say of things.
        about: the dataset.
        headings: what the lists are called.
        embedded: the statements as JSON-LD, safe within a page.
    """
    content = view.site.content
    listed = facts.sources.get(iri, [])
    sources = tuple(_source(view, number, one) for number, one in enumerate(listed, 1))
    label, label_lang = view.label(iri)
    word = section(iri)
    trail = [(view.words["home"], "")]
    if word in headings:
        trail.append((headings[word], word))
    graph = iri if iri in content.of_graph else ""
    return view.frame(
        label,
        trail,
        iri=iri,
        label=label,
        label_lang=label_lang,
        other_label=view.other_label(iri),
        types=[view.thing(one) for one in content.types(iri)],
        when=_when(view, iri, facts),
        badges=_badges(view, iri),
        rows=_rows(view, iri, listed),
        sources=sources,
        contrary=[view.thing(one) for one in [iri, *facts.others[iri]]] if iri in facts.others else [],
        incoming=_incoming(view, iri, facts),
        graph_path=graph_path(graph) if graph else "",
        graph_holds=[view.thing(one) for one in content.of_graph.get(graph, [])],
        stored=[(view.thing(one), graph_path(one)) for one in content.graphs.get(iri, [])],
        uses=content.uses.get(iri, 0),
        instances=len(content.instances.get(iri, [])),
        cite=about.cited(label, iri, view.lang),
        embedded=embedded,
    )


def _when(view: View, iri: str, facts: Facts) -> str:
    return in_words(facts.spans[iri], view.lang) if iri in facts.spans else ""


def _badges(view: View, iri: str) -> list[tuple[Shown, list[Shown]]]:
    """Return the concepts by which a thing is classed, by property."""
    content = view.site.content
    found: dict[str, list[Shown]] = {}
    for quad in content.about.get(iri, []):
        if isinstance(quad.object, ox.NamedNode) and quad.object.value in content.concepts:
            found.setdefault(quad.predicate.value, []).append(view.value(quad.object))
    return [(view.thing(name), values) for name, values in found.items()]


def _rows(view: View, iri: str, listed: list[Cited]) -> list[Row]:
    quads = view.site.content.about.get(iri, [])
    numbers: dict[str, list[int]] = {}
    for number, cited in enumerate(listed, 1):
        for statement in cited.statements:
            numbers.setdefault(statement, []).append(number)
    rows = []
    for predicate, group in groupby(quads, key=lambda quad: quad.predicate.value):
        values = [parts(quad)[2] for quad in group]
        is_text = any(isinstance(one, ox.Literal) and one.language for one in values)
        # The page's own language first.
        values.sort(key=view.is_foreign)
        row = Row(view.thing(predicate), tuple(map(view.value, values)), tuple(numbers.get(predicate, ())))
        last = _LAST.index(predicate) + 1 if predicate in _LAST else 0
        rows.append(((last, not is_text, row.name.text), row))
    return [row for _, row in sorted(rows, key=lambda one: one[0])]


def _source(view: View, number: int, cited: Cited) -> Source:
    content = view.site.content
    (whole, *_) = [*content.objects(cited.source, f"{DCTERMS}isPartOf"), None]
    described = whole.value if isinstance(whole, ox.NamedNode) else cited.source
    details = [
        one.value
        for name in (_PUBLISHER, f"{DCTERMS}issued")
        for one in content.objects(described, name)
        if isinstance(one, ox.Literal)
    ]
    return Source(
        number=number,
        cited=cited,
        name=view.thing(cited.source),
        whole=view.value(whole) if whole is not None and not cited.judgement else None,
        addresses=tuple(view.value(one) for one in content.objects(described, _URL)),
        details=tuple(details),
        statements=() if cited.whole else tuple(view.thing(one) for one in cited.statements),
    )


def _incoming(view: View, iri: str, facts: Facts) -> list[Group]:
    groups = []
    for predicate, group in groupby(view.site.content.into.get(iri, []), key=lambda pair: pair[0]):
        things = tuple((view.thing(one), _when(view, one, facts)) for _, one in group)
        groups.append(Group(view.thing(predicate), things, len(things) > _MANY))
    return groups
