"""Proves that judging only what a change can affect finds what is wrong after it and was not before."""

from __future__ import annotations

from collections import Counter
from random import Random

import pyoxigraph as ox
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from screen_graphs import Shapes, data
from screen_results import ENDED, Results, alone, found_by

from msme_kg.check.screen import Change
from msme_kg.check.screen.compile import compiled
from msme_kg.check.screen.loaded import Graph

EXAMPLES, CHANGES = 400, 4


def changed(rnd: Random, before: list[ox.Quad]) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """Draw statements that come and statements that go."""
    coming = rnd.sample(data(rnd), 1) if rnd.random() < 0.7 else data(rnd)
    going = rnd.sample(before, rnd.randint(0, min(3, len(before))))
    return coming, [quad for quad in going if quad not in coming]


def foci(found: Results) -> set[object]:
    lines = "".join(f"<a:> <a:> {one[0]} .\n" for one in found if found != ENDED)
    return {quad.object for quad in ox.parse(lines, ox.RdfFormat.TURTLE)}


def new(before: Results, after: Results) -> set[tuple[str, ...]]:
    assert isinstance(before, Counter)
    assert isinstance(after, Counter)
    return set(after) - set(before)


@given(st.integers(0, 2**62))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_what_is_newly_broken_is_full_after_without_full_before(seed: int) -> None:
    rnd = Random(seed)  # noqa: S311
    shapes = Shapes(rnd).quads
    before = data(rnd)
    whole = alone(before, shapes)
    for _ in range(CHANGES):
        coming, going = changed(rnd, before)
        after = [quad for quad in before if quad not in going] + coming
        change = Change(Graph.of(before), compiled(shapes), coming, going)
        found = found_by(after, shapes, change.after())
        parts = found_by(before, shapes, change.before(foci(found))), found
        both = whole, alone(after, shapes)
        if ENDED not in both:  # else pySHACL cannot say what was wrong
            assert new(*parts) == new(*both)
