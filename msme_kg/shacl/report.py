"""What judging yields: findings with their place, sorted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from msme_kg.errors import SourceLocation

SEVERITIES = ("violation", "warning", "info")
"""From the gravest on."""

Term = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        severity: one of ``SEVERITIES``.
        message: what is wrong and what to do, by language.
        shape: IRI of the shape, path of the check, or name of the rule.
        focus_node: the thing, if one is meant.
        path: the property, as SPARQL writes paths; empty if none is meant.
        value: the offending value, if one is meant.
        constraint_component: CURIE of the constraint component, or empty.
        location: where it lies; None if that cannot be told.
        details: what is wrong within it, where a shape asks another.
        rule_message: what the rule says of all its findings, by language; empty if that cannot be told.
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
        """Return what makes two findings the same wherever they lie; names of blank nodes are chance."""
        return (
            _format_term(self.focus_node),
            self.path,
            _format_term(self.value),
            self.severity,
            self.shape,
            self.constraint_component,
        )

    def sort_key(self) -> tuple[object, ...]:
        """Return what findings are sorted by: their place first."""
        place = self.location or SourceLocation("")
        return (place.file, place.line, place.column, *self.compute_identity())


@dataclass(frozen=True)
class ValidationReport:
    """Findings in order, without repeats.

    Attributes:
        findings: what is wrong.
        shape_count: how many shapes with targets were judged.
        focus_node_count: how many pairs of shape and focus node were judged.
        unfiltered_shapes: the shapes that pySHACL judged with all their focus nodes, and why.
    """

    findings: tuple[Finding, ...]
    shape_count: int = 0
    focus_node_count: int = 0
    unfiltered_shapes: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_findings(
        cls,
        findings: Iterable[Finding],
        shape_count: int = 0,
        focus_node_count: int = 0,
        unfiltered_shapes: tuple[tuple[str, str], ...] = (),
    ) -> ValidationReport:
        """Return findings sorted; those that agree in all but the message are one.

        Blank nodes are told apart, though what they are called is chance.
        """
        unique: dict[tuple[object, ...], Finding] = {}
        for finding in findings:
            blanks = (
                one.value for one in (finding.focus_node, finding.value) if isinstance(one, ox.BlankNode)
            )
            unique.setdefault((finding.sort_key(), *blanks), finding)
        found = sorted(unique.values(), key=lambda one: (one.sort_key(), sorted(one.message.items())))
        return cls(tuple(found), shape_count, focus_node_count, unfiltered_shapes)

    def with_findings(self, findings: Iterable[Finding]) -> ValidationReport:
        """Return these findings and others."""
        return self.from_findings(
            [*self.findings, *findings], self.shape_count, self.focus_node_count, self.unfiltered_shapes
        )

    def filter_by_files(self, files: Iterable[str]) -> ValidationReport:
        """Return the findings that lie in some files."""
        wanted = set(files)
        kept = tuple(one for one in self.findings if one.location and one.location.file in wanted)
        return replace(self, findings=kept)

    def without_known(self, before: ValidationReport) -> ValidationReport:
        """Return the findings that another report does not have, wherever they lie."""
        known = {one.compute_identity() for one in before.findings}
        return replace(
            self, findings=tuple(one for one in self.findings if one.compute_identity() not in known)
        )

    def has_failures(self, fail_on: str) -> bool:
        """Tell whether a finding is as grave as a severity; ``never`` fails nothing."""
        grave = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
        return any(finding.severity in grave for finding in self.findings)


def _format_term(term: Term | None) -> str:
    return "" if term is None else "[]" if isinstance(term, ox.BlankNode) else str(term)
