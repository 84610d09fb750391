"""Statements in the RDF syntaxes, sorted, so that one graph has one text in each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from msme_kg.errors import InputError, SourceLocation, to_printable
from msme_kg.namespaces import RDF, XSD, PrefixMap, normalize_language_tag, quote_string
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.rdf.terms import Term, sort_quads, split_quad, without_graph

_NC_NAME = re.compile(r"[A-Za-z_][\w.-]*$", re.ASCII)
# What XML 1.0 cannot hold, not even escaped.
_INVALID_XML_CHAR = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def serialize(quads: Iterable[ox.Quad], syntax: str, prefixes: PrefixMap) -> str:
    """Return statements in a syntax as one text; see ``pieces``."""
    return "".join(serialize_chunks(quads, syntax, prefixes))


def serialize_chunks(quads: Iterable[ox.Quad], syntax: str, prefixes: PrefixMap) -> Iterator[str]:
    """Return statements in a syntax, piece by piece; the same statements give the same text.

    All statements are held, for they are sorted, and it is the sorting that takes most memory. N-Triples,
    N-Quads and JSON-LD, which cannot fail, come a subject at a time, so their text is never held as a whole;
    the others are one piece, so that a fault is known before anything is written.

    Args:
        quads: the statements; those syntaxes that have no named graphs write the union.
        syntax: one of ``SYNTAXES``.
        prefixes: for the syntaxes that shorten IRIs.

    Raises:
        InputError: the syntax cannot say it (RDF/XML and some characters and property names).
    """
    found = list(quads)
    if syntax not in QUAD_SYNTAXES:
        found = [without_graph(quad) for quad in found]
    return SYNTAXES[syntax](sort_quads(_canonicalize_bnodes(found)), prefixes)


def _canonicalize_bnodes(quads: list[ox.Quad]) -> Iterable[ox.Quad]:
    """Give blank nodes, whose names are chance, the names of RDFC-1.0."""
    if not any(isinstance(quad.subject, ox.BlankNode) for quad in quads):
        return quads
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def _serialize_turtle(quads: list[ox.Quad], prefixes: PrefixMap) -> Iterator[str]:
    return iter([CanonicalTurtleWriter(prefixes).serialize(quads)])


def _serialize_trig(quads: list[ox.Quad], prefixes: PrefixMap) -> Iterator[str]:
    return iter([CanonicalTurtleWriter(prefixes).serialize_trig(quads)])


def _serialize_line_based(quads: list[ox.Quad], prefixes: PrefixMap) -> Iterator[str]:  # noqa: ARG001 (the syntax has no prefixes)
    """Yield N-Triples, or N-Quads where there are graph names."""
    for _, statements in groupby(quads, key=lambda quad: quad.subject):
        yield "".join(" ".join(map(_format_ntriples_term, _list_terms(quad))) + " .\n" for quad in statements)


def _list_terms(quad: ox.Quad) -> list[Term]:
    return [term for term in quad if not isinstance(term, ox.DefaultGraph)]


def _format_ntriples_term(term: Term) -> str:
    if not isinstance(term, ox.Literal):
        return str(term)
    if term.language:
        return f"{quote_string(term.value)}@{normalize_language_tag(term.language)}"
    plain = term.datatype.value == f"{XSD}string"
    return quote_string(term.value) if plain else f"{quote_string(term.value)}^^{term.datatype}"


def _format_node_id(term: object) -> str:
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else str(getattr(term, "value", ""))


def _serialize_jsonld(quads: list[ox.Quad], prefixes: PrefixMap) -> Iterator[str]:  # noqa: ARG001 (expanded form needs none)
    """Yield JSON-LD in expanded form, which needs no context."""
    lead = "["
    for subject, statements in groupby(quads, key=lambda quad: quad.subject):
        node: dict[str, object] = {"@id": _format_node_id(subject)}
        for predicate, same in groupby(statements, key=lambda quad: quad.predicate.value):
            if predicate == f"{RDF}type":
                node["@type"] = [_format_node_id(quad.object) for quad in same]
            else:
                node[predicate] = [_build_jsonld_value(split_quad(quad)[2]) for quad in same]
        text = json.dumps(node, ensure_ascii=False, indent=1).replace("\n", "\n ")
        yield f"{lead}\n {text}"
        lead = ","
    yield "\n]\n" if quads else "[]\n"


def _build_jsonld_value(term: Term) -> dict[str, str]:
    if not isinstance(term, ox.Literal):
        return {"@id": _format_node_id(term)}
    if term.language:
        return {"@value": term.value, "@language": normalize_language_tag(term.language)}
    if term.datatype.value == f"{XSD}string":
        return {"@value": term.value}
    return {"@value": term.value, "@type": term.datatype.value}


def _serialize_rdfxml(quads: list[ox.Quad], prefixes: PrefixMap) -> Iterator[str]:
    names = {namespace: prefix for prefix, namespace in prefixes.items()}
    declared = {RDF: "rdf"}
    body = []
    for subject, statements in groupby(quads, key=lambda quad: quad.subject):
        key = "rdf:nodeID" if isinstance(subject, ox.BlankNode) else "rdf:about"
        body.append(f"<rdf:Description {key}={quoteattr(subject.value)}>")
        for quad in statements:
            local = _NC_NAME.search(quad.predicate.value)
            if not local:
                raise InputError(
                    f"RDF/XML cannot name the property {to_printable(quad.predicate.value)}",
                    hint="choose another syntax",
                )
            namespace = quad.predicate.value[: local.start()]
            prefix = declared.setdefault(namespace, names.get(namespace) or f"ns{len(declared)}")
            body.append(f"  {_format_rdfxml_property(f'{prefix}:{local[0]}', quad)}")
        body.append("</rdf:Description>")
    attributes = "".join(f"\n  xmlns:{prefix}={quoteattr(iri)}" for iri, prefix in sorted(declared.items()))
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return iter(["\n".join([head, f"<rdf:RDF{attributes}>", *body, "</rdf:RDF>", ""])])


def _format_rdfxml_property(tag: str, quad: ox.Quad) -> str:
    _, _, term = split_quad(quad)
    if isinstance(term, ox.NamedNode):
        return f"<{tag} rdf:resource={quoteattr(term.value)}/>"
    if isinstance(term, ox.BlankNode):
        return f"<{tag} rdf:nodeID={quoteattr(term.value)}/>"
    if _INVALID_XML_CHAR.search(term.value):
        raise InputError(
            "RDF/XML cannot hold a control character, which "
            f"{to_printable(_format_node_id(quad.subject))} has in {tag}",
            location=SourceLocation("export"),
            hint="choose another syntax, or correct the text",
        )
    # A bare carriage return would be read back as a line feed.
    inner = escape(term.value, {"\r": "&#13;"})
    if term.language:
        return f'<{tag} xml:lang="{normalize_language_tag(term.language)}">{inner}</{tag}>'
    if term.datatype.value == f"{XSD}string":
        return f"<{tag}>{inner}</{tag}>"
    return f"<{tag} rdf:datatype={quoteattr(term.datatype.value)}>{inner}</{tag}>"


QUAD_SYNTAXES = ("nquads", "trig")
"""The syntaxes that keep named graphs apart."""

SYNTAXES: dict[str, Callable[[list[ox.Quad], PrefixMap], Iterator[str]]] = {
    "turtle": _serialize_turtle,
    "ntriples": _serialize_line_based,
    "nquads": _serialize_line_based,
    "trig": _serialize_trig,
    "jsonld": _serialize_jsonld,
    "rdfxml": _serialize_rdfxml,
}
"""The syntaxes by name; the first is the default."""
