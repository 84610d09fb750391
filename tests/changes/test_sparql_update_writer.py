"""A diff as SPARQL Update, applied by other engines, turns the first state into the second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox
import pytest
import rdflib
from conftest import scale_examples
from hypothesis import given, settings
from hypothesis import strategies as st

from msme_kg.changes.graph_diff import GraphDiff
from msme_kg.changes.sparql_update_writer import to_sparql_update
from msme_kg.errors import InputError
from msme_kg.repository import to_graph_iri
from msme_kg.storage.dataset import Dataset, GraphFile

# What rdflib says of its own use of itself, and of odd lexical forms.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Dataset.:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Parsing weird boolean:UserWarning"),
]
XSD = "http://www.w3.org/2001/XMLSchema#"
IRIS = [
    f"http://example.org/{end}" for end in ("a", "b", "é", "a'b(c)~!$&*+,;=@%20", "x?y#z", "\u202e\u4e2d")
]
NODES = [ox.NamedNode(iri) for iri in IRIS]
BLANKS = [ox.BlankNode(name) for name in "pqrs"]
TEXTS = st.text("aAuU0041\\\"'\n\r\t\x00\x01\x7f\x85\u2028\u202e 中é\u0301{}<>#`😀", max_size=12)
STRINGS = TEXTS.map(ox.Literal) | st.builds(
    lambda text, tag: ox.Literal(text, language=tag),
    TEXTS,
    st.sampled_from(["en", "en-gb", "zh-hant", "x-a"]),
)
ODD = st.builds(
    lambda text, kind: ox.Literal(text, datatype=ox.NamedNode(kind)),
    st.sampled_from(["1", "01", "+1", "1.0", "1.50", "1e0", "true", "2020-01-01", "x"]),
    st.sampled_from(
        [f"{XSD}{name}" for name in ("integer", "decimal", "double", "boolean", "date")] + IRIS[:3]
    ),
)
Triples = list[ox.Triple]
Files = list[Triples]


def graphs(
    values: st.SearchStrategy[object], blanks: Iterable[ox.BlankNode] = ()
) -> st.SearchStrategy[Files]:
    """Generate the statements of two files."""
    subjects = st.sampled_from([*NODES[:3], *blanks])
    triple = st.builds(
        ox.Triple, subjects, st.sampled_from(NODES), st.sampled_from([*NODES, *blanks]) | values
    )
    return st.lists(st.lists(triple, max_size=8), min_size=2, max_size=2)


def dataset(files: Files) -> Dataset:
    """Return files of N-Triples."""
    return Dataset(
        tuple(
            GraphFile(
                f"data/{number}.nt",
                to_graph_iri(f"data/{number}.nt"),
                ox.serialize(file, format=ox.RdfFormat.N_TRIPLES),
            )
            for number, file in enumerate(files)
        )
    )


def meant(files: Files) -> ox.Dataset:
    """Return what files mean: each a named graph, with blank nodes of its own."""

    def own(term: object, number: int) -> object:
        return ox.BlankNode(f"{term.value}{number}") if isinstance(term, ox.BlankNode) else term

    return ox.Dataset(
        ox.Quad(
            own(one.subject, n), one.predicate, own(one.object, n), ox.NamedNode(to_graph_iri(f"data/{n}.nt"))
        )
        for n, file in enumerate(files)
        for one in file
    )


def canonical(quads: Iterable[ox.Quad]) -> ox.Dataset:
    found = ox.Dataset(quads)
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return found


def by_oxigraph(before: ox.Dataset, update: str) -> ox.Dataset:
    store = ox.Store()
    store.extend(before)
    store.update(update)
    return ox.Dataset(store)


def by_rdflib(before: ox.Dataset, update: str) -> ox.Dataset:
    """Apply an update with rdflib, whose terms are made from terms: none of its parsers reads the data."""
    state = rdflib.Dataset()
    for quad in before:
        graph = (
            state if isinstance(quad.graph_name, ox.DefaultGraph) else state.graph(to_rdflib(quad.graph_name))
        )
        graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    state.update(update)
    return ox.Dataset(from_rdflib(state))


def to_rdflib(term: object) -> rdflib.term.Node:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    plain = term.datatype.value == f"{XSD}string"
    return rdflib.Literal(term.value, datatype=None if plain else rdflib.URIRef(term.datatype.value))


def from_rdflib(state: rdflib.Dataset) -> Iterator[ox.Quad]:
    def term(node: object) -> object:
        if isinstance(node, rdflib.URIRef):
            return ox.NamedNode(str(node))
        if isinstance(node, rdflib.BNode):
            return ox.BlankNode(str(node))
        if node.language:
            return ox.Literal(str(node), language=node.language.lower())
        return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype or f"{XSD}string")))

    for subject, predicate, value, graph in state.quads():
        name = ox.NamedNode(str(graph)) if graph is not None else ox.DefaultGraph()
        yield ox.Quad(term(subject), term(predicate), term(value), name)


@pytest.fixture(autouse=True, scope="module")
def _literals_as_written() -> Iterator[None]:
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    yield
    rdflib.NORMALIZE_LITERALS = before


@settings(deadline=None, max_examples=scale_examples(40))
@given(graphs(STRINGS | ODD), graphs(STRINGS | ODD))
def test_update_gives_the_other_state(before: Files, after: Files) -> None:
    update = to_sparql_update(GraphDiff.compute(dataset(before), dataset(after)))
    assert by_rdflib(meant(before), update) == meant(after)


@settings(deadline=None, max_examples=scale_examples(40))
@given(graphs(STRINGS, BLANKS), graphs(STRINGS, BLANKS))
def test_update_gives_the_other_state_of_blank_nodes_or_is_refused(before: Files, after: Files) -> None:
    try:
        update = to_sparql_update(GraphDiff.compute(dataset(before), dataset(after)))
    except InputError:
        return
    for engine in (by_oxigraph, by_rdflib):
        assert canonical(engine(meant(before), update)) == canonical(meant(after))
