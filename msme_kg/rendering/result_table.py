"""Tables of query results: rows as plain values, as text, in notebooks and as pandas data frames."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.errors import UsageError
from msme_kg.rendering.csv_tables import BYTE_ORDER_MARK
from msme_kg.sparql.joined_cells import list_joined_iris, resolve_joined_labels
from msme_kg.sparql.results import Solutions
from msme_kg.sparql.results_writer import format_cell, to_python, write_results

if TYPE_CHECKING:
    import pandas as pd

_HEADED_FORMATS = {"table", "md", "csv"}
Cell = str | int | float | bool | None


class ResultTable:
    """The rows of a query result.

    Args:
        solutions: the rows.
        labels: the labels of IRIs.
        headings: headings by column, for people; a column without one is headed by its name.
        joined: the columns whose cells hold several values, see ``msme_kg.sparql.joined_cells``.

    It iterates as dictionaries of plain values keyed by column (IRIs as text), prints as an aligned table
    with labels, shows itself in notebooks, and converts to pandas.
    """

    def __init__(
        self,
        solutions: Solutions,
        labels: Labels,
        headings: Mapping[str, str] | None = None,
        joined: Collection[str] = (),
    ) -> None:
        self.solutions = solutions
        self.headings = {name: (headings or {}).get(name, name) for name in solutions.columns}
        self._labels = labels
        self.joined = joined

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return self.solutions.columns

    def __len__(self) -> int:
        return len(self.solutions.rows)

    def head(self, limit: int | None) -> ResultTable:
        """Return the first rows, or all where the limit is None."""
        rows = self.solutions.rows[:limit]
        return ResultTable(Solutions(self.columns, rows), self._labels, self.headings, self.joined)

    def __iter__(self) -> Iterator[dict[str, Cell]]:
        for row in self.solutions:
            yield {name: to_python(term, str) for name, term in row.items()}

    def to_labelled_rows(self) -> list[dict[str, Cell]]:
        """Return the rows with labels in place of IRIs."""
        return [
            {name: to_python(term, self._labels.get_label) for name, term in row.items()}
            for row in self._resolve_labels()
        ]

    def render(self, format_name: str = "table", *, labels: bool | None = None) -> str:
        """Return the table as text.

        Args:
            format_name: ``table csv tsv json jsonl md srj srx``.
            labels: whether labels replace IRIs; by default they do in ``table`` and ``md``. With labels,
                ``table``, ``md`` and ``csv`` have headings instead of the names of columns, and ``csv``
                begins with a byte order mark, by which spreadsheets know UTF-8.

        Raises:
            msme_kg.errors.UsageError: labels in ``srj`` or ``srx``, which have the terms themselves.
            msme_kg.errors.InputError: ``srx`` cannot hold a character.
        """
        if labels and format_name in {"srj", "srx"}:
            raise UsageError(f"{format_name} has terms, not labels", hint="choose json or csv for labels")
        if labels is None:
            labels = format_name in {"table", "md"}
        if not labels:
            return write_results(self.solutions, format_name, str)
        solutions = self._resolve_labels()
        if format_name in _HEADED_FORMATS:
            solutions = Solutions(tuple(self.headings.values()), solutions.rows)
        mark = BYTE_ORDER_MARK if format_name == "csv" else ""
        return mark + write_results(solutions, format_name, self._labels.get_label)

    def __str__(self) -> str:
        return self.render()

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(heading)}</th>" for heading in self.headings.values())
        body = "".join(
            "<tr>"
            + "".join(f"<td>{escape(format_cell(term, self._labels.get_label))}</td>" for term in row)
            + "</tr>"
            for row in self._resolve_labels().rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def to_pandas(self, *, labels: bool = True) -> pd.DataFrame:
        """Return the rows as a pandas data frame (needs the extra ``pandas``).

        Args:
            labels: whether labels replace IRIs.
        """
        import pandas as pd

        return pd.DataFrame(self.to_labelled_rows() if labels else list(self), columns=list(self.columns))

    def _resolve_labels(self) -> Solutions:
        """Return the rows with labels in joined cells, when all labels are known."""
        cells = (term for row in self.solutions.rows for term in row)
        iris = [term.value for term in cells if isinstance(term, ox.NamedNode)]
        self._labels.prefetch([*iris, *list_joined_iris(self.solutions, self.joined)])
        return resolve_joined_labels(self.solutions, self.joined, self._labels.get_label)
