"""Entity pages: labels, classes, dates, statements with their sources, and incoming links of an IRI."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import pyoxigraph as ox

from msme_kg.entities.date_windows import DateWindow
from msme_kg.message_catalog import select_messages
from msme_kg.namespaces import DCTERMS, RDFS, SKOS, PrefixMap
from msme_kg.publish.site.answer_tables import build_answer_context
from msme_kg.publish.site.dataset_info import DatasetInfo
from msme_kg.publish.site.displayed_value import DisplayedValue
from msme_kg.publish.site.entity_citations import Citation
from msme_kg.publish.site.entity_facts import EntityFacts
from msme_kg.publish.site.graph_index import RDF_TYPE
from msme_kg.publish.site.neighbourhood import draw_neighbourhood
from msme_kg.publish.site.page_context import PageContext, SiteConfig
from msme_kg.publish.site.urls import extract_section
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.rdf.serializers import serialize
from msme_kg.rdf.terms import Term, split_quad
from msme_kg.rendering.entity_answer import AnswerPart
from msme_kg.repository import to_graph_path

_TRAILING_PROPERTIES = (f"{RDFS}label", f"{SKOS}prefLabel", RDF_TYPE, f"{DCTERMS}source")
"""Properties listed last, because the page displays their values elsewhere too."""

REPLACED_BY = f"{DCTERMS}isReplacedBy"
"""The property that leads from a deprecated entity to what replaces it."""
_LANGUAGE = ("http://purl.org/dc/elements/1.1/language", f"{DCTERMS}language")
_URL = "https://schema.org/url"
_IMPRINT = ("http://purl.org/dc/elements/1.1/publisher", f"{DCTERMS}publisher", f"{DCTERMS}issued")
_FOLD_THRESHOLD = 12
"""The number of links above which a group of incoming links is collapsed."""


@dataclass(frozen=True)
class PropertyRow:
    """A property with its values and the numbers of the sources that state them."""

    name: DisplayedValue
    values: tuple[DisplayedValue, ...]
    source_numbers: tuple[int, ...]


@dataclass(frozen=True)
class CitedSource:
    """A source in the list of sources of an entity."""

    number: int
    citation: Citation
    name: DisplayedValue
    containing_source: DisplayedValue | None
    urls: tuple[DisplayedValue, ...]
    details: tuple[str, ...]
    properties: tuple[DisplayedValue, ...]
    own_values: tuple[tuple[DisplayedValue, DisplayedValue], ...]
    record_properties: tuple[DisplayedValue, ...]


@dataclass(frozen=True)
class IncomingGroup:
    """The entities that link to an entity by one property, each with its date window, or None."""

    name: DisplayedValue
    entities: tuple[tuple[DisplayedValue, DisplayedValue | None], ...]
    is_folded: bool


@dataclass(frozen=True)
class EntityFiles:
    """The triples of an entity as files.

    Attributes:
        site: the graph.
        iri: the entity.
    """

    site: SiteConfig
    iri: str

    def serialize_turtle(self) -> bytes:
        """Return the triples in canonical Turtle."""
        writer = CanonicalTurtleWriter(self._prefixes)
        return writer.serialize(self._quads, name=self.iri).lstrip("\n").encode()

    @cached_property
    def jsonld(self) -> bytes:
        """The triples as JSON-LD."""
        return serialize(self._quads, "jsonld", self._prefixes).encode()

    @property
    def embedded(self) -> str:
        """The JSON-LD escaped for a ``script`` element, so that no text in it can end the element."""
        text = self.jsonld.decode()
        return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").strip()

    @cached_property
    def _quads(self) -> list[ox.Quad]:
        return self.site.graph_index.collect_triples(self.iri)

    @cached_property
    def _prefixes(self) -> PrefixMap:
        """The prefixes that the triples use."""
        terms = [term for quad in self._quads for term in split_quad(quad)]
        iris = {term.value for term in terms if isinstance(term, ox.NamedNode)}
        iris |= {term.datatype.value for term in terms if isinstance(term, ox.Literal)}
        used = {(self.site.shorten_iri(iri) or "").partition(":")[0] for iri in iris}
        return PrefixMap({name: self.site.prefixes[name] for name in self.site.prefixes if name in used})


def build_entity_context(
    view: PageContext,
    iri: str,
    facts: EntityFacts,
    dataset_info: DatasetInfo,
    headings: Mapping[str, str],
    embedded: str,
    parts: Sequence[AnswerPart],
    citations: Sequence[Citation],
) -> dict[str, object]:
    """Return the template context of an entity page.

    Args:
        view: the page.
        iri: the entity.
        facts: results of the export queries.
        dataset_info: the metadata of the dataset.
        headings: the heading of each section's list.
        embedded: the triples as JSON-LD, escaped for the page.
        parts: the answer about the entity.
        citations: its citations.
    """
    content = view.site.graph_index
    label, label_lang = view.find_label(iri)
    section = extract_section(iri)
    breadcrumbs = [(view.messages["home"], "")]
    if section in headings:
        breadcrumbs.append((headings[section], section))
    contrary = [claim for claim in facts.conflicting_claims.get(iri, ()) if not content.is_absent(claim)]
    graph = iri if iri in content.subjects_by_graph else ""
    return view.build_template_context(
        label,
        breadcrumbs,
        iri=iri,
        is_absent=content.is_absent(iri),
        is_entity=section in facts.classes_by_section,
        label=label,
        label_lang=label_lang,
        other_label=view.find_label_in_other_language(iri),
        is_deprecated=iri in content.deprecated,
        replacements=[view.display_term(term) for term in content.list_objects(iri, REPLACED_BY)],
        types=[view.display_iri(type_iri) for type_iri in content.list_types(iri)],
        **build_answer_context(view, parts),
        rows=_build_property_rows(view, iri, facts, citations),
        sources=tuple(itertools.starmap(partial(_build_cited_source, view), enumerate(citations, 1))),
        contrary=[view.display_iri(claim) for claim in (iri, *contrary)] if contrary else [],
        neighbours=draw_neighbourhood(view, iri, facts),
        incoming=_group_incoming_links(view, iri, facts, _list_named(parts)),
        graph_path=to_graph_path(graph) if graph else "",
        graph_holds=[view.display_iri(subject) for subject in content.list_subjects(graph)],
        stored=[
            (view.display_iri(name), to_graph_path(name)) for name in content.graphs_by_subject.get(iri, [])
        ],
        uses=0 if view.site.as_of else content.predicate_counts.get(iri, 0),
        instances=len(content.list_instances(iri)),
        cite=dataset_info.format_citation(label, iri, view.lang),
        embedded=embedded,
    )


def _display_dates(view: PageContext, iri: str, facts: EntityFacts) -> DisplayedValue | None:
    return view.display_window(facts.date_windows.get(iri, DateWindow()))


def _build_property_rows(
    view: PageContext, iri: str, facts: EntityFacts, citations: Sequence[Citation]
) -> list[PropertyRow]:
    content = view.site.graph_index
    names = {*content.labels.get(iri, {}).values(), *facts.other_names.get(iri, ())}
    quads = [
        quad
        for quad in content.get_triples(iri)
        if view.can_show(value := split_quad(quad)[2]) or value.value in names  # a name may have a later year
    ]
    numbers: dict[str, list[int]] = {}
    for number, citation in enumerate(citations, 1):
        for name in citation.properties:
            numbers.setdefault(name, []).append(number)
    rows = []
    for predicate, group in itertools.groupby(quads, key=lambda quad: quad.predicate.value):
        values = [split_quad(quad)[2] for quad in group]
        is_text = any(isinstance(value, ox.Literal) and value.language for value in values)
        values.sort(key=view.is_foreign_language)  # the language of the page first
        row = PropertyRow(
            view.display_iri(predicate),
            tuple(_display_value(view, predicate, value) for value in values),
            tuple(numbers.get(predicate, ())),
        )
        rank = _TRAILING_PROPERTIES.index(predicate) + 1 if predicate in _TRAILING_PROPERTIES else 0
        rows.append(((rank, not is_text, row.name.text), row))
    return [row for _, row in sorted(rows, key=lambda keyed: keyed[0])]


def _display_value(view: PageContext, predicate: str, value: Term) -> DisplayedValue:
    """Return a value for display; a language by its name."""
    name = select_messages("language.", view.lang).get(value.value) if predicate in _LANGUAGE else None
    return DisplayedValue("text", name) if name else view.display_term(value)


def _build_cited_source(view: PageContext, number: int, citation: Citation) -> CitedSource:
    content = view.site.graph_index
    (container, *_) = [*content.list_objects(citation.source, f"{DCTERMS}isPartOf"), None]
    described = container.value if isinstance(container, ox.NamedNode) else citation.source
    details = [
        view.display_iri(term.value).text if isinstance(term, ox.NamedNode) else term.value
        for name in _IMPRINT
        for term in content.list_objects(described, name)
        if not isinstance(term, ox.BlankNode)
    ]
    return CitedSource(
        number=number,
        citation=citation,
        name=view.display_iri(citation.source),
        containing_source=view.display_term(container) if container and not citation.judgement else None,
        urls=tuple(map(view.display_term, content.list_objects(described, _URL))),
        details=tuple(details),
        properties=tuple(map(view.display_iri, citation.properties)),
        own_values=tuple(
            (view.display_iri(name), view.display_term(value))
            for name, value in citation.own_values
            if view.can_show(value)
        ),
        record_properties=tuple(map(view.display_iri, citation.record_properties)),
    )


def _list_named(parts: Iterable[AnswerPart]) -> set[str]:
    """Return the IRIs in the cells of an answer."""
    terms = (term for part in parts for row in part.table.solutions.rows for term in row)
    return {term.value for term in terms if isinstance(term, ox.NamedNode)}


def _group_incoming_links(
    view: PageContext, iri: str, facts: EntityFacts, named: set[str]
) -> list[IncomingGroup]:
    """Return the links to an entity by property; of a class without instances that its answer lists.

    Args:
        view: the page.
        iri: the entity.
        facts: results of the export queries.
        named: the IRIs that the answer about the entity names.
    """
    groups = []
    links = view.site.graph_index.list_incoming_links(iri)
    for predicate, group in itertools.groupby(links, key=lambda link: link[0]):
        subjects = [subject for _, subject in group]
        if predicate == RDF_TYPE and named.issuperset(subjects):
            continue
        entities = tuple(
            (view.display_iri(subject), _display_dates(view, subject, facts)) for subject in subjects
        )
        groups.append(IncomingGroup(view.display_iri(predicate), entities, len(entities) > _FOLD_THRESHOLD))
    return groups
