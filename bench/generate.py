"""Generator of larger graphs: ``python bench/generate.py --times N --out DIR``."""

from __future__ import annotations

import argparse
from pathlib import Path

import faults
import updates
from graph_scaling import Copies


def main() -> None:
    """Write a graph, faults and an update as the options say."""
    options = _options()
    if options.times < 1:
        raise SystemExit("--times must be at least 1")
    copies = Copies(options.times)
    if options.out:
        seeds = faults.Seeds(copies.reader) if options.faults else None
        sown = copies.write(options.out, seeds)
        table = options.out / "faults.tsv"
        table.unlink(missing_ok=True)
        if seeds:
            table.write_text("".join(faults.rows(sown)), encoding="utf-8")
    if options.update:
        updates.write(options.update, copies.reader.head)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Write the shipped graph many times over.")
    parser.add_argument("--times", type=int, default=1, metavar="N", help="number of copies")
    parser.add_argument("--out", type=Path, metavar="DIR", help="output folder, for msme-kg --root")
    parser.add_argument("--faults", action="store_true", help="add faults for each constraint component")
    parser.add_argument("--update", type=Path, metavar="F.ttl", help="write an update, and one with faults")
    return parser.parse_args()


if __name__ == "__main__":
    main()
