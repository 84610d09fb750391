"""Process that tries inputs; each is saved first, in case the process dies."""

from __future__ import annotations

import json
import os
import pickle
import random
import resource
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from fuzz.sandbox import FaultError
from fuzz.targets import TARGETS
from msme_kg.errors import KGError

MEMORY = 4 << 30
"""Limit of memory in bytes."""

BATCH = 100


class _Child:
    """Tries inputs of one target, and reports their number and the failures."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self._target = TARGETS[asked["target"]]
        self._name: str = asked["target"]
        self._state = Path(asked["state"])
        self._folder = Path(asked["folder"])
        self._seen: set[str] = set()
        self._told: dict[str, Any] = {"examples": 0, "finds": []}

    def try_examples(self, examples: int, chance: random.Random) -> None:
        """Try a number of inputs, and go on after failures."""
        left = examples
        while left > 0:
            self.batch(min(BATCH, left), chance.getrandbits(32))
            left, before = examples - self._told["examples"], left
            if left == before:  # there are no more
                return

    def batch(self, examples: int, number: int) -> None:
        """Try some inputs, up to the first new failure."""
        strategy = self._target.inputs()

        @seed(number)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate, *([Phase.shrink] if self._target.shrinks else [])],
            suppress_health_check=list(HealthCheck),
            print_blob=False,
            report_multiple_bugs=False,
        )
        @given(strategy)
        def run(example: Any) -> None:
            self._try(example)

        try:
            run()
        except Exception as fault:  # noqa: BLE001 (any exception is a failure)
            self._found(fault)
        self._tell()

    def _try(self, example: Any) -> None:
        self._told["examples"] += 1
        with self._state.open("wb") as file:
            pickle.dump(example, file)
        try:
            self._target.holds(example)
        except KGError:
            return
        except Exception as fault:
            if _mark(fault) not in self._seen:
                raise

    def _found(self, fault: Exception) -> None:
        self._seen.add(_mark(fault))
        kept = self._folder / f"{self._name}-{type(fault).__name__}-{os.getpid()}-{len(self._seen)}.input"
        kept.write_bytes(self._state.read_bytes())
        text = "".join(traceback.format_exception(fault))
        kept.with_suffix(".txt").write_text(text, encoding="utf-8", errors="backslashreplace")
        self._told["finds"].append(f"{self._name}: {_mark(fault)}: {fault!s:.300}: {kept}")

    def _tell(self) -> None:
        told = self._state.with_suffix(".told")
        half = told.with_suffix(".half")
        half.write_text(json.dumps(self._told), encoding="utf-8")
        half.rename(told)


def _mark(fault: BaseException) -> str:
    """Return the identity of a failure: the class of the exception and the place that raised it."""
    if isinstance(fault, FaultError):
        return fault.mark
    frames = traceback.extract_tb(fault.__traceback__)
    last = frames[-1] if frames else None
    return (
        f"{type(fault).__name__} at {Path(last.filename).name}:{last.lineno}"
        if last
        else type(fault).__name__
    )


def main() -> None:
    """Try inputs as the JSON of the first argument says."""
    asked = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    child = _Child(asked)
    chance = random.Random(asked["seed"])  # noqa: S311 (not for secrets)
    if asked["examples"]:
        child.try_examples(asked["examples"], chance)
        return
    ends = time.monotonic() + asked["seconds"]
    while time.monotonic() < ends:
        child.batch(BATCH, chance.getrandbits(32))


if __name__ == "__main__":
    main()
