"""Namespaces, the languages of the graph, and the prefix map between IRIs and CURIEs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import pyoxigraph as ox

BASE = "https://w3id.org/msme-kg/"
"""Namespace of every IRI that this graph mints."""
LANGUAGES = ("en", "zh-Hant")
"""Languages of labels and messages; the first is the default."""

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SHACL = "http://www.w3.org/ns/shacl#"
DCAT = "http://www.w3.org/ns/dcat#"
DCTERMS = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"
PROV = "http://www.w3.org/ns/prov#"

_PREFIX_NAME = re.compile(r"(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?")
WELL_KNOWN_PREFIXES: Mapping[str, tuple[str, ...]] = {
    "adms": ("http://www.w3.org/ns/adms#",),
    "dc": ("http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"),
    "dcat": (DCAT,),
    "dcterms": ("http://purl.org/dc/terms/",),
    "foaf": ("http://xmlns.com/foaf/0.1/",),
    "org": ("http://www.w3.org/ns/org#",),
    "owl": (OWL,),
    "prov": ("http://www.w3.org/ns/prov#",),
    "rdf": (RDF,),
    "rdfs": (RDFS,),
    "schema": ("https://schema.org/", "http://schema.org/"),
    "sh": (SHACL,),
    "skos": (SKOS,),
    "vann": ("http://purl.org/vocab/vann/",),
    "void": ("http://rdfs.org/ns/void#",),
    "xsd": (XSD,),
}
"""Common bindings as in https://prefix.cc; some prefixes are used for two namespaces in good faith."""

# A local name that needs no escape in Turtle or SPARQL.
_UNESCAPED_LOCAL_NAME = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_\-])?)?")


def _is_declarable(prefix: str, namespace: str) -> bool:
    """Return True if Turtle and SPARQL can declare a prefix for a namespace (RDF 1.1 Turtle §6.5)."""
    try:
        ox.NamedNode(namespace)
    except ValueError:
        return False
    return _PREFIX_NAME.fullmatch(prefix) is not None


class PrefixMap(Mapping[str, str]):
    """An immutable map from prefixes to namespaces, sorted by prefix.

    The prefixes of the graph are declared in the ontology with ``sh:declare`` (SHACL §5.2.1).
    """

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self._namespaces = MappingProxyType(dict(sorted(namespaces.items())))
        self._prefix_by_namespace: dict[str, str] = {}
        for prefix, namespace in self._namespaces.items():
            self._prefix_by_namespace.setdefault(namespace, prefix)
        # Longest namespace first, so that an IRI gets the most specific prefix.
        self._lengths = sorted(set(map(len, self._prefix_by_namespace)), reverse=True)

    @classmethod
    def from_declarations(cls, quads: Iterable[ox.Quad]) -> PrefixMap:
        """Build a prefix map from triples with ``sh:prefix`` and ``sh:namespace``.

        Args:
            quads: any quads; subjects with only one of both properties are left out, and prefixes and
                namespaces that Turtle cannot declare.
        """
        properties = {f"{SHACL}prefix", f"{SHACL}namespace"}
        declarations: dict[object, dict[str, str]] = {}
        for quad in quads:
            if quad.predicate.value in properties:
                declaration = declarations.setdefault(quad.subject, {})
                declaration[quad.predicate.value] = getattr(quad.object, "value", "")
        return cls(
            {
                declaration[f"{SHACL}prefix"]: declaration[f"{SHACL}namespace"]
                for declaration in declarations.values()
                if len(declaration) == 2
                and _is_declarable(declaration[f"{SHACL}prefix"], declaration[f"{SHACL}namespace"])
            }
        )

    def __getitem__(self, prefix: str) -> str:
        return self._namespaces[prefix]

    def __iter__(self) -> Iterator[str]:
        return iter(self._namespaces)

    def __len__(self) -> int:
        return len(self._namespaces)

    def shorten(self, iri: str) -> str | None:
        """Return the CURIE of an IRI; None if no prefix fits or the local name needs an escape."""
        for length in self._lengths:
            prefix = self._prefix_by_namespace.get(iri[:length])
            if prefix is not None and _UNESCAPED_LOCAL_NAME.fullmatch(iri, length):
                return f"{prefix}:{iri[length:]}"
        return None

    def expand(self, curie: str) -> str | None:
        """Return the IRI of a CURIE; None if its prefix is not in the map."""
        prefix, colon, local = curie.partition(":")
        namespace = self._namespaces.get(prefix)
        return namespace + local if colon and namespace is not None else None
