"""Changelog of the data in Markdown: one entry per update, newest first, with a sentence per thing."""

from __future__ import annotations

from msme_kg.changes.changeset import Changeset
from msme_kg.changes.provenance import ChangeActivity
from msme_kg.errors import to_printable
from msme_kg.message_catalog import format_message
from msme_kg.rendering.change_sentences import describe_changes
from msme_kg.rendering.term_format import TermFormatter
from msme_kg.sparql.markdown_text import escape_markdown

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
    if changeset.request.reverts is not None:
        reverted = format_message("changelog.reverts", formatter.lang, change=changeset.request.reverts.name)
        lines += ["", escape_markdown(reverted)]
    sentences = describe_changes(changeset.prior_quads, changeset.resulting_quads, formatter)
    lines += ["", *(f"- {escape_markdown(to_printable(text, 2000))}" for _, text in sentences)]
    head, separator, rest = (text or _HEADER).partition("\n## ")
    return f"{head.rstrip()}\n\n{chr(10).join(lines).rstrip()}\n" + (f"\n## {rest}" if separator else "")
