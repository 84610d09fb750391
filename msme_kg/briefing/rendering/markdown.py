"""The note as Markdown that reads well as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msme_kg.briefing.rendering.verbalizer import RenderedNote, RenderedStatement, SourceEntry, is_wide
from msme_kg.rendering.markdown_escaping import escape_markdown

_ORDERED_LABEL = re.compile(r"\d{1,9}\.")


def render_markdown(note: RenderedNote) -> str:
    """Return the note as Markdown."""
    blocks = [f"# {_escape(note.title)}", _escape(note.date_line)]
    blocks += [_format_statement(line) for line in note.opening]
    for chapter in note.sections:
        blocks.append(f"## {_escape(chapter.heading)}")
        for line in chapter.statements:
            blocks.append(_format_statement(line))
            if line.children:
                blocks.append("\n".join(_format_list(line.children, "")))
    blocks += [f"## {_escape(note.sources_heading)}", _escape(note.sources_remark)]
    blocks.append("\n".join(f"- [{entry.number}] {_format_source(entry)}" for entry in note.entries))
    return "\n\n".join(blocks) + "\n"


def _format_list(lines: Iterable[RenderedStatement], indent: str) -> Iterator[str]:
    """Yield the lines of a list; a label such as ``1.`` is one that Markdown knows."""
    for line in lines:
        ordered = _ORDERED_LABEL.fullmatch(line.label)
        text = _format_statement(line) if not ordered else _format_statement(line, labelled=False)
        mark = f"{line.label} " if ordered else "- "
        yield f"{indent}{mark}{text}"
        yield from _format_list(line.children, indent + " " * len(mark))


def _format_statement(line: RenderedStatement, *, labelled: bool = True) -> str:
    numbers = "".join(f"[{number}]" for number in line.sources)
    label = _escape(line.label) if labelled else ""
    gap = " " if label and not is_wide(label[-1]) else ""
    space = "" if is_wide(line.text[-1:]) else " "
    return f"{label}{gap}{_escape(line.mark)}{_escape(line.text)}{space}{numbers}"


def _format_source(entry: SourceEntry) -> str:
    address = f"<{entry.address}>" if entry.is_link else _escape(entry.address)
    return f"{_escape(entry.text_before_address)}{address}{_escape(entry.text_after_address)}"


def _escape(text: str) -> str:
    return escape_markdown(text, running_text=True)
