"""Puts a note into the words of a language: lines of text with labels and numbers of sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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
from msme_kg.rendering.templating import Templates
from msme_kg.repository import Repository

_FORMS_TEMPLATE, _NOTE_TEMPLATE = "forms.j2", "note.j2"
_WIDE_CHARACTER = r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
_REDUNDANT_SPACE = re.compile(rf"(?<={_WIDE_CHARACTER}) (?=[!-~“‘])|(?<=[!-~”’]) (?={_WIDE_CHARACTER})")


@dataclass(frozen=True)
class RenderedStatement:
    """A statement in words.

    Attributes:
        label: its number or letter, or empty.
        text: the sentence.
        mark: that it is new, or empty.
        sources: the numbers of its sources.
        children: those under it.
    """

    label: str
    text: str
    mark: str
    sources: tuple[int, ...]
    children: tuple[RenderedStatement, ...]


@dataclass(frozen=True)
class RenderedSection:
    """A section in words.

    Attributes:
        name: of the section.
        heading: with its number.
        statements: its statements.
        membership_totals: what a picture of growth shows; often nothing.
        timeline_events: what a picture of a timeline shows; often nothing.
    """

    name: str
    heading: str
    statements: tuple[RenderedStatement, ...]
    membership_totals: tuple[MembershipTotal, ...]
    timeline_events: tuple[TimelineEvent, ...]


@dataclass(frozen=True)
class SourceEntry:
    """A source in words.

    Attributes:
        number: what the note calls it by.
        text_before_address: what is known of it, before its address.
        address: the URL or file.
        text_after_address: what is said after that.
        is_link: whether it is a URL.
    """

    number: int
    text_before_address: str
    address: str
    text_after_address: str
    is_link: bool


@dataclass(frozen=True)
class RenderedNote:
    """A note in the words of a language.

    Attributes:
        lang: the language.
        as_of: the date that it describes.
        title: of the note.
        date_line: its date, and what it is compared with.
        opening: what stands before the first chapter.
        sections: its sections.
        sources_heading: the heading of the list of sources.
        sources_remark: what stands above the list.
        entries: the sources.
    """

    lang: str
    as_of: date
    title: str
    date_line: str
    opening: tuple[RenderedStatement, ...]
    sections: tuple[RenderedSection, ...]
    sources_heading: str
    sources_remark: str
    entries: tuple[SourceEntry, ...]


class Verbalizer:
    """The words of one language."""

    def __init__(self, repository: Repository, lang: str) -> None:
        """Read the words.

        Args:
            repository: where they lie.
            lang: the language.
        """
        self.lang = lang
        self.templates = Templates([repository.briefing_folder / lang, repository.briefing_folder])
        self._removes_spaces = bool(self.get_setting("tight"))

    def get_setting(self, name: str) -> object:
        """Return what the forms of the language set a name to."""
        return self.templates.get_variable(_FORMS_TEMPLATE, name)

    def format_phrase(self, file: str, macro: str, **values: object) -> str:
        """Return a piece of text; see ``Templates.say``."""
        given = {name: self._localize(value) for name, value in values.items()}
        text = self.templates.call_macro(file, macro, given)
        return _REDUNDANT_SPACE.sub("", text) if self._removes_spaces else text

    def format_heading(self, macro: str, **values: object) -> str:
        """Return a word of the title, the headings, the pictures or the list of sources."""
        return self.format_phrase(_NOTE_TEMPLATE, macro, **values)

    def verbalize(self, note: Note) -> RenderedNote:
        """Return a note in words."""
        numbers = {source.iri: source.number for source in note.sources}
        chapters = tuple(self._render_section(at, one, numbers) for at, one in enumerate(note.sections, 1))
        last = self.format_phrase(_FORMS_TEMPLATE, "section_number", number=len(chapters) + 1)
        return RenderedNote(
            lang=self.lang,
            as_of=note.as_of,
            title=self.format_heading("title", group=note.group_label, as_of=note.as_of),
            date_line=self.format_heading("dated", as_of=note.as_of, since=note.since),
            opening=self._render_statements(note.opening, numbers, 0),
            sections=chapters,
            sources_heading=_join_heading(last, self.format_heading("heading", name="sources")),
            sources_remark=self.format_heading("sources_remark"),
            entries=tuple(self._render_source(source) for source in note.sources),
        )

    def _render_section(self, at: int, section: Section, numbers: Mapping[str, int]) -> RenderedSection:
        number = self.format_phrase(_FORMS_TEMPLATE, "section_number", number=at)
        heading = _join_heading(number, self.format_heading("heading", name=section.name))
        lines = self._render_statements(section.statements, numbers, 1)
        return RenderedSection(
            section.name, heading, lines, section.membership_totals, section.timeline_events
        )

    def _render_statements(
        self, statements: Sequence[Statement], numbers: Mapping[str, int], level: int
    ) -> tuple[RenderedStatement, ...]:
        return tuple(
            RenderedStatement(
                label=self._format_label(one, level, at),
                text=self.format_phrase(f"{one.section}.j2", one.macro_name, **one.values),
                mark=self.format_heading("mark", new=one.novelty) if one.novelty else "",
                sources=tuple(sorted(numbers[source] for source in one.sources)),
                children=self._render_statements(one.parts, numbers, level + 1),
            )
            for at, one in enumerate(statements, 1)
        )

    def _format_label(self, one: Statement, level: int, at: int) -> str:
        """Return the number of a statement: its own where its template has one, else that of its place."""
        own = f"{one.macro_name}_label"
        if self.templates.has_macro(f"{one.section}.j2", own):
            return self.format_phrase(f"{one.section}.j2", own, **one.values)
        return self.format_phrase(_FORMS_TEMPLATE, "item_number", level=level, number=at) if level else ""

    def _render_source(self, source: Source) -> SourceEntry:
        text = self.format_heading(
            "source",
            name=source.name,
            publisher=source.publisher,
            issued=source.issued,
            address=source.address,
            passages=source.passages,
            dated=source.dating,
        )
        is_link = source.address.startswith(("http://", "https://"))
        before, address, after = text.rpartition(source.address)
        return SourceEntry(source.number, before, address, after, is_link)

    def _localize(self, value: Any) -> Any:
        if isinstance(value, MultilingualText):
            return value.to_str(self.lang)
        if isinstance(value, tuple):
            return tuple(self._localize(one) for one in value)
        return value


def _join_heading(number: str, heading: str) -> str:
    """Return a heading after its number; a full-width mark needs no blank."""
    return f"{number}{heading}" if is_wide(number[-1:]) else f"{number} {heading}"


def is_wide(character: str) -> bool:
    """Tell whether a character is as wide as a Han character, so that no blank follows it."""
    return bool(re.fullmatch(_WIDE_CHARACTER, character))


def walk(lines: Iterable[RenderedStatement]) -> Iterable[RenderedStatement]:
    """Yield lines, each followed by those under it."""
    for line in lines:
        yield line
        yield from walk(line.children)
