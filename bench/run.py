"""Benchmark runner: ``python bench/run.py [--only 1x,update]``."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import jobs
import peers
import reports
import results
from jobs import Job
from measure import Run, run
from peers import CACHES, WORK, Tool

_LONG = 60.0
"""Duration in seconds from which the median is that of three runs."""


def main() -> None:
    """Measure the chosen jobs one after the other, and write all figures."""
    options = _options()
    if options.only == "serve":
        import serve  # noqa: PLC0415 (it needs the packages of the tests)

        serve.main()
        return
    todo = jobs.chosen(jobs.all_jobs(options.all), options.only)
    if options.list:
        print("\n".join(f"{job.key:16} {job.title}" for job in todo))
        return
    WORK.mkdir(exist_ok=True)
    (WORK / ".gitignore").write_text("*\n", encoding="utf-8")
    if not options.write:
        jobs.make_graphs(todo)
        for job in todo:
            results.keep(job, _measured(job, options), options.tools)
            shutil.rmtree(CACHES, ignore_errors=True)
    results.write()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure validation, an update and a query, side by side.")
    parser.add_argument(
        "--only",
        default="",
        metavar="KEYS",
        help="jobs, or the beginnings of their keys: 1x,update; or serve, the load on the server",
    )
    parser.add_argument(
        "--tools", default="", metavar="NAMES", help="tools, or the beginnings of their names"
    )
    parser.add_argument("--runs", type=int, default=0, metavar="N", help="number of runs of each tool")
    parser.add_argument("--limit", type=float, default=900.0, metavar="S", help="most seconds of a run")
    parser.add_argument("--all", action="store_true", help="also tools that need many minutes for a run")
    parser.add_argument("--list", action="store_true", help="list the jobs and exit")
    parser.add_argument("--write", action="store_true", help="write the figures without measuring")
    return parser.parse_args()


def _measured(job: Job, options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Return the figures of a job; its tools run in turns, so that a slow minute affects all of them."""
    figures: dict[str, dict[str, Any]] = {}
    wanted: dict[str, int] = {}
    tools = [tool for tool in job.tools if _asked(tool, options.tools)]
    warm = CACHES / job.key
    for tool in tools:
        figures[tool.name] = {"command": tool.shown, "runs": [], "problem": _left_out(tool, job)}
        wanted[tool.name] = options.runs or job.runs.get(tool.name, job.at_least)
        if tool.cache == "warm" and not figures[tool.name]["problem"]:
            _once(tool, job, warm, options.limit)
    turn = 0
    while True:
        due = [tool for tool in tools if turn < wanted[tool.name] and not figures[tool.name]["problem"]]
        if not due:
            return figures
        for tool in due:
            done = _once(tool, job, warm, options.limit)
            figure = figures[tool.name]
            _say(job, tool, done)
            if done.problem:
                figure["problem"] = done.problem
                continue
            figure["runs"].append([done.seconds, done.mib])
            if turn == 0 and job.compared and tool.form:
                figure["listed"] = reports.lines(_report(tool, job), tool.form, peers.prefixes())
            if done.seconds > _LONG and wanted[tool.name] > 3:
                wanted[tool.name] = 3
        turn += 1


def _asked(tool: Tool, names: str) -> bool:
    return not names or any(tool.name.startswith(name) for name in names.split(","))


def _left_out(tool: Tool, job: Job) -> str:
    if job.runs.get(tool.name) == 0:
        return "takes many minutes; measured with --all only"
    return tool.absent


def _once(tool: Tool, job: Job, warm: Path, limit: float) -> Run:
    """Run a tool once with its cache."""
    output = WORK / f"{job.key}.out"
    if tool.cache != "cold":
        environment = {**tool.environment, "MSME_KG_CACHE": str(warm)}
        if tool.asks_anew:  # kept answers depend on the variables of the package
            environment["MSME_KG_QUESTION"] = str(time.time_ns())
        return run(tool.command, job.folder, environment, output, limit, tool.codes)
    with tempfile.TemporaryDirectory() as empty:
        environment = {**tool.environment, "MSME_KG_CACHE": empty}
        return run(tool.command, job.folder, environment, output, limit, tool.codes)


def _report(tool: Tool, job: Job) -> Path:
    return job.folder / tool.report if tool.report else WORK / f"{job.key}.out"


def _say(job: Job, tool: Tool, done: Run) -> None:
    end = f"  {done.problem}" if done.problem else ""
    print(f"{job.key:14} {tool.name:16} {done.seconds:8.3f} s {done.mib:8.0f} MiB{end}", file=sys.stderr)


if __name__ == "__main__":
    main()
