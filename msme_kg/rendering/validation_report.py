"""Validation report as text, JSON, SARIF, GitHub annotations, or SHACL report in Turtle."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.errors import InputError, KGError, SafetyError, SourceLocation, to_printable
from msme_kg.namespaces import LANGUAGES, RDF, SHACL, XSD, PrefixMap
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.rdf.property_paths import PropertyPathParser
from msme_kg.rendering.sarif import SarifWriter
from msme_kg.shacl.report import SEVERITIES, Finding, ValidationReport
from msme_kg.version import __version__

FORMATS = ("text", "json", "sarif", "github", "turtle")
"""The output formats by name; the first is the default."""

_ERROR_CODES = {InputError.exit_code: "error/input", SafetyError.exit_code: "error/safety"}
"""Ids of errors that have no id of their own."""
_GITHUB_LEVELS = {"violation": "error", "warning": "warning", "info": "notice"}
_SHACL_SEVERITIES = {"violation": "Violation", "warning": "Warning", "info": "Info"}
# Control, invisible and bidirectional characters and surrogates, which are shown as escapes.
_UNPRINTABLE = re.compile(
    "[\ud800-\udfff\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


@dataclass(frozen=True)
class ReportRenderer:
    """Renderer of validation reports.

    Attributes:
        lang: the language of messages.
        version: the version of the tool, for SARIF.
        prefixes: the prefixes of CURIEs.
        labels: the labels of entities; None if there are none.
        show_details: whether to render nested results (``sh:detail``).
        find_path: returns the path of a file for SARIF and GitHub, which show results next to the files.
    """

    lang: str
    version: str
    prefixes: PrefixMap
    labels: Labels | None = None
    show_details: bool = False
    find_path: Callable[[str], str] = str

    def render(self, report: ValidationReport, format_name: str) -> str:
        """Render a report in one of ``FORMATS``."""
        match format_name:
            case "json":
                return self._render_json(report)
            case "sarif":
                return self.render_sarif(report)
            case "github":
                return "".join(f"{self._format_annotation(finding)}\n" for finding in report.findings)
            case "turtle":
                return self._render_turtle(report)
            case _:
                return self._render_text(report)

    def _to_curie(self, term: object) -> str:
        if isinstance(term, ox.NamedNode):
            return self.prefixes.shorten(term.value) or term.value
        return _format_value(term)

    def format_shape(self, finding: Finding) -> str:
        """Return the CURIE of the shape, or the id of the check or rule."""
        return self.prefixes.shorten(finding.shape) or finding.shape

    def format_focus(self, finding: Finding) -> str:
        """Return the label and CURIE of the focus node, the path and the value."""
        focus = finding.focus_node
        name = to_printable(self._to_curie(focus))
        if isinstance(focus, ox.NamedNode) and self.labels is not None:
            name = f"{to_printable(self.labels.get_label(focus.value))} ({name})"
        value = f"“{to_printable(self._to_curie(finding.value), 80)}”" if finding.value is not None else ""
        return " ".join(part for part in (name, to_printable(finding.path), value) if part)

    def _render_text(self, report: ValidationReport) -> str:
        if self.labels is not None:
            focus_nodes = (finding.focus_node for finding in report.findings)
            self.labels.prefetch(node.value for node in focus_nodes if isinstance(node, ox.NamedNode))
        blocks = [list(self._format_lines(finding, 0)) for finding in report.findings]
        equal = Counter(block[0] for block in blocks)
        for finding, block in zip(report.findings, blocks, strict=True):
            if equal[block[0]] > 1:  # constraints of one shape with one message
                block[0] = f"{block[0].removesuffix(']')}, {finding.constraint_component}]"
        lines = [line for block in blocks for line in block]
        counts = Counter(finding.severity for finding in report.findings)
        summary = ", ".join(f"{counts[severity]} {severity}" for severity in SEVERITIES)
        return "\n".join([*lines, summary]) + "\n"

    def _format_lines(self, finding: Finding, depth: int) -> Iterator[str]:
        location = finding.location or SourceLocation("graph")
        start = f"{location}: {finding.severity}: " if depth == 0 else f"{'    ' * depth}because "
        message = to_printable(finding.message[self.lang], 1000)
        focus = self.format_focus(finding)
        text = f"{focus}: {message}" if focus else message
        yield f"{start}{text} [{to_printable(self.format_shape(finding))}]"
        if self.show_details:
            for detail in finding.details:
                yield from self._format_lines(detail, depth + 1)

    def _render_json(self, report: ValidationReport) -> str:
        whole = {
            "conforms": not report.findings,
            "findings": [self._to_json_object(finding) for finding in report.findings],
        }
        return _dump_json(whole)

    def _to_json_object(self, finding: Finding) -> dict[str, object]:
        json_object: dict[str, object] = {
            "focus": _format_value(finding.focus_node),
            "path": finding.path,
            "value": _format_value(finding.value),
            "severity": finding.severity,
            "message": finding.message[self.lang],
            "shape": finding.shape,
            "constraint": finding.constraint_component,
            "file": finding.location.file if finding.location else "",
            "line": finding.location.line if finding.location else 0,
            "column": finding.location.column if finding.location else 0,
        }
        if self.show_details:
            json_object["reasons"] = [self._to_json_object(detail) for detail in finding.details]
        return json_object

    def render_sarif(self, report: ValidationReport, is_successful: bool = True) -> str:
        """Render a report as SARIF; see ``SarifWriter``."""
        writer = SarifWriter(self.lang, self.version, self.format_shape, self._format_message, self.find_path)
        return _dump_json(writer.build_log(report, is_successful))

    def _format_message(self, finding: Finding) -> str:
        """Return the message of a finding, with one line per nested result if these are shown."""
        details = finding.details if self.show_details else ()
        lines = [line for detail in details for line in self._format_lines(detail, 1)]
        focus = self.format_focus(finding)
        message = f"{focus}: {finding.message[self.lang]}" if focus else finding.message[self.lang]
        return "\n".join([message, *lines])

    def _format_annotation(self, finding: Finding) -> str:
        """Return a workflow command of GitHub Actions: ``::error file=…,line=…,title=…::message``."""
        location = finding.location or SourceLocation("")
        values = {
            "file": self.find_path(location.file) if location.file else "",
            "line": str(location.line or ""),
            "col": str(location.column or ""),
            "title": self.format_shape(finding),
        }
        properties = ",".join(
            f"{key}={_escape_annotation(text, ',:')}" for key, text in values.items() if text
        )
        message = _escape_annotation(self._format_message(finding))
        return f"::{_GITHUB_LEVELS[finding.severity]} {properties}::{message}"

    def _render_turtle(self, report: ValidationReport) -> str:
        """Return a SHACL validation report (SHACL §3.6)."""
        bnodes = (ox.BlankNode(f"r{number}") for number in count())
        head = next(bnodes)
        quads = [
            _build_quad(head, f"{RDF}type", ox.NamedNode(f"{SHACL}ValidationReport")),
            _build_quad(
                head,
                f"{SHACL}conforms",
                ox.Literal("false" if report.findings else "true", datatype=ox.NamedNode(f"{XSD}boolean")),
            ),
        ]
        for finding in report.findings:
            quads += self._build_result_quads(finding, head, f"{SHACL}result", bnodes)
        text = CanonicalTurtleWriter(self.prefixes).serialize(quads)
        return _UNPRINTABLE.sub(lambda match: f"\\U{ord(match[0]):08X}", text)

    def _build_result_quads(
        self, finding: Finding, owner: ox.BlankNode, link: str, bnodes: Iterator[ox.BlankNode]
    ) -> Iterator[ox.Quad]:
        """Yield a SHACL validation result (SHACL §3.6.2) and its nested results."""
        node = next(bnodes)
        yield _build_quad(owner, link, node)
        yield _build_quad(node, f"{RDF}type", ox.NamedNode(f"{SHACL}ValidationResult"))
        severity = ox.NamedNode(f"{SHACL}{_SHACL_SEVERITIES[finding.severity]}")
        yield _build_quad(node, f"{SHACL}resultSeverity", severity)
        if len(set(finding.message.values())) == 1:  # not written in a language
            yield _build_quad(node, f"{SHACL}resultMessage", ox.Literal(next(iter(finding.message.values()))))
        else:
            for language, text in finding.message.items():
                yield _build_quad(node, f"{SHACL}resultMessage", ox.Literal(text, language=language))
        for name, term in (("focusNode", finding.focus_node), ("value", finding.value)):
            if term is not None:
                # Labels of blank nodes in the data are arbitrary, so each becomes a new blank node.
                yield _build_quad(
                    node, f"{SHACL}{name}", next(bnodes) if isinstance(term, ox.BlankNode) else term
                )
        path = PropertyPathParser(finding.path, self.prefixes, bnodes)
        terms = {
            "resultPath": path.parse() if finding.path else None,
            "sourceShape": _parse_iri(finding.shape),
            "sourceConstraintComponent": _parse_iri(
                self.prefixes.expand(finding.constraint_component) or finding.constraint_component
            ),
        }
        for name, iri_or_path in terms.items():
            if iri_or_path is not None:
                yield _build_quad(node, f"{SHACL}{name}", iri_or_path)
        if terms["resultPath"] is not None:
            yield from path.quads
        for detail in finding.details:
            yield from self._build_result_quads(detail, node, f"{SHACL}detail", bnodes)


def render_error(error: KGError, format_name: str, lang: str) -> str:
    """Render an error that ended a validation, as its only finding; empty for formats for people.

    Args:
        error: the error, of an input that cannot be read.
        format_name: one of ``FORMATS``.
        lang: the language of messages.
    """
    if format_name not in {"json", "sarif", "github"} or error.location is None:
        return ""
    text = f"{error.message}. {error.hint}" if error.hint else error.message
    finding = Finding(
        severity="violation",
        message=dict.fromkeys(LANGUAGES, text),
        shape=error.code or _ERROR_CODES.get(error.exit_code, "error/other"),
        location=error.location,
    )
    renderer = ReportRenderer(lang, __version__, PrefixMap({}))
    report = ValidationReport((finding,))
    if format_name == "sarif":
        return renderer.render_sarif(report, is_successful=False)
    return renderer.render(report, format_name)


def _build_quad(
    subject: ox.BlankNode, predicate: str, value: ox.NamedNode | ox.BlankNode | ox.Literal
) -> ox.Quad:
    return ox.Quad(subject, ox.NamedNode(predicate), value)


def _parse_iri(text: str) -> ox.NamedNode | None:
    """Return an IRI; None for other names, such as the path of a check or a shape without IRI."""
    try:
        return ox.NamedNode(text)
    except ValueError:
        return None


def _format_value(term: object) -> str:
    """Return the text of a term; blank nodes have none, because their labels are arbitrary."""
    return "[]" if isinstance(term, ox.BlankNode) else "" if term is None else getattr(term, "value", "")


def _dump_json(whole: object) -> str:
    """Return JSON with unprintable characters, which file names may contain, as escapes."""
    text = json.dumps(whole, ensure_ascii=False, indent=2)
    return _UNPRINTABLE.sub(lambda match: json.dumps(match[0])[1:-1], text) + "\n"


def _escape_annotation(text: str, more: str = "") -> str:
    """Escape text for a GitHub workflow command; property values have more special characters.

    The rules are those of ``escapeData`` and ``escapeProperty`` in https://github.com/actions/toolkit
    (packages/core/src/command.ts). Other control characters are shown as escapes.
    """
    for char in f"%\r\n{more}":
        text = text.replace(char, f"%{ord(char):02X}")
    return to_printable(text, len(text))
