"""The page of one IRI: what it is, what is stated about it and by whom, and what points to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

import pyoxigraph as ox

from msme_kg.namespaces import DCTERMS, RDFS, SKOS, PrefixMap
from msme_kg.publish.site.dataset_info import DatasetInfo
from msme_kg.publish.site.date_text import to_text
from msme_kg.publish.site.entity_facts import Citation, EntityFacts
from msme_kg.publish.site.graph_index import RDF_TYPE
from msme_kg.publish.site.page_context import DisplayedValue, PageContext, SiteConfig
from msme_kg.publish.site.urls import extract_section
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.rdf.serializers import serialize
from msme_kg.rdf.terms import split_quad
from msme_kg.repository import to_graph_path

_TRAILING_PROPERTIES = (f"{RDFS}label", f"{SKOS}prefLabel", RDF_TYPE, f"{DCTERMS}source")
"""What a page says elsewhere stands last among the statements."""

_URL = "https://schema.org/url"
_PUBLISHER = "http://purl.org/dc/elements/1.1/publisher"
_FOLD_THRESHOLD = 12
"""From so many on, what points to a thing is folded."""


@dataclass(frozen=True)
class PropertyRow:
    """A property of a thing with its values, and the numbers of the sources that state it."""

    name: DisplayedValue
    values: tuple[DisplayedValue, ...]
    source_numbers: tuple[int, ...]


@dataclass(frozen=True)
class CitedSource:
    """A source of a thing as its page lists it."""

    number: int
    citation: Citation
    name: DisplayedValue
    containing_source: DisplayedValue | None
    urls: tuple[DisplayedValue, ...]
    details: tuple[str, ...]
    properties: tuple[DisplayedValue, ...]


@dataclass(frozen=True)
class IncomingGroup:
    """The things that point to one by one property, each with its dates in words."""

    name: DisplayedValue
    entities: tuple[tuple[DisplayedValue, str], ...]
    is_folded: bool


@dataclass(frozen=True)
class EntityFiles:
    """The statements about one IRI as files, which both of its pages offer."""

    turtle: bytes
    jsonld: bytes

    @property
    def embedded(self) -> str:
        """The JSON-LD as a page may hold it: nothing in it can end the element in which it stands."""
        text = self.jsonld.decode()
        return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").strip()


def build_entity_files(site: SiteConfig, iri: str) -> EntityFiles:
    """Return the statements about an IRI as files."""
    quads = site.graph_index.collect_triples(iri)
    iris = {term.value for quad in quads for term in split_quad(quad) if isinstance(term, ox.NamedNode)}
    iris |= {quad.object.datatype.value for quad in quads if isinstance(quad.object, ox.Literal)}
    used = {(site.shorten_iri(one) or "").partition(":")[0] for one in iris}
    prefixes = PrefixMap({name: site.prefixes[name] for name in site.prefixes if name in used})
    return EntityFiles(
        turtle=CanonicalTurtleWriter(prefixes).serialize(quads, name=iri).lstrip("\n").encode(),
        jsonld=serialize(quads, "jsonld", prefixes).encode(),
    )


def build_entity_context(
    view: PageContext,
    iri: str,
    facts: EntityFacts,
    dataset_info: DatasetInfo,
    headings: Mapping[str, str],
    embedded: str,
) -> dict[str, object]:
    """Return what the template of a thing is filled with.

    Args:
        view: the page.
        iri: what it is about.
        facts: what the queries say of things.
        dataset_info: the dataset.
        headings: what the lists are called.
        embedded: the statements as JSON-LD, safe within a page.
    """
    content = view.site.graph_index
    listed = facts.citations.get(iri, [])
    sources = tuple(_build_cited_source(view, number, one) for number, one in enumerate(listed, 1))
    label, label_lang = view.find_label(iri)
    word = extract_section(iri)
    trail = [(view.ui_strings["home"], "")]
    if word in headings:
        trail.append((headings[word], word))
    graph = iri if iri in content.subjects_by_graph else ""
    return view.build_template_context(
        label,
        trail,
        iri=iri,
        label=label,
        label_lang=label_lang,
        other_label=view.find_other_label(iri),
        types=[view.display_iri(one) for one in content.list_types(iri)],
        when=_format_dates(view, iri, facts),
        badges=_collect_concepts(view, iri),
        rows=_build_property_rows(view, iri, listed),
        sources=sources,
        contrary=[view.display_iri(one) for one in [iri, *facts.conflicting_claims[iri]]]
        if iri in facts.conflicting_claims
        else [],
        incoming=_group_incoming_links(view, iri, facts),
        graph_path=to_graph_path(graph) if graph else "",
        graph_holds=[view.display_iri(one) for one in content.subjects_by_graph.get(graph, [])],
        stored=[
            (view.display_iri(one), to_graph_path(one)) for one in content.graphs_by_subject.get(iri, [])
        ],
        uses=content.predicate_counts.get(iri, 0),
        instances=len(content.instances_by_class.get(iri, [])),
        cite=dataset_info.format_citation(label, iri, view.lang),
        embedded=embedded,
    )


def _format_dates(view: PageContext, iri: str, facts: EntityFacts) -> str:
    return to_text(facts.date_spans[iri], view.lang) if iri in facts.date_spans else ""


def _collect_concepts(view: PageContext, iri: str) -> list[tuple[DisplayedValue, list[DisplayedValue]]]:
    """Return the concepts by which a thing is classed, by property."""
    content = view.site.graph_index
    found: dict[str, list[DisplayedValue]] = {}
    for quad in content.triples_by_subject.get(iri, []):
        if isinstance(quad.object, ox.NamedNode) and quad.object.value in content.concepts:
            found.setdefault(quad.predicate.value, []).append(view.display_term(quad.object))
    return [(view.display_iri(name), values) for name, values in found.items()]


def _build_property_rows(view: PageContext, iri: str, listed: list[Citation]) -> list[PropertyRow]:
    quads = view.site.graph_index.triples_by_subject.get(iri, [])
    numbers: dict[str, list[int]] = {}
    for number, cited in enumerate(listed, 1):
        for statement in cited.properties:
            numbers.setdefault(statement, []).append(number)
    rows = []
    for predicate, group in groupby(quads, key=lambda quad: quad.predicate.value):
        values = [split_quad(quad)[2] for quad in group]
        is_text = any(isinstance(one, ox.Literal) and one.language for one in values)
        # The page's own language first.
        values.sort(key=view.is_foreign_language)
        row = PropertyRow(
            view.display_iri(predicate),
            tuple(map(view.display_term, values)),
            tuple(numbers.get(predicate, ())),
        )
        last = _TRAILING_PROPERTIES.index(predicate) + 1 if predicate in _TRAILING_PROPERTIES else 0
        rows.append(((last, not is_text, row.name.text), row))
    return [row for _, row in sorted(rows, key=lambda one: one[0])]


def _build_cited_source(view: PageContext, number: int, cited: Citation) -> CitedSource:
    content = view.site.graph_index
    (whole, *_) = [*content.list_objects(cited.source, f"{DCTERMS}isPartOf"), None]
    described = whole.value if isinstance(whole, ox.NamedNode) else cited.source
    details = [
        one.value
        for name in (_PUBLISHER, f"{DCTERMS}issued")
        for one in content.list_objects(described, name)
        if isinstance(one, ox.Literal)
    ]
    return CitedSource(
        number=number,
        citation=cited,
        name=view.display_iri(cited.source),
        containing_source=view.display_term(whole) if whole is not None and not cited.judgement else None,
        urls=tuple(view.display_term(one) for one in content.list_objects(described, _URL)),
        details=tuple(details),
        properties=()
        if cited.covers_whole_entity
        else tuple(view.display_iri(one) for one in cited.properties),
    )


def _group_incoming_links(view: PageContext, iri: str, facts: EntityFacts) -> list[IncomingGroup]:
    groups = []
    for predicate, group in groupby(
        view.site.graph_index.incoming_links.get(iri, []), key=lambda pair: pair[0]
    ):
        things = tuple((view.display_iri(one), _format_dates(view, one, facts)) for _, one in group)
        groups.append(IncomingGroup(view.display_iri(predicate), things, len(things) > _FOLD_THRESHOLD))
    return groups
