"""Proves over drawn shapes and graphs that screen and judge find what pySHACL finds alone."""

from __future__ import annotations

from random import Random

from conftest import scale_examples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from prefilter_results import alone, screened
from random_graphs import Shapes, data

EXAMPLES = scale_examples(1000)


# Values of no order: one side says nothing, or neither does.
@example(300572)
@example(300923)
@given(st.integers(0, 2**62))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_screen_and_judge_equal_the_judge_alone(seed: int) -> None:
    rnd = Random(seed)  # noqa: S311
    shapes = Shapes(rnd).quads
    graph = data(rnd)
    assert screened(graph, shapes)[0] == alone(graph, shapes)
