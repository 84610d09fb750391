"""A difference as SPARQL 1.1 Update: applied to the one state, it gives the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

import pyoxigraph as ox

from msme_kg.changes.bnode_patterns import Unnamed, chained
from msme_kg.changes.diff import Difference
from msme_kg.errors import InputError, Place
from msme_kg.namespaces import to_sparql
from msme_kg.rdf.bnode_canonicalization import blanks_of
from msme_kg.rdf.bnode_labels import has_blanks, structures
from msme_kg.rdf.terms import Term, ordered, parts
from msme_kg.storage.dataset import Dataset

_ALIKE = "SPARQL Update cannot tell a structure of blank nodes that goes from others that stay"
_Names = Mapping[ox.BlankNode, str]


def as_update(difference: Difference) -> str:
    """Return a difference as SPARQL 1.1 Update; for none, one that every engine takes and that does nothing.

    What has names goes by ``DELETE DATA`` and ``INSERT DATA``. A structure of blank nodes, which no name can
    reach, goes by a pattern that fits it and nothing else.

    Raises:
        InputError: no pattern fits what has to go without fitting what has to stay, or the name of a graph
            is a blank node.
    """
    named = [quad for quad in difference.removed if not has_blanks(quad)]
    patterns, again = _removals(difference)
    added = ordered([*difference.added, *again])
    _check_graphs(added, difference.after)
    operations = [list(_operation("DELETE DATA", _written(named, {})))] if named else []
    operations += [list(_removal(pattern)) for pattern in patterns]
    whole = ["\n".join(lines) for lines in operations]
    if added or not whole:
        whole.append(insertion(added))
    return " ;\n\n".join(whole) + "\n"


def insertion(quads: Collection[ox.Quad]) -> str:
    """Return the operation that adds statements, each to its graph."""
    return "\n".join(_operation("INSERT DATA", _written(quads, _numbered(quads, "_:b"))))


def _operation(words: str, inside: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a block in braces."""
    yield f"{words} {{"
    yield from inside
    yield "}"


def _removal(pattern: list[ox.Quad]) -> Iterator[str]:
    """Yield the lines of an operation that removes what a pattern fits."""
    names = _numbered(pattern, "?b")
    inside = list(_written(pattern, names))
    yield from _operation("DELETE", inside)
    checks = [f"  FILTER(isBlank({name}))" for name in names.values()]
    yield from _operation("WHERE", [*inside, *checks])


def _numbered(quads: Iterable[ox.Quad], start: str) -> _Names:
    """Return names for the blank nodes of statements, counted in the order of the statements."""
    found: dict[ox.BlankNode, str] = {}
    for quad in quads:
        for node in blanks_of(quad):
            found.setdefault(node, f"{start}{len(found)}")
    return found


def _written(quads: Iterable[ox.Quad], names: _Names) -> Iterator[str]:
    """Yield statements as lines, those of a named graph within ``GRAPH``."""
    by_graph: dict[object, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        by_graph[quad.graph_name].append(quad)
    for graph, inside in by_graph.items():
        if isinstance(graph, ox.NamedNode):
            lines = _operation(
                f"  GRAPH {to_sparql(graph)}", (f"    {_line(quad, names)}" for quad in inside)
            )
            yield from (line if line != "}" else "  }" for line in lines)
        else:
            yield from (f"  {_line(quad, names)}" for quad in inside)


def _line(quad: ox.Quad, names: _Names) -> str:
    def text(term: Term) -> str:
        return names[term] if isinstance(term, ox.BlankNode) else to_sparql(term)

    subject, predicate, value = parts(quad)
    return f"{text(subject)} {to_sparql(predicate)} {text(value)} ."


def _removals(difference: Difference) -> tuple[list[list[ox.Quad]], list[ox.Quad]]:
    """Return patterns that remove the structures of blank nodes which go, and what they take along.

    The removal is carried out here, on the statements with blank nodes, to see what it does: what equals a
    structure that goes would go too. A whole structure can be added again.
    """
    gone = {quad for quad in difference.removed if has_blanks(quad)}
    _check_graphs(gone, difference.before)
    left = Unnamed(difference.unnamed if gone else ())
    patterns = []
    # The largest first: a part of it might look like a smaller one.
    for group in sorted(structures(gone), key=lambda one: (-len(one), str(ordered(one)[0]))):
        if left.has_any(group):
            pattern = chained(group)
            if not left.remove(pattern):
                what = "SPARQL Update cannot find a structure of blank nodes as large as one that goes"
                raise _refusal(what, group, difference.before)
            patterns.append(pattern)
    wanted = difference.unnamed - gone if gone else frozenset()
    lost = {quad for quad in wanted if not left.has_any([quad])}
    again: list[ox.Quad] = []
    for group in structures(wanted) if lost else ():
        if not lost.isdisjoint(group):
            if not lost.issuperset(group):
                raise _refusal(_ALIKE, group, difference.before)
            again += group
    if left.has_any(gone):
        raise _refusal(_ALIKE, gone, difference.before)
    return patterns, again


def _check_graphs(quads: Iterable[ox.Quad], side: Dataset) -> None:
    """Refuse the name of a graph that is a blank node, which SPARQL Update cannot say."""
    for quad in quads:
        if isinstance(quad.graph_name, ox.BlankNode):
            raise InputError(
                "SPARQL Update cannot name a graph whose name is a blank node",
                place=_place([quad], side),
                hint="give the graph an IRI, or choose another --format",
            )


def _refusal(what: str, quads: Collection[ox.Quad], side: Dataset) -> InputError:
    """Return what to say where no pattern removes a structure and nothing else."""
    return InputError(
        what,
        place=_place(quads, side),
        hint="give the node an IRI, or choose another --format",
    )


def _place(quads: Iterable[ox.Quad], side: Dataset) -> Place | None:
    """Return the file that states something; the first one where graphs are not files."""
    graphs = {quad.graph_name for quad in quads}
    named = [file.path for file in side.files if ox.NamedNode(file.graph) in graphs]
    return Place((named or [file.path for file in side.files])[0]) if side.files else None
