"""Triples of Turtle files, read strictly and without the package under test."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

BASE = "https://w3id.org/msme-kg/"
MSME = f"{BASE}ontology#"
ADMIN = f"{BASE}admin#"
SOURCE_BRIEF = f"{BASE}source/brief"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
PREFIXES = {
    "admin": ADMIN,
    "adms": "http://www.w3.org/ns/adms#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "msme": MSME,
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
Window = tuple[str | None, str | None]
START = ("msme:notBefore", "msme:notAfter")
END = ("msme:endNotBefore", "msme:endNotAfter")
# Prefixes whose namespace is not formed from the base, the prefix and a slash.
PLACES = {"brief": "source/brief/", "ontology": "ontology#"}
SCHEMES = {
    "basis", "certainty", "counting-rule", "document-status", "event-kind", "event-status", "evidence-level",
    "attribution-scope", "award-result", "host-kind", "indicator", "initiative-kind", "quantity",
    "review-status", "role", "scope", "sponsor-role", "unit", "work-area",
}  # fmt: skip


def iri(curie: str) -> str:
    """Return the IRI of a CURIE written with the prefixes of the project; an IRI stays as it is."""
    if "://" in curie:
        return curie
    prefix, _, local = curie.partition(":")
    if prefix in PREFIXES:
        return PREFIXES[prefix] + local
    if prefix in SCHEMES:
        return f"{BASE}vocab/{prefix}/{local}"
    return BASE + PLACES.get(prefix, f"{prefix}/") + local


def compact(address: str) -> str:
    """Return an IRI as a CURIE if a prefix matches, else in angle brackets; the inverse of `iri`."""
    if address == RDF_TYPE:
        return "a"
    names = [(space, prefix) for prefix, space in PREFIXES.items()]
    names += [(f"{BASE}vocab/{name}/", name) for name in SCHEMES]
    names += [(BASE + place, prefix) for prefix, place in PLACES.items() if prefix == "brief"]
    for namespace, prefix in sorted(names, key=lambda pair: -len(pair[0])):
        local = address.removeprefix(namespace)
        if local != address and re.fullmatch(r"[\w-]+", local, re.ASCII):
            return f"{prefix}:{local}"
    kind, _, slug = address.removeprefix(BASE).partition("/")
    curie = f"{kind}:{slug}"
    fits = re.fullmatch(r"[a-z-]+:[\w-]+", curie, re.ASCII) and iri(curie) == address
    return curie if fits else f"<{address}>"


class Content:
    """Triples with the file that each comes from, indexed by subject and by property."""

    def __init__(self, root: Path, paths: Iterable[Path]) -> None:
        self.root = root
        self.triples: list[tuple[ox.Triple, str]] = []
        self._by_subject: dict[str, list[ox.Triple]] = defaultdict(list)
        self._by_property: dict[str, list[ox.Triple]] = defaultdict(list)
        for path in paths:
            name = path.relative_to(root).as_posix()
            for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE):
                self.add(quad.triple, name)

    def add(self, triple: ox.Triple, name: str = "") -> None:
        """Add a triple and the name of its file."""
        self.triples.append((triple, name))
        self._by_subject[triple.subject.value].append(triple)
        self._by_property[triple.predicate.value].append(triple)

    def __iter__(self) -> Iterator[ox.Triple]:
        return (triple for triple, _ in self.triples)

    def __contains__(self, subject: str) -> bool:
        return iri(subject) in self._by_subject

    def objects(self, subject: str, *properties: str) -> list[ox.Literal | ox.NamedNode]:
        """Return the objects of some properties of a subject, in the order of the file."""
        wanted = {iri(prop) for prop in properties}
        return [
            triple.object
            for triple in self._by_subject.get(iri(subject), ())
            if triple.predicate.value in wanted
        ]

    def values(self, subject: str, *properties: str) -> list[str]:
        """Return the lexical forms and IRIs of some properties of a subject."""
        return [term.value for term in self.objects(subject, *properties)]

    def properties(self, subject: str) -> set[str]:
        """Return the properties that a subject has."""
        return {triple.predicate.value for triple in self._by_subject.get(iri(subject), ())}

    def get_only_value(self, subject: str, prop: str) -> str | None:
        """Return the only value of a property, or None."""
        values = self.values(subject, prop)
        assert len(values) <= 1, f"{subject} has {len(values)} values of {prop}: keep one"
        return values[0] if values else None

    def text(self, subject: str, prop: str, language: str) -> list[str]:
        """Return the values of a property in one language."""
        wanted = language.lower()
        return [
            term.value
            for term in self.objects(subject, prop)
            if isinstance(term, ox.Literal) and (term.language or "").lower() == wanted
        ]

    def subjects(self, prop: str, value: str | None = None) -> list[str]:
        """Return the subjects that have a property, optionally with a given value, sorted."""
        sought = None if value is None else iri(value)
        triples = self._by_property.get(iri(prop), ())
        return sorted(
            {triple.subject.value for triple in triples if sought is None or triple.object.value == sought}
        )

    def of_class(self, name: str) -> list[str]:
        """Return the instances of a class and of its subclasses."""
        wanted, size = {iri(name)}, 0
        while size < len(wanted):
            size = len(wanted)
            below = self._by_property.get(SUBCLASS, ())
            wanted |= {triple.subject.value for triple in below if triple.object.value in wanted}
        triples = self._by_property.get(RDF_TYPE, ())
        return sorted({triple.subject.value for triple in triples if triple.object.value in wanted})

    @cached_property
    def around(self) -> dict[str, set[str]]:
        """The neighbours of each entity: objects and subjects of the triples with it."""
        neighbours: dict[str, set[str]] = defaultdict(set)
        for triple in self:
            neighbours[triple.subject.value].add(triple.object.value)
            neighbours[triple.object.value].add(triple.subject.value)
        return neighbours

    def cited(self, *entities: str) -> set[str]:
        """Return the sources of entities and of their attestations; a passage counts as the brief."""
        sources = set()
        for entity in entities:
            for subject in (iri(entity), *self.subjects("msme:of", entity)):
                sources |= {
                    *self.values(subject, "dcterms:source"),
                    *([subject] if "/source/" in subject else []),
                }
        return {SOURCE_BRIEF if source.startswith(f"{SOURCE_BRIEF}/") else source for source in sources}

    def get_current(self, entity: str) -> str:
        """Return the entity, or the one that has replaced it."""
        return self.get_only_value(entity, "dcterms:isReplacedBy") or iri(entity)

    def window(self, entity: str, bounds: tuple[str, str] = START) -> Window:
        """Return the two bounds of a start or an end."""
        return self.get_only_value(entity, bounds[0]), self.get_only_value(entity, bounds[1])

    def classes(self, entity: str) -> set[str]:
        """Return the classes of an entity; those of the ontology by their local names."""
        return {cls.removeprefix(MSME) for cls in self.values(entity, "rdf:type")}


def turtle_files(root: Path, *parts: str) -> list[Path]:
    """Return the Turtle files of some parts of the repository, each a file or a folder."""
    paths: list[Path] = []
    for part in parts:
        path = root / part
        paths += [path] if path.is_file() else sorted(path.rglob("*.ttl"))
    return paths
