"""What kind of file an ending stands for: media type, entry in the EU table of file types, name."""

from __future__ import annotations

from dataclasses import dataclass

from msme_kg.publish.portal.rdf_builder import LanguageMap

GZIP = "application/gzip"


@dataclass(frozen=True)
class DistributionFormat:
    """A kind of file.

    Attributes:
        media_type: as IANA registers it.
        file_type: its code in the table of file types of the EU Publications Office.
        format_iri: its IRI at W3C, by which VoID and service descriptions name it.
        title: what people call it, by language.
    """

    media_type: str
    file_type: str
    format_iri: str
    title: LanguageMap


_W3C = "http://www.w3.org/ns/formats/"
SYNTAXES = {"ttl": "turtle", "nt": "ntriples", "trig": "trig", "jsonld": "jsonld"}
"""For each ending of a dump the syntax in which it is written."""

_MERGED_GRAPH = {"en": "all statements as one graph", "zh-Hant": "全部陳述合為一圖"}
_NAMED_GRAPHS = {"en": "each file of the graph as a named graph", "zh-Hant": "每一檔案各為一具名圖"}


def _format_title(name: str, what: LanguageMap) -> LanguageMap:
    return {"en": f"{name}: {what['en']}", "zh-Hant": f"{name}：{what['zh-Hant']}"}


DISTRIBUTION_FORMATS = {
    "ttl": DistributionFormat(
        "text/turtle", "RDF_TURTLE", f"{_W3C}Turtle", _format_title("Turtle", _MERGED_GRAPH)
    ),
    "nt": DistributionFormat(
        "application/n-triples",
        "RDF_N_TRIPLES",
        f"{_W3C}N-Triples",
        _format_title("N-Triples", _MERGED_GRAPH),
    ),
    "trig": DistributionFormat(
        "application/trig", "RDF_TRIG", f"{_W3C}TriG", _format_title("TriG", _NAMED_GRAPHS)
    ),
    "jsonld": DistributionFormat(
        "application/ld+json", "JSON_LD", f"{_W3C}JSON-LD", _format_title("JSON-LD", _MERGED_GRAPH)
    ),
}
"""The media of dumps by ending."""
