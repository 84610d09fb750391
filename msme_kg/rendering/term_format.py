"""Display of RDF terms in reports: labels, CURIEs and unambiguous literals."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.namespaces import XSD, PrefixMap
from msme_kg.rdf import lexical, ntriples

_UNQUOTED_DATATYPES = {f"{XSD}date", f"{XSD}integer"}
"""Datatypes shown without quotation marks; their lexical spaces are disjoint."""


@dataclass(frozen=True)
class TermFormatter:
    """Formatter of IRIs and terms.

    Attributes:
        lang: the language of labels and messages.
        prefixes: the prefixes of CURIEs.
        labels: the labels of entities.
    """

    lang: str
    prefixes: PrefixMap
    labels: Labels

    def find_label(self, iri: str) -> str | None:
        """Return the label of an entity; None if it has none of its own."""
        label = self.labels.get_label(iri)
        return label if label not in {iri, self.prefixes.shorten(iri)} else None

    def to_curie(self, iri: str) -> str:
        """Return an IRI as a CURIE, else in angle brackets."""
        return self.prefixes.shorten(iri) or f"<{iri}>"

    def format_label_and_curie(self, iri: str) -> str:
        """Return the label of an entity with its CURIE in parentheses, else the CURIE."""
        label, curie = self.find_label(iri), self.to_curie(iri)
        return f"{label} ({curie})" if label else curie

    def format_label_or_curie(self, iri: str) -> str:
        """Return the label of an entity, else its CURIE."""
        return self.find_label(iri) or self.to_curie(iri)

    def format_term(self, term: ox.NamedNode | ox.Literal) -> str:
        """Return an unambiguous display form: different terms have different texts."""
        if isinstance(term, ox.NamedNode):
            return self.format_label_and_curie(term.value)
        return ntriples.format_term(term, self.prefixes.shorten, _is_unquoted)


def _is_unquoted(literal: ox.Literal) -> bool:
    datatype = literal.datatype.value
    return datatype in _UNQUOTED_DATATYPES and lexical.is_valid_lexical_form(literal.value, datatype)
