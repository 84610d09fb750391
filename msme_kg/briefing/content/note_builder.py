"""Context of a note (dates, queries, citations): builds single statements and looks up texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from msme_kg.briefing.content.anachronisms import mentions_later_date
from msme_kg.briefing.content.citations import Citations
from msme_kg.briefing.content.fact_queries import FactQueries, FactRow, keep_untranslated
from msme_kg.briefing.content.note_model import MultilingualText, Statement, Value
from msme_kg.entities.date_windows import DateWindow
from msme_kg.namespaces import LANGUAGES

CitationKey = tuple[str, ...]
"""The arguments of ``Citations.find_sources``: an entity, and the aspects to cite."""


@dataclass(frozen=True)
class NoteBuilder:
    """A note under construction.

    Attributes:
        as_of: the date that it describes.
        since: the comparison date, if any.
        queries: the fact queries.
        citations: the sources.
        is_short: whether to cite as few sources as possible.
        own_acts: the acts of the Member for which the note is written.
    """

    as_of: date
    since: date | None
    queries: FactQueries
    citations: Citations
    is_short: bool = False
    own_acts: frozenset[str] = frozenset()

    def build_statement(
        self,
        template: str,
        macro_name: str,
        citation_keys: Iterable[CitationKey],
        *,
        cited_rows: Iterable[FactRow] = (),
        window: DateWindow | None = None,
        parts: Sequence[Statement] = (),
        shared_values: Mapping[str, Value] | None = None,
        **values: Value,
    ) -> Statement:
        """Build a statement.

        Args:
            template: the template file, without its ending.
            macro_name: the template macro of the sentence.
            citation_keys: the entities and aspects to cite; without any, the dataset is cited.
            cited_rows: rows with the columns ``source`` and ``locator``, which are cited too.
            window: the date window of the stated fact, which decides whether it is new.
            parts: the statements under it.
            shared_values: template values that several statements share.
            values: the other template values.
        """
        keys = list(citation_keys)
        sources = self.citations.choose_sources(keys) if self.is_short else self._find_sources(keys)
        for row in cited_rows:
            self.citations.register_passage(row)
            sources[row["source"]] = True
        return Statement(
            template=template,
            macro_name=macro_name,
            values={**(shared_values or {}), **values},
            sources=tuple(sources) or (self.citations.dataset_iri,),
            partial_sources=frozenset(source for source, is_stated in sources.items() if not is_stated),
            novelty=window.classify_novelty(self.since) if window and not self.is_short else "",
            is_own_act=any(entity in self.own_acts for entity, *_ in keys),
            parts=tuple(parts),
        )

    def merge_statements(
        self, template: str, macro_name: str, merged: Sequence[Statement], **values: Value
    ) -> Statement:
        """Build a statement that has the sources of others.

        Args:
            template: the template file, without its ending.
            macro_name: the template macro of the sentence.
            merged: the other statements.
            values: the template values.
        """
        sources = dict.fromkeys(source for statement in merged for source in statement.sources)
        stated = {source for one in merged for source in one.sources if source not in one.partial_sources}
        return Statement(
            template=template,
            macro_name=macro_name,
            values=values,
            sources=tuple(sources),
            partial_sources=frozenset(sources) - stated,
            is_own_act=any(statement.is_own_act for statement in merged),
        )

    def _find_sources(self, keys: Iterable[CitationKey]) -> dict[str, bool]:
        """Return all sources of entities, and whether each states all that is asked for of one of them."""
        sources: dict[str, bool] = {}
        for entity, *aspects in keys:
            for source, is_stated in self.citations.find_sources(entity, *aspects).items():
                sources[source] = is_stated or sources.get(source, False)
        return sources

    def prefetch(self, entities: Iterable[str]) -> None:
        """Load the texts and citations of entities in batches."""
        iris = list(entities)
        self.queries.prefetch_texts(iris)
        self.citations.prefetch_citations(iris)

    def find_text_as_of(self, entity: str, text_property: str) -> MultilingualText | None:
        """Return a text of an entity, unless it mentions a date after the date of the note."""
        text = self.queries.find_text(entity, text_property)
        return None if text is None or mentions_later_date(text, self.as_of) else text

    def get_original_title(self, entity: str) -> MultilingualText | None:
        """Return the English title, else the English label, of an entity, for display in any language."""
        text = self.find_text_as_of(entity, "title") or self.find_text_as_of(entity, "label")
        english = text.text_by_lang.get(LANGUAGES[0]) if text else None
        return keep_untranslated(english) if english else None

    def resolve_labels(self, entities: Iterable[str]) -> tuple[MultilingualText, ...]:
        """Return the labels of entities in their order, without repeats."""
        labels: dict[object, MultilingualText] = {}
        for entity in entities:
            label = self.queries.resolve_label(entity)
            labels.setdefault((frozenset(label.text_by_lang.items()), label.is_own_member), label)
        return tuple(labels.values())
