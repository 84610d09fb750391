"""Findings as text, JSON, SARIF, GitHub annotations and the W3C report in Turtle."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.errors import SourceLocation, to_printable
from msme_kg.namespaces import RDF, SHACL, XSD, PrefixMap
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.rdf.property_paths import PropertyPathParser
from msme_kg.rendering.sarif import SarifWriter
from msme_kg.shacl.report import SEVERITIES, Finding, ValidationReport

FORMATS = ("text", "json", "sarif", "github", "turtle")
"""The forms by name; the first is the default."""

_GITHUB_LEVELS = {"violation": "error", "warning": "warning", "info": "notice"}
_SHACL_SEVERITIES = {"violation": "Violation", "warning": "Warning", "info": "Info"}
# What a terminal would obey or not show, and halves of characters: they stand as their codes.
_UNPRINTABLE = re.compile(
    "[\ud800-\udfff\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


@dataclass(frozen=True)
class ReportRenderer:
    """Renders reports.

    Attributes:
        lang: the language of messages.
        version: of the tool, for SARIF.
        prefixes: the CURIEs for things.
        labels: the words for things; None where there are none.
        show_details: whether the reasons within a finding are shown.
    """

    lang: str
    version: str
    prefixes: PrefixMap
    labels: Labels | None = None
    show_details: bool = False

    def render(self, report: ValidationReport, format_name: str) -> str:
        """Return a report in one of ``FORMS``."""
        match format_name:
            case "json":
                return self._render_json(report)
            case "sarif":
                return self._render_sarif(report)
            case "github":
                return "".join(f"{self._format_annotation(one)}\n" for one in report.findings)
            case "turtle":
                return self._render_turtle(report)
            case _:
                return self._render_text(report)

    def _to_curie(self, term: object) -> str:
        if isinstance(term, ox.NamedNode):
            return self.prefixes.shorten(term.value) or term.value
        return _format_value(term)

    def _format_shape(self, finding: Finding) -> str:
        return self.prefixes.shorten(finding.shape) or finding.shape

    def _format_focus(self, finding: Finding) -> str:
        """Return the thing by label and CURIE, then path and value."""
        focus = finding.focus_node
        words = to_printable(self._to_curie(focus))
        if isinstance(focus, ox.NamedNode) and self.labels is not None:
            words = f"{to_printable(self.labels.get_label(focus.value))} ({words})"
        value = f"“{to_printable(self._to_curie(finding.value), 80)}”" if finding.value is not None else ""
        return " ".join(one for one in (words, to_printable(finding.path), value) if one)

    def _render_text(self, report: ValidationReport) -> str:
        if self.labels is not None:
            things = (one.focus_node for one in report.findings)
            self.labels.prefetch(one.value for one in things if isinstance(one, ox.NamedNode))
        lines = [line for finding in report.findings for line in self._format_lines(finding, 0)]
        counts = [f"{sum(one.severity == name for one in report.findings)} {name}" for name in SEVERITIES]
        return "\n".join([*lines, ", ".join(counts)]) + "\n"

    def _format_lines(self, finding: Finding, depth: int) -> Iterator[str]:
        place = str(finding.location or SourceLocation("graph"))
        start = f"{place}: {finding.severity}: " if depth == 0 else f"{'    ' * depth}because "
        message = to_printable(finding.message[self.lang], 1000)
        about = self._format_focus(finding)
        words = f"{about}: {message}" if about else message
        yield f"{start}{words} [{to_printable(self._format_shape(finding))}]"
        if self.show_details:
            for reason in finding.details:
                yield from self._format_lines(reason, depth + 1)

    def _render_json(self, report: ValidationReport) -> str:
        whole = {
            "conforms": not report.findings,
            "findings": [self._to_json_object(one) for one in report.findings],
        }
        return _dump_json(whole)

    def _to_json_object(self, finding: Finding) -> dict[str, object]:
        found: dict[str, object] = {
            "focus": _format_value(finding.focus_node),
            "path": finding.path,
            "value": _format_value(finding.value),
            "severity": finding.severity,
            "message": finding.message[self.lang],
            "shape": finding.shape,
            "constraint": finding.constraint_component,
            "file": finding.location.file if finding.location else "",
            "line": finding.location.line if finding.location else 0,
        }
        if self.show_details:
            found["reasons"] = [self._to_json_object(one) for one in finding.details]
        return found

    def _render_sarif(self, report: ValidationReport) -> str:
        return _dump_json(
            SarifWriter(self.lang, self.version, self._format_shape, self._format_message).build_log(report)
        )

    def _format_message(self, finding: Finding) -> str:
        """Return the words of a finding, and with ``--full`` its reasons, a line each."""
        reasons = (
            [line for one in finding.details for line in self._format_lines(one, 1)]
            if self.show_details
            else []
        )
        about = self._format_focus(finding)
        words = f"{about}: {finding.message[self.lang]}" if about else finding.message[self.lang]
        return "\n".join([words, *reasons])

    def _format_annotation(self, finding: Finding) -> str:
        place = finding.location or SourceLocation("")
        parts = {"file": place.file, "line": str(place.line or ""), "title": self._format_shape(finding)}
        given = ",".join(f"{key}={_escape_annotation(text, ',:')}" for key, text in parts.items() if text)
        message = _escape_annotation(self._format_message(finding))
        return f"::{_GITHUB_LEVELS[finding.severity]} {given}::{message}"

    def _render_turtle(self, report: ValidationReport) -> str:
        names = (ox.BlankNode(f"r{number}") for number in count())
        head = next(names)
        quads = [
            _build_quad(head, f"{RDF}type", ox.NamedNode(f"{SHACL}ValidationReport")),
            _build_quad(
                head,
                f"{SHACL}conforms",
                ox.Literal("false" if report.findings else "true", datatype=ox.NamedNode(f"{XSD}boolean")),
            ),
        ]
        for finding in report.findings:
            quads += self._build_result_quads(finding, head, f"{SHACL}result", names)
        text = CanonicalTurtleWriter(self.prefixes).serialize(quads)
        return _UNPRINTABLE.sub(lambda match: f"\\U{ord(match[0]):08X}", text)

    def _build_result_quads(
        self, finding: Finding, owner: ox.BlankNode, link: str, names: Iterator[ox.BlankNode]
    ) -> Iterator[ox.Quad]:
        node = next(names)
        yield _build_quad(owner, link, node)
        yield _build_quad(node, f"{RDF}type", ox.NamedNode(f"{SHACL}ValidationResult"))
        severity = ox.NamedNode(f"{SHACL}{_SHACL_SEVERITIES[finding.severity]}")
        yield _build_quad(node, f"{SHACL}resultSeverity", severity)
        if len(set(finding.message.values())) == 1:  # not the words of a shape: in no language
            yield _build_quad(node, f"{SHACL}resultMessage", ox.Literal(next(iter(finding.message.values()))))
        else:
            for language, text in finding.message.items():
                yield _build_quad(node, f"{SHACL}resultMessage", ox.Literal(text, language=language))
        for name, term in (("focusNode", finding.focus_node), ("value", finding.value)):
            if term is not None:
                # A blank node of the data has no name to be found by; it stands for itself once.
                yield _build_quad(
                    node, f"{SHACL}{name}", next(names) if isinstance(term, ox.BlankNode) else term
                )
        path = PropertyPathParser(finding.path, self.prefixes, names)
        terms = {
            "resultPath": path.parse() if finding.path else None,
            "sourceShape": _parse_iri(finding.shape),
            "sourceConstraintComponent": _parse_iri(
                self.prefixes.expand(finding.constraint_component) or finding.constraint_component
            ),
        }
        for name, named in terms.items():
            if named is not None:
                yield _build_quad(node, f"{SHACL}{name}", named)
        if terms["resultPath"] is not None:
            yield from path.quads
        for reason in finding.details:
            yield from self._build_result_quads(reason, node, f"{SHACL}detail", names)


def _build_quad(
    subject: ox.BlankNode, predicate: str, value: ox.NamedNode | ox.BlankNode | ox.Literal
) -> ox.Quad:
    return ox.Quad(subject, ox.NamedNode(predicate), value)


def _parse_iri(text: str) -> ox.NamedNode | None:
    """Return an IRI; None for what is none, such as the name of a check or of a shape without IRI."""
    try:
        return ox.NamedNode(text)
    except ValueError:
        return None


def _format_value(term: object) -> str:
    """Return a term without its kind; what a parser called a blank node is chance."""
    return "[]" if isinstance(term, ox.BlankNode) else "" if term is None else getattr(term, "value", "")


def _dump_json(whole: object) -> str:
    """Return a value as JSON, with what is no character as its code: a file's name may hold it."""
    text = json.dumps(whole, ensure_ascii=False, indent=2)
    return _UNPRINTABLE.sub(lambda match: json.dumps(match[0])[1:-1], text) + "\n"


def _escape_annotation(text: str, more: str = "") -> str:
    """Return text as a workflow command takes it: line breaks and some marks as percent codes.

    Other control characters, which a log would obey, are shown as their codes.
    """
    for char in f"%\r\n{more}":
        text = text.replace(char, f"%{ord(char):02X}")
    return to_printable(text, len(text))
