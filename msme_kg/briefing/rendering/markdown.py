"""The note as Markdown that reads well as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msme_kg.briefing.rendering.verbalizer import Entry, Line, Spoken, is_wide

_MEANT = re.compile(r"([\\`*<>]|(?<=\])\()")
_ORDERED = re.compile(r"\d{1,9}\.")


def markdown(spoken: Spoken) -> str:
    """Return the note as Markdown."""
    blocks = [f"# {_plain(spoken.title)}", _plain(spoken.dated)]
    blocks += [_text(line) for line in spoken.opening]
    for chapter in spoken.chapters:
        blocks.append(f"## {_plain(chapter.heading)}")
        for line in chapter.lines:
            blocks.append(_text(line))
            if line.lines:
                blocks.append("\n".join(_listed(line.lines, "")))
    blocks += [f"## {_plain(spoken.sources_heading)}", _plain(spoken.sources_remark)]
    blocks.append("\n".join(f"- [{entry.number}] {_entry(entry)}" for entry in spoken.entries))
    return "\n\n".join(blocks) + "\n"


def _listed(lines: Iterable[Line], indent: str) -> Iterator[str]:
    """Yield the lines of a list; a label such as ``1.`` is one that Markdown knows."""
    for line in lines:
        ordered = _ORDERED.fullmatch(line.label)
        text = _text(line) if not ordered else _text(line, labelled=False)
        mark = f"{line.label} " if ordered else "- "
        yield f"{indent}{mark}{text}"
        yield from _listed(line.lines, indent + " " * len(mark))


def _text(line: Line, *, labelled: bool = True) -> str:
    numbers = "".join(f"[{number}]" for number in line.sources)
    label = _plain(line.label) if labelled else ""
    gap = " " if label and not is_wide(label[-1]) else ""
    space = "" if is_wide(line.text[-1:]) else " "
    return f"{label}{gap}{_plain(line.mark)}{_plain(line.text)}{space}{numbers}"


def _entry(entry: Entry) -> str:
    address = f"<{entry.address}>" if entry.is_link else _plain(entry.address)
    return f"{_plain(entry.before)}{address}{_plain(entry.after)}"


def _plain(text: str) -> str:
    """Return text in which nothing is taken for a mark of Markdown."""
    return _MEANT.sub(r"\\\1", text)
