"""What is said of a new thing, in options or in a row of a table, before it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msme_kg.changes.table_input import Table
from msme_kg.errors import KGError, Place
from msme_kg.sparql.canned import CannedQuery, Parameter


@dataclass(frozen=True)
class Given:
    """What is said of one new thing.

    Attributes:
        values: the texts by parameter.
        place: the row that says it; None for options.
        row: the number of the row; 0 for options.
        whole: whether all that was said was understood; if not, nothing can be made of it.
    """

    values: Mapping[str, Sequence[str]]
    place: Place | None = None
    row: int = 0
    whole: bool = True

    @classmethod
    def of_rows(cls, kind: CannedQuery, table: Table, options: Mapping[str, Sequence[str]]) -> list[Given]:
        """Return what each row of a table says.

        Args:
            kind: what is to be made of it; where it takes several values, ``|`` or a line break parts them.
            table: the rows.
            options: what holds where a row says nothing.
        """
        many = {parameter.name for parameter in kind.parameters if parameter.many}
        given = []
        for row in table.rows:
            cells = {name: _parted(text) if name in many else [text] for name, text in row.cells.items()}
            given.append(cls({**options, **cells}, row.place, row.number, not table.faults))
        return given

    def texts(self, parameter: Parameter) -> list[str]:
        """Return what is given for a parameter, without blanks around it; what is empty is not given."""
        texts = (one.strip() for one in self.values.get(parameter.name, ()))
        return list(dict.fromkeys(one for one in texts if one))

    def fault(self, error: KGError, parameter: Parameter | None = None) -> KGError:
        """Return a fault with its place; in a table the row and the column are named too."""
        if not self.row:
            return error
        column = f", column {parameter.option}" if parameter else ""
        return type(error)(f"row {self.row}{column}: {error.message}", hint=error.hint, place=self.place)


def _parted(text: str) -> list[str]:
    return [part for line in text.splitlines() for part in line.split("|")]
