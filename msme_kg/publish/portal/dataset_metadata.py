"""What a portal is told: the dataset, the day of its release, and the addresses at which it will be found."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import pyoxigraph as ox

from msme_kg.errors import InputError, UsageError, to_printable
from msme_kg.namespaces import LANGUAGES, RDF, PrefixMap
from msme_kg.publish.portal.rdf_builder import PORTAL_PREFIXES, LanguageMap
from msme_kg.rdf.terms import Term, normalize_language_tag


@dataclass(frozen=True)
class DatasetMetadata:
    """A dataset as it is published.

    Attributes:
        quads: what its catalogue says of it: the answer to the query of that name.
        prefixes: the CURIEs of the graph.
        dataset_iri: its IRI.
        base_url: the address of the folder, with a slash at its end.
        endpoint: the address of a SPARQL endpoint that serves it, if there is one.
        release_date: the day of the release, ``YYYY-MM-DD``.
    """

    quads: tuple[ox.Quad, ...]
    prefixes: PrefixMap
    dataset_iri: str
    base_url: str
    endpoint: str | None
    release_date: str

    @property
    def slug(self) -> str:
        """The last part of its IRI, after which its files are called."""
        return self.dataset_iri.rpartition("/")[2]

    def list_values(self, curie: str, subject: str | None = None) -> list[Term]:
        """Return what the dataset, or another node, says by a property; sorted by text."""
        node = ox.NamedNode(subject or self.dataset_iri)
        found = {
            one.object
            for one in self.quads
            if (one.subject, one.predicate.value) == (node, _expand_curie(curie))
        }
        return sorted(
            (one for one in found if isinstance(one, ox.NamedNode | ox.BlankNode | ox.Literal)), key=str
        )

    def read_language_map(self, curie: str, subject: str | None = None) -> LanguageMap:
        """Return a text by language, in the order of ``LANGUAGES``; the last one where there are several."""
        said = {
            normalize_language_tag(one.language): one.value
            for one in self.list_values(curie, subject)
            if isinstance(one, ox.Literal) and one.language
        }
        return {language: said[language] for language in LANGUAGES if language in said}

    def find_value(self, curie: str, subject: str | None = None) -> str:
        """Return a value as text; empty where there is none."""
        found = self.list_values(curie, subject)
        return found[0].value if found else ""

    def resolve_url(self, path: str) -> str:
        """Return the address of a file of the folder."""
        return f"{self.base_url}{path}"


def find_dataset(quads: Iterable[ox.Quad]) -> str:
    """Return the IRI of the one dataset that a catalogue speaks of.

    Raises:
        InputError: there is none, or there are several.
    """
    kind = ox.NamedNode(_expand_curie("dcat:Dataset"))
    found = sorted(
        {
            quad.subject.value
            for quad in quads
            if quad.predicate.value == f"{RDF}type"
            and quad.object == kind
            and isinstance(quad.subject, ox.NamedNode)
        }
    )
    if len(found) != 1:
        raise InputError(
            f"a catalogue needs one dcat:Dataset, and the graph has {len(found)}",
            hint="describe the graph as one dcat:Dataset with title, description and licence",
        )
    return found[0]


def find_release_date(quads: Iterable[ox.Quad]) -> str:
    """Return the day of a release: ``SOURCE_DATE_EPOCH``, else the last that the dataset says of itself.

    The clock is never asked, so that the same graph gives the same files.

    Raises:
        UsageError: ``SOURCE_DATE_EPOCH`` is no number of seconds.
        InputError: the dataset says no day.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        try:
            return datetime.fromtimestamp(int(given), UTC).date().isoformat()
        except (ValueError, OverflowError, OSError):
            raise UsageError(
                f"SOURCE_DATE_EPOCH is {to_printable(given)!r}", hint="write the seconds since 1970"
            ) from None
    said = {_expand_curie("dcterms:issued"), _expand_curie("dcterms:modified")}
    days = [
        quad.object.value
        for quad in quads
        if quad.predicate.value in said and isinstance(quad.object, ox.Literal)
    ]
    if not days:
        raise InputError(
            "the dataset does not say when it was issued", hint="add dcterms:issued, or set SOURCE_DATE_EPOCH"
        )
    return max(days)[:10]


def _expand_curie(curie: str) -> str:
    return PORTAL_PREFIXES.expand(curie) or curie
