"""Displayed values: terms and texts as pages show them, with their HTML."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

_SHORT_LENGTH = 40
"""The most characters of each of several values that stand on one line."""


@dataclass(frozen=True)
class DisplayedValue:
    """A term as a page displays it.

    Attributes:
        form: ``page`` (a link within the site), ``away`` (an external link), ``text``, ``dated`` (a
            text with dates in it), ``date`` (a date within it), ``code``, ``list`` (an RDF list) or ``node``
            (a blank node).
        text: the text to display.
        href: the target of a link, else empty.
        lang: the language of the text if it differs from that of the page, else empty.
        note: additional text: a datatype, or the IRI behind a label.
        external_note: text for screen readers that marks an external link.
        members: the members of a list, or the pieces of a text with dates in it.
        pairs: the properties of a blank node with their values.
    """

    form: str
    text: str = ""
    href: str = ""
    lang: str = ""
    note: str = ""
    external_note: str = ""
    members: tuple[DisplayedValue, ...] = ()
    pairs: tuple[tuple[DisplayedValue, DisplayedValue], ...] = ()

    def __html__(self) -> str:
        """Return the HTML of the value, which templates take as it is: a macro takes five times as long."""
        return self._html

    @cached_property
    def _html(self) -> str:
        text = _escape(self.text)
        lang = f' lang="{_escape(self.lang)}"' if self.lang else ""
        match self.form:
            case "page":
                return f'<a href="{_escape(self.href)}"{lang}>{text}</a>'
            case "away":
                title = f' title="{_escape(self.note)}"' if self.note else ""
                note = f'<span class="hidden">{_escape(self.external_note)}</span>'
                start = f'<a class="away" rel="external noreferrer" href="{_escape(self.href)}"'
                return f"{start}{lang}{title}>{text}{note}</a>"
            case "code":
                code = f'<code translate="no">{text}</code>'
                return f'<a href="{_escape(self.href)}">{code}</a>' if self.href else code
            case "dated":
                pieces = "".join(map(_mark_date, self.members))
                return f'<span class="text"{lang}>{pieces}</span>'
            case "list":
                items = "".join(f"<li>{one.__html__()}</li>" for one in self.members)
                return f'<ol class="inner">{items}</ol>'
            case "node":
                items = "".join(
                    f"<div><dt>{name.__html__()}</dt><dd>{one.__html__()}</dd></div>"
                    for name, one in self.pairs
                )
                return f'<dl class="inner">{items}</dl>'
        note = f'<span class="note">{_escape(self.note)}</span>' if self.note else ""
        return f'<span class="text"{lang}>{text}</span>{note}'


@dataclass(frozen=True)
class DisplayedCell:
    """The values in a cell; several stand on one line where all are short."""

    values: tuple[DisplayedValue, ...] = ()

    def __html__(self) -> str:
        """Return the HTML of the values."""
        if len(self.values) < 2:
            return "".join(one.__html__() for one in self.values)
        is_short = all(len(one.text) <= _SHORT_LENGTH for one in self.values)
        items = "".join(f"<li>{one.__html__()}</li>" for one in self.values)
        return f'<ul class="{"short" if is_short else "plain"}">{items}</ul>'


def _mark_date(piece: DisplayedValue) -> str:
    text = _escape(piece.text)
    return f'<span class="date">{text}</span>' if piece.form == "date" else text


def _escape(text: str) -> str:
    """Return a text with the escapes that templates use."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("'", "&#39;").replace('"', "&#34;")
