"""Findings as SARIF 2.1.0, the form that code scanners exchange."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath
from urllib.parse import quote

from msme_kg.errors import SourceLocation
from msme_kg.shacl.report import Finding, ValidationReport

SCHEMA_URL = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
_ROOT_BASE_ID = "ROOT"
_ROOT_DESCRIPTION = "The folder from which files are named: the root of the graph, or where the command ran."


@dataclass
class SarifWriter:
    """Builds the log of one run.

    Attributes:
        lang: the language of messages.
        version: of the tool.
        get_rule_id: gives the id of the rule that a finding breaks.
        format_message: gives what a result says.
        occurrences: how often each finding was met, wherever it lay.
    """

    lang: str
    version: str
    get_rule_id: Callable[[Finding], str]
    format_message: Callable[[Finding], str]
    occurrences: Counter[str] = field(default_factory=Counter)

    def build_log(self, report: ValidationReport) -> dict[str, object]:
        """Return a report as a log."""
        by_rule: dict[str, list[Finding]] = {}
        for finding in report.findings:
            by_rule.setdefault(self.get_rule_id(finding), []).append(finding)
        rules = sorted(by_rule)
        driver = {
            "name": "msme-kg",
            "version": self.version,
            "rules": [self._build_rule(rule, by_rule[rule]) for rule in rules],
        }
        run = {
            "tool": {"driver": driver},
            "invocations": [{"executionSuccessful": True}],
            "originalUriBaseIds": {_ROOT_BASE_ID: {"description": {"text": _ROOT_DESCRIPTION}}},
            "columnKind": "unicodeCodePoints",
            "results": [self._build_result(one, rules) for one in report.findings],
        }
        return {"$schema": SCHEMA_URL, "version": "2.1.0", "runs": [run]}

    def _build_rule(self, rule: str, findings: list[Finding]) -> dict[str, object]:
        # The words that pySHACL makes up are about one finding; a rule has to have the same for all.
        said = [one.rule_message or ({} if one.constraint_component else one.message) for one in findings]
        texts = {one[self.lang] for one in said if one}
        described = {"shortDescription": {"text": texts.pop()}} if len(texts) == 1 else {}
        return {"id": rule, **described, "defaultConfiguration": {"level": _LEVELS[findings[0].severity]}}

    def _build_result(self, finding: Finding, rules: list[str]) -> dict[str, object]:
        rule = self.get_rule_id(finding)
        found: dict[str, object] = {
            "ruleId": rule,
            "ruleIndex": rules.index(rule),
            "level": _LEVELS[finding.severity],
            "message": {"text": self.format_message(finding)},
            "partialFingerprints": {"finding/v1": self._compute_fingerprint(finding)},
        }
        if finding.location:
            found["locations"] = [{"physicalLocation": _build_location(finding.location)}]
        return found

    def _compute_fingerprint(self, finding: Finding) -> str:
        """Return what stays when a line is put in above: what is wrong, and which of those that agree."""
        parts = "\n".join(part.replace("\n", "\\n") for part in finding.compute_identity())
        self.occurrences[parts] += 1
        number = self.occurrences[parts]
        text = parts if number == 1 else f"{parts}\n{number}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _build_location(place: SourceLocation) -> dict[str, object]:
    found: dict[str, object] = {"artifactLocation": build_artifact_location(place.file)}
    if place.line:
        found["region"] = {"startLine": place.line} | ({"startColumn": place.column} if place.column else {})
    return found


def build_artifact_location(path: str) -> dict[str, str]:
    """Return a file as a URI: relative to the root, or whole where its path is."""
    if PurePath(path).is_absolute():
        return {"uri": f"file://{_percent_encode(path)}"}
    return {"uri": _percent_encode(path), "uriBaseId": _ROOT_BASE_ID}


def _percent_encode(path: str) -> str:
    try:
        return quote(os.fsencode(path), safe="/")
    except UnicodeEncodeError:  # no file can be called so
        return quote(path, safe="/", errors="replace")
