"""Serializers of quads in six RDF syntaxes; the same graph always gives the same text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from msme_kg.errors import InputError, SourceLocation, to_printable
from msme_kg.namespaces import RDF, XSD, PrefixMap
from msme_kg.rdf.bnode_labels import has_bnodes, relabel_deterministically
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.rdf.ntriples import format_term, sort_quads
from msme_kg.rdf.terms import Term, normalize_language_tag, split_quad, without_graph

_NC_NAME = re.compile(r"[A-Za-z_][\w.-]*$", re.ASCII)
# Characters that XML 1.0 §2.2 excludes, even as references.
_INVALID_XML_CHAR = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def serialize(
    quads: Iterable[ox.Quad], syntax: str, prefixes: PrefixMap, *, keeps_labels: bool = False
) -> str:
    """Return quads in a syntax as one text; see ``serialize_chunks``."""
    return "".join(serialize_chunks(quads, syntax, prefixes, keeps_labels=keeps_labels))


def serialize_chunks(
    quads: Iterable[ox.Quad], syntax: str, prefixes: PrefixMap, *, keeps_labels: bool = False
) -> Iterator[str]:
    """Return quads in a syntax, in chunks.

    All quads are held in memory to be sorted. N-Triples, N-Quads and JSON-LD, which cannot fail, are
    serialized one subject at a time; the other syntaxes are one chunk, so that an error is raised before
    anything is written.

    Args:
        quads: the quads; syntaxes without named graphs write the union of the graphs.
        syntax: one of ``SYNTAXES``.
        prefixes: for the syntaxes that shorten IRIs.
        keeps_labels: whether blank nodes keep their labels; else they get labels by their structure.

    Raises:
        InputError: RDF/XML cannot express a character or a property.
        msme_kg.errors.SafetyError: blank nodes too entangled to label in reasonable time.
    """
    quads = list(quads)
    if syntax not in QUAD_SYNTAXES:
        quads = [without_graph(quad) for quad in quads]
    return SYNTAXES[syntax](sort_quads(quads if keeps_labels else relabel_bnodes(quads)), prefixes)


def relabel_bnodes(quads: Iterable[ox.Quad]) -> Iterable[ox.Quad]:
    """Return quads with blank nodes labelled by their structure.

    Not by RDFC-1.0: in pyoxigraph it does not end on some graphs of ten blank nodes, and nothing can stop it.

    Raises:
        msme_kg.errors.SafetyError: blank nodes too entangled to label in reasonable time.
    """
    unique = dict.fromkeys(quads)
    with_bnodes = [quad for quad in unique if has_bnodes(quad)]
    plain = (quad for quad in unique if not has_bnodes(quad))
    return chain(plain, relabel_deterministically(with_bnodes)) if with_bnodes else unique


def _serialize_turtle(quads: list[ox.Quad], prefixes: PrefixMap) -> Iterator[str]:
    return iter([CanonicalTurtleWriter(prefixes).serialize(quads)])


def _serialize_trig(quads: list[ox.Quad], prefixes: PrefixMap) -> Iterator[str]:
    return iter([CanonicalTurtleWriter(prefixes).serialize_trig(quads)])


def _serialize_line_based(quads: list[ox.Quad], prefixes: PrefixMap) -> Iterator[str]:  # noqa: ARG001 (the syntax has no prefixes)
    """Yield N-Triples, or N-Quads for quads with graph names."""
    for _, statements in groupby(quads, key=lambda quad: quad.subject):
        yield "".join(" ".join(map(format_term, _list_terms(quad))) + " .\n" for quad in statements)


def _list_terms(quad: ox.Quad) -> list[Term]:
    return [term for term in quad if not isinstance(term, ox.DefaultGraph)]


def _format_node_id(term: object) -> str:
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else str(getattr(term, "value", ""))


def _serialize_jsonld(quads: list[ox.Quad], prefixes: PrefixMap) -> Iterator[str]:  # noqa: ARG001 (expanded form needs none)
    """Yield JSON-LD in expanded form (JSON-LD 1.1 §5.1), which needs no context."""
    separator = "["
    for subject, statements in groupby(quads, key=lambda quad: quad.subject):
        node: dict[str, object] = {"@id": _format_node_id(subject)}
        for predicate, same in groupby(statements, key=lambda quad: quad.predicate.value):
            if predicate == f"{RDF}type":
                node["@type"] = [_format_node_id(quad.object) for quad in same]
            else:
                node[predicate] = [_build_jsonld_value(split_quad(quad)[2]) for quad in same]
        text = json.dumps(node, ensure_ascii=False, indent=1).replace("\n", "\n ")
        yield f"{separator}\n {text}"
        separator = ","
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
    # XML parsers read a bare carriage return as a line feed (XML 1.0 §2.11).
    inner = escape(term.value, {"\r": "&#13;"})
    if term.language:
        return f'<{tag} xml:lang="{normalize_language_tag(term.language)}">{inner}</{tag}>'
    if term.datatype.value == f"{XSD}string":
        return f"<{tag}>{inner}</{tag}>"
    return f"<{tag} rdf:datatype={quoteattr(term.datatype.value)}>{inner}</{tag}>"


QUAD_SYNTAXES = ("nquads", "trig")
"""Syntaxes with named graphs."""

SYNTAXES: dict[str, Callable[[list[ox.Quad], PrefixMap], Iterator[str]]] = {
    "turtle": _serialize_turtle,
    "ntriples": _serialize_line_based,
    "nquads": _serialize_line_based,
    "trig": _serialize_trig,
    "jsonld": _serialize_jsonld,
    "rdfxml": _serialize_rdfxml,
}
"""Serializers by syntax name; the first is the default."""
