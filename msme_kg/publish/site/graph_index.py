"""Index of a graph for pages: where each entity is described, its labels, and what links to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from copy import copy
from functools import cached_property, lru_cache
from itertools import groupby

import pyoxigraph as ox

from msme_kg.changes.attestations import COMPOSES_LABELS
from msme_kg.namespaces import FOAF, OWL, PROV, RDF, RDFS, SKOS
from msme_kg.publish.site.link_index import LinkIndex
from msme_kg.publish.site.urls import is_under_base
from msme_kg.rdf.ntriples import compute_sort_key, sort_quads
from msme_kg.rdf.terms import Term, normalize_language_tag, split_quad, without_graph
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.subject_index import SubjectIndex

RDF_TYPE = f"{RDF}type"
_DEPRECATED, _TRUE = ox.NamedNode(f"{OWL}deprecated"), ox.Literal(True)
_OWN_KINDS = {f"{PROV}Entity", f"{PROV}Activity"}
_IN_SCHEME = f"{SKOS}inScheme"
LABEL_PROPERTIES = (f"{RDFS}label", f"{SKOS}prefLabel", f"{FOAF}name")
_MAX_REMEMBERED = 1 << 12
"""The most entities whose triples are kept in memory."""


class GraphIndex:
    """Index of the triples of a graph; lists and counts leave deprecated entities out.

    The triples themselves stay in the text of the files: of files in canonical Turtle those of an entity are
    parsed when they are asked for.

    Attributes:
        labels: the labels of each IRI by language.
        graphs_by_subject: the named graphs that describe each IRI, sorted.
        subjects_by_graph: the current IRIs that each named graph describes, sorted, of any day.
        instances_by_class: the stated instances of each class that are current, of any day.
        concepts: the concepts of all concept schemes (``skos:inScheme``).
        predicate_counts: the number of triples of each property, on whichever day.
        deprecated: the deprecated IRIs (``owl:deprecated true``).
        iris_under_base: every IRI under the base: subject, predicate, object, datatype or named graph.
    """

    def __init__(self, dataset: Dataset) -> None:
        """Index the files of a graph.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
        """
        self._node_triples: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
        self.labels: dict[str, dict[str, str]] = {}
        self.graphs_by_subject: dict[str, tuple[str, ...]] = {}
        self.subjects_by_graph: dict[str, list[str]] = defaultdict(list)
        self.instances_by_class: dict[str, list[str]] = defaultdict(list)
        self.concepts: set[str] = set()
        self._composing: set[str] = set()
        self.predicate_counts: Counter[str] = Counter()
        self._absent: Collection[str] = frozenset()
        self.deprecated: set[str] = set()
        self.get_triples = lru_cache(_MAX_REMEMBERED)(self._read_triples)
        """Returns the triples of an IRI, sorted within each of its named graphs, without repeats."""
        self._indexes: dict[str, SubjectIndex] = {}
        self._held: dict[str, dict[str, list[ox.Quad]]] = {}
        self._links = LinkIndex()
        under_base = set(filter(is_under_base, dataset.graphs))
        for file, parsed in zip(dataset.files, dataset.parse_files(), strict=True):
            index = SubjectIndex.from_file(file) if b"_:" not in file.content else None
            subjects: Iterable[tuple[str, Iterable[ox.Quad]]]
            if index is None or index.has_repeated_subjects:
                subjects = self._hold(file.graph, file.assign_graph(parsed)).items()
            else:
                self._indexes[file.graph] = index
                subjects = ((iri, quads) for iri, quads in groupby(parsed, _get_subject))
            for iri, quads in subjects:
                under_base.update(filter(is_under_base, self._add_subject(iri, file.graph, set(quads))))
        for triples in self._node_triples.values():
            self.predicate_counts.update(quad.predicate.value for quad in triples)
            under_base.update(filter(is_under_base, _collect_iris(triples)))
        self.iris_under_base = tuple(sorted(under_base))
        self._finish()

    def _hold(self, graph: str, quads: Iterable[ox.Quad]) -> dict[str, list[ox.Quad]]:
        """Keep the triples of a file in memory, and return those of each IRI."""
        held: dict[str, list[ox.Quad]] = defaultdict(list)
        for quad in sort_quads(map(without_graph, quads)):
            if isinstance(quad.subject, ox.BlankNode):
                self._node_triples[quad.subject].append(quad)
            else:
                held[_get_subject(quad)].append(quad)
        self._held[graph] = held
        return held

    def _add_subject(self, iri: str, graph: str, triples: set[ox.Quad]) -> Iterator[str]:
        """Index the triples of a subject in one of its named graphs, and return the IRIs in them."""
        known: set[ox.Quad] = set(self._read_triples(iri)) if iri in self.graphs_by_subject else set()
        self.graphs_by_subject[iri] = tuple(sorted({*self.graphs_by_subject.get(iri, ()), graph}))
        for quad in triples - known:
            predicate, value = quad.predicate.value, quad.object
            self.predicate_counts[predicate] += 1
            if predicate == RDF_TYPE and isinstance(value, ox.NamedNode):
                self.instances_by_class[value.value].append(iri)
            elif predicate == _IN_SCHEME:
                self.concepts.add(iri)
            elif quad.predicate == COMPOSES_LABELS and value == _TRUE:
                self._composing.add(iri)
            for reached in self._follow_bnodes([quad]):
                if isinstance(reached.object, ox.NamedNode):
                    self._links.add(iri, predicate, reached.object.value)
        labels = _choose_labels(triples | known)
        if labels:
            self.labels[iri] = labels
        if any(quad.predicate == _DEPRECATED and quad.object == _TRUE for quad in triples):
            self.deprecated.add(iri)
        return _collect_iris(triples)

    def _finish(self) -> None:
        """Sort what has been collected, and leave deprecated entities out."""
        self._links.sort()
        for iri, graphs in self.graphs_by_subject.items():
            for graph in graphs if iri not in self.deprecated else ():
                self.subjects_by_graph[graph].append(iri)
        for subjects in self.subjects_by_graph.values():
            subjects.sort()
        if self.deprecated:
            for class_iri, instances in self.instances_by_class.items():
                self.instances_by_class[class_iri] = [x for x in instances if x not in self.deprecated]

    def _read_triples(self, iri: str) -> tuple[ox.Quad, ...]:
        triples: list[ox.Quad] = []
        for graph in self.graphs_by_subject.get(iri, ()) if iri not in self._absent else ():
            index = self._indexes.get(graph)
            if index is None:
                triples += self._held[graph][iri]
            else:
                text = index.header + index.extract_blocks([iri])
                triples += sort_quads(ox.parse(text, format=ox.RdfFormat.TURTLE))
        return tuple(dict.fromkeys(filter(self._is_present, triples)))

    def _is_present(self, triple: ox.Quad) -> bool:
        return not (isinstance(triple.object, ox.NamedNode) and triple.object.value in self._absent)

    def drop_entities(self, entities: Collection[str]) -> GraphIndex:
        """Return the index without the statements about some entities and the links to them."""
        other = copy(self)
        other._absent = entities
        other.get_triples = lru_cache(_MAX_REMEMBERED)(other._read_triples)
        return other

    def is_absent(self, iri: str) -> bool:
        """Return whether an entity is among those that the index leaves out."""
        return iri in self._absent

    def list_subjects(self, graph: str) -> list[str]:
        """Return the current IRIs that a named graph describes, sorted."""
        return self._list_present(self.subjects_by_graph.get(graph, ()))

    def list_instances(self, class_iri: str) -> list[str]:
        """Return the stated instances of a class that are current."""
        return self._list_present(self.instances_by_class.get(class_iri, ()))

    def list_node_triples(self, node: ox.BlankNode) -> list[ox.Quad]:
        """Return the triples of a blank node."""
        return list(filter(self._is_present, self._node_triples.get(node, ())))

    def _list_present(self, iris: Iterable[str]) -> list[str]:
        return [iri for iri in iris if iri not in self._absent]

    def collect_triples(self, iri: str) -> list[ox.Quad]:
        """Return the triples of an entity and of the blank nodes reachable from it."""
        return list(self._follow_bnodes(self.get_triples(iri)))

    def list_objects(self, iri: str, predicate: str) -> list[Term]:
        """Return the values of a property of an entity."""
        return [split_quad(quad)[2] for quad in self.get_triples(iri) if quad.predicate.value == predicate]

    def list_types(self, iri: str) -> list[str]:
        """Return the stated classes of an entity."""
        return [one.value for one in self.list_objects(iri, RDF_TYPE) if isinstance(one, ox.NamedNode)]

    @cached_property
    def relation_classes(self) -> frozenset[str]:
        """The classes of records of a relation, such as a membership: their labels are composed of others.

        They are neither entities nor activities of PROV, in contrast to events.
        """
        return frozenset(
            iri for iri in self._composing if _OWN_KINDS.isdisjoint(self._list_superclasses(iri))
        )

    @cached_property
    def relations(self) -> dict[str, str]:
        """The class of each current record of a relation, of several the first, of any day."""
        return {
            iri: class_iri
            for class_iri in sorted(self.relation_classes, reverse=True)
            for iri in self.instances_by_class.get(class_iri, ())
        }

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

    def list_incoming_links(self, iri: str) -> list[tuple[str, str]]:
        """Return the pairs of property and current subject that link to an IRI, sorted.

        A chain through blank nodes counts as a link by its first property.
        """
        if iri in self._absent:
            return []
        return sorted(
            (predicate, subject)
            for predicate, subject in self._links.find_links(iri)
            if subject not in self.deprecated and subject not in self._absent
        )

    def _follow_bnodes(self, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
        """Yield triples depth-first, each followed by the triples of the blank node that is its object."""
        seen: set[ox.BlankNode] = set()
        stack = list(quads)[::-1]
        while stack:
            quad = stack.pop()
            yield quad
            value = quad.object
            if isinstance(value, ox.BlankNode) and value not in seen:
                seen.add(value)
                stack += self.list_node_triples(value)[::-1]


def _get_subject(quad: ox.Quad) -> str:
    return split_quad(quad)[0].value


def _collect_iris(triples: Iterable[ox.Quad]) -> Iterator[str]:
    for quad in triples:
        for term in split_quad(quad):
            if isinstance(term, ox.NamedNode):
                yield term.value
            elif isinstance(term, ox.Literal):
                yield term.datatype.value


def _choose_labels(triples: Iterable[ox.Quad]) -> dict[str, str]:
    """Return one label of an IRI by language: the first by label property, then by term order."""
    best: dict[str, tuple[int, tuple[str, str, str], str]] = {}
    for quad in triples:
        value = quad.object
        if quad.predicate.value in LABEL_PROPERTIES and isinstance(value, ox.Literal):
            lang = normalize_language_tag(value.language or "")
            rank = (LABEL_PROPERTIES.index(quad.predicate.value), compute_sort_key(value), value.value)
            best[lang] = min(best.get(lang, rank), rank)
    return {lang: rank[2] for lang, rank in best.items()}
