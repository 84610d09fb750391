"""Documentation pages of the ontology and of the SKOS concept schemes."""

from __future__ import annotations

from dataclasses import dataclass

from msme_kg.namespaces import OWL, RDFS, SKOS
from msme_kg.publish.site.displayed_value import DisplayedValue
from msme_kg.publish.site.index_pages import CONCEPT_SCHEME
from msme_kg.publish.site.page_context import PageContext

_DOMAIN_INCLUDES = "https://schema.org/domainIncludes"
_CLASS_TYPES = (f"{OWL}Class",)
_PROPERTY_TYPES = (f"{OWL}ObjectProperty", f"{OWL}DatatypeProperty", f"{OWL}AnnotationProperty")


@dataclass(frozen=True)
class TermEntry:
    """The documentation of a class, property or concept.

    Attributes:
        anchor: the fragment of its IRI.
        name: its label and link.
        other_label: its label in the other language with that language, or None.
        curie: its CURIE.
        definitions: its definitions, in the language of the page first.
        links: labels of relations, such as the superclasses, with their values.
        count: the number of its instances or uses; None for uses as on a day, which are not counted.
        narrower: its narrower concepts.
    """

    anchor: str
    name: DisplayedValue
    other_label: tuple[str, str] | None
    curie: str
    definitions: tuple[DisplayedValue, ...]
    links: tuple[tuple[str, tuple[DisplayedValue, ...]], ...]
    count: int | None
    narrower: tuple[TermEntry, ...] = ()


def build_ontology_context(view: PageContext, iri: str) -> dict[str, object]:
    """Return the additions to the template context of an ontology: the current classes and properties."""
    content = view.site.graph_index
    terms = [
        term
        for name, term in content.list_incoming_links(iri)
        if name == f"{RDFS}isDefinedBy" and not content.list_objects(term, f"{OWL}deprecated")
    ]

    def list_terms(types: tuple[str, ...]) -> list[TermEntry]:
        entries = [_build_term_entry(view, term) for term in terms if {*types} & {*content.list_types(term)}]
        return sorted(entries, key=lambda entry: entry.anchor.casefold())

    return {"classes": list_terms(_CLASS_TYPES), "properties": list_terms(_PROPERTY_TYPES)}


def build_schemes_context(view: PageContext, title: str) -> dict[str, object]:
    """Return the template context of the concept schemes, each as a tree of concepts."""
    content = view.site.graph_index
    schemes = []
    for iri in content.list_instances(CONCEPT_SCHEME):
        links = content.list_incoming_links(iri)
        concepts = [concept for name, concept in links if name == f"{SKOS}inScheme"]
        broader = {concept: _list_broader(view, concept) & set(concepts) for concept in concepts}
        narrower = {
            concept: [other for other in concepts if concept in broader[other]] for concept in concepts
        }
        trees = tuple(
            _build_tree(view, concept, narrower, ()) for concept in concepts if not broader[concept]
        )
        schemes.append((_build_term_entry(view, iri), trees))
    schemes.sort(key=lambda scheme: scheme[0].name.text.casefold())
    return view.build_template_context(
        title, [(view.messages["home"], "")], schemes=schemes, lead=view.messages["scheme-lead"]
    )


def _list_broader(view: PageContext, iri: str) -> set[str]:
    return {term.value for term in view.site.graph_index.list_objects(iri, f"{SKOS}broader")}


def _build_tree(
    view: PageContext, iri: str, narrower: dict[str, list[str]], ancestors: tuple[str, ...]
) -> TermEntry:
    path = (*ancestors, iri)
    children = [child for child in narrower[iri] if child not in path]  # a cycle of skos:broader ends here
    return _build_term_entry(view, iri, tuple(_build_tree(view, child, narrower, path) for child in children))


def _build_term_entry(view: PageContext, iri: str, narrower: tuple[TermEntry, ...] = ()) -> TermEntry:
    content, messages = view.site.graph_index, view.messages
    relations = (
        ("subclass", f"{RDFS}subClassOf"),
        ("subproperty", f"{RDFS}subPropertyOf"),
        ("property-domain", f"{RDFS}domain"),
        ("property-domain", _DOMAIN_INCLUDES),
        ("property-range", f"{RDFS}range"),
    )
    links = [
        (messages[key], tuple(map(view.display_term, content.list_objects(iri, name))))
        for key, name in relations
    ]
    is_class = bool(set(_CLASS_TYPES) & set(content.list_types(iri)))
    count: int | None = None if view.site.as_of else content.predicate_counts.get(iri, 0)
    if is_class:
        count = len(content.list_instances(iri))
    elif iri in content.concepts:
        count = len({subject for _, subject in content.list_incoming_links(iri)})
    return TermEntry(
        anchor=iri.rpartition("#")[2],
        name=view.display_iri(iri),
        other_label=view.find_label_in_other_language(iri),
        curie=view.site.shorten_iri(iri) or iri,
        definitions=tuple(
            map(
                view.display_term,
                sorted(content.list_objects(iri, f"{SKOS}definition"), key=view.is_foreign_language),
            )
        ),
        links=tuple((label, values) for label, values in links if values),
        count=count,
        narrower=narrower,
    )
