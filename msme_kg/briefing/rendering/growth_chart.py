"""The picture of growth: the totals that sources state over what of them can be named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from msme_kg.briefing.content.note_model import Bar
from msme_kg.briefing.rendering.verbalizer import Chapter, Spoken, Words
from msme_kg.rendering.svg import COLOURS, INK, LINE, WIDTH, Axis, frame, line, measure, number, text

_PARTS = ("named", "possible", "indirect", "unnamed")
_LEFT, _TOP, _BOTTOM, _HEIGHT = 34, 22, 232, 280
_STEP = 20


def growth(words: Words, spoken: Spoken, chapter: Chapter, title: str) -> str:
    """Return the picture as SVG.

    Args:
        words: the words of its legend.
        spoken: the note.
        chapter: the section that it stands in.
        title: what it shows.
    """
    bars = chapter.bars
    axis = Axis(date(bars[0].day.year, 1, 1), max(spoken.as_of, bars[-1].day), _LEFT, WIDTH - 26)
    top = _STEP * (max(bar.stated[-1] for bar in bars) // _STEP + 1)

    def y(value: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * value / top

    pieces = [*axis.years(_TOP, _BOTTOM)]
    for value in range(0, top + 1, _STEP):
        pieces += [
            line(_LEFT, y(value), WIDTH - 26, y(value), LINE),
            text(_LEFT - 5, y(value) + 4, str(value), anchor="end"),
        ]
    low = [0] * len(bars)
    for part, colour in zip(_PARTS, COLOURS, strict=True):
        high = [under + _count(bar, part) for under, bar in zip(low, bars, strict=True)]
        outline = [*_steps(axis, bars, high), *reversed(list(_steps(axis, bars, low)))]
        points = " ".join(f"{number(x)},{number(y(value))}" for x, value in outline)
        pieces.append(f'<polygon points="{points}" fill="{colour}" fill-opacity="0.85"/>')
        low = high
    for bar in bars:
        for value in bar.stated:
            pieces.append(
                f'<circle cx="{number(axis.x(bar.day))}" cy="{number(y(value))}" r="3" fill="{INK}">'
                f"<title>{bar.day}: {value}</title></circle>"
            )
    for bar in dict.fromkeys((bars[0], bars[-1])):
        pieces.append(_said(axis.x(bar.day), y(bar.stated[-1]), bar))
    return frame(_HEIGHT, title, [*pieces, *_legend(words)])


def _said(x: float, y: float, bar: Bar) -> str:
    said = "/".join(map(str, bar.stated))
    return text(x, y - 8, said, anchor="start" if x < WIDTH / 2 else "end", colour=INK)


def _count(bar: Bar, part: str) -> int:
    known = {"named": bar.named, "possible": bar.possible, "indirect": bar.indirect}
    return known[part] if part in known else max(bar.stated[-1] - sum(known.values()), 0)


def _steps(axis: Axis, bars: Sequence[Bar], values: Sequence[int]) -> Iterator[tuple[float, int]]:
    """Yield the corners of a line that keeps a value until the next one is stated."""
    for at, (bar, value) in enumerate(zip(bars, values, strict=True)):
        yield axis.x(bar.day), value
        yield axis.x(bars[at + 1].day if at + 1 < len(bars) else axis.last), value


def _legend(words: Words) -> Iterator[str]:
    x = float(_LEFT)
    for part, colour in (("stated", INK), *zip(_PARTS, COLOURS, strict=True)):
        name = words.note("bar", part=part)
        if part == "stated":
            yield f'<circle cx="{number(x + 5)}" cy="266" r="3" fill="{colour}"/>'
        else:
            size = 'y="261" width="10" height="10"'
            yield f'<rect x="{number(x)}" {size} fill="{colour}" fill-opacity="0.85"/>'
        yield text(x + 14, 270, name)
        x += 14 + measure(name) + 14
