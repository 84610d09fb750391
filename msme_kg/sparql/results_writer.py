"""Writer of SPARQL results: table, csv, tsv, json, jsonl, md, and the W3C formats srj and srx."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import pyoxigraph as ox

from msme_kg.errors import to_printable
from msme_kg.namespaces import XSD
from msme_kg.rdf.characters import escape_xml, quote_xml, require_xml_text
from msme_kg.rdf.lexical import is_valid_lexical_form
from msme_kg.rdf.ntriples import format_term, is_shorthand, quote_string
from msme_kg.rdf.terms import normalize_language_tag
from msme_kg.sparql.markdown_text import escape_markdown, write_markdown_table
from msme_kg.sparql.results import AskResult, Solutions, Term
from msme_kg.sparql.text_table import format_table, sanitize_cell

LabelFunction = Callable[[str], str]
"""Returns the label of an IRI, or the IRI itself."""

_NUMBER_CONSTRUCTORS: dict[str, Callable[[str], int | float]] = {
    f"{XSD}integer": int,
    f"{XSD}decimal": float,
    f"{XSD}double": float,
}


_WEB_ADDRESS = re.compile("https?://", re.IGNORECASE)


def write_results(result: Solutions | AskResult, format_name: str, label_for: LabelFunction) -> str:
    """Return a result as text that ends with a line break.

    Args:
        result: the result of a SELECT or ASK.
        format_name: one of ``FORMATS``.
        label_for: the text in place of an IRI; the W3C JSON and XML formats have the terms themselves.
    """
    if isinstance(result, AskResult):
        return _write_boolean(result, format_name)
    return FORMATS[format_name](result, label_for)


def format_cell(term: Term | None, label_for: LabelFunction) -> str:
    """Return the text of a table cell; empty for None, and ``_:`` before the label of a blank node."""
    match term:
        case None:
            return ""
        case ox.NamedNode():
            return label_for(term.value)
        case ox.BlankNode():
            return str(term)
    return term.value


def write_text_table(solutions: Solutions, label_for: LabelFunction, width: int | None = None) -> str:
    """Return an aligned table, folded to the width of a terminal if there is one."""
    rows = [[sanitize_cell(format_cell(term, label_for)) for term in row] for row in solutions.rows]
    return format_table(solutions.columns, rows, width)


def _write_markdown(solutions: Solutions, label_for: LabelFunction) -> str:
    rows = ([_format_markdown_cell(term, label_for) for term in row] for row in solutions.rows)
    return write_markdown_table(solutions.columns, rows)


def _format_markdown_cell(term: Term | None, label_for: LabelFunction) -> str:
    """Return a cell in which only the address of an entity without a label is a link."""
    text = sanitize_cell(format_cell(term, label_for))
    is_link = isinstance(term, ox.NamedNode) and text == term.value and _WEB_ADDRESS.match(text)
    return f"<{text}>" if is_link else escape_markdown(text)


def _write_csv(solutions: Solutions, label_for: LabelFunction) -> str:
    import csv  # other formats do not wait for it

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(solutions.columns)
    writer.writerows([format_cell(term, label_for) for term in row] for row in solutions.rows)
    return out.getvalue()


def _write_tsv(solutions: Solutions, label_for: LabelFunction) -> str:
    """Return SPARQL 1.1 TSV (§4): terms in Turtle syntax, labels as plain strings."""

    def format_cell(term: Term | None) -> str:
        if isinstance(term, ox.NamedNode) and label_for(term.value) != term.value:
            return quote_string(label_for(term.value))
        return format_term(term, is_bare=_is_bare_integer) if term is not None else ""

    lines = ["\t".join(f"?{name}" for name in solutions.columns)]
    return "\n".join(lines + ["\t".join(map(format_cell, row)) for row in solutions.rows]) + "\n"


def _is_bare_integer(literal: ox.Literal) -> bool:
    datatype = literal.datatype.value
    return datatype == f"{XSD}integer" and is_shorthand(literal.value, datatype)


def to_python(term: Term | None, label_for: LabelFunction) -> str | int | float | bool | None:
    """Return a term as a Python value: well-formed numbers and booleans as such, anything else as text."""
    if isinstance(term, ox.Literal) and is_valid_lexical_form(term.value, term.datatype.value):
        number = _NUMBER_CONSTRUCTORS.get(term.datatype.value)
        if number:
            return _parse_number(number, term.value)
        if term.datatype.value == f"{XSD}boolean":
            return term.value in {"true", "1"}
    return None if term is None else format_cell(term, label_for)


def _parse_number(constructor: Callable[[str], int | float], text: str) -> int | float | str:
    """Return a number; text if it is too long for Python, or infinite or NaN, which JSON lacks."""
    try:
        number = constructor(text)
    except ValueError:
        return text
    return number if isinstance(number, int) or math.isfinite(number) else text


def _to_objects(solutions: Solutions, label_for: LabelFunction) -> Iterator[dict[str, object]]:
    for row in solutions.rows:
        yield {name: to_python(term, label_for) for name, term in zip(solutions.columns, row, strict=True)}


def _write_json(solutions: Solutions, label_for: LabelFunction) -> str:
    return _format_json_array(_to_objects(solutions, label_for), 2, 0) + "\n"


def _format_json_array(values: Iterable[object], indent: int, level: int) -> str:
    """Return an array as ``json.dumps`` would at a level of a document.

    It is written value by value, since ``json.dumps`` keeps each token of a document in memory.
    """
    end = "\n" + " " * (indent * level)
    begin = end + " " * indent
    texts = (json.dumps(value, ensure_ascii=False, indent=indent) for value in values)
    array = ",".join(begin + text.replace("\n", begin) for text in texts)
    return f"[{array}{end}]" if array else "[]"


def _write_jsonl(solutions: Solutions, label_for: LabelFunction) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _to_objects(solutions, label_for))


def _write_srj(solutions: Solutions, label_for: LabelFunction) -> str:  # noqa: ARG001 (the format has the terms)
    rows = (
        {
            name: to_srj_term(term)
            for name, term in zip(solutions.columns, row, strict=True)
            if term is not None
        }
        for row in solutions.rows
    )
    head = json.dumps({"vars": list(solutions.columns)}, ensure_ascii=False, indent=1).replace("\n", "\n ")
    bindings = _format_json_array(rows, 1, 2)
    return f'{{\n "head": {head},\n "results": {{\n  "bindings": {bindings}\n }}\n}}\n'


def to_srj_term(term: Term) -> dict[str, str]:
    """Return a term in SPARQL 1.1 Query Results JSON (§3.2.2)."""
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    parts = {"type": "literal", "value": term.value}
    if term.language:
        parts["xml:lang"] = normalize_language_tag(term.language)
    elif term.datatype.value != f"{XSD}string":
        parts["datatype"] = term.datatype.value
    return parts


def _write_srx(solutions: Solutions, label_for: LabelFunction) -> str:  # noqa: ARG001 (the format has the terms)
    variables = "".join(f"<variable name={quote_xml(name)}/>" for name in solutions.columns)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<sparql xmlns="http://www.w3.org/2005/sparql-results#">',
        f"<head>{variables}</head>",
        "<results>",
    ]
    for number, row in enumerate(solutions.rows, 1):
        bound = {name: term for name, term in zip(solutions.columns, row, strict=True) if term is not None}
        for name, term in bound.items():
            if isinstance(term, ox.Literal):
                require_xml_text(term.value, "srx", f"?{name} of {describe_row(number, row)}")
        cells = (
            f"<binding name={quote_xml(name)}>{_format_srx_term(term)}</binding>"
            for name, term in bound.items()
        )
        lines.append(f"<result>{''.join(cells)}</result>")
    return "\n".join([*lines, "</results>", "</sparql>"]) + "\n"


def describe_row(number: int, row: Iterable[Term | None]) -> str:
    """Return the number of a row with the first entities in it, for a message."""
    iris = (to_printable(term.value) for term in row if isinstance(term, ox.NamedNode))
    return " ".join([f"row {number}", *(f"({iri})" for iri in islice(iris, 2))])


def _format_srx_term(term: Term) -> str:
    text = escape_xml(term.value)
    if isinstance(term, ox.NamedNode):
        return f"<uri>{text}</uri>"
    if isinstance(term, ox.BlankNode):
        return f"<bnode>{text}</bnode>"
    if term.language:
        return f"<literal xml:lang={quote_xml(normalize_language_tag(term.language))}>{text}</literal>"
    if term.datatype.value == f"{XSD}string":
        return f"<literal>{text}</literal>"
    return f"<literal datatype={quote_xml(term.datatype.value)}>{text}</literal>"


def _write_boolean(result: AskResult, format_name: str) -> str:
    text = "true" if result.value else "false"
    if format_name == "srj":
        return f'{{"head": {{}}, "boolean": {text}}}\n'
    if format_name == "srx":
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n'
            f"<head/>\n<boolean>{text}</boolean>\n</sparql>\n"
        )
    return f"{text}\n"


FORMATS: dict[str, Callable[[Solutions, LabelFunction], str]] = {
    "table": write_text_table,
    "csv": _write_csv,
    "tsv": _write_tsv,
    "json": _write_json,
    "jsonl": _write_jsonl,
    "md": _write_markdown,
    "srj": _write_srj,
    "srx": _write_srx,
}
"""The formats by name; the first is the default."""
