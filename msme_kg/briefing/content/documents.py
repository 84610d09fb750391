"""Documents, with the date windows of their issue and adoption."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from msme_kg.briefing.content.fact_queries import FactQueries, FactRow
from msme_kg.entities.date_windows import DateWindow


@dataclass(frozen=True)
class Document:
    """A document.

    Attributes:
        iri: the IRI of the document.
        kinds: its classes below that of all documents.
        symbol: its document symbol, or empty.
        is_seen: whether the compilers have seen its text.
        parent_document: the document of which it is an annex, or empty.
        annex_number: its annex number; 0 for a part without number.
        revises: the documents that it revises.
        issue_window: the date window of its issue.
        adoptions: the events at which it was adopted, with their date windows.
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
        """Return the first event at which it was certainly adopted by a day, if any."""
        return next(((event, window) for event, window in self.adoptions if window.has_begun_by(day)), None)

    def find_date_window(self, day: date) -> DateWindow | None:
        """Return the window of its issue, else of its adoption, if that was certainly by a day."""
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
        kinds=tuple(dict.fromkeys(row["kind"] for row in rows if row["kind"])),
        symbol=first["symbol"],
        is_seen=first["seen"] == "yes",
        parent_document=first["whole"],
        annex_number=first.parse_integer("annex"),
        revises=tuple(dict.fromkeys(row["revises"] for row in rows if row["revises"])),
        issue_window=first.parse_window(),
        adoptions=tuple(events.items()),
    )
