"""An HTML parser that records the language of each text."""

from __future__ import annotations

from html.parser import HTMLParser


class Reader(HTMLParser):
    """Records the language of each text, and whether elements are closed in order."""

    VOID = ("meta", "link", "img", "br", "input")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str, bool]] = []
        self.texts: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record a start tag."""
        given = dict(attrs)
        above = self.open[-1] if self.open else ("", "", False)
        code = above[2] or given.get("translate") == "no" or tag == "script"
        if tag not in self.VOID:
            self.open.append((tag, given.get("lang") or above[1], code))

    def handle_endtag(self, tag: str) -> None:
        """Record an end tag, which must match the last open element."""
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        """Record a text outside scripts and styles."""
        if self.open and data.strip() and not self.open[-1][2]:
            self.texts.append((self.open[-1][1], data))
