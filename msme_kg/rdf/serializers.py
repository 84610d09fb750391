"""Serializers of quads in six RDF syntaxes; the same graph always gives the same text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby

import pyoxigraph as ox

from msme_kg.namespaces import RDF, XSD, PrefixMap
from msme_kg.rdf.bnode_labels import has_bnodes, relabel_deterministically
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.rdf.ntriples import format_term, sort_quads
from msme_kg.rdf.rdfxml_writer import RdfXmlWriter
from msme_kg.rdf.terms import Term, normalize_language_tag, split_quad, without_graph


def serialize(
    quads: Iterable[ox.Quad],
    syntax: str,
    prefixes: PrefixMap,
    limit: int | None = None,
    *,
    keeps_labels: bool = False,
) -> str:
    """Return quads in a syntax as one text; see ``serialize_chunks``."""
    return "".join(serialize_chunks(quads, syntax, prefixes, limit, keeps_labels=keeps_labels))


def serialize_chunks(
    quads: Iterable[ox.Quad],
    syntax: str,
    prefixes: PrefixMap,
    limit: int | None = None,
    *,
    keeps_labels: bool = False,
) -> Iterator[str]:
    """Return quads in a syntax, in chunks.

    All quads are held in memory to be sorted. N-Triples, N-Quads and JSON-LD, which cannot fail, are
    serialized one subject at a time; the other syntaxes are one chunk, so that an error is raised before
    anything is written.

    Args:
        quads: the quads; syntaxes without named graphs write the union of the graphs.
        syntax: one of ``SYNTAXES``.
        prefixes: for the syntaxes that shorten IRIs.
        limit: the most quads to write, the first ones in order; None for all.
        keeps_labels: whether blank nodes keep their labels; else they get labels by their structure.

    Raises:
        msme_kg.errors.InputError: RDF/XML cannot express a character or a property.
        msme_kg.errors.SafetyError: blank nodes too entangled to label in reasonable time.
    """
    quads = list(quads)
    if syntax not in QUAD_SYNTAXES:
        quads = [without_graph(quad) for quad in quads]
    ordered = sort_quads(quads if keeps_labels else relabel_bnodes(quads))
    return SYNTAXES[syntax](ordered[:limit], prefixes)


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
            values = [split_quad(quad)[2] for quad in same]
            if predicate == f"{RDF}type":  # the values of @type are IRIs (JSON-LD 1.1 §4.2.3)
                types = [_format_node_id(value) for value in values if not isinstance(value, ox.Literal)]
                node |= {"@type": types} if types else {}
                values = [value for value in values if isinstance(value, ox.Literal)]
            if values:
                node[predicate] = [_build_jsonld_value(value) for value in values]
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
    return iter([RdfXmlWriter(prefixes).serialize(quads)])


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
