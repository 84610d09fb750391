"""Guide to an answer in a workbook: what was asked, what dates and values mean, licence and source."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.message_catalog import select_messages
from msme_kg.rendering.first_days import list_first_days
from msme_kg.rendering.question import Question
from msme_kg.sparql.binding import bind_values
from msme_kg.sparql.results import Solutions, Term

_DATASET_QUERY = """
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?title ?version ?changed ?licence WHERE {
  VALUES ?in_lang { "en" }  # param
  ?dataset a dcat:Dataset ; dcterms:title ?title ; dcterms:license ?licence .
  FILTER(langMatches(LANG(?title), ?in_lang))
  OPTIONAL { ?dataset dcat:version ?version }
  OPTIONAL { ?dataset dcterms:issued ?issued }
  OPTIONAL { ?dataset dcterms:modified ?modified }
  BIND(COALESCE(?modified, ?issued) AS ?changed)
} ORDER BY STR(?dataset) LIMIT 1
"""


@dataclass(frozen=True)
class Guide:
    """The text of the sheet on how to read an answer.

    Attributes:
        lang: its language.
        name: the name of the sheet.
        title: the title of the answer.
        lines: pairs of name and text.
        explained: the IRIs of concepts that a line explains.
        created: when the dataset was changed last, which dates the workbook; None if unknown.
    """

    lang: str
    name: str
    title: str
    lines: tuple[tuple[str, Term | str], ...]
    explained: frozenset[str]
    created: datetime | None


def build_guide(
    sheets: Sequence[Solutions],
    labels: Labels,
    question: Question | None,
    joined: Collection[str],
    notes: Iterable[str],
) -> Guide:
    """Return the guide to an answer.

    Args:
        sheets: the rows of each sheet: the answer, and its sources if there are any.
        labels: the labels of IRIs.
        question: what was asked, where it was a canned query.
        joined: the columns whose cells hold several values.
        notes: notes on the answer.
    """
    words = select_messages("workbook.", labels.lang)
    title, version, changed, licence = _read_dataset(labels)
    lines: list[tuple[str, Term | str]] = []
    if question is not None:
        lines += [("", question.description), (words["command"], _format_command(question, labels.lang))]
        lines += [
            (words["option"], option.describe(labels.get_label, labels.lang)) for option in question.options
        ]
    lines.append((words["rows"], str(len(sheets[0].rows))))
    lines += [(words["note"], note) for note in notes]
    columns = [column for sheet in sheets for column in _list_columns(sheet)]
    if any(list_first_days(column) is not None for column in columns):
        lines += [(words["dates"], words[key]) for key in ("days", "periods", "unknown", "sorting")]
    if joined or len(sheets) > 1:
        lines.append((words["joined"], words["joined-text"]))
    definitions = _find_definitions(columns, labels)
    lines += [(labels.get_label(iri), text) for iri, text in definitions.items()]
    says_who = words["sources-text" if len(sheets) > 1 else "says-who-text"]
    lines += [(words["sources"], says_who), (words["missing"], words["missing-text"])]
    if title is not None:
        edition = "" if version is None else f" {version.value}"
        lines.append((words["dataset"], f"{title.value}{edition}"))
    if licence is not None:
        lines.append((words["licence"], licence))
    return Guide(
        lang=labels.lang,
        name=words["guide"],
        title=words["answer"] if question is None else question.title,
        lines=tuple(lines),
        explained=frozenset(definitions),
        created=_parse_time(changed),
    )


def _read_dataset(labels: Labels) -> tuple[Term | None, ...]:
    """Return title, version, date and licence of the dataset; None for what it does not state."""
    query = bind_values(_DATASET_QUERY, {"lang": [ox.Literal(labels.lang)]})
    return next(iter(labels.engine.select(query).rows), (None,) * 4)


def _parse_time(value: Term | None) -> datetime | None:
    try:
        return None if value is None else datetime.fromisoformat(value.value).replace(tzinfo=None)
    except ValueError:
        return None


def _format_command(question: Question, lang: str) -> str:
    options: list[str] = []
    for option in question.options:
        options += [f"--{option.name}", option.text] if option.value else [f"--{option.name}"]
    return shlex.join(["msme-kg", "query", question.name, *options, "--lang", lang])


def _list_columns(solutions: Solutions) -> Iterator[list[Term | None]]:
    for index in range(len(solutions.columns)):
        yield [row[index] for row in solutions.rows]


def _find_definitions(columns: Iterable[Iterable[Term | None]], labels: Labels) -> dict[str, str]:
    """Return the definitions of the concepts in columns, in their order."""
    cells = (cell for column in columns for cell in column)
    iris = dict.fromkeys(cell.value for cell in cells if isinstance(cell, ox.NamedNode))
    definitions = labels.find_definitions(iris)
    return {iri: definitions[iri] for iri in iris if iri in definitions}
