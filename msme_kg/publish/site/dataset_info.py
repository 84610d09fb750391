"""Dataset metadata for pages: title, publisher, licence, and the citation of an entity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from msme_kg.message_catalog import format_message
from msme_kg.namespaces import DCTERMS, LANGUAGES
from msme_kg.publish.language_maps import to_language_map
from msme_kg.publish.site.graph_index import GraphIndex
from msme_kg.rendering.date_text import format_day

_DCAT_DATASET = "http://www.w3.org/ns/dcat#Dataset"


@dataclass(frozen=True)
class DatasetInfo:
    """Metadata of the ``dcat:Dataset`` that the graph describes; empty text for what it does not state.

    Attributes:
        name: its label by language.
        title: its title by language, else its label.
        description: its description by language.
        publisher: the name of its publisher by language.
        issued: its date of issue, as written.
        licence: the IRI of its licence.
    """

    name: Mapping[str, str]
    title: Mapping[str, str]
    description: Mapping[str, str]
    publisher: Mapping[str, str]
    issued: str
    licence: str

    @classmethod
    def from_graph_index(cls, graph_index: GraphIndex) -> DatasetInfo:
        """Read the metadata of the first dataset; without a dataset the name is a general one."""
        iri = min(graph_index.list_instances(_DCAT_DATASET), default="")
        labels = graph_index.labels.get(iri, {})
        name = {lang: labels.get(lang, format_message("site.default-name", lang)) for lang in LANGUAGES}

        def read_texts(local_name: str) -> dict[str, str]:
            texts = to_language_map(graph_index.list_objects(iri, f"{DCTERMS}{local_name}"))
            return {lang: texts.get(lang, texts.get("", "")) for lang in LANGUAGES}

        titles = read_texts("title")
        agents = graph_index.list_objects(iri, f"{DCTERMS}publisher")
        names = graph_index.labels.get(agents[0].value, {}) if agents else {}
        publisher = {lang: names.get(lang, names.get("", "")) for lang in LANGUAGES}
        licences = graph_index.list_objects(iri, f"{DCTERMS}license")
        return cls(
            name=name,
            title={lang: titles[lang] or name[lang] for lang in LANGUAGES},
            description=read_texts("description"),
            publisher=publisher,
            issued=read_texts("issued")[LANGUAGES[0]],
            licence=licences[0].value if licences else "",
        )

    def format_citation(self, label: str, iri: str, lang: str) -> str:
        """Return the recommended citation of an entity of the dataset."""
        day = self._format_issued(lang)
        issued = format_message("citation.issued", lang, day=day) if day else ""
        separator = format_message("citation.imprint-separator", lang)
        imprint = separator.join(part for part in (self.publisher[lang], issued) if part)
        if lang == LANGUAGES[0]:  # in English the imprint is a sentence of its own
            imprint = imprint[:1].upper() + imprint[1:]
        return format_message(
            "citation.with-imprint" if imprint else "citation.without-imprint",
            lang,
            label=label,
            title=self.title[lang],
            imprint=imprint,
            iri=iri,
        )

    def _format_issued(self, lang: str) -> str:
        try:
            return format_day(date.fromisoformat(self.issued), lang)
        except ValueError:
            return self.issued
