"""New entities from options or a table: canonical Turtle, validated against the graph, not written to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.changes.entity_builder import BuiltEntities, build_entities
from msme_kg.changes.entity_input import EntityInput
from msme_kg.changes.table_input import read_table
from msme_kg.errors import CombinedError, FindingError, KGError, to_printable
from msme_kg.rdf.canonical_turtle import serialize_alone
from msme_kg.rendering.text_result import TextResult
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.shacl.report import Finding
from msme_kg.sparql.canned import CannedQuery
from msme_kg.storage.dataset import GraphFile

_OUTPUT_FILE = "printed.ttl"


@dataclass(frozen=True)
class NewEntities(TextResult):
    """New entities as statements and as Turtle.

    Attributes:
        quads: their statements.
        turtle: the same in canonical form, with the prefixes that it uses.
        notes: warnings about other entities that adding them would cause.
    """

    quads: tuple[ox.Quad, ...]
    turtle: str
    notes: tuple[str, ...]

    def render(self, format_name: str = "turtle") -> str:  # noqa: ARG002 (there is one format)
        """Return the entities as Turtle."""
        return self.turtle


def build_new(
    repository: Repository,
    template: CannedQuery,
    options: Mapping[str, str | Sequence[str] | None],
    *,
    table: str | None = None,
    lang: str = "en",
) -> NewEntities:
    """Build entities of one kind and validate them.

    Args:
        repository: the graph that they are meant for.
        template: the query that builds the kind.
        options: its options by parameter name; several values for a repeatable one.
        table: a CSV or TSV file with a row for each entity and columns named like the options, which fill in
            what a row leaves empty; ``-`` is standard input.
        lang: the language of messages.

    Raises:
        msme_kg.errors.CombinedError: values that do not fit, or entities that do not conform.
        msme_kg.errors.InputError: the table, or a file of the graph, is malformed.
    """
    values = {
        key: [value] if isinstance(value, str) else list(value) for key, value in options.items() if value
    }
    inputs, errors = [EntityInput(values)], []
    if table is not None:
        rows = read_table(table, [parameter.name for parameter in template.parameters])
        inputs, errors = EntityInput.from_table(template, rows, values), [*rows.errors]
    built = build_entities(repository, template, inputs, lang)
    turtle = serialize_alone(built.quads, built.prefixes)
    notes = []
    errors += built.errors
    for finding in _validate(repository, turtle, built):
        focus = getattr(finding.focus_node, "value", "")
        origin = built.inputs_by_iri.get(focus)
        if origin is not None:
            errors.append(origin.locate_error(FindingError(finding.message[lang])))
        elif finding.severity == "violation":
            errors.append(FindingError(f"{to_printable(focus)}: {finding.message[lang]}"))
        else:
            notes.append(f"{to_printable(focus)}: {finding.message[lang]}")
    if errors:
        raise CombinedError(sorted(errors, key=_get_line))
    return NewEntities(tuple(built.quads), turtle, tuple(notes))


def _validate(repository: Repository, turtle: str, built: BuiltEntities) -> Iterator[Finding]:
    """Yield the findings that adding the entities would cause."""
    if not built.quads:
        return
    # Validation is imported where it is needed: completion and help import this module too.
    from msme_kg.validation.graph_validation import validate_changes
    from msme_kg.validation.validation_input import ValidationInput

    state = ValidationInput.from_working_tree(repository)
    file = GraphFile(_OUTPUT_FILE, to_graph_iri(_OUTPUT_FILE), turtle.encode())
    for finding in validate_changes(state, state.with_extra_files([file])).findings:
        if finding.severity != "info":  # nothing cites a new source yet
            yield finding


def _get_line(error: KGError) -> int:
    return error.location.line if error.location else 0
