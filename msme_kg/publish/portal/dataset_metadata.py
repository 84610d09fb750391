"""What a portal is told: the dataset, the day of its release, and the addresses at which it will be found."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import pyoxigraph as ox

from msme_kg.errors import InputError, UsageError, printable
from msme_kg.namespaces import LANGUAGES, RDF, Prefixes, language_tag
from msme_kg.publish.portal.rdf_builder import STANDARD, Words
from msme_kg.rdf.terms import Term


@dataclass(frozen=True)
class Release:
    """A dataset as it is published.

    Attributes:
        quads: what its catalogue says of it: the answer to the query of that name.
        prefixes: the CURIEs of the graph.
        dataset: its IRI.
        site: the address of the folder, with a slash at its end.
        endpoint: the address of a SPARQL endpoint that serves it, if there is one.
        day: the day of the release, ``YYYY-MM-DD``.
    """

    quads: tuple[ox.Quad, ...]
    prefixes: Prefixes
    dataset: str
    site: str
    endpoint: str | None
    day: str

    @property
    def slug(self) -> str:
        """The last part of its IRI, after which its files are called."""
        return self.dataset.rpartition("/")[2]

    def values(self, curie: str, of: str | None = None) -> list[Term]:
        """Return what the dataset, or another node, says by a property; sorted by text."""
        node = ox.NamedNode(of or self.dataset)
        found = {
            one.object for one in self.quads if (one.subject, one.predicate.value) == (node, _iri(curie))
        }
        return sorted(
            (one for one in found if isinstance(one, ox.NamedNode | ox.BlankNode | ox.Literal)), key=str
        )

    def words(self, curie: str, of: str | None = None) -> Words:
        """Return a text by language, in the order of ``LANGUAGES``; the last one where there are several."""
        said = {
            language_tag(one.language): one.value
            for one in self.values(curie, of)
            if isinstance(one, ox.Literal) and one.language
        }
        return {language: said[language] for language in LANGUAGES if language in said}

    def one(self, curie: str, of: str | None = None) -> str:
        """Return a value as text; empty where there is none."""
        found = self.values(curie, of)
        return found[0].value if found else ""

    def address(self, path: str) -> str:
        """Return the address of a file of the folder."""
        return f"{self.site}{path}"


def dataset_of(quads: Iterable[ox.Quad]) -> str:
    """Return the IRI of the one dataset that a catalogue speaks of.

    Raises:
        InputError: there is none, or there are several.
    """
    kind = ox.NamedNode(_iri("dcat:Dataset"))
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


def release_day(quads: Iterable[ox.Quad]) -> str:
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
                f"SOURCE_DATE_EPOCH is {printable(given)!r}", hint="write the seconds since 1970"
            ) from None
    said = {_iri("dcterms:issued"), _iri("dcterms:modified")}
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


def _iri(curie: str) -> str:
    return STANDARD.expand(curie) or curie
