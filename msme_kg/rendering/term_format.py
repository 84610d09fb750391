"""How things and terms are called where people read of changes: by label and CURIE, and no two alike."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.namespaces import XSD, PrefixMap, normalize_language_tag, quote_string
from msme_kg.rdf import lexical

_UNQUOTED_DATATYPES = {f"{XSD}date", f"{XSD}integer"}
"""The datatypes whose literals stand without quotation marks; no two have a text in common."""


@dataclass(frozen=True)
class TermFormatter:
    """How things are called.

    Attributes:
        lang: the language of words.
        prefixes: the CURIEs.
        labels: the words for things.
    """

    lang: str
    prefixes: PrefixMap
    labels: Labels

    def find_label(self, iri: str) -> str | None:
        """Return the words for a thing; None if it has none of its own."""
        words = self.labels.get_label(iri)
        return words if words not in {iri, self.prefixes.shorten(iri)} else None

    def to_curie(self, iri: str) -> str:
        """Return an IRI as CURIE, else in angle brackets."""
        return self.prefixes.shorten(iri) or f"<{iri}>"

    def format_label_and_curie(self, iri: str) -> str:
        """Return a thing by label and CURIE."""
        label, curie = self.find_label(iri), self.to_curie(iri)
        return f"{label} ({curie})" if label else curie

    def format_label_or_curie(self, iri: str) -> str:
        """Return a thing by label, else by CURIE."""
        return self.find_label(iri) or self.to_curie(iri)

    def format_term(self, term: ox.NamedNode | ox.Literal) -> str:
        """Return a term in full: no two terms look alike."""
        if isinstance(term, ox.NamedNode):
            return self.format_label_and_curie(term.value)
        if term.language:
            return f"{quote_string(term.value)}@{normalize_language_tag(term.language)}"
        datatype = term.datatype.value
        if datatype == f"{XSD}string":
            return quote_string(term.value)
        if datatype in _UNQUOTED_DATATYPES and lexical.is_valid_lexical_form(term.value, datatype):
            return term.value
        return f"{quote_string(term.value)}^^{self.to_curie(datatype)}"
