"""The graph as one page shows it: labels in the page's language, links relative to the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace

import pyoxigraph as ox

from msme_kg.namespaces import BASE, LANGUAGES, RDF, XSD, Prefixes, language_tag
from msme_kg.publish.site.graph_index import Content
from msme_kg.publish.site.ui_strings import WORDS, standard
from msme_kg.publish.site.urls import PAGES, Addresses
from msme_kg.rdf.terms import Term, parts

_WEB = ("https://", "http://")


@dataclass(frozen=True)
class Shown:
    """A term as a template shows it.

    Attributes:
        form: ``page`` (a link within the site), ``away`` (a link out of it), ``text``, ``code``, ``list``
            or ``node``.
        text: the words.
        href: where it leads; of a list or node nothing.
        lang: the language of the words where it is not the page's; else nothing.
        note: what else is to be said: a datatype that is not obvious, or an address behind a name.
        aside: what is said of a link out of the site to who cannot see its sign.
        inner: the members of a list.
        pairs: the properties of a node and their values.
    """

    form: str
    text: str = ""
    href: str = ""
    lang: str = ""
    note: str = ""
    aside: str = ""
    inner: tuple[Shown, ...] = ()
    pairs: tuple[tuple[Shown, Shown], ...] = ()


@dataclass(frozen=True)
class Site:
    """What every page of a site is made from.

    Attributes:
        content: the statements.
        addresses: where pages lie.
        prefixes: the CURIEs.
        curie: gives the CURIE of an IRI; what was asked once is remembered.
        title: the site's name by language.
        licence: the address of the licence; empty if there is none.
        dataset_title: what the dataset is called in full, by language.
        has_ontology: whether there is a page of an ontology to lead to.
        base_url: where the site is to be published, ended by a slash; empty if that is not known.
    """

    content: Content
    addresses: Addresses
    prefixes: Prefixes
    curie: Callable[[str], str | None]
    title: Mapping[str, str]
    licence: str
    dataset_title: Mapping[str, str]
    has_ontology: bool
    base_url: str


class View:
    """The graph from one page."""

    def __init__(self, site: Site, folder: str, lang: str) -> None:
        """Take the page.

        Args:
            site: what it belongs to.
            folder: the page's folder, relative to the site; nothing for the home page.
            lang: its language.
        """
        self.site = site
        self.lang = lang
        self.words = WORDS[lang]
        self.folder = folder
        self._content = site.content
        self._up = "../" * (folder.count("/") + 1) if folder else ""

    def link(self, path: str) -> str:
        """Return the link to a file of the site."""
        return self._up + path

    def page(self, folder: str) -> str:
        """Return the link to the page of a folder, in the same language."""
        return self.link(f"{folder}/{PAGES[self.lang]}" if folder else PAGES[self.lang])

    def label(self, iri: str) -> tuple[str, str]:
        """Return the words for an IRI and, where it is not the page's, their language."""
        known = self._content.labels.get(iri, {})
        for lang in (self.lang, *LANGUAGES, ""):
            if lang in known:
                return known[lang], "" if lang in {self.lang, ""} else lang
        curie = self.site.curie(iri) or ""
        named = standard(curie, self.lang)
        if named:
            return named, ""
        return curie if curie and not curie.endswith(":") else iri.removeprefix(BASE), ""

    def is_named(self, iri: str) -> bool:
        """Tell whether there are words for an IRI."""
        return iri in self._content.labels or standard(self.site.curie(iri) or "", self.lang) is not None

    def other_label(self, iri: str) -> tuple[str, str] | None:
        """Return the label in the other language and that language, where it differs from the page's."""
        known = self._content.labels.get(iri, {})
        for lang in LANGUAGES:
            if lang != self.lang and lang in known and known[lang] != self.label(iri)[0]:
                return known[lang], lang
        return None

    def thing(self, iri: str) -> Shown:
        """Return an IRI as a link: to its page, out of the site, or none where that would not be safe."""
        text, lang = self.label(iri)
        folder = self.site.addresses.folder(iri)
        if folder is not None:
            return Shown("page" if self.is_named(iri) else "code", text, self.page(folder), lang)
        if iri.lower().startswith(_WEB):
            return Shown("away", text, iri, lang, iri if text != iri else "", self.words["external"])
        return Shown("code", iri)

    def value(self, term: Term) -> Shown:
        """Return the value of a statement."""
        if isinstance(term, ox.NamedNode):
            return self.thing(term.value)
        if isinstance(term, ox.BlankNode):
            return self._inner(term)
        lang = language_tag(term.language or "")
        if lang:
            return Shown("text", term.value, lang="" if lang == self.lang else lang)
        datatype = term.datatype.value
        plain = datatype in {f"{XSD}string", f"{XSD}integer", f"{XSD}date", f"{XSD}decimal", f"{XSD}boolean"}
        return Shown("text", term.value, note="" if plain else self.label(datatype)[0])

    def is_foreign(self, term: Term) -> bool:
        """Tell whether a text is in another language than the page."""
        return isinstance(term, ox.Literal) and language_tag(term.language or self.lang) != self.lang

    def _inner(self, node: ox.BlankNode) -> Shown:
        members = self._members(node)
        if members is not None:
            return Shown("list", inner=tuple(map(self.value, members)))
        quads = self._content.inner.get(node, [])
        return Shown(
            "node", pairs=tuple((self.thing(one.predicate.value), self.value(parts(one)[2])) for one in quads)
        )

    def _members(self, node: Term) -> list[Term] | None:
        """Return the members of a list; None if the node is not the head of one."""
        found: list[Term] = []
        seen: set[Term] = set()
        while isinstance(node, ox.BlankNode) and node not in seen:
            seen.add(node)
            by = {one.predicate.value: parts(one)[2] for one in self._content.inner.get(node, [])}
            if set(by) != {f"{RDF}first", f"{RDF}rest"}:
                return None
            found.append(by[f"{RDF}first"])
            node = by[f"{RDF}rest"]
        return found if node == ox.NamedNode(f"{RDF}nil") else None

    def frame(self, title: str, trail: Iterable[tuple[str, str]], **more: object) -> dict[str, object]:
        """Return what every template needs.

        Args:
            title: the page's title.
            trail: the pages above it, as words and folders.
            more: what else the template needs.
        """
        other = next(lang for lang in LANGUAGES if lang != self.lang)
        base, folder = self.site.base_url, f"{self.folder}/" if self.folder else ""
        return {
            "w": SimpleNamespace(**self.words),
            "lang": self.lang,
            "other": other,
            "languages": {lang: base + folder + PAGES[lang] if base else PAGES[lang] for lang in LANGUAGES},
            "published": bool(base),
            "own_page": PAGES[self.lang],
            "other_page": PAGES[other],
            "title": title,
            "site_title": self.site.title[self.lang],
            "dataset_title": self.site.dataset_title[self.lang],
            "licence": self.site.licence,
            "has_ontology": self.site.has_ontology,
            "trail": [(words, self.page(above)) for words, above in trail],
            "link": self.link,
            "page": self.page,
            **more,
        }
