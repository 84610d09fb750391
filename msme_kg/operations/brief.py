"""The briefing note for a date, in a language and a format."""

from __future__ import annotations

from collections.abc import Callable, Collection

from msme_kg.message_catalog import name_option, require_choice
from msme_kg.operations.open_graph import OpenGraph, require_language
from msme_kg.sparql.canned import FIRST_DAY, LATEST_DAY
from msme_kg.sparql.parameters import parse_day
from msme_kg.sparql.query_catalog import BRIEFING, QueryCatalog


def write_brief(
    graph: OpenGraph,
    as_of: str | None = None,
    since: str | None = None,
    lang: str | None = None,
    format_name: str = "md",
    length: str = "short",
    sections: Collection[str] = (),
    for_member: str | None = None,
    warn: Callable[[str], None] = lambda _: None,
    *,
    deprecated: bool = False,
) -> bytes:
    """Write the briefing note.

    Args:
        graph: where the facts are.
        as_of: the date that it describes, ``YYYY-MM-DD``, or a year or month for its last day that is not in
            the future; by default today.
        since: an earlier date to compare with; a year or month stands for its first day.
        lang: its language; by default that of the graph.
        format_name: ``md``, ``html`` or ``docx`` (needs the extra ``docx``).
        length: ``short`` (at most four pages, merged) or ``full``.
        sections: the sections to write, names in ``SECTION_NAMES``; by default all.
        for_member: the Member for which it is written, by code or name; the note marks its acts.
        warn: receives a remark for each text with a control character, which the note shows as an escape.
        deprecated: whether the note names deprecated entities too.

    Raises:
        msme_kg.errors.UsageError: a date, language, format, length, section or Member is not valid.
        msme_kg.errors.InputError: the store does not have the Group, or a template is malformed.
    """
    from msme_kg.briefing.content.compose import compose_note
    from msme_kg.briefing.content.fact_queries import FactQueries
    from msme_kg.briefing.content.note_model import SECTION_NAMES
    from msme_kg.briefing.rendering.formats import NOTE_RENDERERS, render_note

    require_choice(format_name, NOTE_RENDERERS, name_option("format"))
    require_choice(length, SECTION_NAMES, name_option("length"))
    language = require_language(lang or graph.lang)
    date = parse_day("today" if as_of is None else as_of, "as_of", LATEST_DAY)
    earlier = parse_day(since, "since", FIRST_DAY) if since is not None else None
    queries = FactQueries(
        graph.engine,
        graph.repository,
        graph.vocabulary_engine,
        deprecated=deprecated,
        own_member="" if for_member is None else _resolve_member(graph, for_member),
        graph_key=graph.dataset.key if graph.dataset and graph.is_prepared else "",
    )
    note = compose_note(queries, date, earlier, length, sections)
    for remark in note.remarks:
        warn(remark)
    return render_note(graph.repository, note, language, format_name)


def _resolve_member(graph: OpenGraph, name: str) -> str:
    """Return the IRI of the Member of a name."""
    (parameter,) = QueryCatalog(graph.repository).get(BRIEFING, "acts").parameters
    return graph.resolver.resolve(name, name_option("for"), parameter.entities, partial=True).value
