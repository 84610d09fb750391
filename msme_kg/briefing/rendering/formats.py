"""The note in a format: Markdown, a page, or a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msme_kg.briefing.content.note_model import Note
from msme_kg.repository import Repository

if TYPE_CHECKING:
    from msme_kg.briefing.rendering.verbalizer import Words


def _markdown(words: Words, note: Note) -> bytes:
    from msme_kg.briefing.rendering.markdown import markdown

    return markdown(words.spoken(note)).encode()


def _page(words: Words, note: Note) -> bytes:
    from msme_kg.briefing.rendering.html_page import page

    return page(words, words.spoken(note)).encode()


def _document(words: Words, note: Note) -> bytes:
    from msme_kg.briefing.rendering.docx_document import document

    return document(words, words.spoken(note))


FORMS: Mapping[str, Callable[[Words, Note], bytes]] = {"md": _markdown, "html": _page, "docx": _document}
"""What makes each format."""


def write(repository: Repository, note: Note, lang: str, form: str) -> bytes:
    """Return a note in a language and format.

    Args:
        repository: where the words lie.
        note: what it says.
        lang: the language.
        form: one of ``FORMS``.

    Raises:
        msme_kg.errors.InputError: a template is missing or malformed.
        msme_kg.errors.UsageError: the format needs a package that is not installed.
    """
    from msme_kg.briefing.rendering.verbalizer import Words

    return FORMS[form](Words(repository, lang), note)
