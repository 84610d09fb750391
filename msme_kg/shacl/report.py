"""What judging yields: findings with their place, sorted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from msme_kg.errors import Place

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
        focus: the thing, if one is meant.
        path: the property, as SPARQL writes paths; empty if none is meant.
        value: the offending value, if one is meant.
        constraint: CURIE of the constraint component, or empty.
        place: where it lies; None if that cannot be told.
        reasons: what is wrong within it, where a shape asks another.
        asked: what the rule says of all its findings, by language; empty if that cannot be told.
    """

    severity: str
    message: Mapping[str, str]
    shape: str
    focus: Term | None = None
    path: str = ""
    value: Term | None = None
    constraint: str = ""
    place: Place | None = None
    reasons: tuple[Finding, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict)

    def same_as(self) -> tuple[str, ...]:
        """Return what makes two findings the same wherever they lie; names of blank nodes are chance."""
        return (
            _named(self.focus),
            self.path,
            _named(self.value),
            self.severity,
            self.shape,
            self.constraint,
        )

    def sort_key(self) -> tuple[object, ...]:
        """Return what findings are sorted by: their place first."""
        place = self.place or Place("")
        return (place.file, place.line, place.column, *self.same_as())


@dataclass(frozen=True)
class Report:
    """Findings in order, without repeats.

    Attributes:
        findings: what is wrong.
        shapes: how many shapes with targets were judged.
        focus_nodes: how many pairs of shape and focus node were judged.
        unscreened: the shapes that pySHACL judged with all their focus nodes, and why.
    """

    findings: tuple[Finding, ...]
    shapes: int = 0
    focus_nodes: int = 0
    unscreened: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls,
        findings: Iterable[Finding],
        shapes: int = 0,
        focus_nodes: int = 0,
        unscreened: tuple[tuple[str, str], ...] = (),
    ) -> Report:
        """Return findings sorted; those that agree in all but the message are one.

        Blank nodes are told apart, though what they are called is chance.
        """
        unique: dict[tuple[object, ...], Finding] = {}
        for finding in findings:
            blanks = (one.value for one in (finding.focus, finding.value) if isinstance(one, ox.BlankNode))
            unique.setdefault((finding.sort_key(), *blanks), finding)
        found = sorted(unique.values(), key=lambda one: (one.sort_key(), sorted(one.message.items())))
        return cls(tuple(found), shapes, focus_nodes, unscreened)

    def and_also(self, findings: Iterable[Finding]) -> Report:
        """Return these findings and others."""
        return self.of([*self.findings, *findings], self.shapes, self.focus_nodes, self.unscreened)

    def within(self, files: Iterable[str]) -> Report:
        """Return the findings that lie in some files."""
        wanted = set(files)
        kept = tuple(one for one in self.findings if one.place and one.place.file in wanted)
        return replace(self, findings=kept)

    def since(self, before: Report) -> Report:
        """Return the findings that another report does not have, wherever they lie."""
        known = {one.same_as() for one in before.findings}
        return replace(self, findings=tuple(one for one in self.findings if one.same_as() not in known))

    def fails(self, fail_on: str) -> bool:
        """Tell whether a finding is as grave as a severity; ``never`` fails nothing."""
        grave = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
        return any(finding.severity in grave for finding in self.findings)


def _named(term: Term | None) -> str:
    return "" if term is None else "[]" if isinstance(term, ox.BlankNode) else str(term)
