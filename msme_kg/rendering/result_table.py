"""Tables of query results: rows as plain values, as text, in notebooks and as pandas data frames."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.errors import UsageError
from msme_kg.sparql.results import Solutions
from msme_kg.sparql.results_writer import format_cell, to_python, write_results

if TYPE_CHECKING:
    import pandas as pd

Cell = str | int | float | bool | None


class ResultTable:
    """The rows of a query result.

    It iterates as dictionaries of plain values keyed by column (IRIs as text), prints as an aligned table
    with labels, shows itself in notebooks, and converts to pandas.
    """

    def __init__(self, solutions: Solutions, labels: Labels) -> None:
        self.solutions = solutions
        self._labels = labels

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return self.solutions.columns

    def __len__(self) -> int:
        return len(self.solutions.rows)

    def head(self, limit: int | None) -> ResultTable:
        """Return the first rows, or all where the limit is None."""
        return ResultTable(Solutions(self.columns, self.solutions.rows[:limit]), self._labels)

    def __iter__(self) -> Iterator[dict[str, Cell]]:
        for row in self.solutions:
            yield {name: to_python(term, str) for name, term in row.items()}

    def to_labelled_rows(self) -> list[dict[str, Cell]]:
        """Return the rows with labels in place of IRIs."""
        self._prefetch_labels()
        return [
            {name: to_python(term, self._labels.get_label) for name, term in row.items()}
            for row in self.solutions
        ]

    def render(self, format_name: str = "table", *, labels: bool | None = None) -> str:
        """Return the table as text.

        Args:
            format_name: ``table csv tsv json jsonl md srj srx``.
            labels: whether labels replace IRIs; by default they do in ``table`` and ``md``.

        Raises:
            msme_kg.errors.UsageError: labels in ``srj`` or ``srx``, which have the terms themselves.
            msme_kg.errors.InputError: ``srx`` cannot hold a character.
        """
        if labels and format_name in {"srj", "srx"}:
            raise UsageError(f"{format_name} has terms, not labels", hint="choose json or csv for labels")
        if labels is None:
            labels = format_name in {"table", "md"}
        if labels:
            self._prefetch_labels()
        return write_results(self.solutions, format_name, self._labels.get_label if labels else str)

    def __str__(self) -> str:
        return self.render()

    def _repr_html_(self) -> str:
        self._prefetch_labels()
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>"
            + "".join(f"<td>{escape(format_cell(term, self._labels.get_label))}</td>" for term in row)
            + "</tr>"
            for row in self.solutions.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def to_pandas(self, *, labels: bool = True) -> pd.DataFrame:
        """Return the rows as a pandas data frame (needs the extra ``pandas``).

        Args:
            labels: whether labels replace IRIs.
        """
        import pandas as pd

        return pd.DataFrame(self.to_labelled_rows() if labels else list(self), columns=list(self.columns))

    def _prefetch_labels(self) -> None:
        self._labels.prefetch(
            term.value for row in self.solutions.rows for term in row if isinstance(term, ox.NamedNode)
        )
