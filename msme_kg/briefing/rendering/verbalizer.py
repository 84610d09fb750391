"""Puts a note into the words of a language: lines of text with labels and numbers of sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from msme_kg.briefing.content.note_model import Bar, Dot, Note, Section, Source, Statement, Text
from msme_kg.rendering.templating import Templates
from msme_kg.repository import Repository

_FORMS, _NOTE = "forms.j2", "note.j2"
_WIDE = r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
_GAP = re.compile(rf"(?<={_WIDE}) (?=[!-~“‘])|(?<=[!-~”’]) (?={_WIDE})")


@dataclass(frozen=True)
class Line:
    """A statement in words.

    Attributes:
        label: its number or letter, or empty.
        text: the sentence.
        mark: that it is new, or empty.
        sources: the numbers of its sources.
        lines: those under it.
    """

    label: str
    text: str
    mark: str
    sources: tuple[int, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Chapter:
    """A section in words.

    Attributes:
        name: of the section.
        heading: with its number.
        lines: its statements.
        bars: what a picture of growth shows; often nothing.
        dots: what a picture of a timeline shows; often nothing.
    """

    name: str
    heading: str
    lines: tuple[Line, ...]
    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Entry:
    """A source in words.

    Attributes:
        number: what the note calls it by.
        before: what is known of it, before its address.
        address: the URL or file.
        after: what is said after that.
        is_link: whether it is a URL.
    """

    number: int
    before: str
    address: str
    after: str
    is_link: bool


@dataclass(frozen=True)
class Spoken:
    """A note in the words of a language.

    Attributes:
        lang: the language.
        as_of: the date that it describes.
        title: of the note.
        dated: its date, and what it is compared with.
        opening: what stands before the first chapter.
        chapters: its sections.
        sources_heading: the heading of the list of sources.
        sources_remark: what stands above the list.
        entries: the sources.
    """

    lang: str
    as_of: date
    title: str
    dated: str
    opening: tuple[Line, ...]
    chapters: tuple[Chapter, ...]
    sources_heading: str
    sources_remark: str
    entries: tuple[Entry, ...]


class Words:
    """The words of one language."""

    def __init__(self, repository: Repository, lang: str) -> None:
        """Read the words.

        Args:
            repository: where they lie.
            lang: the language.
        """
        self.lang = lang
        self.templates = Templates([repository.words / lang, repository.words])
        self._tight = bool(self.form("tight"))

    def form(self, name: str) -> object:
        """Return what the forms of the language set a name to."""
        return self.templates.value(_FORMS, name)

    def say(self, file: str, macro: str, **values: object) -> str:
        """Return a piece of text; see ``Templates.say``."""
        given = {name: self._in_language(value) for name, value in values.items()}
        text = self.templates.say(file, macro, given)
        return _GAP.sub("", text) if self._tight else text

    def note(self, macro: str, **values: object) -> str:
        """Return a word of the title, the headings, the pictures or the list of sources."""
        return self.say(_NOTE, macro, **values)

    def spoken(self, note: Note) -> Spoken:
        """Return a note in words."""
        numbers = {source.iri: source.number for source in note.sources}
        chapters = tuple(self._chapter(at, one, numbers) for at, one in enumerate(note.sections, 1))
        last = self.say(_FORMS, "section_number", number=len(chapters) + 1)
        return Spoken(
            lang=self.lang,
            as_of=note.as_of,
            title=self.note("title", group=note.group, as_of=note.as_of),
            dated=self.note("dated", as_of=note.as_of, since=note.since),
            opening=self._lines(note.opening, numbers, 0),
            chapters=chapters,
            sources_heading=_joined(last, self.note("heading", name="sources")),
            sources_remark=self.note("sources_remark"),
            entries=tuple(self._entry(source) for source in note.sources),
        )

    def _chapter(self, at: int, section: Section, numbers: Mapping[str, int]) -> Chapter:
        number = self.say(_FORMS, "section_number", number=at)
        heading = _joined(number, self.note("heading", name=section.name))
        lines = self._lines(section.statements, numbers, 1)
        return Chapter(section.name, heading, lines, section.bars, section.dots)

    def _lines(
        self, statements: Sequence[Statement], numbers: Mapping[str, int], level: int
    ) -> tuple[Line, ...]:
        return tuple(
            Line(
                label=self._label(one, level, at),
                text=self.say(f"{one.section}.j2", one.kind, **one.values),
                mark=self.note("mark", new=one.new) if one.new else "",
                sources=tuple(sorted(numbers[source] for source in one.sources)),
                lines=self._lines(one.parts, numbers, level + 1),
            )
            for at, one in enumerate(statements, 1)
        )

    def _label(self, one: Statement, level: int, at: int) -> str:
        """Return the number of a statement: its own where its template has one, else that of its place."""
        own = f"{one.kind}_label"
        if self.templates.has(f"{one.section}.j2", own):
            return self.say(f"{one.section}.j2", own, **one.values)
        return self.say(_FORMS, "item_number", level=level, number=at) if level else ""

    def _entry(self, source: Source) -> Entry:
        text = self.note(
            "source",
            name=source.name,
            publisher=source.publisher,
            issued=source.issued,
            address=source.address,
            passages=source.passages,
            dated=source.dated,
        )
        is_link = source.address.startswith(("http://", "https://"))
        before, address, after = text.rpartition(source.address)
        return Entry(source.number, before, address, after, is_link)

    def _in_language(self, value: Any) -> Any:
        if isinstance(value, Text):
            return value.of(self.lang)
        if isinstance(value, tuple):
            return tuple(self._in_language(one) for one in value)
        return value


def _joined(number: str, heading: str) -> str:
    """Return a heading after its number; a full-width mark needs no blank."""
    return f"{number}{heading}" if is_wide(number[-1:]) else f"{number} {heading}"


def is_wide(character: str) -> bool:
    """Tell whether a character is as wide as a Han character, so that no blank follows it."""
    return bool(re.fullmatch(_WIDE, character))


def walk(lines: Iterable[Line]) -> Iterable[Line]:
    """Yield lines, each followed by those under it."""
    for line in lines:
        yield line
        yield from walk(line.lines)
