"""Builder of SPARQL results from the parts of a response, within limits of rows, columns and cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from sys import getsizeof

import pyoxigraph as ox

from msme_kg.namespaces import XSD
from msme_kg.sparql.results import AskResult, Solutions, Term

MAX_ROWS = 100_000
"""The most rows, or triples, of a result."""
MAX_COLUMNS = 1_000
"""The most columns of a result."""
MAX_CELLS = 300_000
"""The most cells of a result, bound or not."""
MAX_TEXT_SIZE = 40_000_000
"""The most bytes that the text of a result may take in memory, where a character has up to four."""
MAX_VALUE_LENGTH = 4_000_000
"""The longest row in JSON, and the longest tag or text in XML: parsers take many times its size in memory."""

_VARIABLE_NAME = re.compile(r"[\w.-]+")


class InvalidResultsError(Exception):
    """A response that is not a complete, well-formed result.

    Attributes:
        is_limit_exceeded: whether it is only too large.
    """

    def __init__(self, message: str, *, is_limit_exceeded: bool = False) -> None:
        super().__init__(message)
        self.is_limit_exceeded = is_limit_exceeded


class ResultsBuilder:
    """Takes columns, rows and boolean in any order, and refuses what is malformed or too large."""

    def __init__(self, check_time: Callable[[], object]) -> None:
        """Begin without any part.

        Args:
            check_time: called for each part; raises ``TimeoutError`` when no time is left.
        """
        self.check_time = check_time
        self._columns: tuple[str, ...] | None = None
        self._rows: list[dict[str, Term]] | None = None
        self._truth: object = None
        self._cell_count = 0
        self._text_size = 0
        self._bnodes: dict[str, ox.BlankNode] = {}

    def set_columns(self, names: Sequence[object]) -> None:
        """Set the names of the columns."""
        if len(names) > MAX_COLUMNS:
            raise build_limit_error(f"more than {MAX_COLUMNS} columns")
        columns = tuple(name for name in names if isinstance(name, str) and _VARIABLE_NAME.fullmatch(name))
        if len(columns) < len(names):
            raise InvalidResultsError("the answer has malformed names of columns")
        if len(set(columns)) < len(columns):
            raise InvalidResultsError("the answer has two columns of the same name")
        self._columns = columns

    def begin_rows(self) -> None:
        """Make the result a table."""
        self._rows = self._rows or []

    def add_row(self, bindings: dict[str, Term]) -> None:
        """Add a row with a term for each bound variable."""
        assert self._rows is not None  # noqa: S101 (the callers begin with begin_rows)
        self.check_time()
        self._rows.append(bindings)
        self._cell_count += max(len(bindings), len(self._columns or ()))
        if len(self._rows) > MAX_ROWS:
            raise build_limit_error(f"more than {MAX_ROWS} rows")
        if self._cell_count > MAX_CELLS:
            raise build_limit_error(f"more than {MAX_CELLS} cells")

    def set_boolean(self, value: object) -> None:
        """Make the result a boolean."""
        self._truth = value

    def build_term(self, kind: object, value: object, language: object, datatype: object) -> Term:
        """Return a term; blank nodes are renamed, since stores use labels that are not legal.

        A language tag wins over a datatype, as some stores send both.
        """
        self._text_size += getsizeof(value)
        if self._text_size > MAX_TEXT_SIZE:
            raise build_limit_error(f"more than {MAX_TEXT_SIZE // 1_000_000} MB of text")
        try:
            match kind, value:
                case "uri", str(text):
                    return ox.NamedNode(text)
                case "bnode", str(text):
                    return self._bnodes.setdefault(text, ox.BlankNode(f"b{len(self._bnodes)}"))
                case "literal" | "typed-literal", str(text) if language:
                    return ox.Literal(text, language=language)  # type: ignore[arg-type]  # may be anything
                case "literal" | "typed-literal", str(text):
                    return ox.Literal(text, datatype=ox.NamedNode(datatype or f"{XSD}string"))  # type: ignore[arg-type]  # likewise
        except (TypeError, ValueError):
            pass
        raise InvalidResultsError("the answer has a malformed term")

    def build(self) -> Solutions | AskResult:
        """Return the result.

        Raises:
            InvalidResultsError: it lacks a part, has a part too much, or a row does not fit the columns.
        """
        if self._truth is not None and self._rows is not None:
            raise InvalidResultsError("the answer is both a table and a boolean")
        if isinstance(self._truth, bool):
            return AskResult(self._truth)
        if self._columns is None or self._rows is None:
            raise InvalidResultsError("the answer lacks the members of a SPARQL result")
        columns, known = self._columns, set(self._columns)
        if len(columns) * len(self._rows) > MAX_CELLS:
            raise build_limit_error(f"more than {MAX_CELLS} cells")
        if not all(row.keys() <= known for row in self._rows):
            raise InvalidResultsError("the answer has a row that does not fit its columns")
        return Solutions(columns, tuple(tuple(map(row.get, columns)) for row in self._rows))


def build_limit_error(what: str) -> InvalidResultsError:
    """Return the error for an answer that is only too large."""
    return InvalidResultsError(f"the answer has {what}", is_limit_exceeded=True)
