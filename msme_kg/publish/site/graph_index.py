"""An in-memory index of a graph for pages: by subject, by object, by class and by named graph."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pyoxigraph as ox

from msme_kg.changes.attestations import COMPOSES_LABELS
from msme_kg.namespaces import FOAF, OWL, PROV, RDF, RDFS, SKOS
from msme_kg.publish.site.urls import is_under_base
from msme_kg.rdf.ntriples import compute_sort_key, sort_quads
from msme_kg.rdf.terms import Resource, Term, get_graph_iri, normalize_language_tag, split_quad

RDF_TYPE = f"{RDF}type"
_TRUE = ox.Literal(True)
_DEPRECATION = f"{OWL}deprecated", _TRUE
_OWN_KINDS = {f"{PROV}Entity", f"{PROV}Activity"}
LABEL_PROPERTIES = (f"{RDFS}label", f"{SKOS}prefLabel", f"{FOAF}name")


Statement = tuple[str, Term]
"""The property and the value of a triple."""


@dataclass(frozen=True)
class GraphIndex:
    """The triples of a graph, indexed; lists and counts leave deprecated entities out.

    Attributes:
        statements: the statements about each subject IRI, sorted, without repeats.
        bnode_statements: the statements about each blank node.
        incoming_links: for each IRI the pairs of property and subject that link to it, directly or
            through blank nodes.
        labels: the labels of each IRI by language.
        graphs_by_subject: the named graphs that describe each IRI.
        subjects_by_graph: the IRIs that each named graph describes.
        deprecated: the deprecated IRIs (``owl:deprecated true``).
        iris_under_base: every IRI under the base: subject, predicate, object, datatype or named graph.
    """

    statements: dict[str, list[Statement]]
    bnode_statements: dict[ox.BlankNode, list[Statement]]
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
        iris: dict[str, str] = {}
        terms: dict[Term, Term] = {}

        def keep(iri: str) -> str:  # each access to a part of a quad makes a new object
            return iris.setdefault(iri, iri)

        by_subject: dict[str, list[Statement]] = defaultdict(list)
        by_bnode: dict[ox.BlankNode, list[Statement]] = defaultdict(list)
        graphs_by_subject: dict[str, set[str]] = defaultdict(set)
        iris_under_base = {graph for graph in graphs if is_under_base(graph)}
        for quad in sort_quads(quads):
            subject, predicate, value = split_quad(quad)
            statement = keep(predicate.value), terms.setdefault(value, value)
            if isinstance(subject, ox.NamedNode):
                by_subject[keep(subject.value)].append(statement)
                graphs_by_subject[keep(subject.value)].add(keep(get_graph_iri(quad)))
            else:
                by_bnode[subject].append(statement)
            iris_under_base.update(map(keep, filter(is_under_base, _collect_iris(subject, predicate, value))))
        unique = {iri: list(dict.fromkeys(statements)) for iri, statements in by_subject.items()}
        deprecated = frozenset(iri for iri, statements in unique.items() if _DEPRECATION in statements)
        subjects_by_graph: dict[str, list[str]] = defaultdict(list)
        for iri, described_in in graphs_by_subject.items():
            for graph in described_in if iri not in deprecated else ():
                subjects_by_graph[graph].append(iri)
        current = {iri: statements for iri, statements in unique.items() if iri not in deprecated}
        return cls(
            statements=unique,
            bnode_statements=dict(by_bnode),
            incoming_links=_index_incoming_links(current, by_bnode, keep),
            labels=_index_labels(unique),
            graphs_by_subject={iri: sorted(described_in) for iri, described_in in graphs_by_subject.items()},
            subjects_by_graph={graph: sorted(iris) for graph, iris in subjects_by_graph.items()},
            deprecated=deprecated,
            iris_under_base=tuple(sorted(iris_under_base)),
        )

    def collect_triples(self, iri: str) -> list[ox.Quad]:
        """Return the triples of an entity and of the blank nodes reachable from it."""
        statements = self.statements.get(iri)
        reached = _follow_bnodes(ox.NamedNode(iri), statements, self.bnode_statements) if statements else ()
        return [ox.Quad(subject, ox.NamedNode(name), value) for subject, name, value in reached]

    def list_objects(self, iri: str, predicate: str) -> list[Term]:
        """Return the values of a property of an entity."""
        return [value for name, value in self.statements.get(iri, ()) if name == predicate]

    def list_types(self, iri: str) -> list[str]:
        """Return the stated classes of an entity."""
        return [one.value for one in self.list_objects(iri, RDF_TYPE) if isinstance(one, ox.NamedNode)]

    def drop_entities(self, entities: Container[str]) -> GraphIndex:
        """Return the index without the statements about some entities and the links to them."""

        def keep(statements: Iterable[Statement]) -> list[Statement]:
            return [
                (name, value)
                for name, value in statements
                if not (isinstance(value, ox.NamedNode) and value.value in entities)
            ]

        return replace(
            self,
            statements={
                iri: keep(statements) for iri, statements in self.statements.items() if iri not in entities
            },
            bnode_statements={node: keep(statements) for node, statements in self.bnode_statements.items()},
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
        return frozenset(iri for iri in self.statements if self.list_objects(iri, f"{SKOS}inScheme"))

    @cached_property
    def relation_classes(self) -> frozenset[str]:
        """The classes of records of a relation, such as a membership: their labels are composed of others.

        They are neither entities nor activities of PROV, in contrast to events.
        """
        composing = {iri for iri in self.statements if _TRUE in self.list_objects(iri, COMPOSES_LABELS.value)}
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
        for iri in self.statements:
            for class_iri in self.list_types(iri) if iri not in self.deprecated else ():
                instances[class_iri].append(iri)
        return instances

    @cached_property
    def predicate_counts(self) -> dict[str, int]:
        """The number of triples of each property."""
        return Counter(
            name
            for statements in (*self.statements.values(), *self.bnode_statements.values())
            for name, _ in statements
        )


def _collect_iris(*terms: Term) -> Iterator[str]:
    for term in terms:
        if isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal):
            yield term.datatype.value


def _follow_bnodes(
    subject: Resource, statements: Iterable[Statement], by_bnode: Mapping[ox.BlankNode, Sequence[Statement]]
) -> Iterator[tuple[Resource, str, Term]]:
    """Yield triples depth-first, each followed by the triples of the blank node that is its object."""
    seen: set[ox.BlankNode] = set()
    stack = [(subject, *statement) for statement in statements][::-1]
    while stack:
        triple = stack.pop()
        yield triple
        value = triple[2]
        if isinstance(value, ox.BlankNode) and value not in seen:
            seen.add(value)
            stack += [(value, *statement) for statement in by_bnode.get(value, ())][::-1]


def _index_incoming_links(
    by_subject: Mapping[str, Sequence[Statement]],
    by_bnode: Mapping[ox.BlankNode, Sequence[Statement]],
    keep: Callable[[str], str],
) -> dict[str, list[tuple[str, str]]]:
    """Return the links to each IRI; a chain through blank nodes counts as a link by its first property."""
    links: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for iri, statements in by_subject.items():
        for statement in statements:
            link = statement[0], iri
            for _, _, value in _follow_bnodes(ox.NamedNode(iri), [statement], by_bnode):
                if isinstance(value, ox.NamedNode):
                    links[keep(value.value)].add(link)
    return {iri: sorted(pairs) for iri, pairs in links.items()}


def _index_labels(by_subject: Mapping[str, Sequence[Statement]]) -> dict[str, dict[str, str]]:
    """Return one label of each IRI by language: the first by label property, then by term order."""
    labels: dict[str, dict[str, str]] = {}
    for iri, statements in by_subject.items():
        best: dict[str, tuple[int, tuple[str, str, str], str]] = {}
        for name, value in statements:
            if name in LABEL_PROPERTIES and isinstance(value, ox.Literal):
                lang = normalize_language_tag(value.language or "")
                rank = (LABEL_PROPERTIES.index(name), compute_sort_key(value), value.value)
                best[lang] = min(best.get(lang, rank), rank)
        if best:
            labels[iri] = {lang: rank[2] for lang, rank in best.items()}
    return labels
