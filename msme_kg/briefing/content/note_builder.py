"""What every section of a note needs: its dates, what answers, and statements with their sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from msme_kg.briefing.content.anachronisms import speaks_of_later
from msme_kg.briefing.content.citations import Citing
from msme_kg.briefing.content.date_windows import Window
from msme_kg.briefing.content.fact_queries import Asking, same
from msme_kg.briefing.content.note_model import Statement, Text, Value
from msme_kg.namespaces import LANGUAGES

Cited = tuple[str, ...]
"""A thing and which statements about it, see ``Citing.of``."""


@dataclass(frozen=True)
class Drafting:
    """A note in the making.

    Attributes:
        as_of: the date that it describes.
        since: the date that it compares with, if any.
        asking: what answers.
        citing: the sources.
    """

    as_of: date
    since: date | None
    asking: Asking
    citing: Citing

    def say(
        self,
        section: str,
        kind: str,
        cited: Iterable[Cited],
        *,
        window: Window | None = None,
        parts: Sequence[Statement] = (),
        facts: Mapping[str, Value] | None = None,
        **values: Value,
    ) -> Statement:
        """Return a statement.

        Args:
            section: the file of templates.
            kind: the sentence.
            cited: what stands behind it; where it is nothing, the record itself does.
            window: when that began which it states, to tell whether it is new.
            parts: the statements under it.
            facts: those in it that several statements share.
            values: the others.
        """
        sources: list[str] = []
        for thing, *whats in cited:
            sources += [one for one in self.citing.of(thing, *whats) if one not in sources]
        return Statement(
            section=section,
            kind=kind,
            values={**(facts or {}), **values},
            sources=tuple(sources) or (self.citing.record,),
            new=window.news(self.since) if window else "",
            parts=tuple(parts),
        )

    def words(self, thing: str, what: str) -> Text | None:
        """Return words about a thing, unless they speak of what came after the date of the note."""
        found = self.asking.words(thing, what)
        return None if found is None or speaks_of_later(found, self.as_of) else found

    def original(self, thing: str) -> Text | None:
        """Return a title or else a name in the language in which the WTO issues it, if it is known."""
        found = self.words(thing, "title") or self.words(thing, "label")
        words = found.words.get(LANGUAGES[0]) if found else None
        return same(words) if words else None

    def labels(self, things: Iterable[str]) -> tuple[Text, ...]:
        """Return what things are called, in their order, each name once."""
        found: list[Text] = []
        for thing in things:
            label = self.asking.label(thing)
            if label not in found:
                found.append(label)
        return tuple(found)
