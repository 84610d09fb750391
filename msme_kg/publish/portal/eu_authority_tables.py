"""What a catalogue says of the entries of public tables that it points to: type, table and label of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.publish.portal.rdf_builder import LanguageMap, PropertyValues, describe_node, to_lang_literals

EU_AUTHORITY = "http://publications.europa.eu/resource/authority/"
"""The tables of the EU Publications Office; a table and a code follow."""

DATA_THEME_TABLE = f"{EU_AUTHORITY}data-theme"
LICENCE_TYPES = "http://purl.org/adms/licencetype/"
_LICENCE_TYPE_SCHEME = f"{LICENCE_TYPES}1.0"
_IANA = "https://www.iana.org/assignments/media-types/"
_GEONAMES = "https://sws.geonames.org/"
_CC_BY = "https://creativecommons.org/licenses/by/"

_TABLES: dict[str, tuple[str, LanguageMap]] = {
    "access-right": ("dcterms:RightsStatement", {"en": "Access right", "zh-Hant": "存取權限"}),
    "continent": ("dcterms:Location", {"en": "Continent", "zh-Hant": "洲"}),
    "country": ("dcterms:Location", {"en": "Country", "zh-Hant": "國家"}),
    "data-theme": ("skos:Concept", {"en": "Data theme", "zh-Hant": "資料主題"}),
    "dataset-type": ("skos:Concept", {"en": "Dataset type", "zh-Hant": "資料集類型"}),
    "file-type": ("dcterms:MediaTypeOrExtent", {"en": "File type", "zh-Hant": "檔案類型"}),
    "frequency": ("dcterms:Frequency", {"en": "Frequency", "zh-Hant": "頻率"}),
    "language": ("dcterms:LinguisticSystem", {"en": "Language", "zh-Hant": "語言"}),
    "place": ("dcterms:Location", {"en": "Place", "zh-Hant": "地點"}),
    "planned-availability": ("skos:Concept", {"en": "Planned availability", "zh-Hant": "預定提供期間"}),
}
"""The tables by name: the class that DCAT-AP asks of their entries, and what they are called."""

_ENTRY_LABELS: dict[str, LanguageMap] = {
    "access-right/PUBLIC": {"en": "public", "zh-Hant": "公開"},
    "data-theme/ECON": {"en": "Economy and finance", "zh-Hant": "經濟與金融"},
    "data-theme/GOVE": {"en": "Government and public sector", "zh-Hant": "政府與公部門"},
    "data-theme/INTR": {"en": "International issues", "zh-Hant": "國際事務"},
    "file-type/JSON_LD": {"en": "JSON-LD", "zh-Hant": "JSON-LD"},
    "file-type/RDF_N_TRIPLES": {"en": "RDF N-Triples", "zh-Hant": "RDF N-Triples"},
    "file-type/RDF_TRIG": {"en": "RDF TriG", "zh-Hant": "RDF TriG"},
    "file-type/RDF_TURTLE": {"en": "RDF Turtle", "zh-Hant": "RDF Turtle"},
    "frequency/IRREG": {"en": "irregular", "zh-Hant": "不定期"},
    "language/ENG": {"en": "English", "zh-Hant": "英文"},
    "language/ZHO": {"en": "Chinese", "zh-Hant": "中文"},
    "planned-availability/AVAILABLE": {"en": "available", "zh-Hant": "可取得"},
}
"""The entries that have a label here; of another one its code is the label."""


def describe_authority_entries(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Yield type, table and label for each entry of a public table that some statements point to.

    DCAT-AP's shapes look for them in the catalogue itself, for nobody fetches the tables.

    Args:
        quads: the statements of a catalogue.
    """
    for iri in sorted({quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode)}):
        if iri.startswith(EU_AUTHORITY):
            yield from _describe_table_entry(iri.removeprefix(EU_AUTHORITY))
        elif iri.startswith(_IANA):
            yield from describe_node(iri, {"a": "dcterms:MediaType"})
        elif iri.startswith(_GEONAMES):
            yield from describe_node(iri, {"a": "dcterms:Location"})


def _describe_table_entry(path: str) -> Iterator[ox.Quad]:
    table, _, code = path.partition("/")
    kind, title = _TABLES.get(table, ("skos:Concept", {"en": table, "zh-Hant": table}))
    yield from describe_node(
        f"{EU_AUTHORITY}{table}", {"a": "skos:ConceptScheme", "dcterms:title": to_lang_literals(title)}
    )
    if code:
        label = _ENTRY_LABELS.get(path, {"en": code, "zh-Hant": code})
        entry: PropertyValues = {
            "a": kind,
            "skos:inScheme": f"{EU_AUTHORITY}{table}",
            "skos:prefLabel": to_lang_literals(label),
        }
        yield from describe_node(f"{EU_AUTHORITY}{path}", entry)


def describe_licence(iri: str) -> Iterator[ox.Quad]:
    """Yield that an address is a licence, and of which type where that is known."""
    yield from describe_node(iri, {"a": "dcterms:LicenseDocument"})
    if iri.startswith(_CC_BY):
        kind = f"{LICENCE_TYPES}Attribution"
        label, title = (
            {"en": "Attribution", "zh-Hant": "姓名標示"},
            {"en": "Licence type", "zh-Hant": "授權類型"},
        )
        yield from describe_node(iri, {"dcterms:type": kind})
        yield from describe_node(
            kind,
            {
                "a": "skos:Concept",
                "skos:inScheme": _LICENCE_TYPE_SCHEME,
                "skos:prefLabel": to_lang_literals(label),
            },
        )
        yield from describe_node(
            _LICENCE_TYPE_SCHEME, {"a": "skos:ConceptScheme", "dcterms:title": to_lang_literals(title)}
        )
