"""Which sources stand behind a statement: those dated by the date of the note, others where it has none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlsplit

from msme_kg.briefing.content.fact_queries import FactQueries, FactRow, keep_untranslated
from msme_kg.briefing.content.note_model import MultilingualText, Source

_DATING_PREFERENCE = ("by", "unknown", "later")


class Citations:
    """The sources of things, judged by the date of a note.

    A source without a date counts as later if it reports what began after that date.
    """

    def __init__(self, queries: FactQueries, as_of: date) -> None:
        """Ask for all sources.

        Args:
            queries: what answers.
            as_of: the date of the note.
        """
        self._queries = queries
        self._source_rows = {row["source"]: row for row in reversed(queries.select_rows("sources"))}
        record = queries.select_rows("dataset")
        self.dataset_iri = record[0]["dataset"] if record else ""
        self.record_end_date = max((day for row in record if (day := row.parse_date("ends"))), default=None)
        reports: dict[str, date] = {}
        for row in queries.select_rows("undated-sources"):
            day = row.parse_date("day")
            if day is not None:
                reports[row["source"]] = max(day, reports.get(row["source"], day))
        self._dating_by_source = {
            iri: _classify_dating(row, reports.get(iri), as_of) for iri, row in self._source_rows.items()
        }
        self._citation_rows: dict[str, list[FactRow]] = {}
        self._cited_locators: dict[str, set[str]] = {}

    def prefetch_citations(self, entities: Iterable[str]) -> None:
        """Ask for the sources of things, many at a time."""
        wanted = [iri for iri in entities if iri and iri not in self._citation_rows]
        for iri in wanted:
            self._citation_rows[iri] = []
        if wanted:
            for row in self._queries.select_rows("citations", wanted):
                self._citation_rows[row["thing"]].append(row)

    def find_sources(self, entity: str, *whats: str) -> tuple[str, ...]:
        """Return the sources of statements about a thing.

        Args:
            entity: its IRI.
            whats: which statements, as the query of citations names them; without one, all of them.
        """
        if entity == self.dataset_iri:
            return (entity,)
        self.prefetch_citations([entity])
        found: list[str] = []
        for what in whats or ("",):
            stating = [
                row for row in self._citation_rows[entity] if _is_citation_for(row, what)
            ] or self._citation_rows[entity]
            sources = {row["source"] for row in stating}
            best = next(
                (
                    tier
                    for tier in _DATING_PREFERENCE
                    if any(self.find_date_statement(one) == tier for one in sources)
                ),
                "",
            )
            chosen = [row for row in stating if self.find_date_statement(row["source"]) == best]
            for row in chosen:
                if row["locator"]:
                    self._cited_locators.setdefault(row["source"], set()).add(row["locator"])
            found += sorted({row["source"] for row in chosen} - set(found))
        return tuple(found)

    def find_date_statement(self, source: str) -> str:
        """Tell whether a source is dated ``by`` the date of the note, ``later``, or ``unknown``."""
        return self._dating_by_source.get(source, "by")

    def list_source_names(self, sources: Iterable[str]) -> tuple[MultilingualText, ...]:
        """Return what sources are called, each name once."""
        found = [
            self._resolve_source_name(source, self._source_rows.get(source, FactRow({"url": source})))
            for source in sources
        ]
        return tuple(one for at, one in enumerate(found) if one not in found[:at])

    def is_known_by_date(self, entity: str) -> bool:
        """Tell whether a source that is dated by the date of the note states anything of a thing."""
        self.prefetch_citations([entity])
        return any(self.find_date_statement(row["source"]) == "by" for row in self._citation_rows[entity])

    def build_source(self, source: str, number: int) -> Source:
        """Return the entry of a source in the list."""
        row = self._source_rows.get(source, FactRow({"url": source}))
        address = row["url"] or row["file"]
        return Source(
            number=number,
            iri=source,
            name=self._resolve_source_name(source, row),
            publisher=row["publisher"] if self._queries.find_text(source, "title") else "",
            issued=row.parse_date("issued"),
            address=address,
            passages=tuple(sorted(self._cited_locators.get(source, ()))),
            dating=self.find_date_statement(source),
        )

    def _resolve_source_name(self, source: str, row: FactRow) -> MultilingualText:
        title = self._queries.find_text(source, "title")
        if title is not None and source not in self._source_rows:
            return title
        if title is not None:
            return self._queries.resolve_label(source)
        return keep_untranslated(
            row["publisher"] or (urlsplit(row["url"]).hostname or "").removeprefix("www.")
        )


def _is_citation_for(row: FactRow, what: str) -> bool:
    return not what or row["limited"] == "no" or row["what"] == what


def _classify_dating(row: FactRow, reports: date | None, as_of: date) -> str:
    issued = row.parse_date("issued")
    if issued is not None:
        return "by" if issued <= as_of else "later"
    return "later" if reports is not None and reports > as_of else "unknown"
