"""Growth of the time and memory of each command and canned query with the size of the graph."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from statistics import median
from typing import Any

import peers
from peers import Tool

PICTURE = peers.HERE / "growth.svg"
FIXED = {
    "query declaration": "declaration",
    "query evidence --thing member:us": "evidence",
    "query follow-up --annex 5": "follow-up",
    "query member-profile --member US": "member-profile",
    "query package": "package",
    "query revisions --symbol INF/MSME/4": "revisions",
    "query sponsors --symbol INF/MSME/4/Rev.2": "sponsors",
    "query trade-policy-reviews --member CN": "trade-policy-reviews",
    "query work-areas": "work-areas",
    "describe member:us": "",
    "search helpdesk --limit 5": "",
}
"""Commands whose answer is the same in a larger graph, and the canned query of each."""
GROWING = {
    "query accessions": "accessions",
    "query champions": "champions",
    "query changes --from 2022 --to 2023": "changes",
    "query conflicts --of number": "conflicts",
    "query coordinators --as-of 2023-08-01": "coordinators",
    "query coverage --as-of 2023-08-01": "coverage",
    "query documents": "documents",
    "query growth": "growth",
    "query initiatives": "initiatives",
    "query languages": "languages",
    "query meetings": "meetings",
    "query members --as-of 2023-08-01": "members",
    "query observers": "observers",
    "query organizations": "organizations",
    "query sources": "sources",
    "query statistics": "statistics",
    "query timeline": "timeline",
    "query unknowns": "unknowns",
    "query work-plan --year 2023 --item 2.2": "work-plan",
    "brief --as-of 2023-08-01": "",
    "info": "",
    "fmt --check": "",
    "export turtle": "",
    "export ntriples": "",
}
"""Commands whose answer grows with the graph, or that read all of it."""
_COLOURS = ("#0b6e99", "#b5541c")
_WIDTH, _HEIGHT, _MARGIN = 640, 420, 56
_SECONDS = (0.1, 100.0)


def list_tools() -> tuple[Tool, ...]:
    """Return the commands as tools with a filled cache and no kept answers, each named by its arguments."""
    return tuple(
        replace(peers.ours(f"--root . {command}", "warm"), name=command, asks_anew=True)
        for command in (*FIXED, *GROWING)
    )


def tabulate(figures_by_size: Mapping[int, Mapping[str, Mapping[str, Any]]]) -> Iterator[str]:
    """Yield a Markdown table of the median times and the peak memory by command and size.

    Args:
        figures_by_size: the figures of each command by the size of the graph.
    """
    sizes = sorted(figures_by_size)
    yield "| command |" + "".join(f" {size}× s | MiB |" for size in sizes) + f" {sizes[-1]}× ÷ {sizes[0]}× |"
    yield "|---|" + "--:|--:|" * len(sizes) + "--:|"
    for heading, commands in (("the same answer", FIXED), ("an answer that grows", GROWING)):
        yield f"| *{heading}* |" + " |" * (2 * len(sizes) + 1)
        for command in commands:
            runs = [figures_by_size[size].get(command, {}).get("runs") for size in sizes]
            cells = [f" {_median(each):.2f} | {_peak(each):.0f} |" if each else " – | – |" for each in runs]
            ratio = f" {_median(runs[-1]) / _median(runs[0]):.1f} |" if runs[0] and runs[-1] else " – |"
            yield f"| `{command}` |{''.join(cells)}{ratio}"


def draw(figures_by_size: Mapping[int, Mapping[str, Mapping[str, Any]]]) -> str:
    """Return an SVG picture with a line for each command; both axes are logarithmic.

    Args:
        figures_by_size: the figures of each command by the size of the graph.
    """
    sizes = sorted(figures_by_size)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        "<title>Seconds of each command by the size of the graph</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
    ]
    for size in sizes:
        x = _place(size, sizes[0], sizes[-1], _MARGIN, _WIDTH - _MARGIN)
        parts.append(f'<text x="{x:.0f}" y="{_HEIGHT - _MARGIN + 20}" text-anchor="middle">{size}×</text>')
    seconds = _SECONDS[0]
    while seconds <= _SECONDS[1]:
        y = _place_seconds(seconds)
        parts += [
            f'<line x1="{_MARGIN}" x2="{_WIDTH - _MARGIN}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>',
            f'<text x="{_MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end">{seconds:g} s</text>',
        ]
        seconds *= 10
    for commands, colour in zip((FIXED, GROWING), _COLOURS, strict=True):
        for command in commands:
            points = [
                (_place(size, sizes[0], sizes[-1], _MARGIN, _WIDTH - _MARGIN), _place_seconds(_median(runs)))
                for size in sizes
                if (runs := figures_by_size[size].get(command, {}).get("runs"))
            ]
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            parts.append(
                f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-opacity="0.6">'
                f"<title>{command}</title></polyline>"
            )
    for row, (words, colour) in enumerate(zip(("same answer", "answer grows"), _COLOURS, strict=True)):
        parts.append(f'<text x="{_MARGIN + 8}" y="{_MARGIN - 24 + 16 * row}" fill="{colour}">{words}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _place(value: float, low: float, high: float, start: float, end: float) -> float:
    """Return the coordinate of a value on a logarithmic axis."""
    return start + (end - start) * math.log(value / low) / math.log(high / low)


def _place_seconds(seconds: float) -> float:
    return _place(seconds, *_SECONDS, _HEIGHT - _MARGIN, _MARGIN)


def _median(runs: list[list[float]]) -> float:
    return median(seconds for seconds, _ in runs)


def _peak(runs: list[list[float]]) -> float:
    return max(mib for _, mib in runs)
