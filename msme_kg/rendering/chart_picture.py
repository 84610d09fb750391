"""Charts as PNG and PDF, converted from SVG with the fonts of the machine."""

from __future__ import annotations

from msme_kg.errors import UsageError

PICTURE_FORMATS = ("svg", "png", "pdf")
"""The formats of a chart.

SVG has the same bytes on every machine, PNG where the fonts are the same; the objects of a PDF vary in order.
"""
_SCALE = 2
"""Pixels of a PNG for each unit of the drawing."""


def convert_chart(svg: str, form: str) -> str | bytes:
    """Return a chart in a format.

    Args:
        svg: the chart as an SVG file.
        form: one of ``PICTURE_FORMATS``.

    Raises:
        UsageError: the extra ``charts`` is not installed.
    """
    if form == "svg":
        return svg
    try:
        import vl_convert
    except ModuleNotFoundError:
        raise UsageError(
            f"a chart in {form} needs the package vl-convert-python",
            hint="install it: pip install 'msme-kg[charts]', or name a file that ends in .svg",
        ) from None
    return bytes(vl_convert.svg_to_png(svg, scale=_SCALE) if form == "png" else vl_convert.svg_to_pdf(svg))
