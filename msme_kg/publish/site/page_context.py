"""The graph as one page shows it: labels in the page's language, links relative to the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace

import pyoxigraph as ox

from msme_kg.namespaces import BASE, LANGUAGES, RDF, XSD, PrefixMap
from msme_kg.publish.site.graph_index import GraphIndex
from msme_kg.publish.site.ui_strings import UI_STRINGS, find_standard_label
from msme_kg.publish.site.urls import PAGE_FILES, PageUrls
from msme_kg.rdf.terms import Term, normalize_language_tag, split_quad

_HTTP_SCHEMES = ("https://", "http://")


@dataclass(frozen=True)
class DisplayedValue:
    """A term as a template shows it.

    Attributes:
        form: ``page`` (a link within the site), ``away`` (a link out of it), ``text``, ``code``, ``list``
            or ``node``.
        text: the words.
        href: where it leads; of a list or node nothing.
        lang: the language of the words where it is not the page's; else nothing.
        note: what else is to be said: a datatype that is not obvious, or an address behind a name.
        external_note: what is said of a link out of the site to who cannot see its sign.
        members: the members of a list.
        pairs: the properties of a node and their values.
    """

    form: str
    text: str = ""
    href: str = ""
    lang: str = ""
    note: str = ""
    external_note: str = ""
    members: tuple[DisplayedValue, ...] = ()
    pairs: tuple[tuple[DisplayedValue, DisplayedValue], ...] = ()


@dataclass(frozen=True)
class SiteConfig:
    """What every page of a site is made from.

    Attributes:
        graph_index: the statements.
        page_urls: where pages lie.
        prefixes: the CURIEs.
        shorten_iri: gives the CURIE of an IRI; what was asked once is remembered.
        title: the site's name by language.
        licence: the address of the licence; empty if there is none.
        dataset_title: what the dataset is called in full, by language.
        has_ontology: whether there is a page of an ontology to lead to.
        base_url: where the site is to be published, ended by a slash; empty if that is not known.
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


class PageContext:
    """The graph from one page."""

    def __init__(self, site: SiteConfig, folder: str, lang: str) -> None:
        """Take the page.

        Args:
            site: what it belongs to.
            folder: the page's folder, relative to the site; nothing for the home page.
            lang: its language.
        """
        self.site = site
        self.lang = lang
        self.ui_strings = UI_STRINGS[lang]
        self.folder = folder
        self._graph_index = site.graph_index
        self._root_prefix = "../" * (folder.count("/") + 1) if folder else ""

    def build_link(self, path: str) -> str:
        """Return the link to a file of the site."""
        return self._root_prefix + path

    def build_page_link(self, folder: str) -> str:
        """Return the link to the page of a folder, in the same language."""
        return self.build_link(f"{folder}/{PAGE_FILES[self.lang]}" if folder else PAGE_FILES[self.lang])

    def find_label(self, iri: str) -> tuple[str, str]:
        """Return the words for an IRI and, where it is not the page's, their language."""
        known = self._graph_index.labels.get(iri, {})
        for lang in (self.lang, *LANGUAGES, ""):
            if lang in known:
                return known[lang], "" if lang in {self.lang, ""} else lang
        curie = self.site.shorten_iri(iri) or ""
        named = find_standard_label(curie, self.lang)
        if named:
            return named, ""
        return curie if curie and not curie.endswith(":") else iri.removeprefix(BASE), ""

    def has_label(self, iri: str) -> bool:
        """Tell whether there are words for an IRI."""
        return (
            iri in self._graph_index.labels
            or find_standard_label(self.site.shorten_iri(iri) or "", self.lang) is not None
        )

    def find_other_label(self, iri: str) -> tuple[str, str] | None:
        """Return the label in the other language and that language, where it differs from the page's."""
        known = self._graph_index.labels.get(iri, {})
        for lang in LANGUAGES:
            if lang != self.lang and lang in known and known[lang] != self.find_label(iri)[0]:
                return known[lang], lang
        return None

    def display_iri(self, iri: str) -> DisplayedValue:
        """Return an IRI as a link: to its page, out of the site, or none where that would not be safe."""
        text, lang = self.find_label(iri)
        folder = self.site.page_urls.find_folder(iri)
        if folder is not None:
            return DisplayedValue(
                "page" if self.has_label(iri) else "code", text, self.build_page_link(folder), lang
            )
        if iri.lower().startswith(_HTTP_SCHEMES):
            return DisplayedValue(
                "away", text, iri, lang, iri if text != iri else "", self.ui_strings["external"]
            )
        return DisplayedValue("code", iri)

    def display_term(self, term: Term) -> DisplayedValue:
        """Return the value of a statement."""
        if isinstance(term, ox.NamedNode):
            return self.display_iri(term.value)
        if isinstance(term, ox.BlankNode):
            return self._display_bnode(term)
        lang = normalize_language_tag(term.language or "")
        if lang:
            return DisplayedValue("text", term.value, lang="" if lang == self.lang else lang)
        datatype = term.datatype.value
        plain = datatype in {f"{XSD}string", f"{XSD}integer", f"{XSD}date", f"{XSD}decimal", f"{XSD}boolean"}
        return DisplayedValue("text", term.value, note="" if plain else self.find_label(datatype)[0])

    def is_foreign_language(self, term: Term) -> bool:
        """Tell whether a text is in another language than the page."""
        return (
            isinstance(term, ox.Literal) and normalize_language_tag(term.language or self.lang) != self.lang
        )

    def _display_bnode(self, node: ox.BlankNode) -> DisplayedValue:
        members = self._list_members(node)
        if members is not None:
            return DisplayedValue("list", members=tuple(map(self.display_term, members)))
        quads = self._graph_index.bnode_triples.get(node, [])
        return DisplayedValue(
            "node",
            pairs=tuple(
                (self.display_iri(one.predicate.value), self.display_term(split_quad(one)[2]))
                for one in quads
            ),
        )

    def _list_members(self, node: Term) -> list[Term] | None:
        """Return the members of a list; None if the node is not the head of one."""
        found: list[Term] = []
        seen: set[Term] = set()
        while isinstance(node, ox.BlankNode) and node not in seen:
            seen.add(node)
            by = {
                one.predicate.value: split_quad(one)[2]
                for one in self._graph_index.bnode_triples.get(node, [])
            }
            if set(by) != {f"{RDF}first", f"{RDF}rest"}:
                return None
            found.append(by[f"{RDF}first"])
            node = by[f"{RDF}rest"]
        return found if node == ox.NamedNode(f"{RDF}nil") else None

    def build_template_context(
        self, title: str, breadcrumbs: Iterable[tuple[str, str]], **values: object
    ) -> dict[str, object]:
        """Return what every template needs.

        Args:
            title: the page's title.
            breadcrumbs: the pages above it, as words and folders.
            values: what else the template needs.
        """
        other = next(lang for lang in LANGUAGES if lang != self.lang)
        base, folder = self.site.base_url, f"{self.folder}/" if self.folder else ""
        return {
            "w": SimpleNamespace(**self.ui_strings),
            "lang": self.lang,
            "other": other,
            "languages": {
                lang: base + folder + PAGE_FILES[lang] if base else PAGE_FILES[lang] for lang in LANGUAGES
            },
            "published": bool(base),
            "own_page": PAGE_FILES[self.lang],
            "other_page": PAGE_FILES[other],
            "title": title,
            "site_title": self.site.title[self.lang],
            "dataset_title": self.site.dataset_title[self.lang],
            "licence": self.site.licence,
            "has_ontology": self.site.has_ontology,
            "trail": [(words, self.build_page_link(above)) for words, above in breadcrumbs],
            "link": self.build_link,
            "page": self.build_page_link,
            **values,
        }
