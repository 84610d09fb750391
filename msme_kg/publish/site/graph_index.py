"""The statements of a graph, indexed the ways in which pages ask for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from msme_kg.namespaces import FOAF, RDF, RDFS, SKOS, language_tag
from msme_kg.publish.site.urls import is_own
from msme_kg.rdf.terms import Term, graph_of, ordered, parts, term_key

TYPE = f"{RDF}type"
LABELS = (f"{RDFS}label", f"{SKOS}prefLabel", f"{FOAF}name")


@dataclass(frozen=True)
class Content:
    """A graph to be shown.

    Attributes:
        about: the statements about each IRI, each once and in order.
        inner: the statements about each blank node.
        into: for each IRI the pairs of property and thing that point to it, through blank nodes too.
        labels: the words for each IRI by language.
        graphs: for each IRI the named graphs in which it is described.
        of_graph: the IRIs that each named graph describes.
        own: every IRI under the base: what is described, spoken of, or a named graph.
    """

    about: dict[str, list[ox.Quad]]
    inner: dict[ox.BlankNode, list[ox.Quad]]
    into: dict[str, list[tuple[str, str]]]
    labels: dict[str, dict[str, str]]
    graphs: dict[str, list[str]]
    of_graph: dict[str, list[str]]
    own: tuple[str, ...]

    @classmethod
    def of(cls, quads: Iterable[ox.Quad], graphs: Iterable[str]) -> Content:
        """Index statements.

        Args:
            quads: the statements, each in its named graph.
            graphs: the named graphs, those without statements too.
        """
        about: dict[str, list[ox.Quad]] = defaultdict(list)
        inner: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
        where: dict[str, set[str]] = defaultdict(set)
        own = {graph for graph in graphs if is_own(graph)}
        for quad in ordered(quads):
            subject, predicate, value = parts(quad)
            bare = ox.Quad(subject, predicate, value)
            if isinstance(subject, ox.NamedNode):
                about[subject.value].append(bare)
                where[subject.value].add(graph_of(quad))
            else:
                inner[subject].append(bare)
            own |= set(filter(is_own, _named(subject, predicate, value)))
        once = {iri: list(dict.fromkeys(found)) for iri, found in about.items()}
        described: dict[str, list[str]] = defaultdict(list)
        for iri, found in where.items():
            for graph in found:
                described[graph].append(iri)
        return cls(
            about=once,
            inner=dict(inner),
            into=_into(once, inner),
            labels=_labels(once),
            graphs={iri: sorted(found) for iri, found in where.items()},
            of_graph={graph: sorted(iris) for graph, iris in described.items()},
            own=tuple(sorted(own)),
        )

    def statements(self, iri: str) -> list[ox.Quad]:
        """Return the statements about a thing, with those of the blank nodes within it."""
        return list(_closure(self.about.get(iri, []), self.inner))

    def objects(self, iri: str, predicate: str) -> list[Term]:
        """Return the values of a property of a thing."""
        return [parts(one)[2] for one in self.about.get(iri, []) if one.predicate.value == predicate]

    def types(self, iri: str) -> list[str]:
        """Return the classes of a thing."""
        return [one.value for one in self.objects(iri, TYPE) if isinstance(one, ox.NamedNode)]

    @cached_property
    def concepts(self) -> frozenset[str]:
        """The concepts of all schemes."""
        return frozenset(iri for iri in self.about if self.objects(iri, f"{SKOS}inScheme"))

    @cached_property
    def instances(self) -> dict[str, list[str]]:
        """The things of each class, as stated."""
        found: dict[str, list[str]] = defaultdict(list)
        for iri in self.about:
            for one in self.types(iri):
                found[one].append(iri)
        return found

    @cached_property
    def uses(self) -> dict[str, int]:
        """How many statements there are of each property."""
        found: dict[str, int] = defaultdict(int)
        for quads in [*self.about.values(), *self.inner.values()]:
            for quad in quads:
                found[quad.predicate.value] += 1
        return found


def _named(*terms: Term) -> Iterator[str]:
    for term in terms:
        if isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal):
            yield term.datatype.value


def _closure(quads: Iterable[ox.Quad], inner: dict[ox.BlankNode, list[ox.Quad]]) -> Iterator[ox.Quad]:
    seen: set[ox.BlankNode] = set()
    left = list(quads)[::-1]
    while left:
        quad = left.pop()
        yield quad
        value = parts(quad)[2]
        if isinstance(value, ox.BlankNode) and value not in seen:
            seen.add(value)
            left += inner.get(value, [])[::-1]


def _into(
    about: dict[str, list[ox.Quad]], inner: dict[ox.BlankNode, list[ox.Quad]]
) -> dict[str, list[tuple[str, str]]]:
    """Return what points to each IRI; of a chain through blank nodes the first property counts."""
    found: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    for iri, quads in sorted(about.items()):
        for quad in quads:
            for end in _closure([quad], inner):
                value = parts(end)[2]
                if isinstance(value, ox.NamedNode):
                    found[value.value][quad.predicate.value, iri] = None
    return {iri: sorted(pairs) for iri, pairs in found.items()}


def _labels(about: dict[str, list[ox.Quad]]) -> dict[str, dict[str, str]]:
    """Return the best label of each IRI by language; of several the first in order."""
    found: dict[str, dict[str, str]] = {}
    for iri, quads in about.items():
        words: dict[str, tuple[int, tuple[str, str, str], str]] = {}
        for quad in quads:
            value = parts(quad)[2]
            if quad.predicate.value in LABELS and isinstance(value, ox.Literal):
                lang = language_tag(value.language or "")
                rank = (LABELS.index(quad.predicate.value), term_key(value), value.value)
                words[lang] = min(words.get(lang, rank), rank)
        if words:
            found[iri] = {lang: rank[2] for lang, rank in words.items()}
    return found
