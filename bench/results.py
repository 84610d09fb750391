"""Figures: saved in a file when measured, and written to RESULTS.md."""

from __future__ import annotations

import json
import os
import platform
from collections import Counter
from collections.abc import Iterator
from datetime import date
from statistics import median
from typing import Any

import growth
import peers
from jobs import SIZES, Job, all_jobs

_KEPT = peers.WORK / "figures.json"
_PAGE = peers.HERE / "RESULTS.md"
Figure = dict[str, Any]


def keep(job: Job, figures: dict[str, Figure], some: str) -> None:
    """Replace the figures of a job, except those of tools that were not measured."""
    kept = _load()
    before = kept["jobs"].get(job.key, {}) if some else {}
    kept["jobs"][job.key] = {**before, **figures}
    kept["versions"] = peers.versions()
    kept["machine"] = _machine()
    kept["date"] = date.today().isoformat()
    _KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False), encoding="utf-8")


def write() -> None:
    """Write all figures as a page."""
    kept = _load()
    jobs = [(job, kept["jobs"][job.key]) for job in all_jobs(True) if job.key in kept["jobs"]]
    lines = [*_head(kept), *_targets(kept["jobs"])]
    lines += _growth(kept["jobs"])
    for job, figures in jobs:
        if job.key.startswith("growth-"):
            continue
        lines += ["", f"## {job.title} (`{job.key}`)", "", *_table(figures)]
        if job.compared:
            lines += _compared(job.compared, figures)
    lines += ["", "## Commands", "", *_commands(jobs)]
    _PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _load() -> Figure:
    if _KEPT.exists():
        kept: Figure = json.loads(_KEPT.read_text(encoding="utf-8"))
        return kept
    return {"jobs": {}, "versions": {}, "machine": "", "date": ""}


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()} {platform.machine()}"


def _head(kept: Figure) -> Iterator[str]:
    yield "# Results of `make bench`"
    yield ""
    yield "Whole processes, started in turns; medians by the clock, peak resident memory. `cold` is an empty"
    yield "cache folder in every run, `warm` one that an earlier run has filled. The graphs are written just"
    yield "before, so files are read from memory. `README.md` describes the graphs."
    yield ""
    yield f"Measured on {kept['date']}: {kept['machine']}."
    yield ""
    yield "; ".join(f"{name} {version}" for name, version in kept["versions"].items()) + "."


def _table(figures: dict[str, Figure]) -> Iterator[str]:
    """Yield times and memory of a job, with the ratios to our own tool."""
    own = [name for name in figures if name.startswith(peers.OURS) and figures[name]["runs"]]
    headings = [f"÷ {name}" for name in own] if len(figures) > 1 else []
    yield f"| tool | median s | least to most | runs | peak MiB |{''.join(f' {one} |' for one in headings)}"
    yield "|---|--:|--:|--:|--:|" + "--:|" * len(headings)
    for name, figure in figures.items():
        if not figure["runs"]:
            yield f"| {name} | skipped: {figure['problem']} |" + " |" * (3 + len(headings))
            continue
        times = [seconds for seconds, _ in figure["runs"]]
        ratios = (
            "".join(f" {_median(figure) / _median(figures[one]):.2f} |" for one in own) if headings else ""
        )
        spread = f"{_seconds(min(times))} to {_seconds(max(times))}"
        note = f" ({figure['problem']})" if figure["problem"] else ""
        cells = (name + note, _seconds(_median(figure)), spread, str(len(times)), f"{_memory(figure):.0f}")
        yield f"| {' | '.join(cells)} |{ratios}"


def _growth(jobs: dict[str, dict[str, Figure]]) -> Iterator[str]:
    """Yield the table of all commands by the size of the graph, and draw its picture."""
    figures = {size: jobs[f"growth-{size}x"] for size in SIZES if f"growth-{size}x" in jobs}
    if len(figures) < len(SIZES):
        return
    growth.PICTURE.write_text(growth.draw(figures), encoding="utf-8")
    yield from ("", "## Growth with the graph (`growth`)", "")
    yield "Each command on a filled cache, as a question that was not asked before; median seconds and peak"
    yield "memory. No peer has these commands."
    yield from ("", "![Seconds of each command by the size of the graph](growth.svg)", "")
    yield from growth.tabulate(figures)


def _compared(what: str, figures: dict[str, Figure]) -> Iterator[str]:
    """Yield how the results of the tools differ from those of a reference."""
    reported: dict[str, Counter[str]] = {
        name: Counter(one["listed"]) for name, one in figures.items() if "listed" in one
    }
    if not reported:
        return
    reference = next(
        (name for name in ("pySHACL", "Jena", "rdflib") if name in reported), next(iter(reported))
    )
    yield ""
    yield f"{what}, beside those of {reference}:"
    yield ""
    yield "| tool | listed | different | lacking | in excess |"
    yield "|---|--:|--:|--:|--:|"
    for name, found in reported.items():
        lacking, excess = reported[reference] - found, found - reported[reference]
        yield f"| {name} | {found.total()} | {len(found)} | {lacking.total()} | {excess.total()} |"


def _targets(jobs: dict[str, dict[str, Figure]]) -> Iterator[str]:
    """Yield the targets with the figures reached."""
    rows = [row for row in _reached(jobs) if row]
    if not rows:
        return
    yield ""
    yield "## Targets"
    yield ""
    yield "| target | at most | reached | |"
    yield "|---|--:|--:|---|"
    for said, most, reached, form in rows:
        verdict = "met" if reached <= most else "missed"
        yield f"| {said} | {most:{form}} | {reached:{form}} | {verdict} |"


def _reached(jobs: dict[str, dict[str, Figure]]) -> Iterator[tuple[str, float, float, str] | None]:
    cold, warm = f"{peers.OURS}, cold", f"{peers.OURS}, warm"
    yield _ratio(jobs, "1×, cold, to pySHACL", 0.1, ("1x", cold), ("1x", "pySHACL"))
    yield _ratio(jobs, "1×, cold, to Jena", 0.3, ("1x", cold), ("1x", "Jena"))
    yield _ratio(jobs, "1×, warm, to pySHACL", 0.03, ("1x", warm), ("1x", "pySHACL"))
    yield _least(jobs, "1× with faults, warm, seconds", 0.25, ("1x-faults", warm))
    yield _ratio(jobs, "1× with faults, warm, to pyrudof", 0.5, ("1x-faults", warm), ("1x-faults", "pyrudof"))
    for key, said in (("100x", "100×"), ("100x-faults", "100× with faults")):
        yield _ratio(jobs, f"{said}, cold, to Jena", 0.33, (key, cold), (key, "Jena"))
        yield _ratio(jobs, f"{said}, warm, to Jena", 0.03, (key, warm), (key, "Jena"))
    yield _least(jobs, "100×, cold, whole graph, seconds", 12.0, ("100x-root", cold))
    for state, own in (("cold", cold), ("warm", warm)):
        place, peer = ("100x", own), ("100x", "Jena")
        if _has(jobs, place) and _has(jobs, peer):
            reached = _memory(jobs["100x"][own]) / _memory(jobs["100x"]["Jena"])
            yield f"100×, {state}, memory to Jena's", 1.0, reached, ".3f"
    yield _least(jobs, "one update at 100×, warm, seconds", 0.5, ("update-100x", warm))
    yield _least(jobs, "one check at 100×, warm, seconds", 0.4, ("check-100x", warm))
    for state, own in (("cold", cold), ("warm", warm)):
        yield _ratio(
            jobs, f"canned query, {state}, to its imports", 1.5, ("query", own), ("query", "imports alone")
        )
    yield _least(jobs, "the note at 100×, seconds", 5.0, ("growth-100x", "brief --as-of 2023-08-01"))


def _ratio(
    jobs: dict[str, dict[str, Figure]], said: str, most: float, own: tuple[str, str], peer: tuple[str, str]
) -> tuple[str, float, float, str] | None:
    if not (_has(jobs, own) and _has(jobs, peer)):
        return None
    return said, most, _median(jobs[own[0]][own[1]]) / _median(jobs[peer[0]][peer[1]]), ".3f"


def _least(
    jobs: dict[str, dict[str, Figure]], said: str, most: float, own: tuple[str, str]
) -> tuple[str, float, float, str] | None:
    return (said, most, _median(jobs[own[0]][own[1]]), ".2f") if _has(jobs, own) else None


def _has(jobs: dict[str, dict[str, Figure]], place: tuple[str, str]) -> bool:
    return bool(jobs.get(place[0], {}).get(place[1], {}).get("runs"))


def _median(figure: Figure) -> float:
    return float(median(seconds for seconds, _ in figure["runs"]))


def _memory(figure: Figure) -> float:
    return float(max(mib for _, mib in figure["runs"]))


def _seconds(value: float) -> str:
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def _commands(jobs: list[tuple[Job, dict[str, Figure]]]) -> Iterator[str]:
    """Yield each command once, with its jobs."""
    shown: dict[str, list[str]] = {}
    for job, figures in jobs:
        for figure in figures.values():
            keys = shown.setdefault(figure["command"], [])
            if job.key not in keys:
                keys.append(job.key)
    yield "In the folder of the graph; the query in that of the checkout."
    yield ""
    for command, keys in shown.items():
        yield f"- `{command}`: {', '.join(keys)}"
