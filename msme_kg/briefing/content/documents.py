"""Documents, and whether each had been issued by the date of the note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from msme_kg.briefing.content.date_windows import DateWindow
from msme_kg.briefing.content.fact_queries import FactQueries, FactRow


@dataclass(frozen=True)
class Document:
    """A document.

    Attributes:
        iri: the document.
        kinds: its classes.
        symbol: its symbol, or empty.
        is_seen: whether its text was seen.
        parent_document: the document that it is an annex of, or empty.
        annex_number: its number as an annex; 0 for a part without one.
        revises: the documents that it revises.
        issue_window: the window of its issue.
        adoptions: the events at which it was adopted, with their windows.
    """

    iri: str
    kinds: tuple[str, ...]
    symbol: str
    is_seen: bool
    parent_document: str
    annex_number: int
    revises: tuple[str, ...]
    issue_window: DateWindow
    adoptions: tuple[tuple[str, DateWindow], ...]

    def find_adoption(self, day: date) -> tuple[str, DateWindow] | None:
        """Return the event at which it had certainly been adopted by a day, if there is one."""
        return next(((event, window) for event, window in self.adoptions if window.has_begun_by(day)), None)

    def find_date_window(self, day: date) -> DateWindow | None:
        """Return the window by which it was there by a day: of its issue, else of its adoption, else None."""
        if self.issue_window.has_begun_by(day):
            return self.issue_window
        adoption = self.find_adoption(day)
        return adoption[1] if adoption else None


def load_documents(queries: FactQueries) -> dict[str, Document]:
    """Return all documents by IRI."""
    rows: dict[str, list[FactRow]] = {}
    for row in queries.select_rows("documents"):
        rows.setdefault(row["document"], []).append(row)
    return {iri: _build_document(iri, group) for iri, group in rows.items()}


def _build_document(iri: str, rows: list[FactRow]) -> Document:
    first = rows[0]
    events = {
        row["event"]: DateWindow(row.parse_date("event_a"), row.parse_date("event_b"))
        for row in rows
        if row["event"]
    }
    return Document(
        iri=iri,
        kinds=tuple(dict.fromkeys(row["kind"] for row in rows)),
        symbol=first["symbol"],
        is_seen=first["seen"] == "yes",
        parent_document=first["whole"],
        annex_number=int(first["annex"] or 0),
        revises=tuple(dict.fromkeys(row["revises"] for row in rows if row["revises"])),
        issue_window=first.parse_window(),
        adoptions=tuple(events.items()),
    )
