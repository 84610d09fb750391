"""Tables as HTML for notebooks: escaped, with links to web addresses and to nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

HtmlCell = Sequence[tuple[str, str]]
"""The values of a cell: each a text, and the IRI or text that it stands for."""
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


def render_html_table(
    headings: Iterable[str],
    rows: Iterable[Iterable[HtmlCell]],
    caption: str = "",
    separators: Iterable[str] | None = None,
) -> str:
    """Return a table element.

    Args:
        headings: the headings of the columns.
        rows: the cells; a value that stands for an address of http or https is a link to it.
        caption: the text above the table; empty for none.
        separators: what separates the values of a cell, by column; by default semicolons.
    """
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    names = list(headings)
    between = ["; "] * len(names) if separators is None else list(separators)
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(map(_render_cell, row, between))}</tr>" for row in rows)
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _render_cell(cell: HtmlCell, separator: str) -> str:
    return f"<td>{separator.join(_render_value(text, address) for text, address in cell)}</td>"


def _render_value(text: str, address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        return escape(text)
    return f'<a href="{escape(address)}">{escape(text)}</a>'
