"""Input values for one new entity, from command-line options or a table row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msme_kg.changes.table_input import InputTable
from msme_kg.errors import KGError, SourceLocation
from msme_kg.sparql.canned import CannedQuery, Parameter


@dataclass(frozen=True)
class EntityInput:
    """The input values for one new entity.

    Attributes:
        values: the texts by parameter.
        location: the table row; None for options.
        row_number: the number of the row; 0 for options.
        is_complete: whether the whole input was parsed; if not, no entity can be built.
    """

    values: Mapping[str, Sequence[str]]
    location: SourceLocation | None = None
    row_number: int = 0
    is_complete: bool = True

    @classmethod
    def from_table(
        cls, template: CannedQuery, table: InputTable, options: Mapping[str, Sequence[str]]
    ) -> list[EntityInput]:
        """Return the input of each row of a table.

        Args:
            template: the template query; ``|`` or a line break separates several values.
            table: the rows.
            options: the values for empty cells.
        """
        repeatable = {parameter.name for parameter in template.parameters if parameter.repeatable}
        inputs = []
        for row in table.rows:
            cells = {
                name: _split_values(text) if name in repeatable else [text]
                for name, text in row.cells.items()
            }
            inputs.append(cls({**options, **cells}, row.location, row.row_number, not table.errors))
        return inputs

    def get_values(self, parameter: Parameter) -> list[str]:
        """Return the distinct values of a parameter, stripped; empty ones are left out."""
        texts = (text.strip() for text in self.values.get(parameter.name, ()))
        return list(dict.fromkeys(filter(None, texts)))

    def locate_error(self, error: KGError, parameter: Parameter | None = None) -> KGError:
        """Return an error with its location; in a table with row and column."""
        if not self.row_number:
            return error
        column = f", column {parameter.option}" if parameter else ""
        return type(error)(
            f"row {self.row_number}{column}: {error.message}", hint=error.hint, location=self.location
        )


def _split_values(text: str) -> list[str]:
    return [part for line in text.splitlines() for part in line.split("|")]
