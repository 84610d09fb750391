"""Markdown rendering of the note."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msme_kg.briefing.rendering.verbalizer import RenderedNote, RenderedStatement, SourceEntry, is_wide
from msme_kg.sparql.markdown_text import escape_markdown

_ORDERED_LABEL = re.compile(r"\d{1,9}\.")


def render_markdown(note: RenderedNote) -> str:
    """Render a note as Markdown."""
    blocks = [f"# {_escape(note.title)}", _escape(note.date_line)]
    blocks += [_format_statement(statement) for statement in note.opening]
    for section in note.sections:
        blocks.append(f"## {_escape(section.heading)}")
        for statement in section.statements:
            blocks.append(_format_statement(statement))
            if statement.children:
                blocks.append("\n".join(_format_list(statement.children, "")))
    blocks += [f"## {_escape(note.sources_heading)}", _escape(note.sources_remark)]
    blocks.append("\n".join(f"- [{entry.number}] {_format_source(entry)}" for entry in note.entries))
    return "\n\n".join(blocks) + "\n"


def _format_list(statements: Iterable[RenderedStatement], indent: str) -> Iterator[str]:
    """Yield the lines of a list; a label such as ``1.`` becomes an ordered list marker (CommonMark §5.2)."""
    for statement in statements:
        is_ordered = _ORDERED_LABEL.fullmatch(statement.label) is not None
        marker = f"{statement.label} " if is_ordered else "- "
        yield f"{indent}{marker}{_format_statement(statement, with_label=not is_ordered)}"
        yield from _format_list(statement.children, indent + " " * len(marker))


def _format_statement(statement: RenderedStatement, *, with_label: bool = True) -> str:
    numbers = "".join(_escape(text) if "*" in text else text for _, text in statement.sources)
    label = _escape(statement.label) if with_label else ""
    gap = " " if label and not is_wide(label[-1]) else ""
    space = "" if is_wide(statement.text[-1:]) else " "
    return f"{label}{gap}{_escape(statement.mark)}{_escape(statement.text)}{space}{numbers}"


def _format_source(entry: SourceEntry) -> str:
    address = f"<{entry.address}>" if entry.is_link else _escape(entry.address)
    return f"{_escape(entry.text_before_address)}{address}{_escape(entry.text_after_address)}"


def _escape(text: str) -> str:
    return escape_markdown(text, running_text=True)
