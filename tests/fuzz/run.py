"""Run the fuzzer: ``python -m fuzz.run --seconds 200 [TARGET …]``, each target in a process of its own.

A process that dies, hangs or needs too much memory counts as a failure, like an exception; its input is kept.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HANGS = 100
"""Seconds after which one example counts as a hang; longer than a call of the command line may take."""

TARGETS = ("turtle", "query", "guards", "shapes", "formats", "findings", "cli")
TESTS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Outcome:
    """Outcome of fuzzing a target.

    Attributes:
        examples: number of inputs.
        finds: failures, each with the file of its input.
    """

    examples: int
    finds: tuple[str, ...]


def fuzz(
    target: str, folder: Path, *, seconds: float = 0, examples: int = 0, seed: int | None = None
) -> Outcome:
    """Fuzz a target for some time, or for a number of examples.

    Args:
        target: one of ``TARGETS``.
        folder: where the inputs of failures are kept.
        seconds: how long.
        examples: number of inputs, instead of a time.
        seed: seed of the random numbers; None for a new one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ends = time.monotonic() + seconds
    tried, finds = 0, []
    while True:
        left = max(1.0, ends - time.monotonic()) if seconds else 0
        state = folder / f"{target}.{os.getpid()}.state"
        state.unlink(missing_ok=True)
        asked = {"target": target, "state": str(state), "folder": str(folder), "seconds": left}
        asked |= {"examples": examples, "seed": seed}
        died = _watched(asked, state)
        told = json.loads(state.with_suffix(".told").read_text(encoding="utf-8") or "{}")
        tried += told.get("examples", 0)
        finds += told.get("finds", [])
        if died:
            kept = folder / f"{target}-{died.replace(' ', '-')}-{tried}.input"
            kept.write_bytes(state.read_bytes() if state.exists() else b"")
            finds.append(f"{target}: {died}: {kept}")
        for path in (state, state.with_suffix(".told")):
            path.unlink(missing_ok=True)
        if not died or died.startswith("exit") or examples or time.monotonic() >= ends:
            return Outcome(tried, tuple(finds))


def _watched(asked: dict[str, object], state: Path) -> str:
    """Run a child process, and return how it died; empty if it did not."""
    told = state.with_suffix(".told")
    told.write_text("{}", encoding="utf-8")
    path = os.pathsep.join([str(TESTS), str(TESTS.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    with (
        tempfile.TemporaryFile() as errors,
        tempfile.TemporaryDirectory(prefix="msme-kg-fuzz-", ignore_cleanup_errors=True) as scratch,
    ):
        child = subprocess.Popen(
            [sys.executable, "-m", "fuzz.child", json.dumps(asked)],
            env=os.environ | {"PYTHONPATH": path, "TMPDIR": scratch},
            stderr=errors,
        )
        begun = time.monotonic()
        try:
            while child.poll() is None:
                time.sleep(0.2)
                since = state.stat().st_mtime if state.exists() else None
                if time.monotonic() - begun > HANGS and (since is None or time.time() - since > HANGS):
                    return "hangs"
        finally:  # also where this process is ended
            child.kill()
            child.wait()
        if child.returncode < 0:
            return f"signal {-child.returncode}"
        if child.returncode:
            errors.seek(0)
            sys.stderr.write(errors.read().decode(errors="replace")[-4000:])
            return f"exit {child.returncode}"
    return ""


def replay(path: Path, target: str) -> None:
    """Try a kept input again; an exception passes through."""
    from fuzz.targets import TARGETS as KNOWN
    from msme_kg.errors import KGError

    try:
        KNOWN[target].holds(pickle.loads(path.read_bytes()))  # noqa: S301 (our own file)
    except KGError as fault:
        print(fault)


def main() -> int:
    """Fuzz the given targets, or all; return 1 if there were failures."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parser = argparse.ArgumentParser(prog="python -m fuzz.run", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", default=[], help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=float, default=200, help="for each target")
    parser.add_argument("--examples", type=int, default=0, help="for each target, instead of a time")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "msme-kg-fuzz")
    parser.add_argument("--replay", type=Path, help="a kept input, for the one target given")
    asked = parser.parse_args()
    unknown = set(asked.targets) - set(TARGETS)
    if unknown:
        parser.error(f"no target called {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    if asked.replay:
        replay(asked.replay, asked.targets[0])
        return 0
    found = False
    for target in asked.targets or TARGETS:
        seconds = 0 if asked.examples else asked.seconds
        outcome = fuzz(target, asked.folder, seconds=seconds, examples=asked.examples)
        print(f"{target}: {outcome.examples} examples, {len(outcome.finds)} finds", flush=True)
        for find in outcome.finds:
            print(f"  {find}", flush=True)
        found = found or bool(outcome.finds)
    return int(found)


if __name__ == "__main__":
    sys.exit(main())
