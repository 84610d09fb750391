"""What the graph says of itself as a dataset: title, makers, licence, and how its things are cited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from msme_kg.namespaces import DCTERMS, LANGUAGES, language_tag
from msme_kg.publish.site.date_text import day_in_words
from msme_kg.publish.site.graph_index import Content
from msme_kg.publish.site.ui_strings import WORDS

_DATASET = "http://www.w3.org/ns/dcat#Dataset"


@dataclass(frozen=True)
class About:
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
    def of(cls, content: Content) -> About:
        """Read what a graph says of the first dataset in it; without one, it is just called a graph."""
        iri = min(content.instances.get(_DATASET, [""]))
        named = content.labels.get(iri, {})
        name = {lang: named.get(lang, WORDS[lang]["site"]) for lang in LANGUAGES}

        def said(what: str) -> dict[str, str]:
            found = {
                language_tag(one.language or ""): one.value
                for one in content.objects(iri, f"{DCTERMS}{what}")
                if isinstance(one, ox.Literal)
            }
            return {lang: found.get(lang, found.get("", "")) for lang in LANGUAGES}

        titles = said("title")
        licences = content.objects(iri, f"{DCTERMS}license")
        return cls(
            name=name,
            title={lang: titles[lang] or name[lang] for lang in LANGUAGES},
            description=said("description"),
            publisher=said("publisher"),
            issued=said("issued")[LANGUAGES[0]],
            licence=licences[0].value if licences else "",
        )

    def cited(self, label: str, iri: str, lang: str) -> str:
        """Return how a thing is cited."""
        day = self._day(lang)
        if lang == LANGUAGES[0]:
            made = ", ".join(one for one in (self.publisher[lang], day) if one)
            made = made[:1].upper() + made[1:]
            return f"“{label}”. {self.title[lang]}.{f' {made}.' if made else ''} {iri}"
        made = "，".join(one for one in (self.publisher[lang], day and f"{day}發布") if one)
        return f"「{label}」，載於《{self.title[lang]}》{f'，{made}' if made else ''}，{iri}"

    def _day(self, lang: str) -> str:
        try:
            return day_in_words(date.fromisoformat(self.issued), lang)
        except ValueError:
            return self.issued
