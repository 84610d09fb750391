"""Data and legend of the growth chart of a note, in any format."""

from __future__ import annotations

from msme_kg.briefing.rendering.verbalizer import RenderedSection, Verbalizer
from msme_kg.rendering.growth_chart import SERIES, STATED, GrowthPoint


def collect_growth_points(section: RenderedSection) -> list[GrowthPoint]:
    """Return the points of the chart of a section."""
    return [
        GrowthPoint(
            total.day, total.stated_totals, (total.named_count, total.possible_count, total.indirect_count)
        )
        for total in section.membership_totals
    ]


def list_growth_labels(verbalizer: Verbalizer) -> dict[str, str]:
    """Return the texts of the legend."""
    return {name: verbalizer.format_heading("bar", part=name) for name in (STATED, *SERIES)}
