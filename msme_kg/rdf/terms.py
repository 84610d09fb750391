"""RDF 1.1 terms and quads as typed values, and language tags."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import pyoxigraph as ox

Resource = ox.NamedNode | ox.BlankNode
"""A term that can be a subject."""
Term = Resource | ox.Literal
"""A term of RDF 1.1, which has no triple terms."""


def split_quad(quad: ox.Quad) -> tuple[Resource, ox.NamedNode, Term]:
    """Return subject, predicate and object of a quad."""
    # Without a call of cast, which takes half of the time: the parser refuses triple terms.
    return quad.subject, quad.predicate, quad.object  # type: ignore[return-value]  # no triple terms: the parser refuses them


def without_graph(quad: ox.Quad) -> ox.Quad:
    """Return a quad moved to the default graph."""
    if isinstance(quad.graph_name, ox.DefaultGraph):
        return quad
    return ox.Quad(quad.subject, quad.predicate, quad.object)


def get_graph_iri(quad: ox.Quad) -> str:
    """Return the IRI of a quad's named graph; an empty string for the default graph."""
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""


def build_named_node(iri: str) -> ox.NamedNode | None:
    """Return an IRI as a term; None if it is not valid."""
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def normalize_language_tag(tag: str) -> str:
    """Return a language tag in the case that RFC 5646 §2.1.1 recommends: ``zh-hant`` → ``zh-Hant``."""
    first, *subtags = tag.split("-")
    parts = [first.lower()]
    for subtag in subtags:
        if len(parts[-1]) == 1:
            parts.append(subtag.lower())
        elif len(subtag) == 4 and subtag.isalpha():
            parts.append(subtag.capitalize())
        else:
            parts.append(subtag.upper() if len(subtag) == 2 else subtag.lower())
    return "-".join(parts)


def normalize_nfc(term: Term) -> Term:
    """Return a term with its lexical form in Unicode Normalization Form C (UAX #15)."""
    if not isinstance(term, ox.Literal) or unicodedata.is_normalized("NFC", term.value):
        return term
    text = unicodedata.normalize("NFC", term.value)
    if term.language:
        return ox.Literal(text, language=term.language)
    return ox.Literal(text, datatype=term.datatype)


def list_bnodes(quad: ox.Quad) -> Iterator[ox.BlankNode]:
    """Yield the blank nodes of a quad: subject, object and graph name."""
    for term in (quad.subject, quad.object, quad.graph_name):
        if isinstance(term, ox.BlankNode):
            yield term
