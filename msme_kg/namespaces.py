"""Names: IRIs and CURIEs, language tags, and the only place where a term becomes text of a query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import pyoxigraph as ox

BASE = "https://w3id.org/msme-kg/"
LANGUAGES = ("en", "zh-Hant")

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SHACL = "http://www.w3.org/ns/shacl#"
DCTERMS = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"
PROV = "http://www.w3.org/ns/prov#"

# A local name that Turtle and SPARQL both read without an escape.
_UNESCAPED_LOCAL_NAME = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_\-])?)?")

# What steers a terminal or turns the direction of text, and what makes an escape of a backslash before it.
_CHARS_TO_ESCAPE = re.compile(
    r"([\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|(?<=\\)[uU])"
)


class PrefixMap(Mapping[str, str]):
    """The one list of prefixes, in its fixed order.

    It is read from the ``sh:declare`` statements of the ontology.
    """

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self._namespaces = MappingProxyType(dict(sorted(namespaces.items())))
        # Longest namespace first, so that an IRI gets the most specific prefix.
        self._by_length = sorted(self._namespaces.items(), key=lambda item: -len(item[1]))

    @classmethod
    def from_declarations(cls, quads: Iterable[ox.Quad]) -> PrefixMap:
        """Return the prefixes that quads declare with ``sh:prefix`` and ``sh:namespace``."""
        halves: dict[object, dict[str, str]] = {}
        for quad in quads:
            if quad.predicate.value in {f"{SHACL}prefix", f"{SHACL}namespace"}:
                halves.setdefault(quad.subject, {})[quad.predicate.value] = getattr(quad.object, "value", "")
        whole = (half for half in halves.values() if len(half) == 2)
        return cls({half[f"{SHACL}prefix"]: half[f"{SHACL}namespace"] for half in whole})

    def __getitem__(self, prefix: str) -> str:
        return self._namespaces[prefix]

    def __iter__(self) -> Iterator[str]:
        return iter(self._namespaces)

    def __len__(self) -> int:
        return len(self._namespaces)

    def shorten(self, iri: str) -> str | None:
        """Return the CURIE of an IRI, or None where none can be written without an escape."""
        for prefix, namespace in self._by_length:
            if iri.startswith(namespace):
                local = iri[len(namespace) :]
                if _UNESCAPED_LOCAL_NAME.fullmatch(local):
                    return f"{prefix}:{local}"
        return None

    def expand(self, curie: str) -> str | None:
        """Return the IRI of a CURIE, or None if its prefix is not in the list."""
        prefix, colon, local = curie.partition(":")
        namespace = self._namespaces.get(prefix)
        return namespace + local if colon and namespace is not None else None


def normalize_language_tag(tag: str) -> str:
    """Return a language tag in the case that RFC 5646 §2.1.1 recommends: ``zh-hant`` → ``zh-Hant``."""
    first, *rest = tag.split("-")
    parts = [first.lower()]
    for part in rest:
        if len(parts[-1]) == 1:
            parts.append(part.lower())
        elif len(part) == 4 and part.isalpha():
            parts.append(part.capitalize())
        else:
            parts.append(part.upper() if len(part) == 2 else part.lower())
    return "-".join(parts)


def quote_string(text: str) -> str:
    """Return text as a quoted string of one line, as Turtle, N-Triples and SPARQL read it."""
    out = text.replace("\\", "\\\\").replace('"', '\\"')
    out = out.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda match: f"\\u{ord(match[0]):04X}", out) + '"'


def to_sparql(term: ox.NamedNode | ox.Literal) -> str:
    """Return a term as text of a SPARQL query.

    The term was built as a term, so no text of a user can end it early.
    """
    # Some engines look for escapes before they read strings, and take up to eight digits after \\u too.
    pieces = _CHARS_TO_ESCAPE.split(term.value)
    pieces[1::2] = (f"\\U{ord(piece):08X}" for piece in pieces[1::2])
    if isinstance(term, ox.NamedNode):
        return f"<{''.join(pieces)}>"
    pieces[::2] = (quote_string(piece)[1:-1] for piece in pieces[::2])
    text = "".join(pieces)
    if term.language:
        return f'"{text}"@{normalize_language_tag(term.language)}'
    if term.datatype.value == f"{XSD}string":
        return f'"{text}"'
    return f'"{text}"^^<{term.datatype.value}>'


def fold_name(text: str) -> str:
    """Return text as names are compared: without case, blanks and punctuation.

    So ``wt/min(17)/58 rev 1``, ``WT/MIN(17)/58/Rev.1`` and ``wt-min-17-58-rev-1`` are one.
    """
    return "".join(char for char in text.casefold() if char.isalnum())
