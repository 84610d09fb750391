"""Output formats of the note: Markdown, HTML and docx."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msme_kg.briefing.content.note_model import Note
from msme_kg.repository import Repository

if TYPE_CHECKING:
    from msme_kg.briefing.rendering.verbalizer import Verbalizer


def _render_markdown(words: Verbalizer, note: Note) -> bytes:
    from msme_kg.briefing.rendering.markdown import render_markdown

    return render_markdown(words.verbalize(note)).encode()


def _render_html(words: Verbalizer, note: Note) -> bytes:
    from msme_kg.briefing.rendering.html_page import render_html

    return render_html(words, words.verbalize(note)).encode()


def _render_docx(words: Verbalizer, note: Note) -> bytes:
    from msme_kg.briefing.rendering.docx_document import write_docx

    return write_docx(words, words.verbalize(note))


NOTE_RENDERERS: Mapping[str, Callable[[Verbalizer, Note], bytes]] = {
    "md": _render_markdown,
    "html": _render_html,
    "docx": _render_docx,
}
"""The renderer of each format."""


def render_note(repository: Repository, note: Note, lang: str, output_format: str) -> bytes:
    """Render a note in a language and format.

    Args:
        repository: the repository with the templates.
        note: the note.
        lang: the language.
        output_format: a key of ``NOTE_RENDERERS``.

    Raises:
        msme_kg.errors.InputError: a template is missing or malformed.
        msme_kg.errors.UsageError: the format needs a package that is not installed.
    """
    from msme_kg.briefing.rendering.verbalizer import Verbalizer

    return NOTE_RENDERERS[output_format](Verbalizer(repository, lang), note)
