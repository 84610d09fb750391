"""Proves that what checks newly find about new things is told from what is near as from everything."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest

from msme_kg.check import reach, rules
from msme_kg.check.findings import Report
from msme_kg.check.validate import State
from msme_kg.graph.dataset import Dataset, GraphFile
from msme_kg.graph.order import parts
from msme_kg.names import BASE
from msme_kg.repository import Repository, graph_iri

DRAWS = 60


@pytest.fixture(scope="module")
def state(root: Path) -> State:
    return State.now(Repository.find(root))


@pytest.fixture(scope="module")
def things(state: State) -> dict[str, list[ox.Quad]]:
    """Return what the data state, by the thing that it is about."""
    found: dict[str, list[ox.Quad]] = {}
    for quad in state.own.quads():
        subject = parts(quad)[0]
        if "/graph/data/" in str(quad.graph_name):
            found.setdefault(subject.value, []).append(quad)
    return found


def new_things(rnd: Random, things: dict[str, list[ox.Quad]]) -> bytes:
    """Draw things like those that are known, with other names, some statements lost and some exchanged."""
    lines = []
    for number in range(rnd.randint(1, 3)):
        old = rnd.choice(sorted(things))
        name = ox.NamedNode(f"{BASE}new/{number}")
        for quad in things[old]:
            _, predicate, value = parts(quad)
            if rnd.random() < 0.1:
                continue
            if rnd.random() < 0.1:
                value = parts(rnd.choice(things[rnd.choice(sorted(things))]))[2]
            if rnd.random() < 0.1 and number:
                value = ox.NamedNode(f"{BASE}new/{number - 1}")
            lines.append(f"{name} {predicate} {value} .\n")
    return "".join(lines).encode()


def test_near_is_as_good_as_everything(state: State, things: dict[str, list[ox.Quad]]) -> None:
    before = Report.of(rules.check(state.repository, state.own, state.own.prefixes))
    near = found = 0
    for seed in range(DRAWS):
        lines = new_things(Random(seed), things)  # noqa: S311
        added = Dataset((GraphFile(f"new{seed}.nt", graph_iri(f"foreign/{seed}"), lines),))
        some = rules.newly(state.repository, state.own, added, state.own.prefixes)
        if some is None:
            continue
        both = Dataset((*state.own.files, *added.files))
        everything = Report.of(rules.check(state.repository, both, state.own.prefixes)).since(before)
        assert {one.same_as() for one in some} == {one.same_as() for one in everything.findings}, seed
        near += 1
        found += len(some)
    assert (near > DRAWS / 2, found > DRAWS / 4) == (True, True), (near, found)


def test_what_is_known_already_needs_everything(state: State, things: dict[str, list[ox.Quad]]) -> None:
    known = sorted(things)[0]
    membership = f"<{BASE}new/1> a <{BASE}ontology#Membership> ; <{BASE}ontology#evidence> <{BASE}e> ;"
    for text in (
        f"<{known}> <{BASE}ontology#number> 1 .",
        "[] a <http://example.org/C> .",
        f"<{BASE}new/文> a <http://example.org/C> .",
        f'{membership} <{BASE}ontology#notAfter> "2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .',
    ):
        added = Dataset((GraphFile("new.ttl", graph_iri("foreign/x"), text.encode()),))
        assert rules.newly(state.repository, state.own, added, state.own.prefixes) is None


def test_how_far_checks_look() -> None:
    ask = "SELECT ?focus WHERE { ?focus <urn:p> ?x . %s }"
    near = {text: reach.reach(ask % text).is_near for text in (
        "?x <urn:q> ?y",
        "FILTER NOT EXISTS { ?other <urn:p> ?x . ?other <urn:q> 1 }",
        "?focus a ?class . ?class <urn:r> ?y",
        "?other <urn:p> ?x",
        "?a <urn:p> ?b",
        "{ SELECT ?x (COUNT(?z) AS ?n) WHERE { ?x <urn:q> ?z } GROUP BY ?x }",
        "?x <urn:q>* ?y",
        "MINUS { ?focus <urn:q> ?x }",
        "FILTER EXISTS { ?other <urn:p> ?x }",
    )}  # fmt: skip
    assert [text for text, one in near.items() if one] == list(near)[:3]
