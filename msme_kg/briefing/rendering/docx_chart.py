"""Growth chart of a docx: a DrawingML chart (ECMA-376 part 1, §21.2) with its values, without a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Cm

from msme_kg.rdf.characters import escape_controls, escape_xml
from msme_kg.rendering.growth_chart import SERIES, STATED, GrowthPoint
from msme_kg.rendering.svg import SERIES_COLOURS, TEXT_COLOUR

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_NAMESPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
)
_WIDTH_CM, _HEIGHT_CM = 17, 4.6
_AXES = '<c:axId val="1"/><c:axId val="2"/>'


def add_growth_chart(
    paragraph: Paragraph, title: str, points: Sequence[GrowthPoint], labels: Mapping[str, str]
) -> None:
    """Add a chart of stacked columns, with the largest stated total above each.

    Args:
        paragraph: the paragraph.
        title: the alternative text.
        points: the totals by day, at least one.
        labels: the legend, by ``STATED`` and the names of ``SERIES``.
    """
    part = Part(
        PackURI("/word/charts/growth.xml"),
        _CHART_TYPE,
        _build_chart(points, labels).encode(),
        paragraph.part.package,
    )
    relationship = paragraph.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    paragraph.add_run()._r.append(
        parse_xml(
            f'<w:drawing {_NAMESPACES}><wp:inline distT="0" distB="0" distL="0" distR="0">'
            f'<wp:extent cx="{Cm(_WIDTH_CM)}" cy="{Cm(_HEIGHT_CM)}"/>'
            f'<wp:docPr id="1" name="growth" descr="{_escape(title)}"/><wp:cNvGraphicFramePr/>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
            f'<c:chart r:id="{relationship}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
        )
    )


def _build_chart(points: Sequence[GrowthPoint], labels: Mapping[str, str]) -> str:
    """Return the XML of the chart part."""
    days = [point.day.isoformat() for point in points]
    columns = "".join(
        _build_series(number, labels[name], days, [point.series[number] for point in points], _fill(colour))
        for number, (name, colour) in enumerate(zip(SERIES, SERIES_COLOURS, strict=True))
    )
    dots = (
        '<c:spPr><a:ln><a:noFill/></a:ln></c:spPr><c:marker><c:symbol val="circle"/><c:size val="5"/>'
        f"{_fill(TEXT_COLOUR)}</c:marker>"
        '<c:dLbls><c:dLblPos val="t"/><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/>'
        '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
    )
    totals = _build_series(len(SERIES), labels[STATED], days, [point.stated[-1] for point in points], dots)
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace {_NAMESPACES}>'
        '<c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
        '<c:barChart><c:barDir val="col"/><c:grouping val="stacked"/><c:varyColors val="0"/>'
        f'{columns}<c:gapWidth val="45"/><c:overlap val="100"/>{_AXES}</c:barChart>'
        '<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>'
        f'{totals}<c:marker val="1"/>{_AXES}</c:lineChart>'
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="b"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:crossAx val="2"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        '<c:delete val="0"/><c:axPos val="l"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="out"/><c:minorTickMark val="none"/><c:crossAx val="1"/></c:valAx></c:plotArea>'
        '<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend><c:plotVisOnly val="1"/></c:chart>'
        "<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>"
        '<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="800"/></a:pPr></a:p></c:txPr>'
        "</c:chartSpace>"
    )


def _build_series(number: int, name: str, days: Sequence[str], values: Sequence[int], style: str) -> str:
    """Return the XML of a series; the style comes between its name and its categories."""
    day_points = "".join(f'<c:pt idx="{i}"><c:v>{day}</c:v></c:pt>' for i, day in enumerate(days))
    value_points = "".join(f'<c:pt idx="{i}"><c:v>{value}</c:v></c:pt>' for i, value in enumerate(values))
    return (
        f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/>'
        f"<c:tx><c:v>{_escape(name)}</c:v></c:tx>{style}"
        f'<c:cat><c:strLit><c:ptCount val="{len(days)}"/>{day_points}</c:strLit></c:cat>'
        f'<c:val><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>{value_points}'
        "</c:numLit></c:val></c:ser>"
    )


def _fill(colour: str) -> str:
    return f'<c:spPr><a:solidFill><a:srgbClr val="{colour.removeprefix("#")}"/></a:solidFill></c:spPr>'


def _escape(text: str) -> str:
    return escape_xml(escape_controls(text)).replace('"', "&quot;")
