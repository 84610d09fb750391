"""Notes on an answer: beyond the end of the record, or on the entities that were named."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from msme_kg.cli.options import get_settings
from msme_kg.cli.output import print_remark
from msme_kg.entities.deprecation import describe_deprecation
from msme_kg.errors import to_printable
from msme_kg.message_catalog import build_text, format_message, quote_text
from msme_kg.namespaces import XSD
from msme_kg.operations.answer_hints import VersionAnswer
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.rendering.question import Question
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.parameters import parse_day


def describe_record_end(end: str, lang: str) -> str:
    """Return a note that nothing is recorded after a day."""
    return format_message("output.record-ends", lang, end=to_printable(end))


def warn_beyond_record(end: str | None, lang: str) -> None:
    """Print a note if a date of the query lies after the last day of the record, which is None otherwise."""
    if end is not None:
        print_remark(describe_record_end(end, lang), lang)


def read_day(text: str | None, option: str, day: str) -> str | None:
    """Return the day that an option denotes, one of ``DAYS`` of a year or month, of which a note tells."""
    if text is None:
        return None
    found = parse_day(text, option, day).isoformat()
    print_day_note(option, text, found)
    return found


def print_day_notes(question: Question) -> None:
    """Print a note for each date of a question that was given as a year or month."""
    for option in question.options:
        for term in option.value:
            if (
                isinstance(term, ox.Literal)
                and term.datatype.value == f"{XSD}date"
                and len(option.value) == 1
            ):
                print_day_note(f"--{option.name}", option.text, term.value)


def print_day_note(option: str, text: str, day: str) -> None:
    """Print a note if the value of an option is a year or month, with the day that is taken for it."""
    if text not in {day, "today"}:
        print_remark(build_text("resolution.day", option=option, text=text, day=day), get_settings().lang)


def list_default_notes(query: CannedQuery, options: Mapping[str, str | None], lang: str) -> list[str]:
    """Return a note for each default that an answer takes, where the header of the query says what it is."""
    return [
        format_message(
            "output.by-default",
            lang,
            option=parameter.option,
            value=to_printable(parameter.default or ""),
            words=parameter.by_default[lang],
        )
        for parameter in query.parameters
        if parameter.by_default and options.get(parameter.name) is None
    ]


def print_version_note(answer: VersionAnswer, lang: str) -> None:
    """Print a note that an answer is about another version than the one that was asked about."""
    text = quote_text(answer.text)
    print_remark(build_text("table.version-shown", text=text, value=answer.symbol), lang)


def print_name_notes(graph: OpenGraph) -> None:
    """Print a note for each entity that was named by a part of its name, or that is deprecated."""
    if not graph.has_resolved_names:
        return
    for match in dict.fromkeys(graph.resolver.resolved_partially):
        label = to_printable(graph.labels.get_label(match.entity_iri))
        text = quote_text(match.text)
        note = build_text("resolution.partial", text=text, label=label, iri=match.entity_iri)
        print_remark(note, graph.lang)
    for iri in dict.fromkeys(graph.resolver.resolved_deprecated):
        words = describe_deprecation(graph.resolver.find_replacements([iri])[iri], graph.labels)
        print_remark(f"{to_printable(graph.labels.get_label(iri))} <{iri}>: {words}", graph.lang)
