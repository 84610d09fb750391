"""Results of queries as HTML for notebooks: escaped, with links to entities and web addresses."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from html import escape

from msme_kg.sparql.joined_cells import SEPARATOR
from msme_kg.sparql.results import Term
from msme_kg.sparql.results_writer import LabelFunction, format_cell

_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


def render_html_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[Term | None]],
    label_for: LabelFunction,
    joined: Collection[int] = (),
    caption: str = "",
) -> str:
    """Return rows as a table element.

    Args:
        headings: the headings of the columns.
        rows: the terms.
        label_for: returns the text for an IRI.
        joined: the numbers of the columns whose cells hold several values.
        caption: the text above the table; empty for none.
    """
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(_render_cells(row, label_for, joined))}</tr>" for row in rows)
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _render_cells(
    row: Sequence[Term | None], label_for: LabelFunction, joined: Collection[int]
) -> Iterator[str]:
    for number, term in enumerate(row):
        if number in joined and term is not None:
            values = term.value.split(SEPARATOR)
            texts = [_render_link(label_for(one) if _ADDRESS.match(one) else one, one) for one in values]
        else:
            texts = [_render_link(format_cell(term, label_for), "" if term is None else term.value)]
        yield f"<td>{SEPARATOR.join(texts)}</td>"


def _render_link(text: str, address: str) -> str:
    """Return a text that is a link if the address is one of the web."""
    if not _ADDRESS.fullmatch(address):
        return escape(text)
    return f'<a href="{escape(address)}">{escape(text)}</a>'
