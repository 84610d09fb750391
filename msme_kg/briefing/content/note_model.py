"""What a briefing note is made of, before it is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

Value: TypeAlias = "str | int | date | MultilingualText | DatePeriod | tuple[Value, ...] | None"


@dataclass(frozen=True)
class MultilingualText:
    """Words that the graph has in each language.

    Attributes:
        text_by_lang: by language; a name that has one spelling has it for each.
    """

    text_by_lang: Mapping[str, str]

    def to_str(self, lang: str) -> str:
        """Return the words in a language, else in another one."""
        return self.text_by_lang.get(lang) or next(iter(self.text_by_lang.values()), "")


@dataclass(frozen=True)
class DatePeriod:
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
        macro_name: which sentence of that file it is.
        values: the facts in it, by the names that the template gives them.
        sources: the IRIs of the sources that state it.
        novelty: ``yes`` where it is new since the date of comparison, ``maybe`` where it may be, else empty.
        parts: the statements under it.
    """

    section: str
    macro_name: str
    values: Mapping[str, Value]
    sources: tuple[str, ...]
    novelty: str = ""
    parts: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class MembershipTotal:
    """A date for which sources state totals, and how many of the members can be named.

    Attributes:
        day: the date.
        stated_totals: the totals, smallest first.
        named_count: how many are named for certain.
        possible_count: how many may be.
        indirect_count: how many only indirect signs show.
    """

    day: date
    stated_totals: tuple[int, ...]
    named_count: int
    possible_count: int
    indirect_count: int


@dataclass(frozen=True)
class TimelineEvent:
    """An event in the timeline.

    Attributes:
        type_label: its kind.
        earliest_date: its first possible day.
        latest_date: its last possible day.
        label: what it is called.
    """

    type_label: MultilingualText
    earliest_date: date
    latest_date: date
    label: MultilingualText


@dataclass(frozen=True)
class Section:
    """A part of the note under one heading.

    Attributes:
        name: which heading it has, and which file of templates.
        statements: what it says, in order.
        membership_totals: what a picture of growth shows; often nothing.
        timeline_events: what a picture of a timeline shows; often nothing.
    """

    name: str
    statements: tuple[Statement, ...]
    membership_totals: tuple[MembershipTotal, ...] = ()
    timeline_events: tuple[TimelineEvent, ...] = ()


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
        dating: ``by`` the date of the note, ``later``, or ``unknown``.
    """

    number: int
    iri: str
    name: MultilingualText
    publisher: str
    issued: date | None
    address: str
    passages: tuple[str, ...]
    dating: str


@dataclass(frozen=True)
class Note:
    """A briefing note.

    Attributes:
        as_of: the date that it describes.
        since: the date that it compares with, if any.
        group_label: what the Group is called.
        opening: what stands before the first section.
        sections: its sections.
        sources: its sources, by number.
    """

    as_of: date
    since: date | None
    group_label: MultilingualText
    opening: tuple[Statement, ...]
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
