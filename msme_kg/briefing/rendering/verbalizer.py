"""Verbalizer: renders a note as sentences in a language, with labels and citation numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from msme_kg.briefing.content.note_model import (
    MembershipTotal,
    MultilingualText,
    Note,
    Section,
    Source,
    Statement,
    TimelineEvent,
)
from msme_kg.rdf.characters import escape_controls
from msme_kg.rendering.templating import Templates
from msme_kg.repository import Repository
from msme_kg.sparql.endpoint import parse_url

_MAX_ADDRESS_LENGTH = 44
"""The longest address, without its scheme, that a short note shows whole."""
_FORMS_TEMPLATE, _NOTE_TEMPLATE = "forms.j2", "note.j2"
_WIDE_CHARACTER = r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
_REDUNDANT_SPACE = re.compile(rf"(?<={_WIDE_CHARACTER}) (?=[!-~“‘])|(?<=[!-~”’]) (?={_WIDE_CHARACTER})")


@dataclass(frozen=True)
class RenderedStatement:
    """A statement as text.

    Attributes:
        label: its number or letter, or empty.
        text: the sentence.
        mark: the marks of a statement that is new or on an act of the Member of the note, or empty.
        sources: the citation numbers of its sources, each with its text in brackets.
        children: the statements under it.
    """

    label: str
    text: str
    mark: str
    sources: tuple[tuple[int, str], ...]
    children: tuple[RenderedStatement, ...]


@dataclass(frozen=True)
class RenderedSection:
    """A section as text.

    Attributes:
        name: the name of the section.
        heading: its heading, with its number.
        statements: its statements.
        membership_totals: the data of its growth chart, if it has one.
        timeline_events: the data of its timeline chart, if it has one.
    """

    name: str
    heading: str
    statements: tuple[RenderedStatement, ...]
    membership_totals: tuple[MembershipTotal, ...]
    timeline_events: tuple[TimelineEvent, ...]


@dataclass(frozen=True)
class SourceEntry:
    """An entry in the list of sources.

    Attributes:
        number: the citation number.
        text_before_address: the text before the address.
        address: the URL or file path.
        short_address: the address as a short note shows it, where it links: host and last part of the path.
        text_after_address: the text after the address.
        is_link: whether the address is an http(s) URL.
    """

    number: int
    text_before_address: str
    address: str
    short_address: str
    text_after_address: str
    is_link: bool


@dataclass(frozen=True)
class RenderedNote:
    """A note as text in a language.

    Attributes:
        lang: the language.
        as_of: the date that it describes.
        is_short: whether it is a short note.
        title: its title.
        date_line: its date, and the comparison date.
        opening: the statements before the first section.
        sections: its sections.
        sources_heading: the heading of the list of sources.
        sources_remark: the paragraph before the list of sources.
        entries: the sources.
    """

    lang: str
    as_of: date
    is_short: bool
    title: str
    date_line: str
    opening: tuple[RenderedStatement, ...]
    sections: tuple[RenderedSection, ...]
    sources_heading: str
    sources_remark: str
    entries: tuple[SourceEntry, ...]


class Verbalizer:
    """Renders notes with the templates of one language."""

    def __init__(self, repository: Repository, lang: str) -> None:
        """Open the templates.

        Args:
            repository: the repository with the templates.
            lang: the language.
        """
        self.lang = lang
        self.templates = Templates(partial(repository.read_briefing_template, lang))
        self._removes_spaces = bool(self.get_setting("tight"))

    def get_setting(self, name: str) -> object:
        """Return the value of a variable in the template ``forms.j2`` of the language."""
        return self.templates.get_variable(_FORMS_TEMPLATE, name)

    def format_phrase(self, file: str, macro: str, **values: object) -> str:
        """Return the text of a template macro; see ``Templates.call_macro``."""
        localized = {name: self._localize(value) for name, value in values.items()}
        text = escape_controls(self.templates.call_macro(file, macro, localized))
        return _REDUNDANT_SPACE.sub("", text) if self._removes_spaces else text

    def format_heading(self, macro: str, **values: object) -> str:
        """Return a text of the template ``note.j2``: title, headings, chart labels, list of sources."""
        return self.format_phrase(_NOTE_TEMPLATE, macro, **values)

    def verbalize(self, note: Note) -> RenderedNote:
        """Render a note as text."""
        numbers = {source.iri: source.number for source in note.sources}
        sections = tuple(
            self._render_section(position, section, numbers)
            for position, section in enumerate(note.sections, 1)
        )
        last_number = self.format_phrase(_FORMS_TEMPLATE, "section_number", number=len(sections) + 1)
        return RenderedNote(
            lang=self.lang,
            as_of=note.as_of,
            is_short=note.length == "short",
            title=self.format_heading("title", group=note.group_label, as_of=note.as_of),
            date_line=self.format_heading("dated", as_of=note.as_of, since=note.since),
            opening=self._render_statements(note.opening, numbers, 0),
            sections=sections,
            sources_heading=_join_heading(last_number, self.format_heading("heading", name="sources")),
            sources_remark=self.format_heading("sources_remark", length=note.length),
            entries=tuple(self._render_source(source, note.length) for source in note.sources),
        )

    def _render_section(self, position: int, section: Section, numbers: Mapping[str, int]) -> RenderedSection:
        number = self.format_phrase(_FORMS_TEMPLATE, "section_number", number=position)
        heading = _join_heading(number, self.format_heading("heading", name=section.name))
        statements = self._render_statements(section.statements, numbers, 1)
        return RenderedSection(
            section.name, heading, statements, section.membership_totals, section.timeline_events
        )

    def _render_statements(
        self, statements: Sequence[Statement], numbers: Mapping[str, int], level: int
    ) -> tuple[RenderedStatement, ...]:
        return tuple(
            RenderedStatement(
                label=self._format_label(statement, level, position),
                text=self.format_phrase(f"{statement.template}.j2", statement.macro_name, **statement.values),
                mark=self._format_mark(statement),
                sources=tuple(
                    (
                        numbers[source],
                        f"[{numbers[source]}{'*' if source in statement.partial_sources else ''}]",
                    )
                    for source in sorted(statement.sources, key=numbers.__getitem__)
                ),
                children=self._render_statements(statement.parts, numbers, level + 1),
            )
            for position, statement in enumerate(statements, 1)
        )

    def _format_mark(self, statement: Statement) -> str:
        """Return the marks of a statement that is new or on an act of the Member of the note."""
        new = self.format_heading("mark", new=statement.novelty) if statement.novelty else ""
        return new + (self.format_heading("own_mark") if statement.is_own_act else "")

    def _format_label(self, statement: Statement, level: int, position: int) -> str:
        """Return the label of a statement from its ``_label`` macro, else from its position."""
        file, macro = f"{statement.template}.j2", f"{statement.macro_name}_label"
        if self.templates.has_macro(file, macro):
            return self.format_phrase(file, macro, **statement.values)
        return (
            self.format_phrase(_FORMS_TEMPLATE, "item_number", level=level, number=position) if level else ""
        )

    def _render_source(self, source: Source, length: str) -> SourceEntry:
        text = self.format_heading(
            "source",
            name=source.name,
            publisher=source.publisher if length == "full" else None,
            issued=source.issued,
            address=source.address,
            passages=source.passages if length == "full" else (),
            dated=source.dating,
            weak=source.is_weak,
        )
        is_link = parse_url(source.address) is not None
        address = escape_controls(source.address)
        before, address, after = text.rpartition(address) if address else (text, "", "")
        short_address = _shorten_address(address) if is_link and length == "short" else address
        return SourceEntry(source.number, before, address, short_address, after, is_link)

    def _localize(self, value: Any) -> Any:
        if isinstance(value, MultilingualText):
            own_name = str(self.get_setting("own_name") or "") if value.is_own_member else ""
            return own_name or value.to_str(self.lang)
        if isinstance(value, tuple):
            return tuple(map(self._localize, value))
        return value


def _join_heading(number: str, heading: str) -> str:
    """Join a number and a heading; no space follows a full-width character."""
    return f"{number}{heading}" if is_wide(number[-1:]) else f"{number} {heading}"


def _shorten_address(url: str) -> str:
    """Return the host of a URL and the last part of its path, as far as it is short."""
    rest = url.partition("://")[2]
    host, *parts = rest.partition("?")[0].removeprefix("www.").rstrip("/").split("/")
    if len(rest) <= _MAX_ADDRESS_LENGTH or not parts:
        return "/".join((host, *parts))
    last = parts[-1]
    shown = last if len(last) <= _MAX_ADDRESS_LENGTH // 2 else f"{last[: _MAX_ADDRESS_LENGTH // 2]}…"
    return "/".join((host, "…", shown) if len(parts) > 1 else (host, shown))


def is_wide(character: str) -> bool:
    """Tell whether a character is full-width, so that no space follows it."""
    return bool(re.fullmatch(_WIDE_CHARACTER, character))


class CitationAnchors:
    """The citation numbers used so far, so that each source links back to its first citation."""

    def __init__(self) -> None:
        self._cited_numbers: set[int] = set()

    def register_citation(self, number: int) -> bool:
        """Record a citation; return whether it is the first of its source."""
        is_first = number not in self._cited_numbers
        self._cited_numbers.add(number)
        return is_first
