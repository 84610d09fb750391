"""What judging yields: findings with their place, sorted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SEVERITIES = ("violation", "warning", "info")
"""From the gravest on."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        focus: IRI of the thing, or empty.
        path: the property, as CURIE or IRI, or empty.
        value: the offending value as text, or empty.
        severity: one of ``SEVERITIES``.
        message: what is wrong and what to do, by language.
        shape: IRI of the shape, or path of the check.
        constraint: CURIE of the constraint component, or empty.
        file: relative to the root; empty if unknown.
        line: from 1; 0 if unknown.
    """

    focus: str
    path: str
    value: str
    severity: str
    message: Mapping[str, str]
    shape: str
    constraint: str
    file: str
    line: int

    def sort_key(self) -> tuple[str, int, str, str, str, str, str]:
        """Return what findings are sorted by: their place first."""
        return (self.file, self.line, self.focus, self.path, self.value, self.shape, self.constraint)


@dataclass(frozen=True)
class Report:
    """Findings in order, without repeats."""

    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Report:
        """Return findings sorted; those that agree in all but the message are one."""
        unique: dict[tuple[object, ...], Finding] = {}
        for finding in findings:
            unique.setdefault((*finding.sort_key(), finding.severity), finding)
        return cls(tuple(sorted(unique.values(), key=Finding.sort_key)))

    def fails(self, fail_on: str) -> bool:
        """Tell whether a finding is as grave as a severity; ``never`` fails nothing."""
        grave = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
        return any(finding.severity in grave for finding in self.findings)
