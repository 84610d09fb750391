"""Validation report: findings with their source locations, in a fixed order (SHACL §3.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from msme_kg.errors import SourceLocation

SEVERITIES = ("violation", "warning", "info")
"""The severities, from the most severe on (SHACL §2.1.4)."""

Term = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True)
class Finding:
    """A result of a shape (SHACL §3.6.2), a check query or a lint rule.

    Attributes:
        severity: one of ``SEVERITIES``.
        message: the problem and its remedy, by language.
        shape: the IRI of the shape, the path of the check or the id of the rule.
        focus_node: the focus node, if any.
        path: the property path as SPARQL writes it; empty for none.
        value: the value node, if any.
        constraint_component: the CURIE of the constraint component; empty for none.
        location: the source location, if known.
        details: the results of an inner shape (``sh:detail``).
        rule_message: the message that all findings of the rule share, by language; empty if there is none.
    """

    severity: str
    message: Mapping[str, str]
    shape: str
    focus_node: Term | None = None
    path: str = ""
    value: Term | None = None
    constraint_component: str = ""
    location: SourceLocation | None = None
    details: tuple[Finding, ...] = ()
    rule_message: Mapping[str, str] = field(default_factory=dict)

    def compute_identity(self) -> tuple[str, ...]:
        """Return the key by which findings are equal wherever they are located; blank nodes are all alike."""
        return (
            _format_term(self.focus_node),
            self.path,
            _format_term(self.value),
            self.severity,
            self.shape,
            self.constraint_component,
        )

    def sort_key(self) -> tuple[object, ...]:
        """Return the sort key: the location, then the identity."""
        location = self.location or SourceLocation("")
        return (location.file, location.line, location.column, *self.compute_identity())


@dataclass(frozen=True)
class ValidationReport:
    """Distinct findings in a fixed order.

    Attributes:
        findings: the findings.
        shape_count: the number of validated shapes with targets.
        focus_node_count: the number of validated pairs of shape and focus node.
        shapes_for_pyshacl: the shapes that were left to pySHACL, with the reason.
        ignored_properties: the shapes with properties of SHACL's namespace that are not known, with these.
    """

    findings: tuple[Finding, ...]
    shape_count: int = 0
    focus_node_count: int = 0
    shapes_for_pyshacl: tuple[tuple[str, str], ...] = ()
    ignored_properties: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_findings(cls, findings: Iterable[Finding]) -> ValidationReport:
        """Return the report of some findings; equal ones are merged.

        Findings about different blank nodes are kept apart.
        """
        unique: dict[tuple[object, ...], Finding] = {}
        for finding in findings:
            terms = (finding.focus_node, finding.value)
            labels = tuple(term.value for term in terms if isinstance(term, ox.BlankNode))
            key = finding.sort_key(), tuple(sorted(finding.message.items())), labels
            unique.setdefault(key, finding)
        return cls(tuple(unique[key] for key in sorted(unique)))

    def with_findings(self, findings: Iterable[Finding]) -> ValidationReport:
        """Return the report with further findings."""
        return replace(self, findings=self.from_findings([*self.findings, *findings]).findings)

    def filter_by_files(self, files: Iterable[str]) -> ValidationReport:
        """Return the report without findings outside some files."""
        wanted = set(files)
        findings = (each for each in self.findings if each.location and each.location.file in wanted)
        return replace(self, findings=tuple(findings))

    def without_known(self, before: ValidationReport) -> ValidationReport:
        """Return the report without findings that another report has at any location."""
        known = {each.compute_identity() for each in before.findings}
        findings = (each for each in self.findings if each.compute_identity() not in known)
        return replace(self, findings=tuple(findings))

    def has_failures(self, fail_on: str) -> bool:
        """Return whether a finding has at least some severity; none has for ``never``."""
        failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
        return any(finding.severity in failing for finding in self.findings)


def _format_term(term: Term | None) -> str:
    return "" if term is None else "[]" if isinstance(term, ox.BlankNode) else str(term)
