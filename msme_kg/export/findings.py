"""Findings as text and as JSON."""

from __future__ import annotations

import json

from msme_kg.check.findings import SEVERITIES, Report
from msme_kg.errors import Place, printable
from msme_kg.names import Prefixes
from msme_kg.query.labels import Labels


def render(report: Report, form: str, lang: str, labels: Labels, prefixes: Prefixes) -> str:
    """Return a report as text.

    Args:
        report: what was found.
        form: ``text`` (a line a finding, then a summary) or ``json`` (one object with its list ``findings``).
        lang: the language of messages.
        labels: the words for things.
        prefixes: the CURIEs for them.
    """
    return _json(report, lang) if form == "json" else _text(report, lang, labels, prefixes)


def _text(report: Report, lang: str, labels: Labels, prefixes: Prefixes) -> str:
    labels.learn(finding.focus for finding in report.findings if ":" in finding.focus)
    lines = []
    for finding in report.findings:
        place = str(Place(finding.file or "graph", finding.line))
        curie = prefixes.shorten(finding.focus) or finding.focus
        words = f"{printable(labels.of(finding.focus))} ({printable(curie)})" if finding.focus else ""
        detail = " ".join(one for one in (words, finding.path, _quoted(finding.value)) if one)
        shape = prefixes.shorten(finding.shape) or finding.shape
        lines.append(
            f"{place}: {finding.severity}: {detail}: {printable(finding.message[lang], 1000)} [{shape}]"
        )
    counts = [f"{sum(one.severity == name for one in report.findings)} {name}" for name in SEVERITIES]
    return "\n".join([*lines, ", ".join(counts)]) + "\n"


def _quoted(value: str) -> str:
    return f"“{printable(value, 80)}”" if value else ""


def _json(report: Report, lang: str) -> str:
    whole = {
        "conforms": not report.findings,
        "findings": [
            {
                "focus": one.focus,
                "path": one.path,
                "value": one.value,
                "severity": one.severity,
                "message": one.message[lang],
                "shape": one.shape,
                "constraint": one.constraint,
                "file": one.file,
                "line": one.line,
            }
            for one in report.findings
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
