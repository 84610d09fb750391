"""What is said of a new thing, in options or in a row of a table, before it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msme_kg.changes.table_input import InputTable
from msme_kg.errors import KGError, SourceLocation
from msme_kg.sparql.canned import CannedQuery, Parameter


@dataclass(frozen=True)
class EntityInput:
    """What is said of one new thing.

    Attributes:
        values: the texts by parameter.
        location: the row that says it; None for options.
        row_number: the number of the row; 0 for options.
        is_complete: whether all that was said was understood; if not, nothing can be made of it.
    """

    values: Mapping[str, Sequence[str]]
    location: SourceLocation | None = None
    row_number: int = 0
    is_complete: bool = True

    @classmethod
    def from_table(
        cls, template: CannedQuery, table: InputTable, options: Mapping[str, Sequence[str]]
    ) -> list[EntityInput]:
        """Return what each row of a table says.

        Args:
            template: what is to be made of it; where it takes several values, ``|`` or a line
                break parts them.
            table: the rows.
            options: what holds where a row says nothing.
        """
        many = {parameter.name for parameter in template.parameters if parameter.repeatable}
        given = []
        for row in table.rows:
            cells = {
                name: _split_values(text) if name in many else [text] for name, text in row.cells.items()
            }
            given.append(cls({**options, **cells}, row.location, row.row_number, not table.errors))
        return given

    def get_values(self, parameter: Parameter) -> list[str]:
        """Return what is given for a parameter, without blanks around it; what is empty is not given."""
        texts = (one.strip() for one in self.values.get(parameter.name, ()))
        return list(dict.fromkeys(one for one in texts if one))

    def locate_error(self, error: KGError, parameter: Parameter | None = None) -> KGError:
        """Return a fault with its place; in a table the row and the column are named too."""
        if not self.row_number:
            return error
        column = f", column {parameter.option}" if parameter else ""
        return type(error)(
            f"row {self.row_number}{column}: {error.message}", hint=error.hint, location=self.location
        )


def _split_values(text: str) -> list[str]:
    return [part for line in text.splitlines() for part in line.split("|")]
