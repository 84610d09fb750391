"""Citations: the sources of a statement, preferably those issued by the date of the note."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from urllib.parse import urlsplit

from msme_kg.briefing.content.fact_queries import FactQueries, FactRow, keep_untranslated
from msme_kg.briefing.content.note_model import MultilingualText, Source

_DATING_PREFERENCE = ("by", "unknown", "later")
_LEAST_RELIABLE = 3
"""The value of the column ``unreliability`` of a site of low reliability."""


class Citations:
    """The sources of entities, classified by the date of a note.

    A source without a date of issue counts as later if it reports something that began after that date.
    """

    def __init__(self, queries: FactQueries, as_of: date) -> None:
        """Find the dataset; sources are loaded when an entity is cited.

        Args:
            queries: the fact queries.
            as_of: the date of the note.
        """
        self._queries = queries
        self._as_of = as_of
        self._source_rows: dict[str, FactRow] = {}
        dataset_rows = queries.select_rows("dataset")
        self.dataset_iri = dataset_rows[0]["dataset"] if dataset_rows else ""
        self.record_end_date = max(
            (day for row in dataset_rows if (day := row.parse_date("ends"))), default=None
        )
        self._dating_by_source: dict[str, str] = {}
        self._citation_rows: dict[str, list[FactRow]] = {}
        self._cited_locators: dict[str, set[str]] = {}

    def prefetch_citations(self, entities: Iterable[str]) -> None:
        """Load the sources of entities in batches."""
        wanted = [iri for iri in entities if iri and iri not in self._citation_rows]
        for iri in wanted:
            self._citation_rows[iri] = []
        if wanted:
            rows = [row for row in self._queries.select_rows("citations", wanted) if row["source"]]
            for row in rows:
                self._citation_rows.setdefault(row["thing"], []).append(row)
            self._load_sources(row["source"] for row in rows)
            aspects = {(row["thing"], aspect) for row in rows for aspect in ("", row["what"])}
            self._load_last_reported(
                row["source"]
                for entity, aspect in aspects
                if not self._list_rows_by_date(candidates := self._list_candidates(entity, aspect))
                for row in candidates
            )

    def prefetch_sources(self, sources: Collection[str]) -> None:
        """Load what the entries of sources show in batches."""
        self._load_sources(sources)
        self._load_last_reported(sources)
        self._queries.prefetch_texts([*sources, *(self._get_source_row(one)["body"] for one in sources)])

    def _load_sources(self, sources: Iterable[str]) -> None:
        """Load what is known of sources, and the datings of those with a date of issue."""
        wanted = {iri for iri in sources if iri not in self._dating_by_source}
        self._dating_by_source.update(dict.fromkeys(wanted, "by"))  # those that are no source, as the dataset
        wanted.discard("")  # from an endpoint whose answer lacks a source
        if not wanted:
            return
        found = {row["source"]: row for row in reversed(self._queries.select_rows("sources", wanted))}
        self._source_rows.update(found)
        for iri, row in found.items():
            issued = row.parse_date("issued")
            self._dating_by_source[iri] = "" if issued is None else "by" if issued <= self._as_of else "later"

    def _load_last_reported(self, sources: Iterable[str]) -> None:
        """Load the datings of undated sources, which only a statement without a dated one needs."""
        undated = {source for source in sources if not self._dating_by_source[source]}
        self._dating_by_source.update(dict.fromkeys(undated, "unknown"))
        for row in self._queries.select_rows("undated-sources", undated) if undated else []:
            day = row.parse_date("day")
            if day is not None and day > self._as_of:
                self._dating_by_source[row["source"]] = "later"

    def find_sources(self, entity: str, *aspects: str) -> dict[str, bool]:
        """Return the sources of statements about an entity, and whether each states all that is asked for.

        Sources that are attested for a kind of statements are cited; without any, those of the record as a
        whole, which do not state it. Among them only those of the best available dating count: issued by the
        date of the note, of unknown date, or issued later.

        Args:
            entity: the IRI of the entity.
            aspects: the kinds of statements, as in the query ``citations``; none means all.
        """
        if entity and entity == self.dataset_iri:
            return {entity: True}
        self.prefetch_citations([entity])
        chosen = [self._choose_rows(entity, aspect) for aspect in aspects or ("",)]
        attested = [[row for row in rows if row["scope"] == "statement"] for rows in chosen]
        differing = {
            row["source"]
            for row in self._citation_rows.get(entity, [])
            if row["scope"] == "own-words" and row["what"] in aspects
        }
        all_rows = [row for rows in chosen for row in rows]
        rows = [row for row in all_rows if row["scope"] in {"statement", "own-words"}] or all_rows
        for row in rows:
            self.register_passage(row)
        is_stated = all(attested)
        return {
            source: is_stated and source not in differing
            for source in sorted({row["source"] for row in rows})
        }

    def choose_sources(self, keys: Iterable[tuple[str, ...]]) -> dict[str, bool]:
        """Return few sources that state what keys of ``find_sources`` ask for; whether each states some."""
        needs = [
            found
            for entity, *aspects in keys
            for aspect in aspects or ("",)
            if (found := self.find_sources(entity, aspect))
        ]
        chosen: dict[str, bool] = {}
        while needs:
            coverage = Counter(source for need in needs for source in _filter_stating(need))
            best = min(coverage, key=lambda source: (-coverage[source], self.rank_source(source)))
            chosen[best] = any(need.get(best) for need in needs)
            needs = [need for need in needs if best not in _filter_stating(need)]
        return chosen

    def rank_source(self, source: str) -> tuple[int, int, int, str]:
        """Return a sort key: sources of the best dating first, then reliable sites, then late ones."""
        row = self._get_source_row(source)
        issued = row.parse_date("issued")
        dating = _DATING_PREFERENCE.index(self.get_dating(source))
        return (dating, row.parse_integer("unreliability"), -issued.toordinal() if issued else 0, source)

    def register_passage(self, row: FactRow) -> None:
        """List a passage of a source in the note: the columns ``source`` and ``locator``."""
        if row["locator"]:
            self._cited_locators.setdefault(row["source"], set()).add(row["locator"])

    def _choose_rows(self, entity: str, aspect: str) -> list[FactRow]:
        """Return the rows of one kind of statements, those of the strongest scope and best dating."""
        rows = self._list_candidates(entity, aspect)
        if by_date := self._list_rows_by_date(rows):
            return by_date
        datings = {self.get_dating(row["source"]) for row in rows}
        best = next((dating for dating in _DATING_PREFERENCE if dating in datings), "")
        return [row for row in rows if self.get_dating(row["source"]) == best]

    def _list_rows_by_date(self, rows: Iterable[FactRow]) -> list[FactRow]:
        """Return the rows of sources issued by the date of the note."""
        return [row for row in rows if self._dating_by_source[row["source"]] == "by"]

    def _list_candidates(self, entity: str, aspect: str) -> list[FactRow]:
        """Return the rows of one kind of statements, those of the strongest scope that there is."""
        by_scope: dict[str, list[FactRow]] = {"statement": [], "record": [], "own-words": [], "consulted": []}
        for row in self._citation_rows.get(entity, []):
            if row["what"] and aspect in ("", row["what"]):
                by_scope[row["scope"]].append(row)
            if row["scope"] == "record":
                by_scope["consulted"].append(row)
        return next((rows for rows in by_scope.values() if rows), [])

    def get_dating(self, source: str) -> str:
        """Return the dating of a source: ``by`` the date of the note, ``later``, or ``unknown``."""
        self._load_sources([source])
        self._load_last_reported([source])
        return self._dating_by_source[source]

    def list_source_names(self, sources: Iterable[str]) -> tuple[MultilingualText, ...]:
        """Return the names of sources, without repeats."""
        listed = list(sources)
        self._load_sources(listed)
        self._queries.prefetch_texts(listed)
        names: list[MultilingualText] = []
        for source in listed:
            name = self._resolve_source_name(source, self._get_source_row(source))
            if name not in names:
                names.append(name)
        return tuple(names)

    def filter_known_by_date(self, entities: Collection[str]) -> set[str]:
        """Return the entities about which a source issued by the date of the note states anything."""
        rows = self._queries.select_rows("issued", entities)
        return {row["thing"] for row in rows if (day := row.parse_date("issued")) and day <= self._as_of}

    def build_source(self, source: str, number: int) -> Source:
        """Return the entry of a source in the list of sources."""
        row = self._get_source_row(source)
        return Source(
            number=number,
            iri=source,
            name=self._resolve_source_name(source, row),
            publisher=self._find_publisher(row) if self._queries.find_text(source, "title") else None,
            issued=row.parse_date("issued"),
            address=row["url"] or row["file"] or source,
            passages=tuple(sorted(self._cited_locators.get(source, ()))),
            dating=self.get_dating(source),
            is_weak=row.parse_integer("unreliability") == _LEAST_RELIABLE,
        )

    def _get_source_row(self, source: str) -> FactRow:
        self._load_sources([source])
        return self._source_rows.get(source, FactRow({"url": source}))

    def _resolve_source_name(self, source: str, row: FactRow) -> MultilingualText:
        title = self._queries.find_text(source, "title")
        if title is not None and source not in self._source_rows:
            return title
        if title is not None:
            return self._queries.resolve_label(source)
        host = (urlsplit(row["url"]).hostname or "").removeprefix("www.")
        return self._find_publisher(row) or keep_untranslated(host)

    def _find_publisher(self, row: FactRow) -> MultilingualText | None:
        if row["body"]:
            return self._queries.resolve_label(row["body"])
        return keep_untranslated(row["publisher"]) if row["publisher"] else None


def _filter_stating(sources: dict[str, bool]) -> list[str]:
    """Return the sources that state what is asked for, else those that are cited for the record."""
    return [source for source, is_stated in sources.items() if is_stated] or list(sources)
