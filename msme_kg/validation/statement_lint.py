"""Lint of statements: circular hierarchies, identity, names that RDF lacks, redefinitions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TypeVar

import pyoxigraph as ox

from msme_kg.errors import find_close_matches, to_printable
from msme_kg.namespaces import BASE, DCTERMS, OWL, RDF, RDFS, SKOS
from msme_kg.rdf.parser import BOM
from msme_kg.rdf.terms import Resource, Term, split_quad
from msme_kg.storage.turtle_chunks import HEADER

Owner = TypeVar("Owner")
Statement = tuple[Resource, ox.NamedNode, Term]

_MAX_CIRCLES = 100
"""The most circles of one property that are reported."""
# For each property its hierarchy, and whether it points downwards.
_HIERARCHIES = {
    f"{RDFS}subClassOf": ("classes", False),
    f"{RDFS}subPropertyOf": ("properties", False),
    f"{SKOS}broader": ("concepts", False),
    f"{SKOS}narrower": ("concepts", True),
    f"{DCTERMS}isReplacedBy": ("versions", False),
    f"{DCTERMS}replaces": ("versions", True),
}
_REFLEXIVE = {"classes", "properties"}
"""Hierarchies in which each member is a member of itself (RDF Schema 1.1 §3)."""
_IDENTITY = {f"{OWL}sameAs", f"{OWL}differentFrom"}
# RDF 1.1 XML Syntax §5: names with a meaning in RDF/XML, but not in a graph.
_SYNTAX_NAMES = (
    "RDF|Description|ID|about|parseType|resource|li|nodeID|datatype|bagID|aboutEach|aboutEachPrefix"
)
_SYNTAX_IRIS = {f"{RDF}{name}" for name in _SYNTAX_NAMES.split("|")}
# RDF Schema 1.1, with the datatypes of JSON-LD 1.1 and the language strings of RDF 1.1.
_NAMES = {
    RDF: "type|first|rest|nil|value|subject|predicate|object|Statement|Property|Bag|Seq|Alt|List|langString|"
    "XMLLiteral|HTML|JSON|PlainLiteral|CompoundLiteral|language|direction",
    RDFS: "label|comment|subClassOf|subPropertyOf|domain|range|seeAlso|isDefinedBy|member|Class|Resource|"
    "Literal|Datatype|Container|ContainerMembershipProperty",
}
_KNOWN_IRIS = {f"{namespace}{name}" for namespace, names in _NAMES.items() for name in names.split("|")}
_OWL_DEFINITIONS = ("equivalentClass", "equivalentProperty", "disjointWith", "inverseOf", "unionOf")
_DEFINITIONS = {
    *(f"{RDFS}{name}" for name in ("subClassOf", "subPropertyOf", "domain", "range")),
    *(f"{OWL}{name}" for name in _OWL_DEFINITIONS),
}
_OWL_KINDS = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
_KINDS = {f"{RDFS}Class", f"{RDFS}Datatype", f"{RDF}Property", *(f"{OWL}{name}" for name in _OWL_KINDS)}
_LOCAL_NAMES = {re.split("[#/]", iri)[-1] for iri in (*_HIERARCHIES, *_IDENTITY)}
_DEFINING_NAMES = {re.split("[#/]", iri)[-1] for iri in (*_DEFINITIONS, *_KINDS)}
LIST_NAMES = ("imports", "first", "rest")
"""Local names of the properties that ``file_lint`` has rules about."""
_LINTED_IRIS = {
    *(*_HIERARCHIES, *_IDENTITY, *_SYNTAX_IRIS, *_DEFINITIONS, *_KINDS),
    *(f"{OWL}imports", f"{RDF}first", f"{RDF}rest"),
}
_STATEMENT_END = b"\n.\n"
_LATER_DIRECTIVE = re.compile(rb"\n@?(?:prefix|base|PREFIX|BASE)\b")
HIERARCHY = "hierarchy"
"""The rule of a statement that may be part of a circle: ``find_circles`` finds out."""


def find_linted_names(content: bytes, *, is_data: bool) -> Iterator[tuple[int, bytes]]:
    """Yield the local names in a Turtle file without escapes that a rule is about, with their offsets."""
    names = "|".join(sorted({*_LOCAL_NAMES, *LIST_NAMES, *(_DEFINING_NAMES if is_data else ())})).encode()
    # Each pattern begins with a fixed text, which is found fast.
    patterns = [rb":(" + names + rb")\b", rb"#(" + names + rb")\b"]
    for namespace, known in _NAMES.items():
        unknown = rb"((?!(?:" + known.encode() + rb")(?![\w.-]))[\w-]+)"
        patterns.append(re.escape(namespace.rpartition("/")[2].encode()) + unknown)
        for place in re.finditer(re.escape(b"<" + namespace.encode() + b">"), content):
            declaration = re.search(rb"([\w.-]*):\s*$", content[max(0, place.start() - 100) : place.start()])
            if declaration:
                prefix = re.escape(declaration[1]) + b":"
                patterns.append(prefix + rb"(?<![\w.-]" + prefix + b")" + unknown)
    for pattern in dict.fromkeys(patterns):
        yield from ((match.start(), match[1]) for match in re.finditer(pattern, content))


def is_linted_iri(iri: str) -> bool:
    """Return whether a statement with a property or value may violate a rule because of it."""
    is_of_rdf = iri.startswith(tuple(_NAMES))
    return iri in _LINTED_IRIS or (is_of_rdf and iri not in _KNOWN_IRIS)


def extract_statements(content: bytes, offsets: Iterable[int]) -> bytes:
    """Return the directives of a Turtle file and the statements around some offsets, else the whole file.

    A line with a dot alone ends a statement, unless it may lie in a string of several lines.
    """
    header = HEADER.match(content, len(BOM) if content.startswith(BOM) else 0)
    start = header.end() if header else 0
    has_long_string = any(content.find(quotes, start) >= 0 for quotes in (b'"""', b"'''"))
    if has_long_string or _LATER_DIRECTIVE.search(content, start):
        return content
    parts = [content[:start]]
    end = start
    for offset in sorted(offsets):
        if offset >= end:
            begin = content.rfind(_STATEMENT_END, start, offset)
            last = content.find(_STATEMENT_END, offset)
            end = last + len(_STATEMENT_END) if last >= 0 else len(content)
            parts.append(content[begin + len(_STATEMENT_END) if begin >= 0 else start : end])
    return b"".join(parts)


def find_suspicious_statements(
    quads: Iterable[ox.Quad], *, is_data: bool
) -> Iterator[tuple[str, Resource, ox.NamedNode, Term]]:
    """Yield the rule that a statement violates, with subject, property and value.

    Args:
        quads: the quads of one file.
        is_data: whether the file must not define classes and properties of this graph.
    """
    members: dict[tuple[Resource, str], Term] = {}
    for quad in quads:
        iri = quad.predicate.value
        subject, predicate, value = split_quad(quad)
        if iri in _HIERARCHIES:
            if subject != value or _HIERARCHIES[iri][0] not in _REFLEXIVE:
                yield HIERARCHY, subject, predicate, value
        elif iri in _IDENTITY and (subject == value or isinstance(value, ox.Literal)):
            yield "identity", subject, predicate, value
        elif iri in _SYNTAX_IRIS or (isinstance(value, ox.NamedNode) and value.value in _SYNTAX_IRIS):
            yield "syntax-name", subject, predicate, value
        elif find_unknown_name(predicate, value):
            yield "unknown-name", subject, predicate, value
        elif iri.startswith(f"{RDF}_") and members.setdefault((subject, iri), value) != value:
            yield "container", subject, predicate, value
        is_definition = iri in _DEFINITIONS or (iri == f"{RDF}type" and getattr(value, "value", "") in _KINDS)
        if is_data and is_definition and subject.value.startswith(BASE):
            yield "redefinition", subject, predicate, value


def find_unknown_name(predicate: ox.NamedNode, value: Term) -> dict[str, str]:
    """Return the name in a statement that RDF or RDFS lacks, and the name nearest to it; else nothing."""
    for iri in (term.value for term in (predicate, value) if isinstance(term, ox.NamedNode)):
        namespace = next((one for one in _NAMES if iri.startswith(one)), None)
        if namespace and iri not in _KNOWN_IRIS and not re.fullmatch(r"_[1-9]\d*", iri[len(namespace) :]):
            names = _NAMES[namespace] + (f"|{_SYNTAX_NAMES}" if namespace == RDF else "")
            (near,) = find_close_matches(iri[len(namespace) :], names.split("|"), 1, 0)
            prefix = "rdf" if namespace == RDF else "rdfs"
            return {"name": f"{prefix}:{to_printable(iri[len(namespace) :])}", "near": f"{prefix}:{near}"}
    return {}


def find_circles(edges: Iterable[tuple[Owner, Statement]]) -> Iterator[tuple[Owner, Statement]]:
    """Yield one statement of each circle of a hierarchy, the first of them.

    Args:
        edges: statements of hierarchies, each with the owner of its blank nodes.
    """
    hierarchies: dict[str, dict[tuple[object, object], tuple[Owner, Statement]]] = {}
    for owner, (subject, predicate, value) in edges:
        hierarchy, is_downwards = _HIERARCHIES[predicate.value]
        ends: list[object] = [
            (owner, end) if isinstance(end, ox.BlankNode) else end for end in (subject, value)
        ]
        child, parent = ends[::-1] if is_downwards else ends
        statements = hierarchies.setdefault(hierarchy, {})
        statements.setdefault((child, parent), (owner, (subject, predicate, value)))
    for statements in hierarchies.values():
        for _ in range(_MAX_CIRCLES):
            sorter: TopologicalSorter[object] = TopologicalSorter()
            for child, parent in statements:
                sorter.add(child, parent)
            try:
                sorter.prepare()
            except CycleError as error:
                circle = error.args[1]  # each member is a parent of the next one
                pairs = {(child, parent) for parent, child in pairwise(circle)}
                yield statements.pop(next(pair for pair in statements if pair in pairs))
            else:
                break
