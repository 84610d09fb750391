"""Attestations: the terms of provenance by statement, and the statements that need no attribution."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

import pyoxigraph as ox

from msme_kg.namespaces import BASE, DCAT, DCTERMS, OWL, RDF, RDFS, SKOS
from msme_kg.rdf.terms import Resource, Term, split_quad
from msme_kg.repository import MAIN_ONTOLOGY
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.subject_index import read_linked_quads

ONTOLOGY = f"{BASE}ontology#"
ADMIN = f"{BASE}admin#"
"""Namespace of the terms by which the graph is kept in order."""

ATTESTATION = ox.NamedNode(f"{ONTOLOGY}Attestation")
ATTESTED_THING = ox.NamedNode(f"{ONTOLOGY}of")
ATTESTS = ox.NamedNode(f"{ONTOLOGY}attests")
BASIS = ox.NamedNode(f"{ONTOLOGY}basis")
RECORD_SOURCED = ox.NamedNode(f"{ONTOLOGY}recordSourced")
RECORD_ENDS = ox.NamedNode(f"{ADMIN}recordEnds")
MODIFIED = ox.NamedNode(f"{DCTERMS}modified")
EXTENT_PROPERTIES = {MODIFIED, RECORD_ENDS}
"""The dates of the graph as a whole, which every update may change."""
COMPOSES_LABELS = ox.NamedNode(f"{ADMIN}composesLabels")
SOURCE = ox.NamedNode(f"{DCTERMS}source")
SOURCE_CLASS = ox.NamedNode(f"{ONTOLOGY}Source")
DATASET_CLASS = ox.NamedNode(f"{DCAT}Dataset")
TYPE = ox.NamedNode(f"{RDF}type")

_ATTESTATION_PREFIX = f"{BASE}attestation/"
_LABEL = ox.NamedNode(f"{RDFS}label")
_SUBCLASS = f"{RDFS}subClassOf"
_OWN_STATEMENTS = {TYPE, ATTESTED_THING, SOURCE, BASIS, ATTESTS}
"""The properties of an attestation that are about itself; all others are values that its source gives."""
_EXEMPT_PROPERTIES = {TYPE, SOURCE, BASIS, RECORD_SOURCED, MODIFIED} | {
    ox.NamedNode(iri)
    for iri in (f"{OWL}deprecated", f"{OWL}differentFrom", f"{DCTERMS}isReplacedBy", f"{SKOS}changeNote")
}


def is_own_value(quad: ox.Quad) -> bool:
    """Return True for a statement of an attestation that is a value given by its source."""
    return quad.predicate not in _OWN_STATEMENTS


def is_attestation_iri(iri: str) -> bool:
    """Return True for the IRI of an attestation."""
    return iri.startswith(_ATTESTATION_PREFIX)


def build_attestation_iri(thing: str, taken: Iterable[str]) -> str:
    """Return the IRI of the next attestation of a thing: kind, slug and number.

    Args:
        thing: the IRI of the thing.
        taken: the IRIs of its other attestations.
    """
    start = f"{_ATTESTATION_PREFIX}{'-'.join(thing.split('/')[-2:])}-"
    numbers = [int(rest) for iri in taken if (rest := iri.removeprefix(start)).isdecimal()]
    return f"{start}{max(numbers, default=0) + 1}"


def read_attestations(files: Iterable[GraphFile], things: set[str]) -> list[ox.Quad]:
    """Return the statements of the attestations of some things.

    Args:
        files: the files of these things, in which their attestations are stored too.
        things: the IRIs of the things.
    """
    return list(read_linked_quads(files, ATTESTED_THING, things))


def group_classes(quads: Iterable[ox.Quad]) -> Mapping[Term, set[Term]]:
    """Return the classes that some statements give each of their subjects; none for others."""
    classes: dict[Term, set[Term]] = defaultdict(set)
    for quad in quads:
        if quad.predicate == TYPE:
            classes[split_quad(quad)[0]].add(split_quad(quad)[2])
    return classes


class AttestedValues:
    """The values that attestations cover, by thing and property."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        """Index the attestations among some statements."""
        by_attestation: dict[Resource, list[ox.Quad]] = defaultdict(list)
        things: dict[Resource, Term] = {}
        for quad in quads:
            subject, predicate, value = split_quad(quad)
            by_attestation[subject].append(quad)
            if predicate == ATTESTED_THING:
                things[subject] = value
        self._covered: set[tuple[Term, Term, Term | None]] = set()
        for attestation, thing in things.items():
            for _, predicate, value in map(split_quad, by_attestation[attestation]):
                self._covered.add((thing, value, None) if predicate == ATTESTS else (thing, predicate, value))

    def include(self, thing: Term, predicate: Term, value: Term) -> bool:
        """Return True if a source or basis covers a statement."""
        return not self._covered.isdisjoint({(thing, predicate, value), (thing, predicate, None)})


class Exemptions:
    """The statements that need no attribution, as the ontology says of classes and properties."""

    def __init__(self, files: Dataset) -> None:
        """Read which properties hold our own words, and which classes have composed labels.

        Args:
            files: the graph; only its main ontology is read.
        """
        ontology = Dataset(tuple(file for file in files.files if file.path == MAIN_ONTOLOGY)).parse_quads()
        self._own_words: set[Resource] = set()
        self._with_composed_labels: set[Resource] = set()
        self._superclasses: dict[Term, list[Term]] = defaultdict(list)
        for subject, predicate, value in map(split_quad, ontology):
            if predicate == BASIS:
                self._own_words.add(subject)
            elif predicate == COMPOSES_LABELS and value.value == "true":
                self._with_composed_labels.add(subject)
            elif predicate.value == _SUBCLASS:
                self._superclasses[subject].append(value)

    def is_own_words(self, predicate: Term, classes: Collection[Term]) -> bool:
        """Return True for a property whose values are the compilers' words, of things of some classes."""
        if predicate == _LABEL:
            return not self._with_composed_labels.isdisjoint(self._list_superclasses(classes))
        return predicate in self._own_words

    def covers(self, predicate: Term, classes: Collection[Term]) -> bool:
        """Return True if statements with a property, about things of some classes, need no attribution."""
        return (
            predicate in _EXEMPT_PROPERTIES
            or predicate.value.startswith(ADMIN)
            or self.is_own_words(predicate, classes)
            or self.is_outside_record(classes)
        )

    def is_outside_record(self, classes: Collection[Term]) -> bool:
        """Return True for attestations, sources and datasets, which describe themselves."""
        return not {ATTESTATION, SOURCE_CLASS, DATASET_CLASS}.isdisjoint(self._list_superclasses(classes))

    def _list_superclasses(self, classes: Iterable[Term]) -> Iterator[Term]:
        """Yield some classes and all classes above them."""
        seen: set[Term] = set()
        queue = list(classes)
        for cls in queue:  # grows
            if cls not in seen:
                seen.add(cls)
                yield cls
                queue += self._superclasses[cls]
