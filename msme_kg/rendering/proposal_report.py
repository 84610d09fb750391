"""Report on a proposed update: findings that it introduces and resolves, and its diff."""

from __future__ import annotations

import json

import pyoxigraph as ox

from msme_kg.changes.attestation_history import list_kept_values
from msme_kg.errors import KGError, to_printable
from msme_kg.message_catalog import format_message
from msme_kg.rdf.terms import split_quad
from msme_kg.rendering import diff_report, validation_report
from msme_kg.rendering.answer_report import format_answer, to_json_object
from msme_kg.rendering.term_format import TermFormatter
from msme_kg.rendering.validation_report import FORMATS as FINDING_FORMATS
from msme_kg.rendering.validation_report import ReportRenderer
from msme_kg.shacl.report import Finding, ValidationReport
from msme_kg.sparql.markdown_text import escape_markdown
from msme_kg.validation.proposal import Proposal

FORMATS = (*FINDING_FORMATS, "md")
"""The output formats by name; the first is the default."""


def summarize_outcome(proposal: Proposal, lang: str) -> str:
    """Return whether an update is accepted, rejected or empty."""
    if not proposal.is_acceptable:
        return format_message("proposal.refused", lang)
    return format_message("proposal.allowed" if proposal.changeset else "proposal.nothing", lang)


def describe_no_ops(proposal: Proposal, lang: str) -> str:
    """Return the number of statements without effect; empty if there are none."""
    count = proposal.changeset.no_op_count
    return format_message("proposal.no-ops", lang, count=count) if count else ""


def render(proposal: Proposal, format_name: str, renderer: ReportRenderer, formatter: TermFormatter) -> str:
    """Render a reviewed update in one of ``FORMATS``.

    Args:
        proposal: the update with its findings.
        format_name: the format.
        renderer: renders findings.
        formatter: formats entities and terms.
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


def render_error(error: KGError, format_name: str, lang: str) -> str:
    """Render an error that ended a review; empty for formats for people."""
    text = validation_report.render_error(error, format_name, lang)
    if format_name != "json" or not text:
        return text
    findings = json.loads(text)["findings"]
    changes = {"added": 0, "removed": 0, "things": []}
    whole = {"allowed": False, "findings": findings, "mended": [], "idle": 0, "kept": []}
    whole |= {"answers": [], "changes": changes}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _render_text(proposal: Proposal, renderer: ReportRenderer, formatter: TermFormatter) -> str:
    lines = [diff_report.as_text(proposal.changeset.difference, formatter)] if proposal.changeset else []
    for message_id, report in (("proposal.mended", proposal.resolved), ("proposal.broken", proposal.report)):
        if report.findings:
            lines += [_format_heading(message_id, formatter.lang), renderer.render(report, "text")]
    lines += _list_consequence_lines(proposal, formatter)
    return "\n".join([*lines, summarize_outcome(proposal, formatter.lang)]) + "\n"


def describe_changes(proposal: Proposal, formatter: TermFormatter) -> str:
    """Return what an update changes as text, without findings; empty if it changes nothing."""
    if not proposal.changeset:
        return ""
    difference = diff_report.as_text(proposal.changeset.difference, formatter)
    return "\n".join([difference, *_list_consequence_lines(proposal, formatter)]).rstrip() + "\n"


def _list_consequence_lines(proposal: Proposal, formatter: TermFormatter) -> list[str]:
    return [
        line
        for message_id, items in _list_consequences(proposal, formatter)
        for line in (_format_heading(message_id, formatter.lang), "", *(f"  {item}" for item in items), "")
    ]


def _format_heading(message_id: str, lang: str) -> str:
    return format_message(message_id, lang) + format_message("site.colon", lang).rstrip()


def _render_markdown(proposal: Proposal, renderer: ReportRenderer, formatter: TermFormatter) -> str:
    lines = [f"## {summarize_outcome(proposal, formatter.lang)}", ""]
    for message_id, report in (("proposal.broken", proposal.report), ("proposal.mended", proposal.resolved)):
        if report.findings:
            items = (_format_list_item(finding, renderer) for finding in report.findings)
            lines += [f"### {format_message(message_id, formatter.lang)}", "", *items, ""]
    for message_id, consequences in _list_consequences(proposal, formatter):
        items = (f"- {escape_markdown(item)}" for item in consequences)
        lines += [f"### {format_message(message_id, formatter.lang)}", "", *items, ""]
    if proposal.changeset:
        heading = format_message("proposal.changes", formatter.lang)
        lines += [f"### {heading}", "", diff_report.as_md(proposal.changeset.difference, formatter)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _list_consequences(proposal: Proposal, formatter: TermFormatter) -> list[tuple[str, list[str]]]:
    """Return the ids of headings, each with its lines: values that sources keep, answers that change."""
    answers = [format_answer(change, formatter) for change in proposal.answers]
    sections = [("proposal.kept", _list_kept_values(proposal, formatter)), ("proposal.answers", answers)]
    return [(message_id, lines) for message_id, lines in sections if lines]


def _list_kept_values(proposal: Proposal, formatter: TermFormatter) -> list[str]:
    """Return a line for each value that a source keeps as its own."""
    lines = []
    for source, quad in list_kept_values(proposal.changeset):
        thing, predicate, value = split_quad(quad)
        line = format_message(
            "proposal.kept-value",
            formatter.lang,
            source=formatter.format_label_or_curie(source.value),
            thing=formatter.format_label_or_curie(thing.value),
            property=formatter.format_label_or_curie(predicate.value),
            value=str(value) if isinstance(value, ox.BlankNode) else formatter.format_term(value),
        )
        lines.append(to_printable(line, 2000))
    return lines


def _format_list_item(finding: Finding, renderer: ReportRenderer) -> str:
    line = renderer.render(ValidationReport((finding,)), "text").splitlines()[0]
    return f"- {escape_markdown(to_printable(line, 2000))}"


def _render_json(proposal: Proposal, renderer: ReportRenderer, formatter: TermFormatter) -> str:
    introduced, resolved = (
        json.loads(renderer.render(report, "json"))["findings"]
        for report in (proposal.report, proposal.resolved)
    )
    whole = {
        "allowed": proposal.is_acceptable,
        "findings": introduced,
        "mended": resolved,
        "idle": proposal.changeset.no_op_count,
        "kept": [
            {"source": source.value, "statement": diff_report.to_json_object(quad)}
            for source, quad in list_kept_values(proposal.changeset)
        ],
        "answers": [to_json_object(change) for change in proposal.answers],
        "changes": json.loads(diff_report.as_json(proposal.changeset.difference, formatter)),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
