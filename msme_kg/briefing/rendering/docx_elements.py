"""What python-docx has no words for: bookmarks, links within a document, fields, languages."""

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
    """Bookmarks of one document; each needs a number of its own."""

    def __init__(self) -> None:
        self._next_id = 1

    @contextmanager
    def wrap(self, paragraph: Paragraph, name: str) -> Iterator[None]:
        """Put a bookmark around what is added to a paragraph; none where the name is empty."""
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
    """Add a link.

    Args:
        paragraph: where to.
        text: what is shown.
        anchor: the bookmark that it leads to, or
        url: the address.
        superscript: whether it is a superscript.
    """
    made = _build_element("w:hyperlink", history="1")
    if anchor:
        made.set(qn("w:anchor"), anchor)
    else:
        made.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    made.append(_build_run(text, superscript=superscript, colour=_LINK_COLOUR))
    paragraph._p.append(made)


def add_contents_field(paragraphs: Sequence[Paragraph], headings: Sequence[str]) -> None:
    """Fill paragraphs with a field of contents, which holds the headings until a reader renews it."""
    for at, (paragraph, heading) in enumerate(zip(paragraphs, headings, strict=True), 1):
        if at == 1:
            paragraph._p.append(_build_field_char("begin"))
            paragraph._p.append(_build_field_instruction(r'TOC \o "1-1" \n \h \z'))
            paragraph._p.append(_build_field_char("separate"))
        add_hyperlink(paragraph, heading, anchor=f"section_{at}")
        if at == len(headings):
            paragraph._p.append(_build_field_char("end"))


def add_page_number(paragraph: Paragraph) -> None:
    """Add a field with the number of the page."""
    for piece in (
        _build_field_char("begin"),
        _build_field_instruction("PAGE"),
        _build_field_char("separate"),
        _build_run("1"),
        _build_field_char("end"),
    ):
        paragraph._p.append(piece)


def set_language(style: BaseStyle, locale: str) -> None:
    """Say in which language the text of a style is, so that spelling and line breaks follow it."""
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
    made = OxmlElement(tag)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made
