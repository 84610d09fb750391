"""How things and terms are called where people read of changes: by label and CURIE, and no two alike."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.namespaces import XSD, Prefixes, language_tag, quoted
from msme_kg.rdf import lexical

_BARE = {f"{XSD}date", f"{XSD}integer"}
"""The datatypes whose literals stand without quotation marks; no two have a text in common."""


@dataclass(frozen=True)
class Names:
    """How things are called.

    Attributes:
        lang: the language of words.
        prefixes: the CURIEs.
        labels: the words for things.
    """

    lang: str
    prefixes: Prefixes
    labels: Labels

    def label(self, iri: str) -> str | None:
        """Return the words for a thing; None if it has none of its own."""
        words = self.labels.of(iri)
        return words if words not in {iri, self.prefixes.shorten(iri)} else None

    def curie(self, iri: str) -> str:
        """Return an IRI as CURIE, else in angle brackets."""
        return self.prefixes.shorten(iri) or f"<{iri}>"

    def both(self, iri: str) -> str:
        """Return a thing by label and CURIE."""
        label, curie = self.label(iri), self.curie(iri)
        return f"{label} ({curie})" if label else curie

    def either(self, iri: str) -> str:
        """Return a thing by label, else by CURIE."""
        return self.label(iri) or self.curie(iri)

    def term(self, term: ox.NamedNode | ox.Literal) -> str:
        """Return a term in full: no two terms look alike."""
        if isinstance(term, ox.NamedNode):
            return self.both(term.value)
        if term.language:
            return f"{quoted(term.value)}@{language_tag(term.language)}"
        datatype = term.datatype.value
        if datatype == f"{XSD}string":
            return quoted(term.value)
        if datatype in _BARE and lexical.valid(term.value, datatype):
            return term.value
        return f"{quoted(term.value)}^^{self.curie(datatype)}"
