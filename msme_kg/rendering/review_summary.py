"""Summary of a reviewed update for people: the outcome, faults as rows, what changes, or an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msme_kg.errors import KGError
from msme_kg.message_catalog import format_message, translate
from msme_kg.rendering.finding_table import FaultRow, count_faults, list_faults
from msme_kg.rendering.proposal_report import describe_changes, summarize_outcome
from msme_kg.rendering.term_format import TermFormatter
from msme_kg.rendering.validation_report import ReportRenderer
from msme_kg.validation.proposal import Proposal


@dataclass(frozen=True)
class ReviewSummary:
    """A summary.

    Attributes:
        outcome: whether the update is accepted, or what is wrong with its syntax.
        is_acceptable: whether it is accepted.
        faults: headings, each with the number of faults in words and the faults.
        changes: what it changes, as text; empty for nothing.
        excerpt: the line with an error, and its place; empty if there is none.
        hint: what to do about an error; empty if there is none.
    """

    outcome: str
    is_acceptable: bool
    faults: Sequence[tuple[str, str, Sequence[FaultRow]]] = ()
    changes: str = ""
    excerpt: str = ""
    hint: str = ""


def summarize_review(proposal: Proposal, renderer: ReportRenderer, formatter: TermFormatter) -> ReviewSummary:
    """Return the summary of a reviewed update.

    Args:
        proposal: the update with its findings.
        renderer: formats findings.
        formatter: formats entities and terms.
    """
    lang = formatter.lang
    faults = []
    for message_id, report in (("proposal.broken", proposal.report), ("proposal.mended", proposal.resolved)):
        rows = list_faults(report.findings, renderer)
        if rows:
            faults.append((format_message(message_id, lang), count_faults(rows, lang), rows))
    outcome = summarize_outcome(proposal, lang)
    return ReviewSummary(outcome, proposal.is_acceptable, faults, describe_changes(proposal, formatter))


def summarize_error(error: KGError, lang: str) -> ReviewSummary:
    """Return the summary of an update that could not be reviewed."""
    location = error.location
    place = f"{location}: " if location else ""
    return ReviewSummary(
        f"{place}{translate(error.message, lang)}",
        False,
        excerpt=location.excerpt if location else "",
        hint=translate(error.hint or "", lang),
    )
