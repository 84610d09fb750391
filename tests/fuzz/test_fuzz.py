"""Short run of the fuzzer with a fixed seed; ``make fuzz`` runs it for longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.run import TARGETS, fuzz
from fuzz.targets import TARGETS as KNOWN

EXAMPLES = {
    "turtle": 300,
    "query": 60,
    "guards": 10,
    "shapes": 40,
    "formats": 300,
    "findings": 200,
    "cli": 30,
}


@pytest.mark.parametrize("target", TARGETS)
def test_mutated_inputs_never_crash(target: str, tmp_path: Path) -> None:
    outcome = fuzz(target, tmp_path, examples=EXAMPLES[target], seed=1)
    assert outcome.finds == ()
    assert outcome.examples >= EXAMPLES[target] / 2


def test_every_target_is_listed() -> None:
    assert set(TARGETS) == set(KNOWN) == set(EXAMPLES)
