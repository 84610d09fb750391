"""On random graphs, pySHACL finds the same with and without the prefilter."""

from __future__ import annotations

from random import Random

from conftest import scale_examples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from prefilter_results import alone, prefiltered
from random_graphs import Shapes, data

EXAMPLES = scale_examples(500)


# Literals that cannot be compared: one operand or both return NotImplemented.
@example(300572)
@example(300923)
@given(st.integers(0, 2**62))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_prefilter_loses_no_result(seed: int) -> None:
    rnd = Random(seed)  # noqa: S311
    shapes = Shapes(rnd).quads
    graph = data(rnd)
    assert prefiltered(graph, shapes)[0] == alone(graph, shapes)
