"""Changelog of the data in Markdown: one entry per update, newest first."""

from __future__ import annotations

from msme_kg.changes.changeset import Changeset
from msme_kg.changes.provenance import ChangeActivity
from msme_kg.rendering.diff_report import as_md
from msme_kg.rendering.markdown_escaping import escape_markdown
from msme_kg.rendering.term_format import TermFormatter

CHANGELOG_PATH = "data/CHANGELOG.md"
_HEADER = """# Changes of the data

The updates made with `msme-kg apply`, newest first; `changes/` has them in PROV.
"""


def prepend_entry(text: str, activity: ChangeActivity, changeset: Changeset, formatter: TermFormatter) -> str:
    """Return a changelog with one more entry at the top.

    Args:
        text: the current changelog; empty if there is none.
        activity: the provenance of the update.
        changeset: the statements added and removed.
        formatter: formats entities and terms.
    """
    when = activity.ended_at.isoformat(sep=" ", timespec="minutes")
    lines = [
        f"## {activity.ended_at.date().isoformat()}, {activity.sequence_number}",
        "",
        escape_markdown(f"{when}, by {activity.agent_name}"),
    ]
    if activity.description:
        lines += ["", escape_markdown(activity.description)]
    if activity.sources:
        names = (formatter.format_label_and_curie(source.value) for source in activity.sources)
        lines += ["", "Sources:", "", *(f"- {escape_markdown(name)}" for name in names)]
    lines += ["", as_md(changeset.difference, formatter)]
    head, separator, rest = (text or _HEADER).partition("\n## ")
    return f"{head.rstrip()}\n\n{chr(10).join(lines).rstrip()}\n" + (f"\n## {rest}" if separator else "")
