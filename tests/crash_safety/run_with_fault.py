"""Runner of a module with a fault: ``--call rename --number 3 --how kill msme_kg fmt --root DIR``."""

from __future__ import annotations

import argparse
import atexit
import os
import runpy
import sys

from crash_safety.faults import ANY, CALLS, DEATHS, ERRORS, Fault, injected

REPORT = "torture: {} faults, calls: {}"
"""The last line on standard error, unless the process dies."""


def main() -> None:
    """Run the module of the command line with the fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--call", choices=[ANY, *CALLS], default=ANY)
    parser.add_argument("--number", type=int, required=True)
    parser.add_argument("--how", choices=[*ERRORS, *DEATHS], required=True)
    parser.add_argument("--lasting", action="store_true", help="every later call fails too")
    parser.add_argument("module", help="what is run as python -m would")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    fault = Fault(asked.call, asked.number, asked.how, asked.lasting)
    write = os.write
    atexit.register(lambda: write(2, (REPORT.format(fault.happened, fault.seen) + "\n").encode()))
    sys.argv = [asked.module, *asked.arguments]
    with injected(fault):
        runpy.run_module(asked.module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
