"""Writer of a diff as SPARQL 1.1 Update that turns the first state into the second."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

import pyoxigraph as ox

from msme_kg.changes.bnode_patterns import BnodeQuads, order_connected
from msme_kg.changes.graph_diff import GraphDiff
from msme_kg.errors import InputError, SourceLocation
from msme_kg.rdf.bnode_labels import find_bnode_components, has_bnodes
from msme_kg.rdf.ntriples import sort_quads, to_sparql
from msme_kg.rdf.terms import Term, list_bnodes, split_quad
from msme_kg.storage.dataset import Dataset

_AMBIGUOUS_PATTERN_MESSAGE = (
    "SPARQL Update cannot distinguish a blank node structure to remove from others to keep"
)
_BnodeNames = Mapping[ox.BlankNode, str]


def to_sparql_update(difference: GraphDiff) -> str:
    """Return a diff as SPARQL 1.1 Update; an empty ``INSERT DATA`` for no difference.

    Quads without blank nodes are removed by ``DELETE DATA`` (§3.1.2), which allows no blank nodes; structures
    of blank nodes by ``DELETE … WHERE`` (§3.1.3) with a pattern that matches nothing else.

    Raises:
        InputError: every pattern for a structure to remove also matches one to keep, or a graph name is a
            blank node.
    """
    named = [quad for quad in difference.removed if not has_bnodes(quad)]
    patterns, again = _plan_removals(difference)
    added = sort_quads([*difference.added, *again])
    _reject_bnode_graphs(added, difference.after)
    operations = [list(_format_block("DELETE DATA", _format_quads(named, {})))] if named else []
    operations += [list(_format_pattern_removal(pattern)) for pattern in patterns]
    whole = ["\n".join(lines) for lines in operations]
    if added or not whole:
        whole.append(insert_data(added))
    return " ;\n\n".join(whole) + "\n"


def insert_data(quads: Collection[ox.Quad]) -> str:
    """Return the ``INSERT DATA`` operation for quads."""
    return "\n".join(_format_block("INSERT DATA", _format_quads(quads, _number_bnodes(quads, "_:b"))))


def _format_block(keyword: str, inside: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a keyword with a block in braces."""
    yield f"{keyword} {{"
    yield from inside
    yield "}"


def _format_pattern_removal(pattern: list[ox.Quad]) -> Iterator[str]:
    """Yield the lines of a ``DELETE … WHERE`` operation for a pattern."""
    names = _number_bnodes(pattern, "?b")
    inside = list(_format_quads(pattern, names))
    yield from _format_block("DELETE", inside)
    checks = [f"  FILTER(isBlank({name}))" for name in names.values()]
    yield from _format_block("WHERE", [*inside, *checks])


def _number_bnodes(quads: Iterable[ox.Quad], start: str) -> _BnodeNames:
    """Return names for the blank nodes of quads, numbered in the order of the quads."""
    names: dict[ox.BlankNode, str] = {}
    for quad in quads:
        for node in list_bnodes(quad):
            names.setdefault(node, f"{start}{len(names)}")
    return names


def _format_quads(quads: Iterable[ox.Quad], names: _BnodeNames) -> Iterator[str]:
    """Yield the lines of quads, those of a named graph in a ``GRAPH`` block."""
    by_graph: dict[object, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        by_graph[quad.graph_name].append(quad)
    for graph, inside in by_graph.items():
        if isinstance(graph, ox.NamedNode):
            lines = _format_block(
                f"  GRAPH {to_sparql(graph)}", (f"    {_format_triple(quad, names)}" for quad in inside)
            )
            yield from (line if line != "}" else "  }" for line in lines)
        else:
            yield from (f"  {_format_triple(quad, names)}" for quad in inside)


def _format_triple(quad: ox.Quad, names: _BnodeNames) -> str:
    def format_term(term: Term) -> str:
        return names[term] if isinstance(term, ox.BlankNode) else to_sparql(term)

    subject, predicate, value = split_quad(quad)
    return f"{format_term(subject)} {to_sparql(predicate)} {format_term(value)} ."


def _plan_removals(difference: GraphDiff) -> tuple[list[list[ox.Quad]], list[ox.Quad]]:
    """Return patterns that delete the removed structures of blank nodes, and quads to insert again.

    The deletion is simulated on the quads with blank nodes: a pattern also deletes equal structures that are
    to be kept. Whole structures can be inserted again.
    """
    removed = {quad for quad in difference.removed if has_bnodes(quad)}
    _reject_bnode_graphs(removed, difference.before)
    remaining = BnodeQuads(difference.bnode_quads if removed else ())
    patterns = []
    # The largest first: the pattern of a smaller one may match a part of it.
    components = find_bnode_components(removed)
    for group in sorted(components, key=lambda quads: (-len(quads), str(sort_quads(quads)[0]))):
        if remaining.has_any(group):
            pattern = order_connected(group)
            if not remaining.remove(pattern):
                message = "a blank node structure to remove is too large for SPARQL Update"
                raise _build_error(message, group, difference.before)
            patterns.append(pattern)
    kept = difference.bnode_quads - removed if removed else frozenset()
    lost = {quad for quad in kept if not remaining.has_any([quad])}
    again: list[ox.Quad] = []
    for group in find_bnode_components(kept) if lost else ():
        if not lost.isdisjoint(group):
            if not lost.issuperset(group):
                raise _build_error(_AMBIGUOUS_PATTERN_MESSAGE, group, difference.before)
            again += group
    if remaining.has_any(removed):
        raise _build_error(_AMBIGUOUS_PATTERN_MESSAGE, removed, difference.before)
    return patterns, again


def _reject_bnode_graphs(quads: Iterable[ox.Quad], dataset: Dataset) -> None:
    """Raise InputError for a graph name that is a blank node, which SPARQL Update does not allow."""
    for quad in quads:
        if isinstance(quad.graph_name, ox.BlankNode):
            raise InputError(
                "SPARQL Update cannot name a graph whose name is a blank node",
                location=_locate_graph_file([quad], dataset),
                hint="give the graph an IRI, or choose another --format",
            )


def _build_error(message: str, quads: Collection[ox.Quad], dataset: Dataset) -> InputError:
    """Return an error at the file of some quads."""
    return InputError(
        message,
        location=_locate_graph_file(quads, dataset),
        hint="give the node an IRI, or choose another --format",
    )


def _locate_graph_file(quads: Iterable[ox.Quad], dataset: Dataset) -> SourceLocation | None:
    """Return the file of some quads; the first file where graphs are not files."""
    graphs = {quad.graph_name for quad in quads}
    files = [file for file in dataset.files if ox.NamedNode(file.graph) in graphs] or dataset.files
    return SourceLocation(files[0].path) if files else None
