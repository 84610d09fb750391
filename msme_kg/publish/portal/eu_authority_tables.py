"""Entries of EU authority tables and other public code lists that a catalogue refers to.

The SHACL shapes of DCAT-AP 3.0.1 require the type, scheme and label of each entry in the catalogue itself,
because a validator does not fetch the code lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.message_catalog import format_in_all_languages, load_messages
from msme_kg.namespaces import LANGUAGES
from msme_kg.publish.language_maps import LanguageMap, to_lang_literals
from msme_kg.publish.portal.media_types import IANA_MEDIA_TYPES
from msme_kg.publish.portal.rdf_builder import describe_node

EU_AUTHORITY = "http://publications.europa.eu/resource/authority/"
"""The namespace of the authority tables of the EU Publications Office; ``<table>/<code>`` follows."""

DATA_THEME_TABLE = f"{EU_AUTHORITY}data-theme"
LICENCE_TYPES = "http://purl.org/adms/licencetype/"
_LICENCE_TYPE_SCHEME = f"{LICENCE_TYPES}1.0"
_GEONAMES = "https://sws.geonames.org/"
_CC_BY = "https://creativecommons.org/licenses/by/"

_ENTRY_CLASSES = {
    "access-right": "dcterms:RightsStatement",
    "continent": "dcterms:Location",
    "country": "dcterms:Location",
    "file-type": "dcterms:MediaTypeOrExtent",
    "frequency": "dcterms:Frequency",
    "language": "dcterms:LinguisticSystem",
    "place": "dcterms:Location",
}
"""The class that DCAT-AP 3.0.1 requires of the entries of a table; ``skos:Concept`` for the other tables."""

_FILE_TYPE_LABELS = {
    "file-type/JSON_LD": "JSON-LD",
    "file-type/RDF_N_TRIPLES": "RDF N-Triples",
    "file-type/RDF_TRIG": "RDF TriG",
    "file-type/RDF_TURTLE": "RDF Turtle",
}
"""Labels that are the same in all languages."""


def describe_authority_entries(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Yield type, scheme and label of each code list entry that a catalogue refers to.

    Args:
        quads: the catalogue.
    """
    for iri in sorted({quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode)}):
        if iri.startswith(EU_AUTHORITY):
            yield from _describe_table_entry(iri.removeprefix(EU_AUTHORITY))
        elif iri.startswith(IANA_MEDIA_TYPES):
            yield from describe_node(iri, {"a": "dcterms:MediaType"})
        elif iri.startswith(_GEONAMES):
            yield from describe_node(iri, {"a": "dcterms:Location"})


def _describe_table_entry(path: str) -> Iterator[ox.Quad]:
    table, _, code = path.partition("/")
    scheme = f"{EU_AUTHORITY}{table}"
    yield from _describe_scheme(scheme, _get_labels(table))
    if code:
        entry_class = _ENTRY_CLASSES.get(table, "skos:Concept")
        yield from _describe_entry(f"{EU_AUTHORITY}{path}", entry_class, scheme, _get_labels(path))


def _get_labels(path: str) -> LanguageMap:
    """Return the labels of a table or an entry; an unknown one is labelled with its code."""
    code = path.rpartition("/")[2]
    return {
        lang: load_messages(lang).get(f"eu-authority.{path}", _FILE_TYPE_LABELS.get(path, code))
        for lang in LANGUAGES
    }


def _describe_scheme(iri: str, titles: LanguageMap) -> Iterator[ox.Quad]:
    yield from describe_node(iri, {"a": "skos:ConceptScheme", "dcterms:title": to_lang_literals(titles)})


def _describe_entry(iri: str, entry_class: str, scheme: str, labels: LanguageMap) -> Iterator[ox.Quad]:
    yield from describe_node(
        iri, {"a": entry_class, "skos:inScheme": scheme, "skos:prefLabel": to_lang_literals(labels)}
    )


def describe_licence(iri: str) -> Iterator[ox.Quad]:
    """Yield the class of a licence, and the ADMS licence type of a Creative Commons Attribution licence."""
    yield from describe_node(iri, {"a": "dcterms:LicenseDocument"})
    if iri.startswith(_CC_BY):
        licence_type = f"{LICENCE_TYPES}Attribution"
        labels = format_in_all_languages("licence-type.attribution")
        yield from describe_node(iri, {"dcterms:type": licence_type})
        yield from _describe_entry(licence_type, "skos:Concept", _LICENCE_TYPE_SCHEME, labels)
        yield from _describe_scheme(_LICENCE_TYPE_SCHEME, format_in_all_languages("licence-type.scheme"))
