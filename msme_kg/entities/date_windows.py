"""Date windows: the bounds between which something uncertain in time began and ended."""

from __future__ import annotations

import calendar
from dataclasses import astuple, dataclass
from datetime import date


@dataclass(frozen=True)
class DatePeriod:
    """Two bounds of one date, classified by the shortest form that states them.

    Attributes:
        form: ``day``, ``month``, ``year``, ``span`` (between both bounds), ``from`` (no last day),
            ``until`` (no first day) or ``unknown``.
        first: the first possible day.
        last: the last possible day.
    """

    form: str
    first: date | None
    last: date | None

    @classmethod
    def from_bounds(cls, first: date | None, last: date | None) -> DatePeriod:
        """Classify two bounds."""
        if first is None or last is None:
            form = "unknown" if first is last else "from" if last is None else "until"
        elif first == last:
            form = "day"
        elif (first.month, first.day, last) == (1, 1, date(first.year, 12, 31)):
            form = "year"
        elif first.day == 1 and last == first.replace(day=calendar.monthrange(first.year, first.month)[1]):
            form = "month"
        else:
            form = "span"
        return cls(form, first, last)

    @classmethod
    def from_day(cls, day: date) -> DatePeriod:
        """Return the period of one day."""
        return cls("day", day, day)


@dataclass(frozen=True)
class DateWindow:
    """The four date bounds of the ontology; None for a bound that no source states.

    Attributes:
        not_before: the first day on which it can have begun (``msme:notBefore``).
        not_after: the last day on which it can have begun (``msme:notAfter``).
        end_not_before: the first day on which it can have ended (``msme:endNotBefore``).
        end_not_after: the last day on which it can have ended (``msme:endNotAfter``).
    """

    not_before: date | None = None
    not_after: date | None = None
    end_not_before: date | None = None
    end_not_after: date | None = None

    @classmethod
    def from_day(cls, day: date) -> DateWindow:
        """Return the window of what began on a known day."""
        return cls(day, day)

    def hide_later(self, day: date) -> DateWindow:
        """Return the window without its bounds after a day."""
        return DateWindow(*(None if bound is None or bound > day else bound for bound in astuple(self)))

    @property
    def start(self) -> DatePeriod:
        """The period in which it began."""
        return DatePeriod.from_bounds(self.not_before, self.not_after)

    @property
    def end(self) -> DatePeriod:
        """The period in which it ended."""
        return DatePeriod.from_bounds(self.end_not_before, self.end_not_after)

    @property
    def first_bound(self) -> date | None:
        """The first bound that is known, for sorting."""
        bounds = (self.not_before, self.not_after, self.end_not_before, self.end_not_after)
        return next((bound for bound in bounds if bound), None)

    def is_certain_on(self, day: date) -> bool:
        """Tell whether it certainly held on a day."""
        return self.has_begun_by(day) and (
            self.end.form == "unknown" or (self.end_not_before is not None and day <= self.end_not_before)
        )

    def is_possible_on(self, day: date) -> bool:
        """Tell whether it certainly or possibly held on a day."""
        return (self.not_before is None or self.not_before <= day) and not self.has_ended_before(day)

    def has_begun_by(self, day: date) -> bool:
        """Tell whether it certainly began on or before a day."""
        return self.not_after is not None and self.not_after <= day

    def has_ended_before(self, day: date) -> bool:
        """Tell whether it certainly ended before a day."""
        return self.end_not_after is not None and self.end_not_after < day

    def can_have_begun_by(self, day: date) -> bool:
        """Tell whether a stated first bound allows, but does not prove, that it began by a day."""
        return self.not_before is not None and self.not_before <= day and not self.has_begun_by(day)

    def classify_novelty(self, since: date | None) -> str:
        """Return ``yes`` if it certainly began after a day, ``maybe`` if it possibly did, else nothing."""
        if since is None:
            return ""
        if self.not_before is not None and self.not_before > since:
            return "yes"
        return "maybe" if self.not_after is not None and self.not_after > since else ""

    def to_start_period(self, day: date) -> DatePeriod:
        """Return the period in which it began, without a bound after a given day."""
        return DatePeriod.from_bounds(self.not_before, self.not_after if self.has_begun_by(day) else None)
