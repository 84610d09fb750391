"""What is said of a proposed update: findings, what it mends, and what it changes."""

from __future__ import annotations

import json

from msme_kg.errors import to_printable
from msme_kg.rendering import diff_report
from msme_kg.rendering.term_format import TermFormatter
from msme_kg.rendering.validation_report import FORMATS as FINDING_FORMS
from msme_kg.rendering.validation_report import ReportRenderer
from msme_kg.shacl.report import Finding, ValidationReport
from msme_kg.validation.proposal import Proposal

FORMATS = (*FINDING_FORMS, "md")
"""The forms by name; the first is the default."""

_LABELS = {
    "en": {
        "refused": "This update must not go in",
        "allowed": "Nothing forbids this update",
        "nothing": "This update changes nothing",
        "broken": "What it breaks",
        "mended": "What it mends",
        "changes": "What it changes",
        "idle": "{count} statements were there already, or not there to be removed",
    },
    "zh-Hant": {
        "refused": "本更新不得納入",
        "allowed": "本更新無不得納入之情形",
        "nothing": "本更新無任何變動",
        "broken": "新增之問題",
        "mended": "所修正之問題",
        "changes": "變動內容",
        "idle": "{count} 條陳述原已存在，或原無可移除",
    },
}


def summarize_outcome(proposal: Proposal, lang: str) -> str:
    """Return in a few words what comes of an update."""
    if not proposal.is_acceptable:
        return _LABELS[lang]["refused"]
    return _LABELS[lang]["allowed" if proposal.changeset else "nothing"]


def describe_no_ops(proposal: Proposal, lang: str) -> str:
    """Return how many statements make no difference; nothing if all do."""
    count = proposal.changeset.no_op_count
    return _LABELS[lang]["idle"].format(count=count) if count else ""


def render(proposal: Proposal, format_name: str, renderer: ReportRenderer, formatter: TermFormatter) -> str:
    """Return what is said of an update in one of ``FORMS``.

    Args:
        proposal: the update, judged.
        format_name: the form.
        renderer: renders findings.
        formatter: what things are called.
    """
    match format_name:
        case "text":
            return _render_text(proposal, renderer, formatter)
        case "md":
            return _render_markdown(proposal, renderer, formatter)
        case "json":
            return _render_json(proposal, renderer, formatter)
        case _:
            return renderer.render(proposal.report, format_name)


def _render_text(proposal: Proposal, renderer: ReportRenderer, formatter: TermFormatter) -> str:
    words = _LABELS[formatter.lang]
    lines = [diff_report.as_text(proposal.changeset.difference, formatter)] if proposal.changeset else []
    if proposal.resolved.findings:
        lines += [f"{words['mended']}:", renderer.render(proposal.resolved, "text")]
    if proposal.report.findings:
        lines += [f"{words['broken']}:", renderer.render(proposal.report, "text")]
    return "\n".join([*lines, summarize_outcome(proposal, formatter.lang)]) + "\n"


def _render_markdown(proposal: Proposal, renderer: ReportRenderer, formatter: TermFormatter) -> str:
    words = _LABELS[formatter.lang]
    lines = [f"## {summarize_outcome(proposal, formatter.lang)}", ""]
    for title, report in (("broken", proposal.report), ("mended", proposal.resolved)):
        if report.findings:
            lines += [
                f"### {words[title]}",
                "",
                *(_format_list_item(one, renderer) for one in report.findings),
                "",
            ]
    if proposal.changeset:
        lines += [f"### {words['changes']}", "", diff_report.as_md(proposal.changeset.difference, formatter)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _format_list_item(finding: Finding, renderer: ReportRenderer) -> str:
    """Return a finding as an item of a list."""
    line = renderer.render(ValidationReport((finding,)), "text").splitlines()[0]
    return f"- {diff_report.escape_markdown(to_printable(line, 2000))}"


def _render_json(proposal: Proposal, renderer: ReportRenderer, formatter: TermFormatter) -> str:
    """Return one object: whether it may go in, findings, what is mended, and what changes."""
    found, mended = (
        json.loads(renderer.render(one, "json"))["findings"] for one in (proposal.report, proposal.resolved)
    )
    whole = {
        "allowed": proposal.is_acceptable,
        "findings": found,
        "mended": mended,
        "idle": proposal.changeset.no_op_count,
        "changes": json.loads(diff_report.as_json(proposal.changeset.difference, formatter)),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
