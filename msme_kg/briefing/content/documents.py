"""Documents, and whether each had been issued by the date of the note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from msme_kg.briefing.content.date_windows import Window
from msme_kg.briefing.content.fact_queries import Asking, Row


@dataclass(frozen=True)
class Document:
    """A document.

    Attributes:
        iri: the document.
        kinds: its classes.
        symbol: its symbol, or empty.
        seen: whether its text was seen.
        whole: the document that it is an annex of, or empty.
        annex: its number as an annex; 0 for a part without one.
        revises: the documents that it revises.
        issued: the window of its issue.
        adopted: the events at which it was adopted, with their windows.
    """

    iri: str
    kinds: tuple[str, ...]
    symbol: str
    seen: bool
    whole: str
    annex: int
    revises: tuple[str, ...]
    issued: Window
    adopted: tuple[tuple[str, Window], ...]

    def adoption(self, day: date) -> tuple[str, Window] | None:
        """Return the event at which it had certainly been adopted by a day, if there is one."""
        return next(((event, window) for event, window in self.adopted if window.begun_by(day)), None)

    def dated(self, day: date) -> Window | None:
        """Return the window by which it was there by a day: of its issue, else of its adoption, else None."""
        if self.issued.begun_by(day):
            return self.issued
        adoption = self.adoption(day)
        return adoption[1] if adoption else None


def documents(asking: Asking) -> dict[str, Document]:
    """Return all documents by IRI."""
    rows: dict[str, list[Row]] = {}
    for row in asking.rows("documents"):
        rows.setdefault(row["document"], []).append(row)
    return {iri: _document(iri, group) for iri, group in rows.items()}


def _document(iri: str, rows: list[Row]) -> Document:
    first = rows[0]
    events = {row["event"]: Window(row.day("event_a"), row.day("event_b")) for row in rows if row["event"]}
    return Document(
        iri=iri,
        kinds=tuple(dict.fromkeys(row["kind"] for row in rows)),
        symbol=first["symbol"],
        seen=first["seen"] == "yes",
        whole=first["whole"],
        annex=int(first["annex"] or 0),
        revises=tuple(dict.fromkeys(row["revises"] for row in rows if row["revises"])),
        issued=first.window(),
        adopted=tuple(events.items()),
    )
