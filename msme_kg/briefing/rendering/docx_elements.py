"""WordprocessingML elements without python-docx API: bookmarks, internal links, fields, languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

if TYPE_CHECKING:
    from docx.styles.style import BaseStyle
    from docx.text.paragraph import Paragraph

_LINK_COLOUR = "005A8C"


class Bookmarks:
    """The bookmarks of one document, with unique numbers."""

    def __init__(self) -> None:
        self._next_id = 1

    @contextmanager
    def wrap(self, paragraph: Paragraph, name: str) -> Iterator[None]:
        """Wrap the content added to a paragraph in a bookmark, unless the name is empty."""
        if not name:
            yield
            return
        number, self._next_id = str(self._next_id), self._next_id + 1
        paragraph._p.append(_build_element("w:bookmarkStart", id=number, name=name))
        yield
        paragraph._p.append(_build_element("w:bookmarkEnd", id=number))


def add_hyperlink(
    paragraph: Paragraph, text: str, *, anchor: str = "", url: str = "", superscript: bool = False
) -> None:
    """Add a link to a bookmark or a URL.

    Args:
        paragraph: the paragraph.
        text: the text of the link.
        anchor: the name of the bookmark, or empty.
        url: the URL, if there is no anchor.
        superscript: whether to format it as superscript.
    """
    hyperlink = _build_element("w:hyperlink", history="1")
    if anchor:
        hyperlink.set(qn("w:anchor"), anchor)
    else:
        relationship = paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        hyperlink.set(qn("r:id"), relationship)
    hyperlink.append(_build_run(text, superscript=superscript, colour=_LINK_COLOUR))
    paragraph._p.append(hyperlink)


def add_contents_field(paragraphs: Sequence[Paragraph], headings: Sequence[str]) -> None:
    """Fill paragraphs with a table of contents field, whose cached result is the list of headings."""
    for number, (paragraph, heading) in enumerate(zip(paragraphs, headings, strict=True), 1):
        if number == 1:
            paragraph._p.append(_build_field_char("begin"))
            paragraph._p.append(_build_field_instruction(r'TOC \o "1-1" \n \h \z'))
            paragraph._p.append(_build_field_char("separate"))
        add_hyperlink(paragraph, heading, anchor=f"section_{number}")
        if number == len(headings):
            paragraph._p.append(_build_field_char("end"))


def add_page_number(paragraph: Paragraph) -> None:
    """Add a page number field."""
    for piece in (
        _build_field_char("begin"),
        _build_field_instruction("PAGE"),
        _build_field_char("separate"),
        _build_run("1"),
        _build_field_char("end"),
    ):
        paragraph._p.append(piece)


def set_language(style: BaseStyle, locale: str) -> None:
    """Set the languages of a style, which govern spelling checks and line breaks."""
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    properties.append(_build_element("w:lang", val="en-GB", eastAsia=locale))


def _build_field_char(kind: str) -> Any:
    run = OxmlElement("w:r")
    run.append(_build_element("w:fldChar", fldCharType=kind))
    return run


def _build_field_instruction(words: str) -> Any:
    run, text = OxmlElement("w:r"), OxmlElement("w:instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = f" {words} "
    run.append(text)
    return run


def _build_run(words: str, *, superscript: bool = False, colour: str = "") -> Any:
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    properties = OxmlElement("w:rPr")
    if colour:
        properties.append(_build_element("w:color", val=colour))
    if superscript:
        properties.append(_build_element("w:vertAlign", val="superscript"))
    run.append(properties)
    text.set(qn("xml:space"), "preserve")
    text.text = words
    run.append(text)
    return run


def _build_element(tag: str, /, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element
