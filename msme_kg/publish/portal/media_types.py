"""What kind of file an ending stands for: media type, entry in the EU table of file types, name."""

from __future__ import annotations

from dataclasses import dataclass

from msme_kg.publish.portal.rdf_builder import Words

GZIP = "application/gzip"


@dataclass(frozen=True)
class Medium:
    """A kind of file.

    Attributes:
        media_type: as IANA registers it.
        file_type: its code in the table of file types of the EU Publications Office.
        unique_format: its IRI at W3C, by which VoID and service descriptions name it.
        title: what people call it, by language.
    """

    media_type: str
    file_type: str
    unique_format: str
    title: Words


_W3C = "http://www.w3.org/ns/formats/"
SYNTAXES = {"ttl": "turtle", "nt": "ntriples", "trig": "trig", "jsonld": "jsonld"}
"""For each ending of a dump the syntax in which it is written."""

_WHOLE = {"en": "all statements as one graph", "zh-Hant": "全部陳述合為一圖"}
_APART = {"en": "each file of the graph as a named graph", "zh-Hant": "每一檔案各為一具名圖"}


def _titled(name: str, what: Words) -> Words:
    return {"en": f"{name}: {what['en']}", "zh-Hant": f"{name}：{what['zh-Hant']}"}


MEDIA = {
    "ttl": Medium("text/turtle", "RDF_TURTLE", f"{_W3C}Turtle", _titled("Turtle", _WHOLE)),
    "nt": Medium("application/n-triples", "RDF_N_TRIPLES", f"{_W3C}N-Triples", _titled("N-Triples", _WHOLE)),
    "trig": Medium("application/trig", "RDF_TRIG", f"{_W3C}TriG", _titled("TriG", _APART)),
    "jsonld": Medium("application/ld+json", "JSON_LD", f"{_W3C}JSON-LD", _titled("JSON-LD", _WHOLE)),
}
"""The media of dumps by ending."""
