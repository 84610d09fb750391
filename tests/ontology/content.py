"""Triples of Turtle files, read strictly and without the package under test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

BASE = "https://w3id.org/msme-kg/"
MSME = f"{BASE}ontology#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
PREFIXES = {
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
# The kinds of things whose prefix is not their place under the base.
PLACES = {"brief": "source/brief/", "ontology": "ontology#"}
SCHEMES = {
    "basis", "certainty", "counting-rule", "document-status", "event-kind", "event-status", "evidence-level",
    "initiative-kind", "quantity", "role", "scope", "unit", "work-area",
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


class Content:
    """Triples with the file that each comes from, asked by subject and by property."""

    def __init__(self, root: Path, paths: Iterable[Path]) -> None:
        self.root = root
        self.triples: list[tuple[ox.Triple, str]] = []
        self._by_subject: dict[str, list[ox.Triple]] = defaultdict(list)
        self._by_property: dict[str, list[ox.Triple]] = defaultdict(list)
        for path in paths:
            name = path.relative_to(root).as_posix()
            for found in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE):
                triple = ox.Triple(found.subject, found.predicate, found.object)
                self.triples.append((triple, name))
                self._by_subject[triple.subject.value].append(triple)
                self._by_property[triple.predicate.value].append(triple)

    def __iter__(self) -> Iterator[ox.Triple]:
        return (triple for triple, _ in self.triples)

    def __contains__(self, subject: str) -> bool:
        return iri(subject) in self._by_subject

    def objects(self, subject: str, *properties: str) -> list[ox.Literal | ox.NamedNode]:
        """Return the objects of some properties of a subject, in the order of the file."""
        wanted = {iri(one) for one in properties}
        return [one.object for one in self._by_subject.get(iri(subject), ()) if one.predicate.value in wanted]

    def values(self, subject: str, *properties: str) -> list[str]:
        """Return the lexical forms and IRIs of some properties of a subject."""
        return [one.value for one in self.objects(subject, *properties)]

    def one(self, subject: str, prop: str) -> str | None:
        """Return the only value of a property, None where there is none."""
        found = self.values(subject, prop)
        assert len(found) <= 1, f"{subject} has {len(found)} values of {prop}: keep one"
        return found[0] if found else None

    def text(self, subject: str, prop: str, language: str) -> list[str]:
        """Return the values of a property in one language."""
        wanted = language.lower()
        return [
            one.value
            for one in self.objects(subject, prop)
            if isinstance(one, ox.Literal) and (one.language or "").lower() == wanted
        ]

    def subjects(self, prop: str, value: str | None = None) -> list[str]:
        """Return the subjects that have a property, or a certain object of it, sorted."""
        sought = None if value is None else iri(value)
        found = self._by_property.get(iri(prop), ())
        return sorted({one.subject.value for one in found if sought is None or one.object.value == sought})

    def of_class(self, name: str) -> list[str]:
        """Return the instances of a class and of the classes below it."""
        wanted, size = {iri(name)}, 0
        while size < len(wanted):
            size = len(wanted)
            below = self._by_property.get(SUBCLASS, ())
            wanted |= {one.subject.value for one in below if one.object.value in wanted}
        found = self._by_property.get(RDF_TYPE, ())
        return sorted({one.subject.value for one in found if one.object.value in wanted})


def turtle_files(root: Path, *parts: str) -> list[Path]:
    """Return the Turtle files of some parts of the repository, each a file or a folder."""
    found: list[Path] = []
    for part in parts:
        path = root / part
        found += [path] if path.is_file() else sorted(path.rglob("*.ttl"))
    return found
