"""Atom feeds (RFC 4287) as XML."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from msme_kg.rdf.characters import escape_controls, escape_xml, quote_xml

ATOM_TYPE = "application/atom+xml"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of the last change where there has been none; a feed must have one (§4.1.1)."""


@dataclass(frozen=True)
class FeedEntry:
    """An entry of a feed.

    Attributes:
        key: the texts by which it is the same entry in every feed and at any time.
        title: its title.
        content: its text.
        updated: the time of the change.
        href: the address of the page that it is about; empty if there is none.
        author: who made the change; empty for the author of the feed.
    """

    key: tuple[str, ...]
    title: str
    content: str
    updated: datetime
    href: str = ""
    author: str = ""

    @property
    def id(self) -> str:
        """A URN that depends on the key alone."""
        return build_urn(*self.key)


@dataclass(frozen=True)
class AtomFeed:
    """A feed.

    Attributes:
        id: its IRI.
        title: its title.
        lang: the language of its texts.
        author: who makes it.
        address: the address at which it is.
        page: the address of the page with the same content.
        entries: its entries.
    """

    id: str
    title: str
    lang: str
    author: str
    address: str
    page: str
    entries: Sequence[FeedEntry]

    def render(self) -> bytes:
        """Return the feed as XML."""
        updated = max((entry.updated for entry in self.entries), default=_NEVER)
        lines = [
            '<?xml version="1.0" encoding="utf-8"?>',
            f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quote_xml(self.lang)}>',
            _write_element("id", self.id),
            _write_element("title", self.title),
            _write_element("updated", _format_time(updated)),
            f"<author>{_write_element('name', self.author)}</author>",
            _write_link("self", self.address, ATOM_TYPE),
            _write_link("alternate", self.page, "text/html"),
            *(line for entry in self.entries for line in _list_entry_lines(entry)),
            "</feed>",
        ]
        return "".join(f"{line}\n" for line in lines).encode()


def build_urn(*texts: str) -> str:
    """Return the URN that some texts determine (RFC 9562 §5.5)."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(texts)).urn


def _list_entry_lines(entry: FeedEntry) -> list[str]:
    author, href = entry.author, entry.href
    return [
        "<entry>",
        _write_element("id", entry.id),
        _write_element("title", entry.title),
        _write_element("updated", _format_time(entry.updated)),
        *([f"<author>{_write_element('name', author)}</author>"] if author else []),
        *([_write_link("alternate", href, "text/html")] if href else []),
        _write_element("content", entry.content),
        "</entry>",
    ]


def _write_element(name: str, text: str) -> str:
    """Return an element with text, which is plain text where Atom allows others too (§3.1)."""
    return f"<{name}>{escape_xml(escape_controls(text))}</{name}>"


def _write_link(relation: str, href: str, media_type: str) -> str:
    return f'<link rel="{relation}" type="{media_type}" href={quote_xml(escape_controls(href))}/>'


def _format_time(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
