"""What a briefing note is made of, before it is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

Value: TypeAlias = "str | int | date | Text | Period | tuple[Value, ...] | None"


@dataclass(frozen=True)
class Text:
    """Words that the graph has in each language.

    Attributes:
        words: by language; a name that has one spelling has it for each.
    """

    words: Mapping[str, str]

    def of(self, lang: str) -> str:
        """Return the words in a language, else in another one."""
        return self.words.get(lang) or next(iter(self.words.values()), "")


@dataclass(frozen=True)
class Period:
    """When something was, as much as is known of it on the date of the note.

    Attributes:
        form: ``day month year span`` (between the two), ``from`` (not before the first), ``until`` (not
            after the last) or ``unknown``.
        first: its first possible day.
        last: its last possible day.
    """

    form: str
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Statement:
    """One sentence to be.

    Attributes:
        section: the file of templates that has its words.
        kind: which sentence of that file it is.
        values: the facts in it, by the names that the template gives them.
        sources: the IRIs of the sources that state it.
        new: ``yes`` where it is new since the date of comparison, ``maybe`` where it may be, else empty.
        parts: the statements under it.
    """

    section: str
    kind: str
    values: Mapping[str, Value]
    sources: tuple[str, ...]
    new: str = ""
    parts: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class Bar:
    """A date for which sources state totals, and how many of the members can be named.

    Attributes:
        day: the date.
        stated: the totals, smallest first.
        named: how many are named for certain.
        possible: how many may be.
        indirect: how many only indirect signs show.
    """

    day: date
    stated: tuple[int, ...]
    named: int
    possible: int
    indirect: int


@dataclass(frozen=True)
class Dot:
    """An event in the timeline.

    Attributes:
        lane: its kind.
        first: its first possible day.
        last: its last possible day.
        name: what it is called.
    """

    lane: Text
    first: date
    last: date
    name: Text


@dataclass(frozen=True)
class Section:
    """A part of the note under one heading.

    Attributes:
        name: which heading it has, and which file of templates.
        statements: what it says, in order.
        bars: what a picture of growth shows; often nothing.
        dots: what a picture of a timeline shows; often nothing.
    """

    name: str
    statements: tuple[Statement, ...]
    bars: tuple[Bar, ...] = ()
    dots: tuple[Dot, ...] = ()


@dataclass(frozen=True)
class Source:
    """An entry in the list of sources.

    Attributes:
        number: what the note calls it by.
        iri: the source.
        name: its title, else who published it, else where it stands.
        publisher: who published it, where that is not its name.
        issued: its date, if it is known.
        address: the URL or the file.
        passages: the passages of it that are cited.
        dated: ``by`` the date of the note, ``later``, or ``unknown``.
    """

    number: int
    iri: str
    name: Text
    publisher: str
    issued: date | None
    address: str
    passages: tuple[str, ...]
    dated: str


@dataclass(frozen=True)
class Note:
    """A briefing note.

    Attributes:
        as_of: the date that it describes.
        since: the date that it compares with, if any.
        group: what the Group is called.
        opening: what stands before the first section.
        sections: its sections.
        sources: its sources, by number.
    """

    as_of: date
    since: date | None
    group: Text
    opening: tuple[Statement, ...]
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
