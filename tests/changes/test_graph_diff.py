"""Graph diffs: by entity, by file, with blank nodes, and without parsing identical files."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from msme_kg.changes.bnode_patterns import MAX_PATTERN_QUADS
from msme_kg.changes.diff_inputs import GraphAssignment
from msme_kg.changes.graph_diff import GraphDiff
from msme_kg.changes.sparql_update_writer import to_sparql_update
from msme_kg.errors import InputError
from msme_kg.rdf.terms import split_quad
from msme_kg.rendering.bnode_notation import BnodeNotation
from msme_kg.repository import to_graph_iri
from msme_kg.storage.dataset import Dataset, GraphFile

HEAD = (
    "@prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> . "
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
)


def graph(**files: str) -> Dataset:
    """Return files of Turtle by name; ``_nq`` at the end of a name stands for N-Quads."""
    made = []
    for name, text in files.items():
        is_quads = name.endswith("_nq")
        path = f"{name.removesuffix('_nq')}.{'nq' if is_quads else 'ttl'}"
        made.append(GraphFile(path, to_graph_iri(path), (text if is_quads else HEAD + text).encode()))
    return Dataset(tuple(made))


def between(before: str, after: str) -> GraphDiff:
    return GraphDiff.compute(graph(a=before), graph(a=after), GraphAssignment.AS_WRITTEN)


def kinds(difference: GraphDiff) -> dict[str, str]:
    return {getattr(one.entity, "value", ""): one.kind for one in difference.entities}


def test_kinds_of_changes_and_classes() -> None:
    found = between(":a a :T ; :p 1 . :b a :T .", ":a a :T ; :p 2 . :c a :U .")
    told = [(one.kind, one.entity.value, [kind.value for kind in one.classes]) for one in found.entities]
    assert told == [
        ("new", "http://example.org/c", ["http://example.org/U"]),
        ("removed", "http://example.org/b", ["http://example.org/T"]),
        ("changed", "http://example.org/a", ["http://example.org/T"]),
    ]
    assert [len(one.added) + len(one.removed) for one in found.entities] == [1, 1, 2]
    assert not between(":a a :T .", "# the same\n:a a :T .")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('"01"^^xsd:integer', '"1"^^xsd:integer'),
        ('"1"^^xsd:integer', '"1"^^xsd:decimal'),
        ('"x"', '"x"@en'),
        ('"x"@en', '"x"@en-GB'),
        ('"\u00e9"', '"e\u0301"'),
        ("<http://example.org/%61>", "<http://example.org/a>"),
    ],
)
def test_terms_are_compared_as_written(one: str, other: str) -> None:
    found = between(f":a :p {one} .", f":a :p {other} .")
    assert (len(found.added), len(found.removed)) == (1, 1)


def test_case_of_language_tags_is_ignored() -> None:
    assert not between(':a :p "x"@zh-hant .', ':a :p "x"@zh-HANT .')
    assert '"x"@zh-Hant .' in to_sparql_update(between("", ':a :p "x"@zh-hant .'))


def test_identical_files_are_not_parsed() -> None:
    bad = "this is no Turtle"
    assert not GraphDiff.compute(graph(a=":a :p 1 .", bad=bad), graph(a=":a :p 1 .", bad=bad))
    found = GraphDiff.compute(graph(a=":a :p 1 .", bad=bad), graph(a=":a :p 2 .", bad=bad))
    assert (len(found.added), len(found.removed)) == (1, 1)
    with pytest.raises(InputError, match=r"bad\.ttl:2"):
        GraphDiff.compute(graph(bad=bad), graph(bad=f"{bad} at all"))


def test_entity_that_an_unread_file_may_describe_is_not_new() -> None:
    rest = ":a a :T ."
    found = GraphDiff.compute(graph(a=rest, b=""), graph(a=rest, b=":a :note 1 . :c a :T ."))
    assert kinds(found) == {"http://example.org/a": "changed", "http://example.org/c": "new"}


def test_quad_that_moves_to_another_file_is_a_difference() -> None:
    found = GraphDiff.compute(graph(a=":a :p 1 .", b=""), graph(a="", b=":a :p 1 ."))
    assert [str(quad.graph_name) for quad in (*found.removed, *found.added)] == [
        f"<{to_graph_iri(name)}>" for name in ("a.ttl", "b.ttl")
    ]
    assert kinds(found) == {"http://example.org/a": "changed"}
    assert not GraphDiff.compute(found.before, found.after, GraphAssignment.NONE)


def test_graph_in_several_files_is_read_from_all_of_them() -> None:
    line = (
        f"<http://example.org/a> <http://example.org/p> <http://example.org/b> <{to_graph_iri('a.ttl')}> .\n"
    )
    turtle = ":a :p :b ."
    assert not GraphDiff.compute(graph(a=turtle, q_nq=line), graph(a=turtle, q_nq=""))
    assert not GraphDiff.compute(graph(a=turtle, q_nq=line), graph(a="", q_nq=line))


def test_blank_node_structures_are_matched_by_content() -> None:
    one = ":a owl:oneOf ( :x [ :p 1 ] ) . [] a owl:AllDifferent ; owl:members ( :x :y ) . _:p :q _:p ."
    other = "_:z :q _:z . _:l a owl:AllDifferent ; owl:members ( :x :y ) . :a owl:oneOf ( :x [ :p 1 ] ) ."
    assert not between(one, other)
    found = between(one, one.replace(":p 1", ":p 2"))
    assert [(one.kind, len(one.added), len(one.removed)) for one in found.entities] == [("changed", 6, 6)]


def test_equal_structures_are_counted() -> None:
    found = between(":a :p [ :q 1 ] , [ :q 1 ] , [ :q 1 ] .", ":a :p [ :q 1 ] .")
    assert len(found.removed) == 4
    store = ox.Store()
    store.load((HEAD + ":a :p [ :q 1 ] , [ :q 1 ] , [ :q 1 ] .").encode(), format=ox.RdfFormat.TURTLE)
    store.update(to_sparql_update(found))
    assert len(store) == 2


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        # What fits the smaller structure fits a part of the larger one that stays.
        (":a :p [ :q 1 ] , [ :q 1 ; :r 2 ] .", ":a :p [ :q 1 ; :r 2 ] .", "cannot distinguish"),
        (f":a :p ( {'1 ' * (MAX_PATTERN_QUADS // 2 + 1)} ) .", "", "too large"),
    ],
)
def test_ambiguous_update_is_refused(before: str, after: str, what: str) -> None:
    with pytest.raises(InputError, match=rf"a\.ttl: error: .*{what}"):
        to_sparql_update(between(before, after))


def test_a_graph_named_by_a_blank_node_is_refused() -> None:
    line = "<http://example.org/a> <http://example.org/p> <http://example.org/b> _:g .\n"
    with pytest.raises(InputError, match=r"q\.nq: error: SPARQL Update cannot name a graph"):
        to_sparql_update(GraphDiff.compute(graph(q_nq=""), graph(q_nq=line), GraphAssignment.AS_WRITTEN))


def brackets(text: str) -> list[str]:
    """Return what stands for the values of :a, and the lines that stand apart."""
    quads = list(graph(a=text).parse_quads())
    shown = BnodeNotation(quads, lambda iri: iri[-1], lambda term: term.value[-1])
    lines = []
    for quad in quads:
        subject, predicate, value = split_quad(quad)
        if not isinstance(subject, ox.BlankNode) or shown.is_top_level(subject):
            owner = shown.format_node(subject) if isinstance(subject, ox.BlankNode) else subject.value[-1]
            words = shown.format_node(value) if isinstance(value, ox.BlankNode) else value.value[-1]
            lines.append(f"{owner} {predicate.value[-1]} {words}")
    return sorted(lines)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (":a :p ( 1 [ :q 2 ] () ) .", ["a p ( 1 [ q 2 ] l )"]),
        (":a :p [ :q [] ] .", ["a p [ q [] ]"]),
        (":a :p _:x ; :q _:x . _:x :r 1 .", ["_:b0 r 1", "a p _:b0", "a q _:b0"]),
        ("_:x :p _:y . _:y :p _:x .", ["_:b0 p [ p _:b0 ]"]),
        (":a :p [ <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> 1 ] .", ["a p [ t 1 ]"]),
    ],
)
def test_blank_nodes_are_nested_where_possible(text: str, lines: list[str]) -> None:
    assert brackets(text) == lines


def test_a_long_chain_of_blank_nodes_is_shown() -> None:
    chain = " ".join(f"_:n{number} :p _:n{number + 1} ." for number in range(3000))
    assert len(brackets(chain)) > 100
    assert brackets(f":a :p ( {'1 ' * 3000}) .") == [f"a p ( {'1 ' * 3000})"]
