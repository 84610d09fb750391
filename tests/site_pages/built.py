"""A built site: its files, their links, and the triples that they should display."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox

BASE = "https://w3id.org/msme-kg/"
PAGES = {"en": "index.html", "zh-Hant": "zh-Hant.html"}
_LINK = re.compile(r'\s(?:href|src)="([^"]*)"')
_ID = re.compile(r'\sid="([^"]*)"')
_JSON = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True)
class Built:
    """A built site.

    Attributes:
        folder: folder of the site.
        root: root of the graph that it shows.
    """

    folder: Path
    root: Path

    @cached_property
    def files(self) -> frozenset[str]:
        """Paths of all files, relative to the site."""
        return frozenset(
            path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()
        )

    @cached_property
    def pages(self) -> dict[str, str]:
        """Text of each page."""
        return {
            name: (self.folder / name).read_text("utf-8") for name in self.files if name.endswith(".html")
        }

    @cached_property
    def ids(self) -> dict[str, set[str]]:
        """IDs in each page, the targets of links."""
        return {name: set(map(html.unescape, _ID.findall(text))) for name, text in self.pages.items()}

    def links(self, page: str) -> Iterator[str]:
        """Yield the links of a page and the files that it loads."""
        yield from map(html.unescape, _LINK.findall(self.pages[page]))

    def embedded(self, page: str) -> list[str]:
        """Return the JSON-LD in a page."""
        return _JSON.findall(self.pages[page])

    @cached_property
    def quads(self) -> list[ox.Quad]:
        """Statements of the graph, each in the named graph of its file, read without the package."""
        quads = []
        for part in ("ontology", "data"):
            for path in sorted((self.root / part).rglob("*.ttl")):
                graph = ox.NamedNode(f"{BASE}graph/{path.relative_to(self.root).with_suffix('').as_posix()}")
                for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE):
                    quads.append(ox.Quad(quad.subject, quad.predicate, quad.object, graph))
        return quads

    @cached_property
    def iris(self) -> set[str]:
        """IRIs in the graph that begin with its base."""
        iris: set[str] = set()
        for quad in self.quads:
            terms = [quad.subject, quad.predicate, quad.object, quad.graph_name]
            terms += [quad.object.datatype] if isinstance(quad.object, ox.Literal) else []
            iris |= {term.value for term in terms if isinstance(term, ox.NamedNode)}
        return {iri for iri in iris if iri.startswith(BASE)}

    @cached_property
    def deprecated(self) -> set[str]:
        """IRIs of the deprecated entities, terms of the ontology among them."""
        return {
            quad.subject.value
            for quad in self.quads
            if quad.predicate.value.endswith("owl#deprecated") and isinstance(quad.subject, ox.NamedNode)
        }

    @cached_property
    def by_subject(self) -> dict[object, list[ox.Quad]]:
        """Statements by subject, in the default graph."""
        by_subject: dict[object, list[ox.Quad]] = {}
        for quad in self.quads:
            by_subject.setdefault(quad.subject, []).append(ox.Quad(quad.subject, quad.predicate, quad.object))
        return by_subject

    def list_statements(self, iri: str) -> set[ox.Quad]:
        """Return the statements about an IRI and about blank nodes in them."""
        statements: set[ox.Quad] = set()
        left: list[object] = [ox.NamedNode(iri)]
        while left:
            for quad in self.by_subject.get(left.pop(), []):
                if quad not in statements and isinstance(quad.object, ox.BlankNode):
                    left.append(quad.object)
                statements.add(quad)
        return statements


def get_folder(iri: str) -> str:
    """Return the folder of the page of an IRI."""
    return iri.removeprefix(BASE).replace("#", "/")


def resolve_link(page: str, href: str) -> tuple[str, str]:
    """Return the target file and anchor of a relative link; ValueError if it leaves the site."""
    path, _, anchor = href.partition("#")
    parts = page.split("/")[:-1] if path else page.split("/")
    for step in unquote(path).split("/") if path else []:
        if step == "..":
            if not parts:
                raise ValueError(href)
            parts.pop()
        elif step not in {".", ""}:
            parts.append(step)
    return "/".join(parts), unquote(anchor)


def canonicalize(quads: set[ox.Quad]) -> set[ox.Quad]:
    """Return triples with the blank node labels of RDFC-1.0."""
    if not any(isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object)):
        return quads
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)
