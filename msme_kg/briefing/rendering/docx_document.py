"""Docx rendering of the note: headings, table of contents, citations linked in both directions."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING

from msme_kg.briefing.rendering.growth_figure import collect_growth_points, list_growth_labels
from msme_kg.briefing.rendering.verbalizer import (
    CitationAnchors,
    RenderedNote,
    RenderedStatement,
    SourceEntry,
    Verbalizer,
    is_wide,
)
from msme_kg.errors import UsageError

try:
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    from msme_kg.briefing.rendering import docx_chart, docx_elements
except ModuleNotFoundError:
    raise UsageError(
        "a docx needs the package python-docx", hint="install it: pip install 'msme-kg[docx]'"
    ) from None

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.text.paragraph import Paragraph

    from msme_kg.rendering.growth_chart import GrowthPoint

_INDENT_CM = 0.85
"""The narrowest column of labels, in centimetres."""
_SOURCE_INDENT_CM = 1.0
"""The width of the numbers of sources, in centimetres."""
_FONT_SIZES = {
    "Normal": (11, 9.5),
    "Title": (18, 15),
    "Subtitle": (11, 10),
    "Heading 1": (14, 12),
    "TOC Heading": (12, 12),
    "List": (11, 11),
    "List Continue": (8, 8),
}
"""The font size in points by style, of a full note and of a short one."""
_MAX_PROPERTY_LENGTH = 255
"""The most characters of a core property that python-docx takes."""
_ZIP_TIMESTAMP = (1980, 1, 1, 0, 0, 0)


def write_docx(verbalizer: Verbalizer, note: RenderedNote) -> bytes:
    """Render a note as a docx file; the same note gives the same bytes."""
    docx = Document()
    _prepare_document(docx, verbalizer, note)
    writer = _DocxWriter(docx)
    docx.add_paragraph(note.title, style="Title")
    docx.add_paragraph(note.date_line, style="Subtitle")
    for statement in note.opening:
        writer.add_statement(statement)
    headings = [*(section.heading for section in note.sections), note.sources_heading]
    if not note.is_short:
        docx.add_paragraph(verbalizer.format_heading("contents"), style="TOC Heading")
        docx_elements.add_contents_field([docx.add_paragraph() for _ in headings], headings)
    for number, section in enumerate(note.sections, 1):
        writer.add_heading(section.heading, 0 if note.is_short else number)
        writer.add_statements(section.statements, 0)
        if section.membership_totals:
            _add_growth_figure(docx, verbalizer, collect_growth_points(section))
    writer.add_heading(note.sources_heading, 0 if note.is_short else len(headings))
    docx.add_paragraph(note.sources_remark)
    writer.add_sources(note.entries, is_run_in=note.is_short)
    buffer = io.BytesIO()
    docx.save(buffer)
    return _strip_timestamps(buffer.getvalue())


class _DocxWriter:
    """Adds headings, statements and sources to a document."""

    def __init__(self, docx: Docx) -> None:
        self._docx = docx
        self._bookmarks = docx_elements.Bookmarks()
        self._anchors = CitationAnchors()

    def add_heading(self, text: str, number: int) -> None:
        """Add a heading, with a bookmark for the table of contents unless its number is 0."""
        paragraph = self._docx.add_heading(level=1)
        with self._bookmarks.wrap(paragraph, f"section_{number}" if number else ""):
            paragraph.add_run(text)

    def add_statements(self, statements: Sequence[RenderedStatement], left_cm: float) -> None:
        """Add statements, each followed by its children: their labels begin where its text does.

        Args:
            statements: the statements of one parent.
            left_cm: where their labels begin, in centimetres.
        """
        width_cm = max((_compute_label_width(statement.label) for statement in statements), default=0)
        for statement in statements:
            paragraph = self.add_statement(statement, left_cm, width_cm)
            paragraph.paragraph_format.keep_with_next = bool(statement.children)
            has_labels = any(child.label for child in statement.children)
            self.add_statements(statement.children, left_cm + width_cm + (0 if has_labels else _INDENT_CM))

    def add_statement(
        self, statement: RenderedStatement, left_cm: float = 0, label_cm: float = 0
    ) -> Paragraph:
        """Add a statement with links to its sources.

        Args:
            statement: the statement.
            left_cm: where its label begins, in centimetres.
            label_cm: the width of the column of labels.
        """
        paragraph = self._docx.add_paragraph()
        paragraph.paragraph_format.left_indent = Cm(left_cm + label_cm)
        if statement.label:
            paragraph.paragraph_format.first_line_indent = Cm(-label_cm)
            paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(left_cm + label_cm))
            paragraph.add_run(f"{statement.label}\t")
        if statement.mark:
            paragraph.add_run(statement.mark).bold = True
        paragraph.add_run(statement.text)
        for number, text in statement.sources:
            is_first = self._anchors.register_citation(number)
            with self._bookmarks.wrap(paragraph, f"cited_{number}" if is_first else ""):
                docx_elements.add_hyperlink(paragraph, text, anchor=f"source_{number}", superscript=True)
        return paragraph

    def add_sources(self, entries: Sequence[SourceEntry], *, is_run_in: bool) -> None:
        """Add the sources: a paragraph each, or one paragraph for all."""
        paragraph = self._docx.add_paragraph(style="List Continue") if is_run_in else None
        for entry in entries:
            self._add_source(paragraph or self._docx.add_paragraph(style="List"), entry)

    def _add_source(self, paragraph: Paragraph, entry: SourceEntry) -> None:
        """Add a source with a link back to its first citation."""
        with self._bookmarks.wrap(paragraph, f"source_{entry.number}"):
            docx_elements.add_hyperlink(paragraph, f"[{entry.number}]", anchor=f"cited_{entry.number}")
        is_run_in = paragraph.style is not None and paragraph.style.name == "List Continue"
        paragraph.add_run(f"{' ' if is_run_in else chr(9)}{entry.text_before_address}")
        if entry.is_link:
            docx_elements.add_hyperlink(paragraph, entry.short_address, url=entry.address)
        else:
            paragraph.add_run(entry.address)
        paragraph.add_run(f"{entry.text_after_address}{'  ' if is_run_in else ''}")


def _add_growth_figure(docx: Docx, verbalizer: Verbalizer, points: Sequence[GrowthPoint]) -> None:
    """Add the growth chart with its caption."""
    title = verbalizer.format_heading("growth")
    picture = docx.add_paragraph()
    picture.alignment, picture.paragraph_format.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
    docx_chart.add_growth_chart(picture, title, points, list_growth_labels(verbalizer))
    caption = docx.add_paragraph(verbalizer.format_heading("figure", number=1, caption=title))
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _compute_label_width(label: str) -> float:
    """Return the width of the column of a label in centimetres; 0 without a label."""
    columns = sum(2 if is_wide(character) else 1 for character in label)
    return max(_INDENT_CM, 0.2 * columns + 0.15) if label else 0


def _prepare_document(docx: Docx, verbalizer: Verbalizer, note: RenderedNote) -> None:
    """Set page size, fonts, footer and core properties, with the date of the note as creation time."""
    section = docx.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.9 if note.is_short else 2.3)
    section.top_margin = section.bottom_margin = Cm(1.5 if note.is_short else 2.3)
    section.footer_distance = Cm(0.7 if note.is_short else 1.2)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    docx_elements.add_page_number(footer)
    locale, han = str(verbalizer.get_setting("locale")), str(verbalizer.get_setting("han_font"))
    styles = docx.styles
    for name, sizes in _FONT_SIZES.items():
        style = styles[name]
        style.font.name, style.font.size = "Times New Roman", Pt(sizes[note.is_short])
        style.font.color.rgb, style.font.italic = RGBColor(0, 0, 0), False
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), han)
    docx_elements.set_language(styles["Normal"], locale)
    styles["Normal"].paragraph_format.space_after = Pt(2 if note.is_short else 4)
    sources = styles["List"].paragraph_format
    sources.left_indent, sources.first_line_indent = Cm(_SOURCE_INDENT_CM), Cm(-_SOURCE_INDENT_CM)
    sources.tab_stops.add_tab_stop(Cm(_SOURCE_INDENT_CM))
    styles["List Continue"].paragraph_format.left_indent = Cm(0)
    if note.is_short:
        styles["Heading 1"].paragraph_format.space_before = Pt(8)
    for name in ("Title", "Subtitle"):
        styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    created = datetime.combine(note.as_of, time())
    properties = docx.core_properties
    properties.title, properties.language = note.title[:_MAX_PROPERTY_LENGTH], locale
    properties.author = properties.comments = properties.last_modified_by = ""
    properties.created = properties.modified = created
    properties.revision = 1


def _strip_timestamps(content: bytes) -> bytes:
    """Repack a ZIP archive with a constant timestamp for all members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, _ZIP_TIMESTAMP)
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(name))
    return buffer.getvalue()
