"""Windows of uncertain dates, and what they mean on the date of a note."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from msme_kg.briefing.content.note_model import Period


@dataclass(frozen=True)
class Window:
    """The four bounds of when something began and ended; a bound that no source gives is None."""

    begins: date | None = None
    begun: date | None = None
    ends: date | None = None
    ended: date | None = None

    def certain(self, day: date) -> bool:
        """Tell whether it certainly held on a day."""
        endless = self.ends is None and self.ended is None
        return (
            self.begun is not None
            and self.begun <= day
            and (endless or (self.ends is not None and day <= self.ends))
        )

    def possible(self, day: date) -> bool:
        """Tell whether it may have held on a day, or certainly did."""
        return (self.begins is None or self.begins <= day) and (self.ended is None or day <= self.ended)

    def begun_by(self, day: date) -> bool:
        """Tell whether it had certainly begun by a day."""
        return self.begun is not None and self.begun <= day

    def may_begin_by(self, day: date) -> bool:
        """Tell whether a source places its begin where it may have been by a day, though not for certain."""
        return self.begins is not None and self.begins <= day and not self.begun_by(day)

    def news(self, since: date | None) -> str:
        """Tell whether it began after a day: ``yes``, ``maybe``, or not as far as is known (empty)."""
        if since is None:
            return ""
        if self.begins is not None and self.begins > since:
            return "yes"
        return "maybe" if self.begun is not None and self.begun > since else ""

    def period(self, day: date) -> Period:
        """Return when it began, without any date that lies after a day."""
        return shown(self.begins, self.begun if self.begun_by(day) else None)


def shown(first: date | None, last: date | None) -> Period:
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
    return Period(form, first, last)
