"""A difference as SPARQL 1.1 Update: applied to the one state, it gives the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

import pyoxigraph as ox

from msme_kg.changes.bnode_patterns import BnodeQuads, order_connected
from msme_kg.changes.graph_diff import GraphDiff
from msme_kg.errors import InputError, SourceLocation
from msme_kg.namespaces import to_sparql
from msme_kg.rdf.bnode_canonicalization import list_bnodes
from msme_kg.rdf.bnode_labels import find_bnode_components, has_bnodes
from msme_kg.rdf.terms import Term, sort_quads, split_quad
from msme_kg.storage.dataset import Dataset

_AMBIGUOUS_PATTERN_MESSAGE = (
    "SPARQL Update cannot tell a structure of blank nodes that goes from others that stay"
)
_BnodeNames = Mapping[ox.BlankNode, str]


def to_sparql_update(difference: GraphDiff) -> str:
    """Return a difference as SPARQL 1.1 Update; for none, one that every engine takes and that does nothing.

    What has names goes by ``DELETE DATA`` and ``INSERT DATA``. A structure of blank nodes, which no name can
    reach, goes by a pattern that fits it and nothing else.

    Raises:
        InputError: no pattern fits what has to go without fitting what has to stay, or the name of a graph
            is a blank node.
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
    """Return the operation that adds statements, each to its graph."""
    return "\n".join(_format_block("INSERT DATA", _format_quads(quads, _number_bnodes(quads, "_:b"))))


def _format_block(keyword: str, inside: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a block in braces."""
    yield f"{keyword} {{"
    yield from inside
    yield "}"


def _format_pattern_removal(pattern: list[ox.Quad]) -> Iterator[str]:
    """Yield the lines of an operation that removes what a pattern fits."""
    names = _number_bnodes(pattern, "?b")
    inside = list(_format_quads(pattern, names))
    yield from _format_block("DELETE", inside)
    checks = [f"  FILTER(isBlank({name}))" for name in names.values()]
    yield from _format_block("WHERE", [*inside, *checks])


def _number_bnodes(quads: Iterable[ox.Quad], start: str) -> _BnodeNames:
    """Return names for the blank nodes of statements, counted in the order of the statements."""
    found: dict[ox.BlankNode, str] = {}
    for quad in quads:
        for node in list_bnodes(quad):
            found.setdefault(node, f"{start}{len(found)}")
    return found


def _format_quads(quads: Iterable[ox.Quad], names: _BnodeNames) -> Iterator[str]:
    """Yield statements as lines, those of a named graph within ``GRAPH``."""
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
    """Return patterns that remove the structures of blank nodes which go, and what they take along.

    The removal is carried out here, on the statements with blank nodes, to see what it does: what equals a
    structure that goes would go too. A whole structure can be added again.
    """
    gone = {quad for quad in difference.removed if has_bnodes(quad)}
    _reject_bnode_graphs(gone, difference.before)
    left = BnodeQuads(difference.bnode_quads if gone else ())
    patterns = []
    # The largest first: a part of it might look like a smaller one.
    for group in sorted(find_bnode_components(gone), key=lambda one: (-len(one), str(sort_quads(one)[0]))):
        if left.has_any(group):
            pattern = order_connected(group)
            if not left.remove(pattern):
                what = "SPARQL Update cannot find a structure of blank nodes as large as one that goes"
                raise _build_error(what, group, difference.before)
            patterns.append(pattern)
    wanted = difference.bnode_quads - gone if gone else frozenset()
    lost = {quad for quad in wanted if not left.has_any([quad])}
    again: list[ox.Quad] = []
    for group in find_bnode_components(wanted) if lost else ():
        if not lost.isdisjoint(group):
            if not lost.issuperset(group):
                raise _build_error(_AMBIGUOUS_PATTERN_MESSAGE, group, difference.before)
            again += group
    if left.has_any(gone):
        raise _build_error(_AMBIGUOUS_PATTERN_MESSAGE, gone, difference.before)
    return patterns, again


def _reject_bnode_graphs(quads: Iterable[ox.Quad], dataset: Dataset) -> None:
    """Refuse the name of a graph that is a blank node, which SPARQL Update cannot say."""
    for quad in quads:
        if isinstance(quad.graph_name, ox.BlankNode):
            raise InputError(
                "SPARQL Update cannot name a graph whose name is a blank node",
                location=_locate_graph_file([quad], dataset),
                hint="give the graph an IRI, or choose another --format",
            )


def _build_error(message: str, quads: Collection[ox.Quad], dataset: Dataset) -> InputError:
    """Return what to say where no pattern removes a structure and nothing else."""
    return InputError(
        message,
        location=_locate_graph_file(quads, dataset),
        hint="give the node an IRI, or choose another --format",
    )


def _locate_graph_file(quads: Iterable[ox.Quad], dataset: Dataset) -> SourceLocation | None:
    """Return the file that states something; the first one where graphs are not files."""
    graphs = {quad.graph_name for quad in quads}
    named = [file.path for file in dataset.files if ox.NamedNode(file.graph) in graphs]
    return SourceLocation((named or [file.path for file in dataset.files])[0]) if dataset.files else None
