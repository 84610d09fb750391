"""Versions of a document: what it revises, and what revises it (``prov:wasRevisionOf``)."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.message_catalog import build_text, join_texts
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.results import QueryEngine, Term

_VERSIONS_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT DISTINCT ?version ?symbol WHERE {
  VALUES ?in_thing { UNDEF }  # param
  { ?in_thing prov:wasRevisionOf* ?version } UNION { ?version prov:wasRevisionOf* ?in_thing }
  FILTER NOT EXISTS { ?version owl:deprecated true }  # current
  ?property rdfs:subPropertyOf* dcterms:identifier .
  ?version ?property ?symbol .
} ORDER BY DESC(STR(?symbol))
"""

_REVISION = re.compile(r"[\s/.,-]*\brev(?:ision)?[\s./-]*\d+\s*$", re.IGNORECASE)
"""The end of a symbol that names a revision."""


def strip_revision(text: str) -> str:
    """Return a symbol without the revision that it names; empty if it names none."""
    stem = _REVISION.sub("", text)
    return "" if stem == text else stem


def build_versions_hint(engine: QueryEngine, documents: Iterable[str]) -> str:
    """Return a hint with the symbols of all versions of documents; empty if there are none.

    Args:
        engine: what has the documents.
        documents: their IRIs.
    """
    symbols = {symbol for iri in documents for _, symbol in _list_versions(engine, ox.NamedNode(iri))}
    texts = sorted(symbols)
    return build_text("error.versions", symbols=join_texts(texts, "error.listed")) if texts else ""


def list_version_symbols(engine: QueryEngine, document: ox.NamedNode) -> list[str]:
    """Return the symbols of the other versions of a document, the latest first."""
    return [symbol for version, symbol in _list_versions(engine, document) if version != document]


def _list_versions(engine: QueryEngine, document: ox.NamedNode) -> list[tuple[Term | None, str]]:
    """Return the versions of a document, itself among them, with their symbols, the latest first."""
    rows = engine.select(bind_values(_VERSIONS_QUERY, {"thing": [document]})).rows
    return [(version, symbol.value) for version, symbol in rows if isinstance(symbol, ox.Literal)]
