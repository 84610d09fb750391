"""The documentation of the ontology and of the schemes of concepts."""

from __future__ import annotations

from dataclasses import dataclass

from msme_kg.namespaces import OWL, RDFS, SKOS
from msme_kg.publish.site.index_pages import CONCEPT_SCHEME
from msme_kg.publish.site.page_context import DisplayedValue, PageContext

_CLASS_TYPES = (f"{OWL}Class",)
_PROPERTY_TYPES = (f"{OWL}ObjectProperty", f"{OWL}DatatypeProperty", f"{OWL}AnnotationProperty")


@dataclass(frozen=True)
class TermEntry:
    """A class, property or concept with what its documentation says.

    Attributes:
        anchor: the end of its IRI after the fragment sign.
        name: its name and link.
        other_label: its name in the other language and that language, or None.
        curie: its IRI in short.
        definitions: in the page's language first.
        links: property and values, such as the superclasses.
        count: how many instances it has, or statements it stands in.
        narrower: the concepts under it.
    """

    anchor: str
    name: DisplayedValue
    other_label: tuple[str, str] | None
    curie: str
    definitions: tuple[DisplayedValue, ...]
    links: tuple[tuple[str, tuple[DisplayedValue, ...]], ...]
    count: int
    narrower: tuple[TermEntry, ...] = ()


def build_ontology_context(view: PageContext, iri: str) -> dict[str, object]:
    """Return what the template of an ontology adds to the page of its IRI: the terms that it defines."""
    content = view.site.graph_index
    own = [thing for name, thing in content.incoming_links.get(iri, []) if name == f"{RDFS}isDefinedBy"]

    def list_terms(types: tuple[str, ...]) -> list[TermEntry]:
        found = [iri for iri in own if set(types) & set(content.list_types(iri))]
        shown = [_build_term_entry(view, iri) for iri in found]
        return sorted(shown, key=lambda one: one.anchor.casefold())

    return {"classes": list_terms(_CLASS_TYPES), "properties": list_terms(_PROPERTY_TYPES)}


def build_schemes_context(view: PageContext, title: str) -> dict[str, object]:
    """Return what the template of the schemes is filled with."""
    content = view.site.graph_index
    found = []
    for iri in content.instances_by_class.get(CONCEPT_SCHEME, []):
        concepts = [thing for name, thing in content.incoming_links.get(iri, []) if name == f"{SKOS}inScheme"]
        above = {one: _list_broader(view, one) & set(concepts) for one in concepts}
        tops = [one for one in concepts if not above[one]]
        children = {one: [other for other in concepts if one in above[other]] for one in concepts}
        found.append(
            (_build_term_entry(view, iri), tuple(_build_tree(view, one, children, ()) for one in tops))
        )
    found.sort(key=lambda pair: pair[0].name.text.casefold())
    return view.build_template_context(
        title,
        [(view.ui_strings["home"], "")],
        schemes=found,
        lead=view.ui_strings["scheme_lead"],
    )


def _list_broader(view: PageContext, iri: str) -> set[str]:
    return {one.value for one in view.site.graph_index.list_objects(iri, f"{SKOS}broader")}


def _build_tree(
    view: PageContext, iri: str, children: dict[str, list[str]], above: tuple[str, ...]
) -> TermEntry:
    below = [one for one in children[iri] if one not in above and one != iri]  # a circle ends here
    return _build_term_entry(
        view, iri, tuple(_build_tree(view, one, children, (*above, iri)) for one in below)
    )


def _build_term_entry(view: PageContext, iri: str, narrower: tuple[TermEntry, ...] = ()) -> TermEntry:
    content, words = view.site.graph_index, view.ui_strings
    named = {
        words["subclass"]: f"{RDFS}subClassOf",
        words["subproperty"]: f"{RDFS}subPropertyOf",
        words["property_domain"]: f"{RDFS}domain",
        words["property_range"]: f"{RDFS}range",
    }
    links = [
        (word, tuple(map(view.display_term, content.list_objects(iri, name)))) for word, name in named.items()
    ]
    is_class = bool(set(_CLASS_TYPES) & set(content.list_types(iri)))
    count = len(content.instances_by_class.get(iri, [])) if is_class else content.predicate_counts.get(iri, 0)
    if iri in content.concepts:
        count = len({thing for _, thing in content.incoming_links.get(iri, [])})
    return TermEntry(
        anchor=iri.rpartition("#")[2],
        name=view.display_iri(iri),
        other_label=view.find_other_label(iri),
        curie=view.site.shorten_iri(iri) or iri,
        definitions=tuple(
            map(
                view.display_term,
                sorted(content.list_objects(iri, f"{SKOS}definition"), key=view.is_foreign_language),
            )
        ),
        links=tuple((word, values) for word, values in links if values),
        count=count,
        narrower=narrower,
    )
