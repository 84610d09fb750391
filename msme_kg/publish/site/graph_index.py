"""An in-memory index of a graph for pages: by subject, by object, by class and by named graph."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import pyoxigraph as ox

from msme_kg.changes.attestations import COMPOSES_LABELS
from msme_kg.namespaces import FOAF, OWL, PROV, RDF, RDFS, SKOS
from msme_kg.publish.site.urls import is_under_base
from msme_kg.rdf.ntriples import compute_sort_key, sort_quads
from msme_kg.rdf.terms import Term, get_graph_iri, normalize_language_tag, split_quad

RDF_TYPE = f"{RDF}type"
_DEPRECATED, _TRUE = ox.NamedNode(f"{OWL}deprecated"), ox.Literal(True)
_OWN_KINDS = {f"{PROV}Entity", f"{PROV}Activity"}
LABEL_PROPERTIES = (f"{RDFS}label", f"{SKOS}prefLabel", f"{FOAF}name")


@dataclass(frozen=True)
class GraphIndex:
    """The triples of a graph, indexed; lists and counts leave deprecated entities out.

    Attributes:
        triples_by_subject: the triples of each subject IRI, sorted, without repeats.
        bnode_triples: the triples of each blank node.
        incoming_links: for each IRI the pairs of property and subject that link to it, directly or
            through blank nodes.
        labels: the labels of each IRI by language.
        graphs_by_subject: the named graphs that describe each IRI.
        subjects_by_graph: the IRIs that each named graph describes.
        deprecated: the deprecated IRIs (``owl:deprecated true``).
        iris_under_base: every IRI under the base: subject, predicate, object, datatype or named graph.
    """

    triples_by_subject: dict[str, list[ox.Quad]]
    bnode_triples: dict[ox.BlankNode, list[ox.Quad]]
    incoming_links: dict[str, list[tuple[str, str]]]
    labels: dict[str, dict[str, str]]
    graphs_by_subject: dict[str, list[str]]
    subjects_by_graph: dict[str, list[str]]
    deprecated: frozenset[str]
    iris_under_base: tuple[str, ...]

    @classmethod
    def from_quads(cls, quads: Iterable[ox.Quad], graphs: Iterable[str]) -> GraphIndex:
        """Index quads.

        Args:
            quads: the quads.
            graphs: the IRIs of all named graphs, including empty ones.
        """
        by_subject: dict[str, list[ox.Quad]] = defaultdict(list)
        by_bnode: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
        graphs_by_subject: dict[str, set[str]] = defaultdict(set)
        iris_under_base = {graph for graph in graphs if is_under_base(graph)}
        for quad in sort_quads(quads):
            subject, predicate, value = split_quad(quad)
            triple = ox.Quad(subject, predicate, value)
            if isinstance(subject, ox.NamedNode):
                by_subject[subject.value].append(triple)
                graphs_by_subject[subject.value].add(get_graph_iri(quad))
            else:
                by_bnode[subject].append(triple)
            iris_under_base |= set(filter(is_under_base, _collect_iris(subject, predicate, value)))
        unique = {iri: list(dict.fromkeys(triples)) for iri, triples in by_subject.items()}
        deprecated = frozenset(iri for iri, triples in unique.items() if any(map(_is_deprecation, triples)))
        subjects_by_graph: dict[str, list[str]] = defaultdict(list)
        for iri, described_in in graphs_by_subject.items():
            for graph in described_in if iri not in deprecated else ():
                subjects_by_graph[graph].append(iri)
        current = {iri: triples for iri, triples in unique.items() if iri not in deprecated}
        return cls(
            triples_by_subject=unique,
            bnode_triples=dict(by_bnode),
            incoming_links=_index_incoming_links(current, by_bnode),
            labels=_index_labels(unique),
            graphs_by_subject={iri: sorted(described_in) for iri, described_in in graphs_by_subject.items()},
            subjects_by_graph={graph: sorted(iris) for graph, iris in subjects_by_graph.items()},
            deprecated=deprecated,
            iris_under_base=tuple(sorted(iris_under_base)),
        )

    def collect_triples(self, iri: str) -> list[ox.Quad]:
        """Return the triples of an entity and of the blank nodes reachable from it."""
        return list(_follow_bnodes(self.triples_by_subject.get(iri, []), self.bnode_triples))

    def list_objects(self, iri: str, predicate: str) -> list[Term]:
        """Return the values of a property of an entity."""
        return [
            split_quad(quad)[2]
            for quad in self.triples_by_subject.get(iri, [])
            if quad.predicate.value == predicate
        ]

    def list_types(self, iri: str) -> list[str]:
        """Return the stated classes of an entity."""
        return [one.value for one in self.list_objects(iri, RDF_TYPE) if isinstance(one, ox.NamedNode)]

    def drop_entities(self, entities: Container[str]) -> GraphIndex:
        """Return the index without the statements about some entities and the links to them."""

        def keep(triples: Iterable[ox.Quad]) -> list[ox.Quad]:
            return [
                one
                for one in triples
                if not (isinstance(one.object, ox.NamedNode) and one.object.value in entities)
            ]

        return replace(
            self,
            triples_by_subject={
                iri: keep(triples) for iri, triples in self.triples_by_subject.items() if iri not in entities
            },
            bnode_triples={node: keep(triples) for node, triples in self.bnode_triples.items()},
            incoming_links={
                iri: [link for link in links if link[1] not in entities]
                for iri, links in self.incoming_links.items()
                if iri not in entities
            },
            subjects_by_graph={
                graph: [iri for iri in iris if iri not in entities]
                for graph, iris in self.subjects_by_graph.items()
            },
        )

    @cached_property
    def concepts(self) -> frozenset[str]:
        """The concepts of all concept schemes (``skos:inScheme``)."""
        return frozenset(iri for iri in self.triples_by_subject if self.list_objects(iri, f"{SKOS}inScheme"))

    @cached_property
    def relation_classes(self) -> frozenset[str]:
        """The classes of records of a relation, such as a membership: their labels are composed of others.

        They are neither entities nor activities of PROV, in contrast to events.
        """
        composing = {
            iri for iri in self.triples_by_subject if _TRUE in self.list_objects(iri, COMPOSES_LABELS.value)
        }
        return frozenset(iri for iri in composing if _OWN_KINDS.isdisjoint(self._list_superclasses(iri)))

    def _list_superclasses(self, iri: str) -> set[str]:
        found, left = set[str](), [iri]
        while left:
            supers = {
                one.value
                for one in self.list_objects(left.pop(), f"{RDFS}subClassOf")
                if isinstance(one, ox.NamedNode)
            }
            left += supers - found
            found |= supers
        return found

    @cached_property
    def instances_by_class(self) -> dict[str, list[str]]:
        """The stated instances of each class that are current."""
        instances: dict[str, list[str]] = defaultdict(list)
        for iri in self.triples_by_subject:
            for class_iri in self.list_types(iri) if iri not in self.deprecated else ():
                instances[class_iri].append(iri)
        return instances

    @cached_property
    def predicate_counts(self) -> dict[str, int]:
        """The number of triples of each property."""
        return Counter(
            quad.predicate.value
            for quads in (*self.triples_by_subject.values(), *self.bnode_triples.values())
            for quad in quads
        )


def _is_deprecation(triple: ox.Quad) -> bool:
    return triple.predicate == _DEPRECATED and triple.object == _TRUE


def _collect_iris(*terms: Term) -> Iterator[str]:
    for term in terms:
        if isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal):
            yield term.datatype.value


def _follow_bnodes(
    quads: Iterable[ox.Quad], by_bnode: dict[ox.BlankNode, list[ox.Quad]]
) -> Iterator[ox.Quad]:
    """Yield triples depth-first, each followed by the triples of the blank node that is its object."""
    seen: set[ox.BlankNode] = set()
    stack = list(quads)[::-1]
    while stack:
        quad = stack.pop()
        yield quad
        value = split_quad(quad)[2]
        if isinstance(value, ox.BlankNode) and value not in seen:
            seen.add(value)
            stack += by_bnode.get(value, [])[::-1]


def _index_incoming_links(
    by_subject: dict[str, list[ox.Quad]], by_bnode: dict[ox.BlankNode, list[ox.Quad]]
) -> dict[str, list[tuple[str, str]]]:
    """Return the links to each IRI; a chain through blank nodes counts as a link by its first property."""
    links: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for iri, quads in by_subject.items():
        for quad in quads:
            for reached in _follow_bnodes([quad], by_bnode):
                value = split_quad(reached)[2]
                if isinstance(value, ox.NamedNode):
                    links[value.value].add((quad.predicate.value, iri))
    return {iri: sorted(pairs) for iri, pairs in links.items()}


def _index_labels(by_subject: dict[str, list[ox.Quad]]) -> dict[str, dict[str, str]]:
    """Return one label of each IRI by language: the first by label property, then by term order."""
    labels: dict[str, dict[str, str]] = {}
    for iri, quads in by_subject.items():
        best: dict[str, tuple[int, tuple[str, str, str], str]] = {}
        for quad in quads:
            value = split_quad(quad)[2]
            if quad.predicate.value in LABEL_PROPERTIES and isinstance(value, ox.Literal):
                lang = normalize_language_tag(value.language or "")
                rank = (LABEL_PROPERTIES.index(quad.predicate.value), compute_sort_key(value), value.value)
                best[lang] = min(best.get(lang, rank), rank)
        if best:
            labels[iri] = {lang: rank[2] for lang, rank in best.items()}
    return labels
