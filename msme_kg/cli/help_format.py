"""Layout of help texts: words with hyphens, such as options and values, stay whole at the end of a line."""

from __future__ import annotations

from collections.abc import Iterable

import click

_HYPHEN, _KEPT_HYPHEN = "-", "\u2011"
"""A hyphen, after which a line may end, and the one after which it may not (UAX #14)."""


class _HelpFormatter(click.HelpFormatter):
    """The formatter of click, which wraps at any hyphen, with hyphens kept while it wraps."""

    def write_text(self, text: str) -> None:
        super().write_text(_keep_hyphens(text))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(name, _keep_hyphens(words)) for name, words in rows], col_max, col_spacing)

    def getvalue(self) -> str:
        return super().getvalue().replace(_KEPT_HYPHEN, _HYPHEN)


class HelpContext(click.Context):
    """Context of a command whose help has that layout."""

    formatter_class = _HelpFormatter


def _keep_hyphens(text: str) -> str:
    return text.replace(_HYPHEN, _KEPT_HYPHEN)
