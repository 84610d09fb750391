"""The changelog of the data for people: an entry an update, newest first."""

from __future__ import annotations

from msme_kg.changes.changeset import Update
from msme_kg.changes.provenance import Entry
from msme_kg.errors import printable
from msme_kg.rendering.diff_report import as_md, escaped
from msme_kg.rendering.term_format import Names

PATH = "data/CHANGELOG.md"
_HEAD = """# Changes of the data

What `msme-kg apply` wrote, newest first; `changes/` says the same in PROV.
"""


def with_entry(text: str, entry: Entry, update: Update, names: Names) -> str:
    """Return a changelog with one more entry.

    Args:
        text: the changelog as it is; empty if there is none.
        entry: what is noted.
        update: what the update did.
        names: what things are called.
    """
    when = entry.when.isoformat(sep=" ", timespec="minutes")
    lines = [f"## {entry.when.date().isoformat()}, {entry.number}", "", escaped(f"{when}, by {entry.who}")]
    if entry.why:
        lines += ["", escaped(printable(entry.why, 2000))]
    if entry.sources:
        lines += ["", "Sources:", "", *(f"- {escaped(names.both(one.value))}" for one in entry.sources)]
    lines += ["", as_md(update.difference, names)]
    head, mark, rest = (text or _HEAD).partition("\n## ")
    return f"{head.rstrip()}\n\n{chr(10).join(lines).rstrip()}\n" + (f"\n## {rest}" if mark else "")
