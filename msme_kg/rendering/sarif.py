"""Findings as a SARIF log (Static Analysis Results Interchange Format 2.1.0, OASIS)."""

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
_ROOT_DESCRIPTION = (
    "The base of relative paths: the top of the git checkout; outside of one the root of the graph, or the "
    "working directory of the command."
)


@dataclass
class SarifWriter:
    """Writer of a log with one run.

    Attributes:
        lang: the language of messages.
        version: the version of the tool.
        get_rule_id: returns the id of the rule that a finding violates.
        format_message: returns the message of a result.
        find_path: returns the path of a file for the platform that shows the results.
        occurrences: number of findings so far with the same identity, in any location.
    """

    lang: str
    version: str
    get_rule_id: Callable[[Finding], str]
    format_message: Callable[[Finding], str]
    find_path: Callable[[str], str]
    occurrences: Counter[str] = field(default_factory=Counter)

    def build_log(self, report: ValidationReport, is_successful: bool = True) -> dict[str, object]:
        """Build the log of a report, with a run (§3.14) and its originalUriBaseIds (§3.14.14).

        Args:
            report: the findings.
            is_successful: False if an error ended the validation (§3.20.14).
        """
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
            "invocations": [{"executionSuccessful": is_successful}],
            "originalUriBaseIds": {_ROOT_BASE_ID: {"description": {"text": _ROOT_DESCRIPTION}}},
            "columnKind": "unicodeCodePoints",
            "results": [self._build_result(finding, rules) for finding in report.findings],
        }
        return {"$schema": SCHEMA_URL, "version": "2.1.0", "runs": [run]}

    def _build_rule(self, rule: str, findings: list[Finding]) -> dict[str, object]:
        """Build a reportingDescriptor (§3.49), with a description if all findings share it."""
        # A message composed by pySHACL describes one finding, not the rule.
        messages = [
            finding.rule_message or ({} if finding.constraint_component else finding.message)
            for finding in findings
        ]
        texts = {message[self.lang] for message in messages if message}
        description = {"shortDescription": {"text": texts.pop()}} if len(texts) == 1 else {}
        return {"id": rule, **description, "defaultConfiguration": {"level": _LEVELS[findings[0].severity]}}

    def _build_result(self, finding: Finding, rules: list[str]) -> dict[str, object]:
        """Build a result (§3.27)."""
        rule = self.get_rule_id(finding)
        result: dict[str, object] = {
            "ruleId": rule,
            "ruleIndex": rules.index(rule),
            "level": _LEVELS[finding.severity],
            "message": {"text": self.format_message(finding)},
            "partialFingerprints": {"finding/v1": self._compute_fingerprint(finding)},
        }
        if finding.location:
            result["locations"] = [{"physicalLocation": self._build_location(finding.location)}]
        return result

    def _compute_fingerprint(self, finding: Finding) -> str:
        """Return a partial fingerprint (§3.27.17) that does not depend on line numbers."""
        parts = "\n".join(part.replace("\n", "\\n") for part in finding.compute_identity())
        self.occurrences[parts] += 1
        number = self.occurrences[parts]
        text = parts if number == 1 else f"{parts}\n{number}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def _build_location(self, location: SourceLocation) -> dict[str, object]:
        """Build a physicalLocation (§3.29)."""
        artifact = build_artifact_location(self.find_path(location.file))
        physical: dict[str, object] = {"artifactLocation": artifact}
        if location.line:
            physical["region"] = {"startLine": location.line} | (
                {"startColumn": location.column} if location.column else {}
            )
        return physical


def build_artifact_location(path: str) -> dict[str, str]:
    """Build an artifactLocation (§3.4) with a relative URI, or a file URI for an absolute path."""
    if PurePath(path).is_absolute():
        return {"uri": f"file://{_percent_encode(path)}"}
    return {"uri": _percent_encode(path), "uriBaseId": _ROOT_BASE_ID}


def _percent_encode(path: str) -> str:
    try:
        return quote(os.fsencode(path), safe="/")
    except UnicodeEncodeError:  # not a possible file name
        return quote(path, safe="/", errors="replace")
