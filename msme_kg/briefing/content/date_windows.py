"""Windows of uncertain dates, and what they mean on the date of a note."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from msme_kg.briefing.content.note_model import DatePeriod


@dataclass(frozen=True)
class DateWindow:
    """The four bounds of when something began and ended; a bound that no source gives is None."""

    not_before: date | None = None
    not_after: date | None = None
    end_not_before: date | None = None
    end_not_after: date | None = None

    def is_certain_on(self, day: date) -> bool:
        """Tell whether it certainly held on a day."""
        endless = self.end_not_before is None and self.end_not_after is None
        return (
            self.not_after is not None
            and self.not_after <= day
            and (endless or (self.end_not_before is not None and day <= self.end_not_before))
        )

    def is_possible_on(self, day: date) -> bool:
        """Tell whether it may have held on a day, or certainly did."""
        return (self.not_before is None or self.not_before <= day) and (
            self.end_not_after is None or day <= self.end_not_after
        )

    def has_begun_by(self, day: date) -> bool:
        """Tell whether it had certainly begun by a day."""
        return self.not_after is not None and self.not_after <= day

    def can_have_begun_by(self, day: date) -> bool:
        """Tell whether a source places its begin where it may have been by a day, though not for certain."""
        return self.not_before is not None and self.not_before <= day and not self.has_begun_by(day)

    def classify_novelty(self, since: date | None) -> str:
        """Tell whether it began after a day: ``yes``, ``maybe``, or not as far as is known (empty)."""
        if since is None:
            return ""
        if self.not_before is not None and self.not_before > since:
            return "yes"
        return "maybe" if self.not_after is not None and self.not_after > since else ""

    def to_start_period(self, day: date) -> DatePeriod:
        """Return when it began, without any date that lies after a day."""
        return as_period(self.not_before, self.not_after if self.has_begun_by(day) else None)


def as_period(first: date | None, last: date | None) -> DatePeriod:
    """Return two bounds in the form in which people write them."""
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
    return DatePeriod(form, first, last)
