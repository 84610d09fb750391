"""Isomorphic graphs, and only these, get equal labels of blank nodes."""

from __future__ import annotations

import random
from itertools import pairwise

import pyoxigraph as ox
import pytest
from conftest import scale_examples
from hypothesis import given, settings
from hypothesis import strategies as st

from msme_kg.errors import SafetyError
from msme_kg.rdf.bnode_labels import has_bnodes, relabel_deterministically

BLANKS = [ox.BlankNode(name) for name in "pqrst"]
NAMES = [ox.NamedNode(f"http://example.org/{name}") for name in "ab"]
QUADS = st.lists(
    st.builds(
        ox.Quad,
        st.sampled_from([*BLANKS, NAMES[0]]),
        st.sampled_from(NAMES),
        st.sampled_from([*BLANKS, NAMES[0], ox.Literal("1")]),
    ).filter(has_bnodes),
    max_size=8,
)


def canonical(quads: list[ox.Quad] | set[ox.Quad]) -> ox.Dataset:
    found = ox.Dataset(quads)
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return found


def renamed(quads: list[ox.Quad], seed: int) -> list[ox.Quad]:
    """Return quads shuffled, with other labels of blank nodes."""
    chance = random.Random(seed)  # noqa: S311 (any order will do)
    other = dict(zip(BLANKS, chance.sample(BLANKS, len(BLANKS)), strict=True))
    made = [
        ox.Quad(other.get(one.subject, one.subject), one.predicate, other.get(one.object, one.object))
        for one in quads
    ]
    return chance.sample(made, len(made))


@settings(deadline=None, max_examples=scale_examples(200))
@given(QUADS, QUADS, st.integers(0, 999))
def test_labels_depend_only_on_structure(one: list[ox.Quad], other: list[ox.Quad], seed: int) -> None:
    named = relabel_deterministically(one)
    assert named == relabel_deterministically(renamed(one, seed))
    assert canonical(named) == canonical(one)
    assert (named == relabel_deterministically(other)) == (canonical(one) == canonical(other))


def test_long_chains_and_interchangeable_nodes_are_labelled() -> None:
    chain = [ox.BlankNode(f"n{number}") for number in range(5000)]
    links = [ox.Quad(one, NAMES[0], other) for one, other in pairwise(chain)]
    assert len(relabel_deterministically(links)) == 4999
    twins = [ox.Quad(node, name, chain[0]) for node in chain[1:60] for name in NAMES]
    assert len(relabel_deterministically(twins)) == 118


def test_entangled_component_is_refused() -> None:
    nodes = [ox.BlankNode(f"n{number}") for number in range(14)]
    tangle = [ox.Quad(one, NAMES[0], other) for one in nodes for other in nodes if one != other]
    with pytest.raises(SafetyError, match="14 blank nodes is too entangled"):
        relabel_deterministically(tangle)
