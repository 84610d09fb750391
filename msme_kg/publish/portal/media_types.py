"""RDF formats of distributions: syntax, media type, EU file type code and title of each file extension."""

from __future__ import annotations

from dataclasses import dataclass

from msme_kg.message_catalog import format_in_all_languages
from msme_kg.publish.language_maps import LanguageMap

GZIP = "application/gzip"
IANA_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
"""The registry that DCAT-AP 3.0.1 requires for ``dcat:mediaType``; a media type follows."""

_W3C_FORMATS = "http://www.w3.org/ns/formats/"


@dataclass(frozen=True)
class DistributionFormat:
    """An RDF format.

    Attributes:
        name: its name, such as ``N-Triples``.
        syntax: its name in ``msme_kg.rdf.serializers``.
        media_type: its IANA media type.
        file_type: its code in the EU authority table of file types.
        has_named_graphs: whether it keeps the named graph of each statement.
    """

    name: str
    syntax: str
    media_type: str
    file_type: str
    has_named_graphs: bool = False

    @property
    def format_iri(self) -> str:
        """Its IRI in the W3C list of file formats, for VoID and service descriptions."""
        return f"{_W3C_FORMATS}{self.name}"

    @property
    def titles(self) -> LanguageMap:
        """The title of a dump in this format, by language."""
        message_id = "dcat.named-graphs" if self.has_named_graphs else "dcat.merged-graph"
        return format_in_all_languages(message_id, syntax=self.name)


DISTRIBUTION_FORMATS = {
    "ttl": DistributionFormat("Turtle", "turtle", "text/turtle", "RDF_TURTLE"),
    "nt": DistributionFormat("N-Triples", "ntriples", "application/n-triples", "RDF_N_TRIPLES"),
    "trig": DistributionFormat("TriG", "trig", "application/trig", "RDF_TRIG", has_named_graphs=True),
    "jsonld": DistributionFormat("JSON-LD", "jsonld", "application/ld+json", "JSON_LD"),
}
"""The formats of dumps by file extension."""


def get_format(path: str) -> DistributionFormat:
    """Return the format of a dump, which may be compressed with gzip."""
    return DISTRIBUTION_FORMATS[path.removesuffix(".gz").rpartition(".")[2]]
