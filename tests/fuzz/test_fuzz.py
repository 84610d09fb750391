"""A short run of the fuzzer, the same each time; ``make fuzz`` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.run import TARGETS, fuzz
from fuzz.targets import TARGETS as KNOWN

EXAMPLES = {"turtle": 300, "query": 60, "shapes": 40, "formats": 300, "findings": 200}


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_put_in_leads_to_faults_for_the_user_and_to_nothing_else(target: str, tmp_path: Path) -> None:
    outcome = fuzz(target, tmp_path, examples=EXAMPLES[target], seed=1)
    assert outcome.finds == ()
    assert outcome.examples >= EXAMPLES[target] / 2


def test_every_target_has_its_name() -> None:
    assert set(TARGETS) == set(KNOWN) == set(EXAMPLES)
