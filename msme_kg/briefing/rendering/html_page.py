"""HTML rendering of the note: one self-contained page for screen and print."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass

from msme_kg.briefing.rendering.growth_figure import collect_growth_points, list_growth_labels
from msme_kg.briefing.rendering.verbalizer import (
    CitationAnchors,
    RenderedNote,
    RenderedSection,
    Verbalizer,
)
from msme_kg.rendering.growth_chart import build_growth_chart
from msme_kg.rendering.svg import Chart
from msme_kg.rendering.timeline_chart import ChartEvent, build_timeline_chart

_PAGE_TEMPLATE = "page.html.j2"
_STYLE = re.compile("<style>(.*?)</style>", re.DOTALL)
_STYLE_POLICY = "style-src 'unsafe-inline'"
"""The policy in a template for its own styles, which are known only when it is filled."""


@dataclass(frozen=True)
class Figure:
    """A chart with its caption.

    Attributes:
        svg: the chart as SVG.
        caption: the caption.
    """

    svg: str
    caption: str


def render_html(verbalizer: Verbalizer, note: RenderedNote) -> str:
    """Render a note as an HTML page."""
    figures: dict[str, list[Figure]] = {}
    for section in note.sections:
        figures[section.name] = _build_figures(verbalizer, note, section, sum(map(len, figures.values())))
    page = verbalizer.templates.render(
        _PAGE_TEMPLATE,
        {
            "spoken": note,
            "figures": figures,
            "contents": verbalizer.format_heading("contents"),
            "back": verbalizer.format_heading("back"),
            "record": note.opening[0].sources[0][0],
            "anchors": CitationAnchors(),
        },
    )
    return page.replace(_STYLE_POLICY, f"style-src {list_style_hashes(page)}", 1)


def list_style_hashes(page: str) -> str:
    """Return the sources of the styles in a page for a content security policy (CSP 3 §2.3.1)."""
    digests = (hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(page))
    return " ".join(f"'sha256-{b64encode(digest).decode()}'" for digest in digests)


def _build_figures(
    verbalizer: Verbalizer, note: RenderedNote, section: RenderedSection, figure_count: int
) -> list[Figure]:
    """Build the figures of a section, numbered after those of earlier ones."""
    charts: list[Chart] = []
    if section.membership_totals:
        charts.append(_build_growth_chart(verbalizer, note, section))
    if section.timeline_events:
        charts.append(_build_timeline_chart(verbalizer, note, section))
    return [
        Figure(chart.to_inline_svg(), verbalizer.format_heading("figure", number=number, caption=chart.title))
        for number, chart in enumerate(charts, figure_count + 1)
    ]


def _build_growth_chart(verbalizer: Verbalizer, note: RenderedNote, section: RenderedSection) -> Chart:
    points, labels = collect_growth_points(section), list_growth_labels(verbalizer)
    return build_growth_chart(verbalizer.format_heading("growth"), points, labels, note.as_of)


def _build_timeline_chart(verbalizer: Verbalizer, note: RenderedNote, section: RenderedSection) -> Chart:
    lang = verbalizer.lang
    events = [
        ChartEvent(
            event.type_label.to_str(lang), event.earliest_date, event.latest_date, event.label.to_str(lang)
        )
        for event in section.timeline_events
    ]
    return build_timeline_chart(verbalizer.format_heading("timeline"), events, note.as_of)
