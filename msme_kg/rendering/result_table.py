"""Tables of query results: rows as plain values, as text, in notebooks and as pandas data frames."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Self

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.errors import UsageError
from msme_kg.message_catalog import build_text, format_message, select_messages
from msme_kg.rendering.question import Question
from msme_kg.rendering.value_list import find_value_separator
from msme_kg.sparql.html_table import HtmlCell, render_html_table
from msme_kg.sparql.joined_cells import SEPARATOR, is_joined_iri, list_joined_iris, resolve_joined_labels
from msme_kg.sparql.results import Solutions, Term
from msme_kg.sparql.results_writer import FORMATS, format_cell, to_python, write_results, write_text_table

if TYPE_CHECKING:
    import pandas as pd

TABLE_FORMATS = (*FORMATS, "xlsx")
"""The formats of a table, the first is the default; all but ``xlsx`` are text, see ``ResultTable.render``."""
_HEADED_FORMATS = {"table", "md", "csv"}
_FORMATS_TO_READ = {"table", "md"}
"""The formats that are read and not processed: they leave out columns without any value, unless a user's own
query asks for them."""
_REMARK = re.compile(r" \(([^()]+)\)$")
"""The remark at the end of a label."""
Cell = str | int | float | bool | None
LinkedCell = Cell | dict[str, str] | list[str | dict[str, str]]
"""A value; of an entity its IRI and label; of a cell with several values a list."""


class ResultTable:
    """The rows of a query result.

    Args:
        solutions: the rows.
        labels: the labels of IRIs.
        headings: headings by column, for people; a column without one is headed by its name. None for a
            user's own query, of which each column is shown, also one without any value.
        joined: the columns whose cells hold several values, see ``msme_kg.sparql.joined_cells``.
        short_names: the joined columns whose entities people see by host and date of issue, or where they
            have no address, by the remark at the end of their label.
        language_codes: the joined columns with language tags, in place of which people see names.
        absent: what people see in a cell without a value, by column; in others they see nothing.
        question: what was asked, where it was a canned query.
        find_sources: returns the sources of the entities in rows, for workbooks; None for no such sheet.

    It iterates as dictionaries of plain values keyed by column (IRIs as text), prints as an aligned table
    with labels, shows itself in notebooks, and converts to pandas.
    """

    def __init__(
        self,
        solutions: Solutions,
        labels: Labels,
        headings: Mapping[str, str] | None = None,
        joined: Collection[str] = (),
        short_names: Collection[str] = (),
        language_codes: Collection[str] = (),
        absent: Mapping[str, str] | None = None,
        question: Question | None = None,
        find_sources: Callable[[Solutions], ResultTable] | None = None,
    ) -> None:
        self.solutions = solutions
        self.question = question
        self._find_sources = find_sources
        self._is_headed = headings is not None
        self.headings = {name: (headings or {}).get(name, name) for name in solutions.columns}
        self._labels = labels
        self.joined = joined
        self.short_names = short_names
        self.language_codes = language_codes
        self.absent = absent or {}
        self._names: Mapping[str, str] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return self.solutions.columns

    def __len__(self) -> int:
        return len(self.solutions.rows)

    def head(self, limit: int | None) -> Self:
        """Return the first rows, or all where the limit is None."""
        shortened = copy(self)
        shortened.solutions = Solutions(self.columns, self.solutions.rows[:limit])
        return shortened

    def __iter__(self) -> Iterator[dict[str, Cell]]:
        for row in self.solutions:
            yield {name: to_python(term, str) for name, term in row.items()}

    def to_labelled_rows(self) -> list[dict[str, Cell]]:
        """Return the rows with labels in place of IRIs."""
        return [
            {name: to_python(term, self._labels.get_label) for name, term in row.items()}
            for row in self._resolve_labels()
        ]

    def to_linked_rows(self) -> list[dict[str, LinkedCell]]:
        """Return the rows with an entity as its IRI and label, and a cell with several values as a list."""
        self._prefetch_labels()
        return [{name: self._link_cell(name, term) for name, term in row.items()} for row in self.solutions]

    def _link_cell(self, column: str, term: Term | None) -> LinkedCell:
        if column in self.joined:
            return [
                {"iri": value, "label": text} if is_joined_iri(value) else text
                for text, value in self._list_cell_values(column, term)
            ]
        if isinstance(term, ox.NamedNode):
            return {"iri": term.value, "label": self._labels.get_label(term.value)}
        return to_python(term, str)

    def list_labelled_values(self, column: str) -> list[str]:
        """Return the values in a column with labels in place of IRIs, those of joined cells one by one."""
        self._prefetch_labels()
        cells = (self._list_cell_values(column, row[column]) for row in self.solutions)
        return [text for cell in cells for text, _ in cell if text]

    def find_short_names(self) -> dict[str, str]:
        """Return what people see of the entities in the columns with short names, by IRI."""
        self._prefetch_labels()
        return {
            iri: self._name_value(name, iri)
            for name in self.short_names
            for iri in list_joined_iris(self.solutions, [name])
        }

    def render(
        self, format_name: str = "table", *, labels: bool | None = None, width: int | None = None
    ) -> str:
        """Return the table as text.

        Args:
            format_name: ``table csv tsv json jsonl md srj srx``.
            labels: whether labels replace IRIs; by default they do in ``table`` and ``md``. With labels,
                ``table``, ``md`` and ``csv`` have headings instead of the names of columns, ``table`` and
                ``md`` leave out columns without any value (of a user's own query none), and ``csv`` is
                for spreadsheets: with a byte order mark, and an apostrophe before formulas.
            width: the columns of a terminal to which ``table`` folds its cells; None for long lines.

        Raises:
            msme_kg.errors.UsageError: labels in ``srj`` or ``srx``, which have the terms themselves.
            msme_kg.errors.InputError: ``srx`` cannot hold a character.
        """
        if labels and format_name in {"srj", "srx"}:
            raise UsageError(
                build_text("error.terms-only", format=format_name), hint=build_text("error.choose-labels")
            )
        if labels is None:
            labels = format_name in {"table", "md"}
        if not labels:
            return write_results(self.solutions, format_name, str)
        solutions = self._resolve_labels()
        if self._is_headed and format_name in _FORMATS_TO_READ:
            solutions = _drop_empty_columns(self._fill_cells(solutions))
        if format_name in _HEADED_FORMATS:
            solutions = Solutions(tuple(map(self.headings.__getitem__, solutions.columns)), solutions.rows)
        if format_name == "table":
            return write_text_table(solutions, self._labels.get_label, width)
        if format_name == "csv":
            # Loaded only here: most answers are no CSV.
            from msme_kg.sparql.spreadsheet_csv import write_spreadsheet_csv

            get_label = self._labels.get_label
            rows = ([format_cell(term, get_label) for term in row] for row in solutions.rows)
            return write_spreadsheet_csv(solutions.columns, rows)
        return write_results(solutions, format_name, self._labels.get_label)

    def describe_size(self, whole: int | None = None) -> str:
        """Return the number of rows in words; for a table without rows, that nothing is recorded.

        Args:
            whole: the number of rows of the whole answer, if this table may be its beginning.
        """
        lang = self._labels.lang
        if not self and not whole:
            if self.question is None:
                return format_message("table.empty", lang)
            return self.question.describe_no_answer(self._labels.get_label, lang)
        if whole is not None and whole > len(self):
            return format_message("table.first-rows", lang, count=len(self), whole=whole)
        return format_message("table.row" if len(self) == 1 else "table.rows", lang, count=len(self))

    def __str__(self) -> str:
        return self.render()

    def _repr_html_(self) -> str:
        self._prefetch_labels()
        lang, label_for = self._labels.lang, self._labels.get_label
        caption = "" if self.question is None else self.question.describe(label_for, lang)
        rows = (map(self._list_cell_values, self.columns, row) for row in self.solutions.rows)
        separators = [
            find_value_separator(self.list_labelled_values(name) if name in self.joined else (), lang)
            for name in self.columns
        ]
        return render_html_table(self.headings.values(), rows, caption, separators)

    def _list_cell_values(self, column: str, term: Term | None) -> HtmlCell:
        """Return the values in a cell, each as text with a label in place of an IRI, and as it is."""
        if term is None:
            return ()
        if column in self.joined:
            return [(self._name_value(column, one), one) for one in term.value.split(SEPARATOR)]
        return ((format_cell(term, self._labels.get_label), term.value),)

    def list_source_names(self) -> list[str]:
        """Return the names of the sources of the entities in the rows; none if they are not known."""
        sources = self._find_sources(self.solutions) if self._find_sources is not None else None
        if not sources:
            return []
        place = sources.columns.index("source")
        terms = [row[place] for row in sources.solutions.rows]
        return list(dict.fromkeys(term.value for term in terms if term is not None))

    def to_xlsx(self, notes: Iterable[str] = ()) -> bytes:
        """Return a workbook of Excel with the rows, their sources, and a sheet on how to read them.

        Args:
            notes: notes on the answer, for that sheet.

        Raises:
            msme_kg.errors.InputError: Excel cannot hold a text, or so many rows.
            msme_kg.errors.UsageError: the extra ``xlsx`` is not installed.
        """
        from msme_kg.rendering.workbook import Sheet, build_workbook
        from msme_kg.rendering.workbook_guide import build_guide

        solutions = self._resolve_labels()
        sources = self._find_sources(self.solutions) if self._find_sources is not None else None
        sheets = [Sheet("answer", solutions, tuple(self.headings.values()))]
        if sources:
            sheets.append(Sheet("sources", sources._resolve_labels(), tuple(sources.headings.values())))
        rows = [sheet.solutions for sheet in sheets]
        guide = build_guide(rows, self._labels, self.question, self.joined, notes)
        return build_workbook(sheets, self._labels.get_label, guide)

    def to_pandas(self, *, labels: bool = True) -> pd.DataFrame:
        """Return the rows as a pandas data frame (needs the extra ``pandas``).

        Args:
            labels: whether labels replace IRIs.
        """
        import pandas as pd

        return pd.DataFrame(self.to_labelled_rows() if labels else list(self), columns=list(self.columns))

    def _resolve_labels(self) -> Solutions:
        """Return the rows with labels in joined cells, when all labels are known."""
        self._prefetch_labels()
        return resolve_joined_labels(
            self.solutions,
            self.joined,
            self._name_value,
            partial(find_value_separator, lang=self._labels.lang),
        )

    def _fill_cells(self, solutions: Solutions) -> Solutions:
        """Return rows with words in the cells whose emptiness would not explain itself."""
        words = [ox.Literal(text) if (text := self.absent.get(name)) else None for name in solutions.columns]
        rows = (tuple(cell or word for cell, word in zip(row, words, strict=True)) for row in solutions.rows)
        return Solutions(solutions.columns, tuple(rows))

    def _prefetch_labels(self) -> None:
        cells = (term for row in self.solutions.rows for term in row)
        iris = [term.value for term in cells if isinstance(term, ox.NamedNode)]
        self._labels.prefetch([*iris, *list_joined_iris(self.solutions, self.joined)])
        if self.short_names:
            self._names = self._labels.find_short_names(list_joined_iris(self.solutions, self.short_names))

    def _name_value(self, column: str, value: str) -> str:
        """Return the name of a value in a joined column: of an entity or a language; others are names."""
        if column in self.language_codes:
            return select_messages("language.", self._labels.lang).get(value, value)
        if not is_joined_iri(value):
            return value
        label = self._labels.get_label(value)
        if column not in self.short_names:
            return label
        remark = _REMARK.search(label)
        return self._names.get(value) or (remark[1] if remark else label)


def _drop_empty_columns(solutions: Solutions) -> Solutions:
    """Return solutions without the columns in which no row has a value; unchanged if there are no rows."""
    filled = [place for place, cells in enumerate(zip(*solutions.rows, strict=True)) if any(cells)]
    if not filled:
        return solutions
    columns = tuple(solutions.columns[place] for place in filled)
    return Solutions(columns, tuple(tuple(row[place] for place in filled) for row in solutions.rows))
