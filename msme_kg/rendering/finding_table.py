"""Findings as rows for people: a fault that several rules find is one row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from msme_kg.message_catalog import format_message
from msme_kg.rendering.validation_report import ReportRenderer
from msme_kg.shacl.report import SEVERITIES, Finding

_CHECKS = "queries/"
"""The beginning of the ids of check queries, which find by a query what shapes may find too."""


@dataclass(frozen=True)
class FaultRow:
    """A fault.

    Attributes:
        place: its file and line.
        severity: the word for its severity.
        subject: the entity, property and value that it is about.
        message: the problem and its remedy.
        rules: the shapes, checks and rules that find it.
    """

    place: str
    severity: str
    subject: str
    message: str
    rules: tuple[str, ...]


def list_faults(findings: Iterable[Finding], renderer: ReportRenderer) -> list[FaultRow]:
    """Return a row for each property of an entity in which rules find a fault, in the order of the findings.

    Args:
        findings: the findings.
        renderer: formats them.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        key = (finding.location, finding.focus_node, finding.path, finding.severity)
        groups.setdefault(key if finding.path else (*key, finding.shape), []).append(finding)
    return [
        _build_row(finding, group, renderer)
        for group in map(_sort_rules, groups.values())
        for finding in _select_distinct(group)
    ]


def _sort_rules(group: list[Finding]) -> list[Finding]:
    return sorted(group, key=lambda finding: finding.shape.startswith(_CHECKS))


def _select_distinct(group: list[Finding]) -> list[Finding]:
    """Return the findings that are about different values; those of checks only if there are no others."""
    others = [finding for finding in group if not finding.shape.startswith(_CHECKS)] or group[:1]
    return list({(finding.shape, str(finding.value)): finding for finding in others}.values())


def _build_row(finding: Finding, group: list[Finding], renderer: ReportRenderer) -> FaultRow:
    checks = [one for one in group if one.shape.startswith(_CHECKS) and one is not finding]
    return FaultRow(
        place=str(finding.location or ""),
        severity=format_message(f"severity.{finding.severity}", renderer.lang),
        subject=renderer.format_focus(finding),
        message=finding.message[renderer.lang],
        rules=tuple(map(renderer.format_shape, (finding, *checks))),
    )


def count_faults(rows: Iterable[FaultRow], lang: str) -> str:
    """Return the number of faults of each severity in words."""
    words = [format_message(f"severity.{severity}", lang) for severity in SEVERITIES]
    found = [row.severity for row in rows]
    return format_message("table.option-separator", lang).join(
        format_message("table.option", lang, name=word, value=found.count(word)) for word in words
    )
