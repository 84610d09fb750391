"""Release metadata: the described dataset, its release date, and the URLs of the published folder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import pyoxigraph as ox

from msme_kg.errors import InputError, UsageError, to_printable
from msme_kg.namespaces import LANGUAGES, RDF, PrefixMap
from msme_kg.publish.language_maps import LanguageMap, to_language_map
from msme_kg.publish.portal.rdf_builder import PORTAL_PREFIXES
from msme_kg.rdf.terms import Term, split_quad


@dataclass(frozen=True)
class DatasetMetadata:
    """A release of a dataset.

    Attributes:
        quads: the result of the export query ``catalog``: the description of the dataset.
        prefixes: the prefixes of the graph.
        dataset_iri: the IRI of the ``dcat:Dataset``.
        base_url: the URL of the published folder, with a trailing slash.
        endpoint: the URL of a SPARQL endpoint that serves the dataset, if any.
        release_date: the date of the release, ``YYYY-MM-DD``.
    """

    quads: tuple[ox.Quad, ...]
    prefixes: PrefixMap
    dataset_iri: str
    base_url: str
    endpoint: str | None
    release_date: str

    @property
    def slug(self) -> str:
        """The last segment of the IRI, used in file names."""
        return self.dataset_iri.rpartition("/")[2]

    def list_values(self, curie: str, subject: str | None = None) -> list[Term]:
        """Return the values of a property of the dataset, or of another subject, sorted."""
        node = ox.NamedNode(subject or self.dataset_iri)
        predicate = ox.NamedNode(_expand_curie(curie))
        values = {
            split_quad(quad)[2] for quad in self.quads if (quad.subject, quad.predicate) == (node, predicate)
        }
        return sorted(values, key=str)

    def list_literals(self, curie: str, subject: str | None = None) -> list[ox.Literal]:
        """Return the literals among the values of a property, sorted."""
        return [term for term in self.list_values(curie, subject) if isinstance(term, ox.Literal)]

    def read_language_map(self, curie: str, subject: str | None = None) -> LanguageMap:
        """Return the language-tagged literals of a property by language, in the order of ``LANGUAGES``."""
        texts = to_language_map(self.list_values(curie, subject))
        return {lang: texts[lang] for lang in LANGUAGES if lang in texts}

    def find_value(self, curie: str, subject: str | None = None) -> str:
        """Return the first value of a property as text; empty if it has none."""
        values = self.list_values(curie, subject)
        return values[0].value if values else ""

    @property
    def publisher_name(self) -> LanguageMap:
        """The name of the publisher by language."""
        return self.read_language_map("foaf:name", self.find_value("dcterms:publisher"))

    def resolve_url(self, path: str) -> str:
        """Return the URL of a file of the published folder."""
        return f"{self.base_url}{path}"


def find_dataset(quads: Iterable[ox.Quad]) -> str:
    """Return the IRI of the only ``dcat:Dataset`` of a catalogue.

    Raises:
        InputError: the catalogue has no dataset, or several.
    """
    dataset_class = ox.NamedNode(_expand_curie("dcat:Dataset"))
    iris = sorted(
        {
            quad.subject.value
            for quad in quads
            if quad.predicate.value == f"{RDF}type"
            and quad.object == dataset_class
            and isinstance(quad.subject, ox.NamedNode)
        }
    )
    if len(iris) != 1:
        raise InputError(
            f"a catalogue needs one dcat:Dataset, and the graph has {len(iris)}",
            hint="describe the graph as one dcat:Dataset with title, description and licence",
        )
    return iris[0]


def find_release_date(quads: Iterable[ox.Quad]) -> str:
    """Return the release date: ``SOURCE_DATE_EPOCH``, else the last date of issue or modification.

    It does not depend on the clock, so that the same graph gives the same files
    (https://reproducible-builds.org/specs/source-date-epoch/).

    Raises:
        UsageError: ``SOURCE_DATE_EPOCH`` is not a number of seconds.
        InputError: the dataset states neither date.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch:
        try:
            return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
        except (ValueError, OverflowError, OSError):
            raise UsageError(
                f"SOURCE_DATE_EPOCH is {to_printable(epoch)!r}", hint="write the seconds since 1970"
            ) from None
    predicates = {_expand_curie("dcterms:issued"), _expand_curie("dcterms:modified")}
    days = [
        quad.object.value
        for quad in quads
        if quad.predicate.value in predicates and isinstance(quad.object, ox.Literal)
    ]
    if not days:
        raise InputError(
            "the dataset does not say when it was issued", hint="add dcterms:issued, or set SOURCE_DATE_EPOCH"
        )
    return max(days)[:10]


def _expand_curie(curie: str) -> str:
    return PORTAL_PREFIXES.expand(curie) or curie
