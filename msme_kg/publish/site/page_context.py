"""Page context: labels in the language of a page and links relative to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from urllib.parse import urlencode

import pyoxigraph as ox

from msme_kg.entities.date_windows import DateWindow
from msme_kg.message_catalog import find_standard_term, select_messages
from msme_kg.namespaces import BASE, LANGUAGES, RDF, XSD, PrefixMap
from msme_kg.publish.site.displayed_value import DisplayedValue
from msme_kg.publish.site.graph_index import GraphIndex
from msme_kg.publish.site.urls import PAGE_FILES, PageUrls
from msme_kg.rdf.terms import Term, normalize_language_tag, split_quad
from msme_kg.rendering.date_text import format_day, format_interval, format_window, split_dates
from msme_kg.rendering.later_facts import is_later

_HTTP_SCHEMES = ("https://", "http://")


@dataclass(frozen=True)
class SiteConfig:
    """The data shared by all pages of a site.

    Attributes:
        graph_index: the graph.
        page_urls: the folder of each page.
        prefixes: the prefixes of the graph.
        shorten_iri: returns the CURIE of an IRI, cached.
        title: the name of the site by language.
        licence: the IRI of the licence; empty if none is stated.
        dataset_title: the title of the dataset by language.
        has_ontology: whether the site has an ontology page.
        base_url: the URL at which the site is published, with a trailing slash; empty if unknown.
        is_live: whether a server gives the pages, so that they have forms and links to its services.
        as_of: the day, ``YYYY-MM-DD``, on which the pages show the graph; empty for all that is recorded.
        undated: the folders to which links do not carry the day.
        refused_day: a day as typed, and what is wrong with it.
    """

    graph_index: GraphIndex
    page_urls: PageUrls
    prefixes: PrefixMap
    shorten_iri: Callable[[str], str | None]
    title: Mapping[str, str]
    licence: str
    dataset_title: Mapping[str, str]
    has_ontology: bool
    base_url: str
    is_live: bool = False
    as_of: str = ""
    undated: Collection[str] = ()
    refused_day: tuple[str, str] = ("", "")

    @property
    def day(self) -> date | None:
        """The day on which the pages show the graph; None for all that is recorded."""
        return date.fromisoformat(self.as_of) if self.as_of else None


class PageContext:
    """The labels, links and messages of one page."""

    def __init__(self, site: SiteConfig, folder: str, lang: str) -> None:
        """Create the context of a page.

        Args:
            site: the data shared by all pages.
            folder: the folder of the page relative to the site; empty for the home page.
            lang: the language of the page.
        """
        self.site = site
        self.lang = lang
        self.messages = select_messages("site.", lang)
        self.folder = folder
        self._graph_index = site.graph_index
        self._displayed: dict[str, DisplayedValue] = {}
        self._root_prefix = "../" * (folder.count("/") + 1) if folder else ""

    def build_link(self, path: str) -> str:
        """Return the relative link to a file of the site."""
        return self._root_prefix + path

    def build_page_link(self, folder: str, options: Mapping[str, str] | None = None) -> str:
        """Return the relative link to the page of a folder in the same language, and on the same day.

        Args:
            folder: the folder.
            options: of a canned query, on a page as on a day: what it is asked with in place of the day.
        """
        link = self.build_link(f"{folder}/{PAGE_FILES[self.lang]}" if folder else PAGE_FILES[self.lang])
        day = self.site.as_of
        if day and (options or folder not in self.site.undated):
            return f"{link}?{urlencode(options or {'as_of': day})}"
        return link

    def find_label(self, iri: str) -> tuple[str, str]:
        """Return the label of an IRI, and its language if that differs from the language of the page."""
        labels = self._graph_index.labels.get(iri, {})
        for lang in (self.lang, *LANGUAGES, ""):
            if lang in labels:
                return labels[lang], "" if lang in {self.lang, ""} else lang
        curie = self.site.shorten_iri(iri) or ""
        standard_label = find_standard_term(curie, self.lang)
        if standard_label:
            return standard_label, ""
        return curie if curie and not curie.endswith(":") else iri.removeprefix(BASE), ""

    def has_label(self, iri: str) -> bool:
        """Tell whether an IRI has a label in any language."""
        return (
            iri in self._graph_index.labels
            or find_standard_term(self.site.shorten_iri(iri) or "", self.lang) is not None
        )

    def find_label_in_other_language(self, iri: str) -> tuple[str, str] | None:
        """Return the label in the other language with that language; None if it is the same or missing."""
        labels = self._graph_index.labels.get(iri, {})
        for lang in LANGUAGES:
            if lang != self.lang and lang in labels and labels[lang] != self.find_label(iri)[0]:
                return labels[lang], lang
        return None

    def display_iri(self, iri: str, name: str = "") -> DisplayedValue:
        """Return an IRI as a link to its page or an external http(s) link, else as plain text.

        Args:
            iri: the IRI.
            name: the text in place of its label.
        """
        if name:
            return self._display_iri(iri, name)
        if iri not in self._displayed:
            self._displayed[iri] = self._display_iri(iri)
        return self._displayed[iri]

    def _display_iri(self, iri: str, name: str = "") -> DisplayedValue:
        text, lang = (name, "") if name else self.find_label(iri)
        folder = self.site.page_urls.find_folder(iri)
        if folder is not None:
            return DisplayedValue(
                "page" if self.has_label(iri) else "code", text, self.build_page_link(folder), lang
            )
        if iri.lower().startswith(_HTTP_SCHEMES):
            return DisplayedValue(
                "away", text, iri, lang, iri if text != iri else "", self.messages["external"]
            )
        return DisplayedValue("code", iri)

    def display_term(self, term: Term) -> DisplayedValue:
        """Return a term for display."""
        if isinstance(term, ox.NamedNode):
            return self.display_iri(term.value)
        if isinstance(term, ox.BlankNode):
            return self._display_bnode(term)
        lang = normalize_language_tag(term.language or "")
        if lang:
            return self.display_text(term.value, "" if lang == self.lang else lang)
        datatype = term.datatype.value
        if datatype == f"{XSD}date":
            return self.display_text(format_interval(term.value, self.lang) or term.value)
        plain = datatype in {f"{XSD}string", f"{XSD}integer", f"{XSD}date", f"{XSD}decimal", f"{XSD}boolean"}
        note = "" if plain else self.messages["bracketed"].format(text=self.find_label(datatype)[0])
        return DisplayedValue("text", term.value, note=note)

    def display_text(self, text: str, lang: str = "") -> DisplayedValue:
        """Return a text for display, in which dates are marked.

        Args:
            text: the text.
            lang: its language if that differs from the language of the page.
        """
        pieces = split_dates(text, lang or self.lang)
        if not any(is_date for _, is_date in pieces):
            return DisplayedValue("text", text, lang=lang)
        members = (DisplayedValue("date" if is_date else "text", piece) for piece, is_date in pieces)
        return DisplayedValue("dated", text, lang=lang, members=tuple(members))

    def display_window(self, window: DateWindow) -> DisplayedValue | None:
        """Return a date window for display, as it was known on the day of the page; None without a bound."""
        text = format_window(window.hide_later(self.site.day) if self.site.day else window, self.lang)
        return self.display_text(text) if text else None

    def can_show(self, term: Term) -> bool:
        """Return whether a term is shown: as of a day, a literal that mentions later dates is not."""
        return self.site.day is None or not is_later(term, self.site.day)

    def is_foreign_language(self, term: Term) -> bool:
        """Tell whether a term is a literal in another language than the page."""
        return (
            isinstance(term, ox.Literal) and normalize_language_tag(term.language or self.lang) != self.lang
        )

    def _display_bnode(self, node: ox.BlankNode) -> DisplayedValue:
        members = self._list_members(node)
        if members is not None:
            return DisplayedValue("list", members=tuple(map(self.display_term, members)))
        quads = self._graph_index.list_node_triples(node)
        return DisplayedValue(
            "node",
            pairs=tuple(
                (self.display_iri(quad.predicate.value), self.display_term(split_quad(quad)[2]))
                for quad in quads
            ),
        )

    def _list_members(self, node: Term) -> list[Term] | None:
        """Return the members of an RDF list; None if the node is not the head of a well-formed list."""
        members: list[Term] = []
        seen: set[Term] = set()
        while isinstance(node, ox.BlankNode) and node not in seen:
            seen.add(node)
            cell = {
                quad.predicate.value: split_quad(quad)[2]
                for quad in self._graph_index.list_node_triples(node)
            }
            if set(cell) != {f"{RDF}first", f"{RDF}rest"}:
                return None
            members.append(cell[f"{RDF}first"])
            node = cell[f"{RDF}rest"]
        return members if node == ox.NamedNode(f"{RDF}nil") else None

    @property
    def other_lang(self) -> str:
        """The language of the page that the language switch leads to."""
        return next(lang for lang in LANGUAGES if lang != self.lang)

    def build_template_context(
        self, title: str, breadcrumbs: Iterable[tuple[str, str]], **values: object
    ) -> dict[str, object]:
        """Return the template context: the values that all templates need, and those of one template.

        Args:
            title: the title of the page.
            breadcrumbs: the pages above it, as labels and folders.
            values: the values that only this template needs.
        """
        other = self.other_lang
        base, folder = self.site.base_url, f"{self.folder}/" if self.folder else ""
        as_of, on_day = self.site.as_of, self.site.day
        day = format_day(on_day, self.lang) if on_day else ""
        dated = f"?as_of={as_of}" if as_of else ""
        return {
            "w": SimpleNamespace(**{key.replace("-", "_"): text for key, text in self.messages.items()}),
            "lang": self.lang,
            "other": other,
            "languages": {
                lang: base + folder + PAGE_FILES[lang] if base else PAGE_FILES[lang] for lang in LANGUAGES
            },
            "published": bool(base),
            "live": self.site.is_live,
            "own_page": PAGE_FILES[self.lang],
            "other_page": PAGE_FILES[other] + dated,
            "dated": dated,
            "as_of_lead": self.messages["as-of-lead"].format(day=day) if as_of else "",
            "absent_lead": self.messages["absent-lead"].format(day=day) if as_of else "",
            "is_absent": False,
            "typed_day": self.site.refused_day[0] or as_of,
            "day_error": self.site.refused_day[1],
            "title": title,
            "site_title": self.site.title[self.lang],
            "dataset_title": self.site.dataset_title[self.lang],
            "licence": self.site.licence,
            "has_ontology": self.site.has_ontology,
            "trail": [(label, self.build_page_link(parent)) for label, parent in breadcrumbs],
            "link": self.build_link,
            "page": self.build_page_link,
            **values,
        }
