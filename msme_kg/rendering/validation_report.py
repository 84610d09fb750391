"""Findings as text, JSON, SARIF, GitHub annotations and the W3C report in Turtle."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.errors import Place, printable
from msme_kg.namespaces import RDF, SHACL, XSD, Prefixes
from msme_kg.rdf.canonical_turtle import TurtleWriter
from msme_kg.rdf.property_paths import PathReader
from msme_kg.rendering.sarif import SarifWriter
from msme_kg.shacl.report import SEVERITIES, Finding, Report

FORMS = ("text", "json", "sarif", "github", "turtle")
"""The forms by name; the first is the default."""

_GITHUB_LEVELS = {"violation": "error", "warning": "warning", "info": "notice"}
_SHACL_SEVERITIES = {"violation": "Violation", "warning": "Warning", "info": "Info"}
# What a terminal would obey or not show, and halves of characters: they stand as their codes.
_UNSEEN = re.compile(
    "[\ud800-\udfff\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


@dataclass(frozen=True)
class Renderer:
    """Renders reports.

    Attributes:
        lang: the language of messages.
        version: of the tool, for SARIF.
        prefixes: the CURIEs for things.
        labels: the words for things; None where there are none.
        full: whether the reasons within a finding are shown.
    """

    lang: str
    version: str
    prefixes: Prefixes
    labels: Labels | None = None
    full: bool = False

    def render(self, report: Report, form: str) -> str:
        """Return a report in one of ``FORMS``."""
        match form:
            case "json":
                return self._json(report)
            case "sarif":
                return self._sarif(report)
            case "github":
                return "".join(f"{self._annotation(one)}\n" for one in report.findings)
            case "turtle":
                return self._turtle(report)
            case _:
                return self._text(report)

    def _curie(self, term: object) -> str:
        if isinstance(term, ox.NamedNode):
            return self.prefixes.shorten(term.value) or term.value
        return _value(term)

    def _shape(self, finding: Finding) -> str:
        return self.prefixes.shorten(finding.shape) or finding.shape

    def _about(self, finding: Finding) -> str:
        """Return the thing by label and CURIE, then path and value."""
        focus = finding.focus
        words = printable(self._curie(focus))
        if isinstance(focus, ox.NamedNode) and self.labels is not None:
            words = f"{printable(self.labels.of(focus.value))} ({words})"
        value = f"“{printable(self._curie(finding.value), 80)}”" if finding.value is not None else ""
        return " ".join(one for one in (words, printable(finding.path), value) if one)

    def _text(self, report: Report) -> str:
        if self.labels is not None:
            things = (one.focus for one in report.findings)
            self.labels.learn(one.value for one in things if isinstance(one, ox.NamedNode))
        lines = [line for finding in report.findings for line in self._lines(finding, 0)]
        counts = [f"{sum(one.severity == name for one in report.findings)} {name}" for name in SEVERITIES]
        return "\n".join([*lines, ", ".join(counts)]) + "\n"

    def _lines(self, finding: Finding, depth: int) -> Iterator[str]:
        place = str(finding.place or Place("graph"))
        start = f"{place}: {finding.severity}: " if depth == 0 else f"{'    ' * depth}because "
        message = printable(finding.message[self.lang], 1000)
        about = self._about(finding)
        words = f"{about}: {message}" if about else message
        yield f"{start}{words} [{printable(self._shape(finding))}]"
        if self.full:
            for reason in finding.reasons:
                yield from self._lines(reason, depth + 1)

    def _json(self, report: Report) -> str:
        whole = {
            "conforms": not report.findings,
            "findings": [self._object(one) for one in report.findings],
        }
        return _json(whole)

    def _object(self, finding: Finding) -> dict[str, object]:
        found: dict[str, object] = {
            "focus": _value(finding.focus),
            "path": finding.path,
            "value": _value(finding.value),
            "severity": finding.severity,
            "message": finding.message[self.lang],
            "shape": finding.shape,
            "constraint": finding.constraint,
            "file": finding.place.file if finding.place else "",
            "line": finding.place.line if finding.place else 0,
        }
        if self.full:
            found["reasons"] = [self._object(one) for one in finding.reasons]
        return found

    def _sarif(self, report: Report) -> str:
        return _json(SarifWriter(self.lang, self.version, self._shape, self._said).log(report))

    def _said(self, finding: Finding) -> str:
        """Return the words of a finding, and with ``--full`` its reasons, a line each."""
        reasons = [line for one in finding.reasons for line in self._lines(one, 1)] if self.full else []
        about = self._about(finding)
        words = f"{about}: {finding.message[self.lang]}" if about else finding.message[self.lang]
        return "\n".join([words, *reasons])

    def _annotation(self, finding: Finding) -> str:
        place = finding.place or Place("")
        parts = {"file": place.file, "line": str(place.line or ""), "title": self._shape(finding)}
        given = ",".join(f"{key}={_escaped(text, ',:')}" for key, text in parts.items() if text)
        return f"::{_GITHUB_LEVELS[finding.severity]} {given}::{_escaped(self._said(finding))}"

    def _turtle(self, report: Report) -> str:
        names = (ox.BlankNode(f"r{number}") for number in count())
        head = next(names)
        quads = [
            _said(head, f"{RDF}type", ox.NamedNode(f"{SHACL}ValidationReport")),
            _said(
                head,
                f"{SHACL}conforms",
                ox.Literal("false" if report.findings else "true", datatype=ox.NamedNode(f"{XSD}boolean")),
            ),
        ]
        for finding in report.findings:
            quads += self._result_quads(finding, head, f"{SHACL}result", names)
        text = TurtleWriter(self.prefixes).write(quads)
        return _UNSEEN.sub(lambda match: f"\\U{ord(match[0]):08X}", text)

    def _result_quads(
        self, finding: Finding, owner: ox.BlankNode, link: str, names: Iterator[ox.BlankNode]
    ) -> Iterator[ox.Quad]:
        node = next(names)
        yield _said(owner, link, node)
        yield _said(node, f"{RDF}type", ox.NamedNode(f"{SHACL}ValidationResult"))
        severity = ox.NamedNode(f"{SHACL}{_SHACL_SEVERITIES[finding.severity]}")
        yield _said(node, f"{SHACL}resultSeverity", severity)
        if len(set(finding.message.values())) == 1:  # not the words of a shape: in no language
            yield _said(node, f"{SHACL}resultMessage", ox.Literal(next(iter(finding.message.values()))))
        else:
            for language, text in finding.message.items():
                yield _said(node, f"{SHACL}resultMessage", ox.Literal(text, language=language))
        for name, term in (("focusNode", finding.focus), ("value", finding.value)):
            if term is not None:
                # A blank node of the data has no name to be found by; it stands for itself once.
                yield _said(node, f"{SHACL}{name}", next(names) if isinstance(term, ox.BlankNode) else term)
        path = PathReader(finding.path, self.prefixes, names)
        terms = {
            "resultPath": path.node() if finding.path else None,
            "sourceShape": _named(finding.shape),
            "sourceConstraintComponent": _named(
                self.prefixes.expand(finding.constraint) or finding.constraint
            ),
        }
        for name, named in terms.items():
            if named is not None:
                yield _said(node, f"{SHACL}{name}", named)
        if terms["resultPath"] is not None:
            yield from path.quads
        for reason in finding.reasons:
            yield from self._result_quads(reason, node, f"{SHACL}detail", names)


def _said(subject: ox.BlankNode, predicate: str, value: ox.NamedNode | ox.BlankNode | ox.Literal) -> ox.Quad:
    return ox.Quad(subject, ox.NamedNode(predicate), value)


def _named(text: str) -> ox.NamedNode | None:
    """Return an IRI; None for what is none, such as the name of a check or of a shape without IRI."""
    try:
        return ox.NamedNode(text)
    except ValueError:
        return None


def _value(term: object) -> str:
    """Return a term without its kind; what a parser called a blank node is chance."""
    return "[]" if isinstance(term, ox.BlankNode) else "" if term is None else getattr(term, "value", "")


def _json(whole: object) -> str:
    """Return a value as JSON, with what is no character as its code: a file's name may hold it."""
    text = json.dumps(whole, ensure_ascii=False, indent=2)
    return _UNSEEN.sub(lambda match: json.dumps(match[0])[1:-1], text) + "\n"


def _escaped(text: str, more: str = "") -> str:
    """Return text as a workflow command takes it: line breaks and some marks as percent codes.

    Other control characters, which a log would obey, are shown as their codes.
    """
    for char in f"%\r\n{more}":
        text = text.replace(char, f"%{ord(char):02X}")
    return printable(text, len(text))
