"""Docx rendering of the note: headings, table of contents, citations linked in both directions."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime, time
from typing import TYPE_CHECKING

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

    from msme_kg.briefing.rendering import docx_elements
except ModuleNotFoundError:
    raise UsageError(
        "a docx needs the package python-docx", hint="install it: pip install 'msme-kg[docx]'"
    ) from None

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.text.paragraph import Paragraph

_INDENT_CM = 0.85
"""The indentation of each level, in centimetres."""
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
        writer.add_statement(statement, 0)
    headings = [*(section.heading for section in note.sections), note.sources_heading]
    docx.add_paragraph(verbalizer.format_heading("contents"), style="TOC Heading")
    docx_elements.add_contents_field([docx.add_paragraph() for _ in headings], headings)
    for number, section in enumerate(note.sections, 1):
        writer.add_heading(section.heading, number)
        writer.add_statements(section.statements, 0)
    writer.add_heading(note.sources_heading, len(headings))
    docx.add_paragraph(note.sources_remark)
    for entry in note.entries:
        writer.add_source(entry)
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
        """Add a heading with the bookmark of the table of contents."""
        paragraph = self._docx.add_heading(level=1)
        with self._bookmarks.wrap(paragraph, f"section_{number}"):
            paragraph.add_run(text)

    def add_statements(self, statements: Iterable[RenderedStatement], level: int) -> None:
        """Add statements, each followed by its children."""
        for statement in statements:
            paragraph = self.add_statement(statement, level)
            paragraph.paragraph_format.keep_with_next = bool(statement.children)
            self.add_statements(statement.children, level + 1)

    def add_statement(self, statement: RenderedStatement, level: int) -> Paragraph:
        """Add a statement with links to its sources."""
        paragraph = self._docx.add_paragraph()
        if statement.label:
            columns = sum(2 if is_wide(character) else 1 for character in statement.label)
            width = max(_INDENT_CM, 0.22 * columns + 0.2)
            paragraph.paragraph_format.first_line_indent = Cm(-width)
            paragraph.paragraph_format.left_indent = Cm(_INDENT_CM * level + width)
            paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(_INDENT_CM * level + width))
            paragraph.add_run(f"{statement.label}\t")
        else:
            paragraph.paragraph_format.left_indent = Cm(_INDENT_CM * level)
        if statement.mark:
            paragraph.add_run(statement.mark).bold = True
        paragraph.add_run(statement.text)
        for number, text in statement.sources:
            is_first = self._anchors.register_citation(number)
            with self._bookmarks.wrap(paragraph, f"cited_{number}" if is_first else ""):
                docx_elements.add_hyperlink(paragraph, text, anchor=f"source_{number}", superscript=True)
        return paragraph

    def add_source(self, entry: SourceEntry) -> None:
        """Add a source with a link back to its first citation."""
        paragraph = self._docx.add_paragraph()
        paragraph.paragraph_format.left_indent = Cm(1.2)
        paragraph.paragraph_format.first_line_indent = Cm(-1.2)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(1.2))
        with self._bookmarks.wrap(paragraph, f"source_{entry.number}"):
            docx_elements.add_hyperlink(paragraph, f"[{entry.number}]", anchor=f"cited_{entry.number}")
        paragraph.add_run(f"\t{entry.text_before_address}")
        if entry.is_link:
            docx_elements.add_hyperlink(paragraph, entry.address, url=entry.address)
        else:
            paragraph.add_run(entry.address)
        paragraph.add_run(entry.text_after_address)


def _prepare_document(docx: Docx, verbalizer: Verbalizer, note: RenderedNote) -> None:
    """Set page size, fonts, footer and core properties, with the date of the note as creation time."""
    section = docx.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin = section.bottom_margin = Cm(2.3)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    docx_elements.add_page_number(footer)
    locale, han = str(verbalizer.get_setting("locale")), str(verbalizer.get_setting("han_font"))
    styles = docx.styles
    for name, size in (
        ("Normal", 11),
        ("Title", 18),
        ("Subtitle", 11),
        ("Heading 1", 14),
        ("TOC Heading", 12),
    ):
        style = styles[name]
        style.font.name, style.font.size = "Times New Roman", Pt(size)
        style.font.color.rgb, style.font.italic = RGBColor(0, 0, 0), False
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), han)
    docx_elements.set_language(styles["Normal"], locale)
    styles["Normal"].paragraph_format.space_after = Pt(4)
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
