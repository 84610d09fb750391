"""What the graph says of itself as a dataset: title, makers, licence, and how its things are cited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from msme_kg.namespaces import DCTERMS, LANGUAGES
from msme_kg.publish.site.date_text import format_day
from msme_kg.publish.site.graph_index import GraphIndex
from msme_kg.publish.site.ui_strings import UI_STRINGS
from msme_kg.rdf.terms import normalize_language_tag

_DCAT_DATASET = "http://www.w3.org/ns/dcat#Dataset"


@dataclass(frozen=True)
class DatasetInfo:
    """A dataset.

    Attributes:
        name: its short name by language.
        title: its title by language.
        description: what it holds, by language; empty where that is not said.
        publisher: who made it, by language; empty where that is not said.
        issued: when, as it is written; empty where that is not said.
        licence: the address of its licence; empty where that is not said.
    """

    name: Mapping[str, str]
    title: Mapping[str, str]
    description: Mapping[str, str]
    publisher: Mapping[str, str]
    issued: str
    licence: str

    @classmethod
    def from_graph_index(cls, graph_index: GraphIndex) -> DatasetInfo:
        """Read what a graph says of the first dataset in it; without one, it is just called a graph."""
        iri = min(graph_index.instances_by_class.get(_DCAT_DATASET, [""]))
        named = graph_index.labels.get(iri, {})
        name = {lang: named.get(lang, UI_STRINGS[lang]["site"]) for lang in LANGUAGES}

        def read_language_map(what: str) -> dict[str, str]:
            found = {
                normalize_language_tag(one.language or ""): one.value
                for one in graph_index.list_objects(iri, f"{DCTERMS}{what}")
                if isinstance(one, ox.Literal)
            }
            return {lang: found.get(lang, found.get("", "")) for lang in LANGUAGES}

        titles = read_language_map("title")
        licences = graph_index.list_objects(iri, f"{DCTERMS}license")
        return cls(
            name=name,
            title={lang: titles[lang] or name[lang] for lang in LANGUAGES},
            description=read_language_map("description"),
            publisher=read_language_map("publisher"),
            issued=read_language_map("issued")[LANGUAGES[0]],
            licence=licences[0].value if licences else "",
        )

    def format_citation(self, label: str, iri: str, lang: str) -> str:
        """Return how a thing is cited."""
        day = self._format_issued(lang)
        if lang == LANGUAGES[0]:
            made = ", ".join(one for one in (self.publisher[lang], day) if one)
            made = made[:1].upper() + made[1:]
            return f"“{label}”. {self.title[lang]}.{f' {made}.' if made else ''} {iri}"
        made = "，".join(one for one in (self.publisher[lang], day and f"{day}發布") if one)
        return f"「{label}」，載於《{self.title[lang]}》{f'，{made}' if made else ''}，{iri}"

    def _format_issued(self, lang: str) -> str:
        try:
            return format_day(date.fromisoformat(self.issued), lang)
        except ValueError:
            return self.issued
