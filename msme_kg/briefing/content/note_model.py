"""Data model of the briefing note, independent of language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from msme_kg.entities.date_windows import DatePeriod

SECTION_NAMES: Mapping[str, tuple[str, ...]] = {
    "short": ("changes", "mandate", "participation", "declaration", "plan"),
    "full": (
        *("changes", "mandate", "participation", "instruments"),
        *("initiatives", "meetings", "plan", "open"),
    ),
}
"""The sections of a note by its length, in their order."""

Value: TypeAlias = "str | int | date | MultilingualText | DatePeriod | tuple[Value, ...] | None"


@dataclass(frozen=True)
class MultilingualText:
    """A text in several languages.

    Attributes:
        text_by_lang: the text by language.
        is_own_member: whether it is the name of the Member for which the note is written.
    """

    text_by_lang: Mapping[str, str]
    is_own_member: bool = False

    def to_str(self, lang: str) -> str:
        """Return the text in a language, else in another one."""
        return self.text_by_lang.get(lang) or next(iter(self.text_by_lang.values()), "")


@dataclass(frozen=True)
class Statement:
    """A statement, rendered as one sentence.

    Attributes:
        template: the template file, without its ending.
        macro_name: the template macro of the sentence.
        values: the arguments of the macro.
        sources: the IRIs of the sources that are cited for it.
        partial_sources: those of them that do not state all of it: they are cited for the record as a whole,
            or for a part.
        novelty: ``yes`` if it is new since the comparison date, ``maybe`` if it possibly is, else empty.
        is_own_act: whether it states an act of the Member for which the note is written.
        parts: the statements under it.
    """

    template: str
    macro_name: str
    values: Mapping[str, Value]
    sources: tuple[str, ...]
    partial_sources: frozenset[str] = frozenset()
    novelty: str = ""
    is_own_act: bool = False
    parts: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class MembershipTotal:
    """The totals that sources state for a day, and the numbers of known members.

    Attributes:
        day: the day.
        stated_totals: the distinct totals, sorted.
        named_count: the number of certain members.
        possible_count: the number of possible members.
        indirect_count: the number of members with only indirect evidence.
    """

    day: date
    stated_totals: tuple[int, ...]
    named_count: int
    possible_count: int
    indirect_count: int


@dataclass(frozen=True)
class TimelineEvent:
    """An event of the timeline.

    Attributes:
        type_label: the label of its kind.
        earliest_date: the first day on which it can have begun.
        latest_date: the last day on which it can have begun.
        label: its label.
    """

    type_label: MultilingualText
    earliest_date: date
    latest_date: date
    label: MultilingualText


@dataclass(frozen=True)
class Section:
    """A section of the note.

    Attributes:
        name: its name, which selects its heading and template file.
        statements: its statements, in order.
        membership_totals: the data of its growth chart, if it has one.
        timeline_events: the data of its timeline chart, if it has one.
    """

    name: str
    statements: tuple[Statement, ...]
    membership_totals: tuple[MembershipTotal, ...] = ()
    timeline_events: tuple[TimelineEvent, ...] = ()


@dataclass(frozen=True)
class Source:
    """An entry in the list of sources.

    Attributes:
        number: its citation number.
        iri: the IRI of the source.
        name: its title, else its publisher, else its host name.
        publisher: its publisher, if that is not its name.
        issued: its date of issue, if known.
        address: its URL or file path.
        passages: the cited passages.
        dating: ``by`` the date of the note, ``later``, or ``unknown``.
        is_weak: whether it is a site of low reliability.
    """

    number: int
    iri: str
    name: MultilingualText
    publisher: MultilingualText | None
    issued: date | None
    address: str
    passages: tuple[str, ...]
    dating: str
    is_weak: bool


@dataclass(frozen=True)
class Note:
    """A briefing note.

    Attributes:
        as_of: the date that it describes.
        since: the comparison date, if any.
        length: ``short`` or ``full``.
        group_label: the label of the Group.
        opening: the statements before the first section.
        sections: its sections.
        sources: its sources, sorted by number.
        remarks: texts of the graph that it cannot show as they are.
    """

    as_of: date
    since: date | None
    length: str
    group_label: MultilingualText
    opening: tuple[Statement, ...]
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    remarks: tuple[str, ...] = ()
