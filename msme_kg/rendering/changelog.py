"""The changelog of the data for people: an entry an update, newest first."""

from __future__ import annotations

from msme_kg.changes.changeset import Changeset
from msme_kg.changes.provenance import ChangeActivity
from msme_kg.errors import to_printable
from msme_kg.rendering.diff_report import as_md, escape_markdown
from msme_kg.rendering.term_format import TermFormatter

CHANGELOG_PATH = "data/CHANGELOG.md"
_HEADER = """# Changes of the data

What `msme-kg apply` wrote, newest first; `changes/` says the same in PROV.
"""


def prepend_entry(text: str, activity: ChangeActivity, changeset: Changeset, formatter: TermFormatter) -> str:
    """Return a changelog with one more entry.

    Args:
        text: the changelog as it is; empty if there is none.
        activity: what is noted.
        changeset: what the update did.
        formatter: what things are called.
    """
    when = activity.ended_at.isoformat(sep=" ", timespec="minutes")
    lines = [
        f"## {activity.ended_at.date().isoformat()}, {activity.sequence_number}",
        "",
        escape_markdown(f"{when}, by {activity.agent_name}"),
    ]
    if activity.description:
        lines += ["", escape_markdown(to_printable(activity.description, 2000))]
    if activity.sources:
        lines += [
            "",
            "Sources:",
            "",
            *(
                f"- {escape_markdown(formatter.format_label_and_curie(one.value))}"
                for one in activity.sources
            ),
        ]
    lines += ["", as_md(changeset.difference, formatter)]
    head, mark, rest = (text or _HEADER).partition("\n## ")
    return f"{head.rstrip()}\n\n{chr(10).join(lines).rstrip()}\n" + (f"\n## {rest}" if mark else "")
