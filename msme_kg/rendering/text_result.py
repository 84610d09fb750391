"""Results of operations that render as text, which notebooks show."""

from __future__ import annotations

from abc import ABC, abstractmethod
from html import escape


class TextResult(ABC):
    """A result with a text form, which ``print`` and notebooks show."""

    @abstractmethod
    def render(self, format_name: str = "text") -> str:
        """Return the result in a format; the subclasses name theirs."""

    def __str__(self) -> str:
        return self.render()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.render())}</pre>"


class NoteText(str):
    """A text in Markdown, or a page in HTML, which notebooks show as such."""

    __slots__ = ()

    def _repr_markdown_(self) -> str | None:
        return None if self._is_page() else str(self)

    def _repr_html_(self) -> str | None:
        return str(self) if self._is_page() else None

    def _is_page(self) -> bool:
        return self.startswith("<!DOCTYPE")
