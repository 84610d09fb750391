"""The statements of a graph, indexed the ways in which pages ask for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from msme_kg.namespaces import FOAF, RDF, RDFS, SKOS
from msme_kg.publish.site.urls import is_under_base
from msme_kg.rdf.ntriples import compute_sort_key, sort_quads
from msme_kg.rdf.terms import Term, get_graph_iri, normalize_language_tag, split_quad

RDF_TYPE = f"{RDF}type"
LABEL_PROPERTIES = (f"{RDFS}label", f"{SKOS}prefLabel", f"{FOAF}name")


@dataclass(frozen=True)
class GraphIndex:
    """A graph to be shown.

    Attributes:
        triples_by_subject: the statements about each IRI, each once and in order.
        bnode_triples: the statements about each blank node.
        incoming_links: for each IRI the pairs of property and thing that point to it, through blank
            nodes too.
        labels: the words for each IRI by language.
        graphs_by_subject: for each IRI the named graphs in which it is described.
        subjects_by_graph: the IRIs that each named graph describes.
        iris_under_base: every IRI under the base: what is described, spoken of, or a named graph.
    """

    triples_by_subject: dict[str, list[ox.Quad]]
    bnode_triples: dict[ox.BlankNode, list[ox.Quad]]
    incoming_links: dict[str, list[tuple[str, str]]]
    labels: dict[str, dict[str, str]]
    graphs_by_subject: dict[str, list[str]]
    subjects_by_graph: dict[str, list[str]]
    iris_under_base: tuple[str, ...]

    @classmethod
    def from_quads(cls, quads: Iterable[ox.Quad], graphs: Iterable[str]) -> GraphIndex:
        """Index statements.

        Args:
            quads: the statements, each in its named graph.
            graphs: the named graphs, those without statements too.
        """
        about: dict[str, list[ox.Quad]] = defaultdict(list)
        inner: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
        where: dict[str, set[str]] = defaultdict(set)
        own = {graph for graph in graphs if is_under_base(graph)}
        for quad in sort_quads(quads):
            subject, predicate, value = split_quad(quad)
            bare = ox.Quad(subject, predicate, value)
            if isinstance(subject, ox.NamedNode):
                about[subject.value].append(bare)
                where[subject.value].add(get_graph_iri(quad))
            else:
                inner[subject].append(bare)
            own |= set(filter(is_under_base, _collect_iris(subject, predicate, value)))
        once = {iri: list(dict.fromkeys(found)) for iri, found in about.items()}
        described: dict[str, list[str]] = defaultdict(list)
        for iri, found in where.items():
            for graph in found:
                described[graph].append(iri)
        return cls(
            triples_by_subject=once,
            bnode_triples=dict(inner),
            incoming_links=_index_incoming_links(once, inner),
            labels=_index_labels(once),
            graphs_by_subject={iri: sorted(found) for iri, found in where.items()},
            subjects_by_graph={graph: sorted(iris) for graph, iris in described.items()},
            iris_under_base=tuple(sorted(own)),
        )

    def collect_triples(self, iri: str) -> list[ox.Quad]:
        """Return the statements about a thing, with those of the blank nodes within it."""
        return list(_follow_bnodes(self.triples_by_subject.get(iri, []), self.bnode_triples))

    def list_objects(self, iri: str, predicate: str) -> list[Term]:
        """Return the values of a property of a thing."""
        return [
            split_quad(one)[2]
            for one in self.triples_by_subject.get(iri, [])
            if one.predicate.value == predicate
        ]

    def list_types(self, iri: str) -> list[str]:
        """Return the classes of a thing."""
        return [one.value for one in self.list_objects(iri, RDF_TYPE) if isinstance(one, ox.NamedNode)]

    @cached_property
    def concepts(self) -> frozenset[str]:
        """The concepts of all schemes."""
        return frozenset(iri for iri in self.triples_by_subject if self.list_objects(iri, f"{SKOS}inScheme"))

    @cached_property
    def instances_by_class(self) -> dict[str, list[str]]:
        """The things of each class, as stated."""
        found: dict[str, list[str]] = defaultdict(list)
        for iri in self.triples_by_subject:
            for one in self.list_types(iri):
                found[one].append(iri)
        return found

    @cached_property
    def predicate_counts(self) -> dict[str, int]:
        """How many statements there are of each property."""
        found: dict[str, int] = defaultdict(int)
        for quads in [*self.triples_by_subject.values(), *self.bnode_triples.values()]:
            for quad in quads:
                found[quad.predicate.value] += 1
        return found


def _collect_iris(*terms: Term) -> Iterator[str]:
    for term in terms:
        if isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal):
            yield term.datatype.value


def _follow_bnodes(quads: Iterable[ox.Quad], inner: dict[ox.BlankNode, list[ox.Quad]]) -> Iterator[ox.Quad]:
    seen: set[ox.BlankNode] = set()
    left = list(quads)[::-1]
    while left:
        quad = left.pop()
        yield quad
        value = split_quad(quad)[2]
        if isinstance(value, ox.BlankNode) and value not in seen:
            seen.add(value)
            left += inner.get(value, [])[::-1]


def _index_incoming_links(
    about: dict[str, list[ox.Quad]], inner: dict[ox.BlankNode, list[ox.Quad]]
) -> dict[str, list[tuple[str, str]]]:
    """Return what points to each IRI; of a chain through blank nodes the first property counts."""
    found: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    for iri, quads in sorted(about.items()):
        for quad in quads:
            for end in _follow_bnodes([quad], inner):
                value = split_quad(end)[2]
                if isinstance(value, ox.NamedNode):
                    found[value.value][quad.predicate.value, iri] = None
    return {iri: sorted(pairs) for iri, pairs in found.items()}


def _index_labels(about: dict[str, list[ox.Quad]]) -> dict[str, dict[str, str]]:
    """Return the best label of each IRI by language; of several the first in order."""
    found: dict[str, dict[str, str]] = {}
    for iri, quads in about.items():
        words: dict[str, tuple[int, tuple[str, str, str], str]] = {}
        for quad in quads:
            value = split_quad(quad)[2]
            if quad.predicate.value in LABEL_PROPERTIES and isinstance(value, ox.Literal):
                lang = normalize_language_tag(value.language or "")
                rank = (LABEL_PROPERTIES.index(quad.predicate.value), compute_sort_key(value), value.value)
                words[lang] = min(words.get(lang, rank), rank)
        if words:
            found[iri] = {lang: rank[2] for lang, rank in words.items()}
    return found
