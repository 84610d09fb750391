"""What is said of a proposed update: findings, what it mends, and what it changes."""

from __future__ import annotations

import json

from msme_kg.errors import printable
from msme_kg.rendering import diff_report
from msme_kg.rendering.term_format import Names
from msme_kg.rendering.validation_report import FORMS as FINDING_FORMS
from msme_kg.rendering.validation_report import Renderer
from msme_kg.shacl.report import Finding, Report
from msme_kg.validation.proposal import Proposal

FORMS = (*FINDING_FORMS, "md")
"""The forms by name; the first is the default."""

_WORDS = {
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


def verdict(proposal: Proposal, lang: str) -> str:
    """Return in a few words what comes of an update."""
    if not proposal.may_go_in:
        return _WORDS[lang]["refused"]
    return _WORDS[lang]["allowed" if proposal.update else "nothing"]


def idle(proposal: Proposal, lang: str) -> str:
    """Return how many statements make no difference; nothing if all do."""
    count = proposal.update.idle
    return _WORDS[lang]["idle"].format(count=count) if count else ""


def render(proposal: Proposal, form: str, renderer: Renderer, names: Names) -> str:
    """Return what is said of an update in one of ``FORMS``.

    Args:
        proposal: the update, judged.
        form: the form.
        renderer: renders findings.
        names: what things are called.
    """
    match form:
        case "text":
            return _text(proposal, renderer, names)
        case "md":
            return _md(proposal, renderer, names)
        case "json":
            return _json(proposal, renderer, names)
        case _:
            return renderer.render(proposal.report, form)


def _text(proposal: Proposal, renderer: Renderer, names: Names) -> str:
    words = _WORDS[names.lang]
    lines = [diff_report.as_text(proposal.update.difference, names)] if proposal.update else []
    if proposal.mended.findings:
        lines += [f"{words['mended']}:", renderer.render(proposal.mended, "text")]
    if proposal.report.findings:
        lines += [f"{words['broken']}:", renderer.render(proposal.report, "text")]
    return "\n".join([*lines, verdict(proposal, names.lang)]) + "\n"


def _md(proposal: Proposal, renderer: Renderer, names: Names) -> str:
    words = _WORDS[names.lang]
    lines = [f"## {verdict(proposal, names.lang)}", ""]
    for title, report in (("broken", proposal.report), ("mended", proposal.mended)):
        if report.findings:
            lines += [
                f"### {words[title]}",
                "",
                *(_item(one, renderer) for one in report.findings),
                "",
            ]
    if proposal.update:
        lines += [f"### {words['changes']}", "", diff_report.as_md(proposal.update.difference, names)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _item(finding: Finding, renderer: Renderer) -> str:
    """Return a finding as an item of a list."""
    line = renderer.render(Report((finding,)), "text").splitlines()[0]
    return f"- {diff_report.escaped(printable(line, 2000))}"


def _json(proposal: Proposal, renderer: Renderer, names: Names) -> str:
    """Return one object: whether it may go in, findings, what is mended, and what changes."""
    found, mended = (
        json.loads(renderer.render(one, "json"))["findings"] for one in (proposal.report, proposal.mended)
    )
    whole = {
        "allowed": proposal.may_go_in,
        "findings": found,
        "mended": mended,
        "idle": proposal.update.idle,
        "changes": json.loads(diff_report.as_json(proposal.update.difference, names)),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
