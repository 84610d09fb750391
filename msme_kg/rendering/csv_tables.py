"""Tables for spreadsheets: one CSV a kind of thing, one row a thing, one column a property and language."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.namespaces import RDF, RDFS, SKOS, Prefixes, language_tag
from msme_kg.rdf.terms import Term, parts

SEPARATOR = "|"
"""What parts several values in one cell, as tables of new things are read too."""

_FIRST = [f"{RDF}type", f"{RDFS}label", f"{SKOS}prefLabel", f"{SKOS}altLabel"]
_MARK = "\ufeff"
# What spreadsheets take for the beginning of a formula, blanks before it and full-width forms included.
_FORMULA = re.compile(r" *[\t\r\n]|\s*[=+\-@＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_Column = tuple[str, str]


def sheets(
    quads: Iterable[ox.Quad],
    rows: Iterable[tuple[str, Term]],
    prefixes: Prefixes,
    *,
    safe: bool = False,
    marked: bool = False,
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each table.

    The first column is the thing's IRI, the others are called after properties as CURIE, those of texts with
    the language (``rdfs:label@zh-Hant``). Things in cells are CURIEs; several values are sorted.

    Args:
        quads: the statements.
        rows: for each thing the name of its table, in order; one without statements is left out.
        prefixes: the CURIEs.
        safe: whether an apostrophe stands before what a spreadsheet would take for a formula.
        marked: whether each table begins with a byte order mark.
    """
    said: dict[Term, dict[_Column, set[str]]] = defaultdict(lambda: defaultdict(set))
    for quad in quads:
        subject, predicate, value = parts(quad)
        language = language_tag(value.language) if isinstance(value, ox.Literal) and value.language else ""
        said[subject][predicate.value, language].add(_text(value, prefixes))
    tables: dict[str, list[Term]] = defaultdict(list)
    for table, thing in rows:
        if thing in said:
            tables[table].append(thing)
    for table, things in tables.items():
        text = _sheet({thing.value: said[thing] for thing in things}, prefixes, safe)
        yield f"{table}.csv", (_MARK * marked + text).encode()


def _sheet(things: dict[str, dict[_Column, set[str]]], prefixes: Prefixes, safe: bool) -> str:
    def order(column: _Column) -> tuple[int, str, str]:
        predicate, language = column
        place = _FIRST.index(predicate) if predicate in _FIRST else len(_FIRST)
        return (place, _curie(predicate, prefixes), language)

    columns = sorted({column for said in things.values() for column in said}, key=order)
    heads = [_curie(one, prefixes) + (f"@{language}" if language else "") for one, language in columns]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["iri", *heads])
    for iri, said in things.items():
        cells = [SEPARATOR.join(sorted(said.get(column, ()))) for column in columns]
        writer.writerow([iri, *(guarded(cell) if safe else cell for cell in cells)])
    return out.getvalue()


def guarded(cell: str) -> str:
    """Return a cell with an apostrophe before what a spreadsheet would take for a formula; numbers stay."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _text(term: Term, prefixes: Prefixes) -> str:
    return _curie(term.value, prefixes) if isinstance(term, ox.NamedNode) else term.value


def _curie(iri: str, prefixes: Prefixes) -> str:
    return prefixes.shorten(iri) or iri
