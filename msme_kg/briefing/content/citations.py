"""Which sources stand behind a statement: those dated by the date of the note, others where it has none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlsplit

from msme_kg.briefing.content.fact_queries import Asking, Row, same
from msme_kg.briefing.content.note_model import Source, Text

_TIERS = ("by", "unknown", "later")


class Citing:
    """The sources of things, judged by the date of a note.

    A source without a date counts as later if it reports what began after that date.
    """

    def __init__(self, asking: Asking, as_of: date) -> None:
        """Ask for all sources.

        Args:
            asking: what answers.
            as_of: the date of the note.
        """
        self._asking = asking
        self._rows = {row["source"]: row for row in reversed(asking.rows("sources"))}
        record = asking.rows("dataset")
        self.record = record[0]["dataset"] if record else ""
        self.record_ends = max((day for row in record if (day := row.day("ends"))), default=None)
        reports: dict[str, date] = {}
        for row in asking.rows("undated-sources"):
            day = row.day("day")
            if day is not None:
                reports[row["source"]] = max(day, reports.get(row["source"], day))
        self._dated = {iri: _dated(row, reports.get(iri), as_of) for iri, row in self._rows.items()}
        self._stated: dict[str, list[Row]] = {}
        self._cited: dict[str, set[str]] = {}

    def learn(self, things: Iterable[str]) -> None:
        """Ask for the sources of things, many at a time."""
        wanted = [iri for iri in things if iri and iri not in self._stated]
        for iri in wanted:
            self._stated[iri] = []
        if wanted:
            for row in self._asking.rows("citations", wanted):
                self._stated[row["thing"]].append(row)

    def of(self, thing: str, *whats: str) -> tuple[str, ...]:
        """Return the sources of statements about a thing.

        Args:
            thing: its IRI.
            whats: which statements, as the query of citations names them; without one, all of them.
        """
        if thing == self.record:
            return (thing,)
        self.learn([thing])
        found: list[str] = []
        for what in whats or ("",):
            stating = [row for row in self._stated[thing] if _states(row, what)] or self._stated[thing]
            sources = {row["source"] for row in stating}
            best = next((tier for tier in _TIERS if any(self.dated(one) == tier for one in sources)), "")
            chosen = [row for row in stating if self.dated(row["source"]) == best]
            for row in chosen:
                if row["locator"]:
                    self._cited.setdefault(row["source"], set()).add(row["locator"])
            found += sorted({row["source"] for row in chosen} - set(found))
        return tuple(found)

    def dated(self, source: str) -> str:
        """Tell whether a source is dated ``by`` the date of the note, ``later``, or ``unknown``."""
        return self._dated.get(source, "by")

    def names(self, sources: Iterable[str]) -> tuple[Text, ...]:
        """Return what sources are called, each name once."""
        found = [self._name(source, self._rows.get(source, Row({"url": source}))) for source in sources]
        return tuple(one for at, one in enumerate(found) if one not in found[:at])

    def known_by(self, thing: str) -> bool:
        """Tell whether a source that is dated by the date of the note states anything of a thing."""
        self.learn([thing])
        return any(self.dated(row["source"]) == "by" for row in self._stated[thing])

    def entry(self, source: str, number: int) -> Source:
        """Return the entry of a source in the list."""
        row = self._rows.get(source, Row({"url": source}))
        address = row["url"] or row["file"]
        return Source(
            number=number,
            iri=source,
            name=self._name(source, row),
            publisher=row["publisher"] if self._asking.words(source, "title") else "",
            issued=row.day("issued"),
            address=address,
            passages=tuple(sorted(self._cited.get(source, ()))),
            dated=self.dated(source),
        )

    def _name(self, source: str, row: Row) -> Text:
        title = self._asking.words(source, "title")
        if title is not None and source not in self._rows:
            return title
        if title is not None:
            return self._asking.label(source)
        return same(row["publisher"] or (urlsplit(row["url"]).hostname or "").removeprefix("www."))


def _states(row: Row, what: str) -> bool:
    return not what or row["limited"] == "no" or row["what"] == what


def _dated(row: Row, reports: date | None, as_of: date) -> str:
    issued = row.day("issued")
    if issued is not None:
        return "by" if issued <= as_of else "later"
    return "later" if reports is not None and reports > as_of else "unknown"
