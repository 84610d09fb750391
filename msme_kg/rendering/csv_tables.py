"""CSV tables for spreadsheets: rows are entities, columns are properties by language."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.namespaces import RDF, RDFS, SKOS, PrefixMap
from msme_kg.rdf.terms import Term, normalize_language_tag, split_quad
from msme_kg.sparql.results_writer import format_cell
from msme_kg.sparql.spreadsheet_csv import BYTE_ORDER_MARK, guard_formula

VALUE_SEPARATOR = "|"
"""Separator of several values in a cell, here and in the tables that ``msme-kg new`` reads."""

_LEADING_PROPERTIES = [f"{RDF}type", f"{RDFS}label", f"{SKOS}prefLabel", f"{SKOS}altLabel"]
_Column = tuple[str, str]


def build_csv_tables(
    quads: Iterable[ox.Quad],
    rows: Iterable[tuple[str, Term]],
    prefixes: PrefixMap,
    *,
    guard_formulas: bool = False,
    with_bom: bool = False,
) -> Iterator[tuple[str, bytes]]:
    """Yield the file name and content of each table.

    The first column is the IRI; the others are named by the CURIE of the property, with the language tag for
    language-tagged strings (``rdfs:label@zh-Hant``). IRIs in cells are CURIEs; several values are sorted.

    Args:
        quads: the statements.
        rows: pairs of table name and entity, in order; entities without statements are left out.
        prefixes: the prefixes of CURIEs.
        guard_formulas: whether to put an apostrophe before cells that a spreadsheet would run as a formula.
        with_bom: whether each table begins with a byte order mark.
    """
    cells: dict[Term, dict[_Column, set[str]]] = defaultdict(lambda: defaultdict(set))
    for quad in quads:
        subject, predicate, value = split_quad(quad)
        language = (
            normalize_language_tag(value.language) if isinstance(value, ox.Literal) and value.language else ""
        )
        cells[subject][predicate.value, language].add(_format_term(value, prefixes))
    tables: dict[str, list[Term]] = defaultdict(list)
    for table, entity in rows:
        if entity in cells:
            tables[table].append(entity)
    for table, entities in tables.items():
        rows_by_name = {format_cell(entity, str): cells[entity] for entity in entities}
        text = _render_table(rows_by_name, prefixes, guard_formulas)
        yield f"{table}.csv", (BYTE_ORDER_MARK * with_bom + text).encode()


def _render_table(rows: dict[str, dict[_Column, set[str]]], prefixes: PrefixMap, guard_formulas: bool) -> str:
    def compute_sort_key(column: _Column) -> tuple[int, str, str]:
        predicate, language = column
        rank = len(_LEADING_PROPERTIES)
        if predicate in _LEADING_PROPERTIES:
            rank = _LEADING_PROPERTIES.index(predicate)
        return (rank, _to_curie(predicate, prefixes), language)

    columns = sorted({column for row in rows.values() for column in row}, key=compute_sort_key)
    heads = [_to_curie(iri, prefixes) + (f"@{language}" if language else "") for iri, language in columns]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["iri", *heads])
    for iri, row in rows.items():
        cells = [VALUE_SEPARATOR.join(sorted(row.get(column, ()))) for column in columns]
        writer.writerow([iri, *(guard_formula(cell) if guard_formulas else cell for cell in cells)])
    return out.getvalue()


def _format_term(term: Term, prefixes: PrefixMap) -> str:
    return format_cell(term, lambda iri: _to_curie(iri, prefixes))


def _to_curie(iri: str, prefixes: PrefixMap) -> str:
    return prefixes.shorten(iri) or iri
