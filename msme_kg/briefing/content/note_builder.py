"""What every section of a note needs: its dates, what answers, and statements with their sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from msme_kg.briefing.content.anachronisms import mentions_later_date
from msme_kg.briefing.content.citations import Citations
from msme_kg.briefing.content.date_windows import DateWindow
from msme_kg.briefing.content.fact_queries import FactQueries, keep_untranslated
from msme_kg.briefing.content.note_model import MultilingualText, Statement, Value
from msme_kg.namespaces import LANGUAGES

CitationKey = tuple[str, ...]
"""A thing and which statements about it, see ``Citing.of``."""


@dataclass(frozen=True)
class NoteBuilder:
    """A note in the making.

    Attributes:
        as_of: the date that it describes.
        since: the date that it compares with, if any.
        queries: what answers.
        citations: the sources.
    """

    as_of: date
    since: date | None
    queries: FactQueries
    citations: Citations

    def build_statement(
        self,
        section: str,
        macro_name: str,
        citation_keys: Iterable[CitationKey],
        *,
        window: DateWindow | None = None,
        parts: Sequence[Statement] = (),
        shared_values: Mapping[str, Value] | None = None,
        **values: Value,
    ) -> Statement:
        """Return a statement.

        Args:
            section: the file of templates.
            macro_name: the sentence.
            citation_keys: what stands behind it; where it is nothing, the record itself does.
            window: when that began which it states, to tell whether it is new.
            parts: the statements under it.
            shared_values: those in it that several statements share.
            values: the others.
        """
        sources: list[str] = []
        for thing, *whats in citation_keys:
            sources += [one for one in self.citations.find_sources(thing, *whats) if one not in sources]
        return Statement(
            section=section,
            macro_name=macro_name,
            values={**(shared_values or {}), **values},
            sources=tuple(sources) or (self.citations.dataset_iri,),
            novelty=window.classify_novelty(self.since) if window else "",
            parts=tuple(parts),
        )

    def find_text_as_of(self, entity: str, text_property: str) -> MultilingualText | None:
        """Return words about a thing, unless they speak of what came after the date of the note."""
        found = self.queries.find_text(entity, text_property)
        return None if found is None or mentions_later_date(found, self.as_of) else found

    def get_original_title(self, entity: str) -> MultilingualText | None:
        """Return a title or else a name in the language in which the WTO issues it, if it is known."""
        found = self.find_text_as_of(entity, "title") or self.find_text_as_of(entity, "label")
        words = found.text_by_lang.get(LANGUAGES[0]) if found else None
        return keep_untranslated(words) if words else None

    def resolve_labels(self, entities: Iterable[str]) -> tuple[MultilingualText, ...]:
        """Return what things are called, in their order, each name once."""
        found: list[MultilingualText] = []
        for thing in entities:
            label = self.queries.resolve_label(thing)
            if label not in found:
                found.append(label)
        return tuple(found)
