"""Solutions as text: table, csv, tsv, json, jsonl, md, and the W3C result formats srj and srx."""

from __future__ import annotations

import csv
import io
import json
import math
import unicodedata
from collections.abc import Callable, Sequence
from html import escape

import pyoxigraph as ox

from msme_kg.errors import printable
from msme_kg.namespaces import XSD, language_tag, quoted
from msme_kg.sparql.results import Boolean, Solutions, Term

Words = Callable[[str], str]
"""The words for an IRI, or the IRI itself."""

_NUMBERS: dict[str, Callable[[str], int | float]] = {
    f"{XSD}integer": int,
    f"{XSD}decimal": float,
    f"{XSD}double": float,
}


def render(answer: Solutions | Boolean, form: str, words: Words) -> str:
    """Return an answer as text, ended by a line break.

    Args:
        answer: rows, or yes or no.
        form: one of ``FORMATS``.
        words: what stands for an IRI; the W3C forms carry the terms themselves.
    """
    if isinstance(answer, Boolean):
        return _boolean(answer, form)
    return FORMATS[form](answer, words)


def text(term: Term | None, words: Words) -> str:
    """Return a term as people read it; nothing for None."""
    if term is None:
        return ""
    return words(term.value) if isinstance(term, ox.NamedNode) else term.value


def _table(answer: Solutions, words: Words) -> str:
    rows = [[_one_line(text(term, words)) for term in row] for row in answer.rows]
    widths = [max(map(width, column)) for column in zip(answer.columns, *rows, strict=True)]
    lines = [_padded(answer.columns, widths), "  ".join("─" * one for one in widths)]
    return "\n".join(lines + [_padded(row, widths) for row in rows]) + "\n"


def _padded(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell + " " * (to - width(cell)) for cell, to in zip(cells, widths, strict=True)).rstrip()


def width(cell: str) -> int:
    """Return how many columns of a terminal a text takes; East Asian wide characters take two."""
    if cell.isascii():
        return len(cell)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in cell
    )


def _one_line(cell: str) -> str:
    """Return a cell without line breaks and without characters that steer a terminal."""
    return cell if cell.isprintable() else printable(" ".join(cell.split()), len(cell))


def _md(answer: Solutions, words: Words) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(_one_line(cell).replace("|", "\\|") for cell in cells) + " |"

    lines = [line(answer.columns), line(["---"] * len(answer.columns))]
    return "\n".join(lines + [line([text(term, words) for term in row]) for row in answer.rows]) + "\n"


def _csv(answer: Solutions, words: Words) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(answer.columns)
    writer.writerows([text(term, words) for term in row] for row in answer.rows)
    return out.getvalue()


def _tsv(answer: Solutions, words: Words) -> str:
    """Return SPARQL 1.1 TSV: terms in Turtle's form, labels as plain strings."""

    def cell(term: Term | None) -> str:
        if isinstance(term, ox.NamedNode) and words(term.value) != term.value:
            return quoted(words(term.value))
        return _turtle(term)

    lines = ["\t".join(f"?{name}" for name in answer.columns)]
    return "\n".join(lines + ["\t".join(map(cell, row)) for row in answer.rows]) + "\n"


def _turtle(term: Term | None) -> str:
    if term is None:
        return ""
    if not isinstance(term, ox.Literal):
        return str(term)
    if term.language:
        return f"{quoted(term.value)}@{language_tag(term.language)}"
    if term.datatype.value == f"{XSD}integer":
        return term.value
    plain = term.datatype.value == f"{XSD}string"
    return quoted(term.value) if plain else f"{quoted(term.value)}^^{term.datatype}"


def value(term: Term | None, words: Words) -> str | int | float | bool | None:
    """Return a term as a plain value: numbers and truth as such, all else as text."""
    if isinstance(term, ox.Literal):
        number = _NUMBERS.get(term.datatype.value)
        if number:
            return _number(number, term.value)
        if term.datatype.value == f"{XSD}boolean":
            return term.value in {"true", "1"}
    return None if term is None else text(term, words)


def _number(number: Callable[[str], int | float], text: str) -> int | float | str:
    """Return a number; as text where it is malformed, or one that JSON does not have."""
    try:
        found = number(text)
    except ValueError:
        return text
    return found if isinstance(found, int) or math.isfinite(found) else text


def _objects(answer: Solutions, words: Words) -> list[dict[str, object]]:
    return [
        {name: value(term, words) for name, term in zip(answer.columns, row, strict=True)}
        for row in answer.rows
    ]


def _json(answer: Solutions, words: Words) -> str:
    return json.dumps(_objects(answer, words), ensure_ascii=False, indent=2) + "\n"


def _jsonl(answer: Solutions, words: Words) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in _objects(answer, words))


def _srj(answer: Solutions, words: Words) -> str:  # noqa: ARG001 (the form carries terms)
    rows = [
        {name: srj_term(term) for name, term in zip(answer.columns, row, strict=True) if term is not None}
        for row in answer.rows
    ]
    whole = {"head": {"vars": list(answer.columns)}, "results": {"bindings": rows}}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def srj_term(term: Term) -> dict[str, str]:
    """Return a term as the JSON results of SPARQL write it."""
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = language_tag(term.language)
    elif term.datatype.value != f"{XSD}string":
        found["datatype"] = term.datatype.value
    return found


def _srx(answer: Solutions, words: Words) -> str:  # noqa: ARG001 (the form carries terms)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<sparql xmlns="http://www.w3.org/2005/sparql-results#">',
    ]
    lines.append(
        "<head>" + "".join(f"<variable name={_quoted(name)}/>" for name in answer.columns) + "</head>"
    )
    lines.append("<results>")
    for row in answer.rows:
        cells = (
            f"<binding name={_quoted(name)}>{_srx_term(term)}</binding>"
            for name, term in zip(answer.columns, row, strict=True)
            if term is not None
        )
        lines.append(f"<result>{''.join(cells)}</result>")
    return "\n".join([*lines, "</results>", "</sparql>"]) + "\n"


def _quoted(text: str) -> str:
    return f'"{escape(text)}"'


def _srx_term(term: Term) -> str:
    inner = escape(term.value, quote=False)
    if isinstance(term, ox.NamedNode):
        return f"<uri>{inner}</uri>"
    if isinstance(term, ox.BlankNode):
        return f"<bnode>{inner}</bnode>"
    if term.language:
        return f"<literal xml:lang={_quoted(language_tag(term.language))}>{inner}</literal>"
    if term.datatype.value == f"{XSD}string":
        return f"<literal>{inner}</literal>"
    return f"<literal datatype={_quoted(term.datatype.value)}>{inner}</literal>"


def _boolean(answer: Boolean, form: str) -> str:
    word = "true" if answer.value else "false"
    if form == "srj":
        return f'{{"head": {{}}, "boolean": {word}}}\n'
    if form == "srx":
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n'
            f"<head/>\n<boolean>{word}</boolean>\n</sparql>\n"
        )
    return f"{word}\n"


FORMATS: dict[str, Callable[[Solutions, Words], str]] = {
    "table": _table,
    "csv": _csv,
    "tsv": _tsv,
    "json": _json,
    "jsonl": _jsonl,
    "md": _md,
    "srj": _srj,
    "srx": _srx,
}
"""The forms by name; the first is the default."""
