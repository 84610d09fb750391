"""Tables of answers as commands print them: folded on a terminal, with their size in words."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from msme_kg.cli.output import is_standard_output, print_note
from msme_kg.rendering.result_table import ResultTable

FORMATS_FOR_PEOPLE = {"table", "md", "xlsx"}
"""Formats with labels, whose readers get hints."""
MIN_WIDTH = 20
"""The least width of a terminal that tables are made for."""


def find_width(output: str | None) -> int | None:
    """Return the width of the terminal that an output goes to; None for a file or a pipe."""
    if not is_standard_output(output) or not sys.stdout.isatty():
        return None
    import shutil  # a slow import that files and pipes do not need

    return max(shutil.get_terminal_size().columns, MIN_WIDTH)


def render_answer(
    table: ResultTable,
    form: str,
    output: str | None,
    *,
    limit: int | None = None,
    labels: bool = False,
    empty_note: str = "",
    notes: Sequence[str] = (),
) -> str | bytes:
    """Return an answer as a command writes it, and print a note if it has no rows.

    On a terminal, the cells of a ``table`` are folded to its width, and the last line has the number of rows.
    A file or a pipe gets lines of any length and nothing but the table.

    Args:
        table: the whole answer.
        form: the format.
        output: the value of ``--output``.
        limit: the most rows to write; None for all.
        labels: whether labels replace IRIs in machine formats too.
        empty_note: the note on a table without rows, if the table has no better one.
        notes: notes on the answer, which a workbook has too.
    """
    shown = table.head(limit)
    if not table:
        print_note(empty_note or table.describe_size())
    if form == "xlsx":
        return shown.to_xlsx(notes)
    width = find_width(output)
    if form != "table" or width is None:
        return shown.render(form, labels=labels or None)
    if not table:
        return ""
    return f"{shown.render(form, width=width)}\n{shown.describe_size(len(table))}\n"
