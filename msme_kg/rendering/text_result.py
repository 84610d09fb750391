"""Results of operations that render as text in several formats."""

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
