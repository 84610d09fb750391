"""The documentation of the ontology and of the schemes of concepts."""

from __future__ import annotations

from dataclasses import dataclass

from msme_kg.namespaces import OWL, RDFS, SKOS
from msme_kg.publish.site.index_pages import SCHEME
from msme_kg.publish.site.page_context import Shown, View

_CLASSES = (f"{OWL}Class",)
_PROPERTIES = (f"{OWL}ObjectProperty", f"{OWL}DatatypeProperty", f"{OWL}AnnotationProperty")


@dataclass(frozen=True)
class TermShown:
    """A class, property or concept with what its documentation says.

    Attributes:
        anchor: the end of its IRI after the fragment sign.
        name: its name and link.
        other: its name in the other language and that language, or None.
        curie: its IRI in short.
        definitions: in the page's language first.
        links: property and values, such as the superclasses.
        count: how many instances it has, or statements it stands in.
        narrower: the concepts under it.
    """

    anchor: str
    name: Shown
    other: tuple[str, str] | None
    curie: str
    definitions: tuple[Shown, ...]
    links: tuple[tuple[str, tuple[Shown, ...]], ...]
    count: int
    narrower: tuple[TermShown, ...] = ()


def ontology(view: View, iri: str) -> dict[str, object]:
    """Return what the template of an ontology adds to the page of its IRI: the terms that it defines."""
    content = view.site.content
    own = [thing for name, thing in content.into.get(iri, []) if name == f"{RDFS}isDefinedBy"]

    def of(types: tuple[str, ...]) -> list[TermShown]:
        found = [iri for iri in own if set(types) & set(content.types(iri))]
        shown = [_term(view, iri) for iri in found]
        return sorted(shown, key=lambda one: one.anchor.casefold())

    return {"classes": of(_CLASSES), "properties": of(_PROPERTIES)}


def schemes(view: View, title: str) -> dict[str, object]:
    """Return what the template of the schemes is filled with."""
    content = view.site.content
    found = []
    for iri in content.instances.get(SCHEME, []):
        concepts = [thing for name, thing in content.into.get(iri, []) if name == f"{SKOS}inScheme"]
        above = {one: _broader(view, one) & set(concepts) for one in concepts}
        tops = [one for one in concepts if not above[one]]
        children = {one: [other for other in concepts if one in above[other]] for one in concepts}
        found.append((_term(view, iri), tuple(_tree(view, one, children, ()) for one in tops)))
    found.sort(key=lambda pair: pair[0].name.text.casefold())
    return view.frame(
        title,
        [(view.words["home"], "")],
        schemes=found,
        lead=view.words["scheme_lead"],
    )


def _broader(view: View, iri: str) -> set[str]:
    return {one.value for one in view.site.content.objects(iri, f"{SKOS}broader")}


def _tree(view: View, iri: str, children: dict[str, list[str]], above: tuple[str, ...]) -> TermShown:
    below = [one for one in children[iri] if one not in above and one != iri]  # a circle ends here
    return _term(view, iri, tuple(_tree(view, one, children, (*above, iri)) for one in below))


def _term(view: View, iri: str, narrower: tuple[TermShown, ...] = ()) -> TermShown:
    content, words = view.site.content, view.words
    named = {
        words["subclass"]: f"{RDFS}subClassOf",
        words["subproperty"]: f"{RDFS}subPropertyOf",
        words["property_domain"]: f"{RDFS}domain",
        words["property_range"]: f"{RDFS}range",
    }
    links = [(word, tuple(map(view.value, content.objects(iri, name)))) for word, name in named.items()]
    is_class = bool(set(_CLASSES) & set(content.types(iri)))
    count = len(content.instances.get(iri, [])) if is_class else content.uses.get(iri, 0)
    if iri in content.concepts:
        count = len({thing for _, thing in content.into.get(iri, [])})
    return TermShown(
        anchor=iri.rpartition("#")[2],
        name=view.thing(iri),
        other=view.other_label(iri),
        curie=view.site.curie(iri) or iri,
        definitions=tuple(
            map(view.value, sorted(content.objects(iri, f"{SKOS}definition"), key=view.is_foreign))
        ),
        links=tuple((word, values) for word, values in links if values),
        count=count,
        narrower=narrower,
    )
