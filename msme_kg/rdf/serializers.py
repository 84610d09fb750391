"""Serializers of quads in six RDF syntaxes; the same graph always gives the same text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby

import pyoxigraph as ox

from msme_kg.namespaces import RDF, XSD, PrefixMap
from msme_kg.rdf.bnode_labels import has_bnodes, relabel_deterministically
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.rdf.ntriples import sort_quads
from msme_kg.rdf.rdfxml_writer import RdfXmlWriter
from msme_kg.rdf.statement_lines import GraphLines, group_by_graph, parse_lines
from msme_kg.rdf.terms import Term, normalize_language_tag, split_quad, without_graph

_LANGUAGE_TAG = re.compile(r'(?<="@)[a-z0-9]+-[a-z0-9-]+(?= \.\n)')
"""A language tag at the end of a line whose recommended case may differ from lower case."""
_quote_json = json.JSONEncoder(ensure_ascii=False).encode
_MEMBER_END = ",\n"


def serialize(
    quads: Iterable[ox.Quad],
    syntax: str,
    prefixes: PrefixMap,
    limit: int | None = None,
    *,
    keeps_labels: bool = False,
) -> str:
    """Return quads in a syntax.

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
    if syntax not in QUAD_SYNTAXES:
        quads = map(without_graph, quads)
    if not keeps_labels:
        quads = relabel_bnodes(quads)
    if limit is not None:
        quads = sort_quads(quads)[:limit]
    return "".join(SYNTAXES[syntax](group_by_graph(quads), prefixes))


def relabel_bnodes(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Return quads with blank nodes labelled by their structure.

    Not by RDFC-1.0: in pyoxigraph it does not end on some graphs of ten blank nodes, and nothing can stop it.

    Raises:
        msme_kg.errors.SafetyError: blank nodes too entangled to label in reasonable time.
    """
    unique = set(quads)
    with_bnodes = set(filter(has_bnodes, unique))
    return (unique - with_bnodes) | relabel_deterministically(with_bnodes) if with_bnodes else unique


def _serialize_turtle(graphs: Sequence[GraphLines], prefixes: PrefixMap) -> Iterator[str]:
    writer = CanonicalTurtleWriter(prefixes)
    blocks = [writer.format_graph(graph) for graph in graphs]
    yield writer.preamble
    yield from (f"\n\n{block}" for block in chain.from_iterable(blocks))
    yield "\n"


def _serialize_line_based(graphs: Sequence[GraphLines], prefixes: PrefixMap) -> Iterator[str]:  # noqa: ARG001 (the syntax has no prefixes)
    """Yield N-Triples, or N-Quads for graphs with names."""
    for graph in graphs:
        for batch in graph.batches:
            # Strings have neither bare quotes nor line breaks: the pattern fits ends of lines only.
            text = _LANGUAGE_TAG.sub(lambda match: normalize_language_tag(match[0]), "\n".join([*batch, ""]))
            yield text.replace(" .\n", f" {graph.name} .\n") if graph.name else text


def _parse_batches(graphs: Sequence[GraphLines]) -> Iterator[Iterator[ox.Quad]]:
    return (parse_lines(batch) for graph in graphs for batch in graph.batches)


def _format_node_id(term: object) -> str:
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else str(getattr(term, "value", ""))


def _serialize_jsonld(graphs: Sequence[GraphLines], prefixes: PrefixMap) -> Iterator[str]:  # noqa: ARG001 (expanded form needs none)
    """Yield JSON-LD in expanded form (JSON-LD 1.1 §5.1), which needs no context."""
    separator = "["
    quads = chain.from_iterable(_parse_batches(graphs))
    for subject, statements in groupby(quads, key=lambda quad: quad.subject):
        members = [f'  "@id": {_quote_json(_format_node_id(subject))}']
        for predicate, same in groupby(statements, key=lambda quad: quad.predicate.value):
            values = [split_quad(quad)[2] for quad in same]
            if predicate == f"{RDF}type":  # the values of @type are IRIs (JSON-LD 1.1 §4.2.3)
                types = [_format_node_id(value) for value in values if not isinstance(value, ox.Literal)]
                members += [_format_array("@type", map(_quote_json, types))] if types else []
                values = [value for value in values if isinstance(value, ox.Literal)]
            if values:
                members.append(_format_array(predicate, map(_format_jsonld_value, values)))
        yield f"{separator}\n {{\n{_MEMBER_END.join(members)}\n }}"
        separator = ","
    yield "\n]\n" if separator == "," else "[]\n"


def _format_array(key: str, items: Iterable[str]) -> str:
    """Return a member of a node object whose value is an array, with an item on each line."""
    lines = ",\n".join(f"   {item}" for item in items)
    return f"  {_quote_json(key)}: [\n{lines}\n  ]"


def _format_jsonld_value(term: Term) -> str:
    """Return a value object or node reference, laid out as ``json`` does, whose layout is slow."""
    members = (f"    {_quote_json(key)}: {_quote_json(text)}" for key, text in _list_members(term))
    return f"{{\n{_MEMBER_END.join(members)}\n   }}"


def _list_members(term: Term) -> Iterator[tuple[str, str]]:
    if not isinstance(term, ox.Literal):
        yield "@id", _format_node_id(term)
        return
    yield "@value", term.value
    if term.language:
        yield "@language", normalize_language_tag(term.language)
    elif term.datatype.value != f"{XSD}string":
        yield "@type", term.datatype.value


QUAD_SYNTAXES = ("nquads", "trig")
"""Syntaxes with named graphs."""

TURTLE_SYNTAXES = ("turtle", "trig")
"""Syntaxes in canonical form, whose subjects are sorted by IRI."""

SYNTAXES: dict[str, Callable[[Sequence[GraphLines], PrefixMap], Iterator[str]]] = {
    "turtle": _serialize_turtle,
    "ntriples": _serialize_line_based,
    "nquads": _serialize_line_based,
    "trig": lambda graphs, prefixes: CanonicalTurtleWriter(prefixes).serialize_trig(graphs),
    "jsonld": _serialize_jsonld,
    "rdfxml": lambda graphs, prefixes: RdfXmlWriter(prefixes).serialize(_parse_batches(graphs)),
}
"""Serializers of graphs by syntax name; errors come before the first chunk; the first one is the default."""
