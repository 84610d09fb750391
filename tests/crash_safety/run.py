"""Long run of the crash tests: ``python -m crash_safety.run [--kills 1000] [SUBJECT …]``.

It prints the outcomes of each kind of fault, and exits with 1 if anything was lost.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from crash_safety import applying, published_folder, subjects
from crash_safety.faults import DEATHS, ERRORS
from crash_safety.harness import Figures, Subject, every_call, random_kills

SUBJECTS = {
    "commit": subjects.three,
    "fmt": subjects.fmt,
    "apply": applying.apply,
    "folder": published_folder.exchanged,
    "folder-by-renames": published_folder.renamed,
    "portal": published_folder.portal,
    "site": published_folder.site,
}
"""Commands under test, by name."""


_OTHERS = ("writer", "crowd")
_ALL_WAYS = {"commit", "folder", "folder-by-renames"}
THREE_WAYS = ("EIO", "exit", "kill")
"""Kinds of failure for entire commands: all those of ``commit`` would take a day."""


def _test_subject(
    name: str, folder: Path, kills: int, chance: random.Random
) -> Iterator[tuple[str, Figures]]:
    """Yield the outcomes of all faults of a subject."""
    subject: Subject = SUBJECTS[name](folder / name)
    for how in (*ERRORS, *DEATHS) if name in _ALL_WAYS else THREE_WAYS:
        yield f"{name}: {how} at every call", every_call(subject, how)
    yield f"{name}: EIO from every call on", every_call(subject, "EIO", lasting=True)
    yield f"{name}: SIGKILL at random", random_kills(subject, kills, chance)


def main() -> int:
    """Test the given subjects, or all, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="SIGKILLs at random moments of each subject")
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    parser.add_argument("subjects", nargs="*", choices=[[], *SUBJECTS, *_OTHERS])
    asked = parser.parse_args()
    chance = random.Random(asked.seed)  # noqa: S311 (moments, not secrets)
    print(f"seed {asked.seed}", flush=True)
    lost = 0
    with tempfile.TemporaryDirectory(prefix="msme-kg-torture-") as made:
        folder = Path(made)
        os.environ["MSME_KG_CACHE"] = str(folder / "cache")
        for name in asked.subjects or [*SUBJECTS, *_OTHERS]:
            if name == "writer":
                outcomes = iter([("writer: SIGKILL at random", subjects.writer(folder, asked.kills, chance))])
            elif name == "crowd":
                outcomes = iter([("crowd: 8 × 100 updates at once", applying.crowd(folder / name, 8, 100))])
            else:
                outcomes = _test_subject(name, folder, asked.kills, chance)
            for what, figures in outcomes:
                print(f"{what}: {figures}", *figures.lost, sep="\n  ", flush=True)
                lost += len(figures.lost)
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
