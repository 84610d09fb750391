"""The picture of a timeline: what was held, a row a kind."""

from __future__ import annotations

from datetime import date
from html import escape

from msme_kg.briefing.rendering.verbalizer import Chapter, Spoken, Words
from msme_kg.rendering.svg import COLOURS, INK, LINE, WIDTH, Axis, frame, line, measure, number, text

_ROW, _TOP, _UNDER = 18, 8, 24


def timeline(words: Words, spoken: Spoken, chapter: Chapter, title: str) -> str:
    """Return the picture as SVG.

    Args:
        words: the language of its words.
        spoken: the note.
        chapter: the section that it stands in.
        title: what it shows.
    """
    dots = chapter.dots
    lanes = list(dict.fromkeys(dot.lane.of(words.lang) for dot in sorted(dots, key=lambda dot: dot.first)))
    left = 12 + max(measure(lane) for lane in lanes)
    first = min(dot.first for dot in dots)
    axis = Axis(date(first.year, 1, 1), max(spoken.as_of, *(dot.last for dot in dots)), left, WIDTH - 14)
    bottom = _TOP + _ROW * len(lanes)
    pieces = [*axis.years(_TOP, bottom), line(left, bottom, WIDTH - 14, bottom, LINE)]
    for at, lane in enumerate(lanes):
        pieces.append(text(left - 8, _TOP + _ROW * at + 13, lane, anchor="end", colour=INK))
    for dot in dots:
        y = _TOP + _ROW * lanes.index(dot.lane.of(words.lang)) + _ROW / 2
        when = str(dot.first) if dot.first == dot.last else f"{dot.first} / {dot.last}"
        if dot.first != dot.last:
            pieces.append(line(axis.x(dot.first), y, axis.x(dot.last), y, COLOURS[1], 4))
        middle = (axis.x(dot.first) + axis.x(dot.last)) / 2
        pieces.append(
            f'<circle cx="{number(middle)}" cy="{number(y)}" r="3.5" fill="{COLOURS[0]}">'
            f"<title>{escape(f'{when}: {dot.name.of(words.lang)}')}</title></circle>"
        )
    return frame(bottom + _UNDER, title, pieces)
