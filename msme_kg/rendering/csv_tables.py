"""Tables for spreadsheets: one CSV a kind of thing, one row a thing, one column a property and language."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.namespaces import RDF, RDFS, SKOS, PrefixMap, normalize_language_tag
from msme_kg.rdf.terms import Term, split_quad

VALUE_SEPARATOR = "|"
"""What parts several values in one cell, as tables of new things are read too."""

_LEADING_PROPERTIES = [f"{RDF}type", f"{RDFS}label", f"{SKOS}prefLabel", f"{SKOS}altLabel"]
_BYTE_ORDER_MARK = "\ufeff"
# What spreadsheets take for the beginning of a formula, blanks before it and full-width forms included.
_FORMULA = re.compile(r" *[\t\r\n]|\s*[=+\-@＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_Column = tuple[str, str]


def build_csv_tables(
    quads: Iterable[ox.Quad],
    rows: Iterable[tuple[str, Term]],
    prefixes: PrefixMap,
    *,
    guard_formulas: bool = False,
    with_bom: bool = False,
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each table.

    The first column is the thing's IRI, the others are called after properties as CURIE, those of texts with
    the language (``rdfs:label@zh-Hant``). Things in cells are CURIEs; several values are sorted.

    Args:
        quads: the statements.
        rows: for each thing the name of its table, in order; one without statements is left out.
        prefixes: the CURIEs.
        guard_formulas: whether an apostrophe stands before what a spreadsheet would take for a formula.
        with_bom: whether each table begins with a byte order mark.
    """
    said: dict[Term, dict[_Column, set[str]]] = defaultdict(lambda: defaultdict(set))
    for quad in quads:
        subject, predicate, value = split_quad(quad)
        language = (
            normalize_language_tag(value.language) if isinstance(value, ox.Literal) and value.language else ""
        )
        said[subject][predicate.value, language].add(_format_term(value, prefixes))
    tables: dict[str, list[Term]] = defaultdict(list)
    for table, thing in rows:
        if thing in said:
            tables[table].append(thing)
    for table, things in tables.items():
        text = _render_table({thing.value: said[thing] for thing in things}, prefixes, guard_formulas)
        yield f"{table}.csv", (_BYTE_ORDER_MARK * with_bom + text).encode()


def _render_table(
    things: dict[str, dict[_Column, set[str]]], prefixes: PrefixMap, guard_formulas: bool
) -> str:
    def compute_sort_key(column: _Column) -> tuple[int, str, str]:
        predicate, language = column
        place = (
            _LEADING_PROPERTIES.index(predicate)
            if predicate in _LEADING_PROPERTIES
            else len(_LEADING_PROPERTIES)
        )
        return (place, _to_curie(predicate, prefixes), language)

    columns = sorted({column for said in things.values() for column in said}, key=compute_sort_key)
    heads = [_to_curie(one, prefixes) + (f"@{language}" if language else "") for one, language in columns]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["iri", *heads])
    for iri, said in things.items():
        cells = [VALUE_SEPARATOR.join(sorted(said.get(column, ()))) for column in columns]
        writer.writerow([iri, *(guard_formula(cell) if guard_formulas else cell for cell in cells)])
    return out.getvalue()


def guard_formula(cell: str) -> str:
    """Return a cell with an apostrophe before what a spreadsheet would take for a formula; numbers stay."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _format_term(term: Term, prefixes: PrefixMap) -> str:
    return _to_curie(term.value, prefixes) if isinstance(term, ox.NamedNode) else term.value


def _to_curie(iri: str, prefixes: PrefixMap) -> str:
    return prefixes.shorten(iri) or iri
