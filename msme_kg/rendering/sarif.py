"""Findings as SARIF 2.1.0, the form that code scanners exchange."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath
from urllib.parse import quote

from msme_kg.errors import Place
from msme_kg.shacl.report import Finding, Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
_ROOT = "ROOT"
_ROOT_MEANS = "The folder from which files are named: the root of the graph, or where the command ran."


@dataclass
class SarifWriter:
    """Builds the log of one run.

    Attributes:
        lang: the language of messages.
        version: of the tool.
        rule_of: gives the id of the rule that a finding breaks.
        text_of: gives what a result says.
        seen: how often each finding was met, wherever it lay.
    """

    lang: str
    version: str
    rule_of: Callable[[Finding], str]
    text_of: Callable[[Finding], str]
    seen: Counter[str] = field(default_factory=Counter)

    def log(self, report: Report) -> dict[str, object]:
        """Return a report as a log."""
        by_rule: dict[str, list[Finding]] = {}
        for finding in report.findings:
            by_rule.setdefault(self.rule_of(finding), []).append(finding)
        rules = sorted(by_rule)
        driver = {
            "name": "msme-kg",
            "version": self.version,
            "rules": [self._rule(rule, by_rule[rule]) for rule in rules],
        }
        run = {
            "tool": {"driver": driver},
            "invocations": [{"executionSuccessful": True}],
            "originalUriBaseIds": {_ROOT: {"description": {"text": _ROOT_MEANS}}},
            "columnKind": "unicodeCodePoints",
            "results": [self._result(one, rules) for one in report.findings],
        }
        return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}

    def _rule(self, rule: str, findings: list[Finding]) -> dict[str, object]:
        # The words that pySHACL makes up are about one finding; a rule has to have the same for all.
        said = [one.asked or ({} if one.constraint else one.message) for one in findings]
        texts = {one[self.lang] for one in said if one}
        described = {"shortDescription": {"text": texts.pop()}} if len(texts) == 1 else {}
        return {"id": rule, **described, "defaultConfiguration": {"level": _LEVELS[findings[0].severity]}}

    def _result(self, finding: Finding, rules: list[str]) -> dict[str, object]:
        rule = self.rule_of(finding)
        found: dict[str, object] = {
            "ruleId": rule,
            "ruleIndex": rules.index(rule),
            "level": _LEVELS[finding.severity],
            "message": {"text": self.text_of(finding)},
            "partialFingerprints": {"finding/v1": self._fingerprint(finding)},
        }
        if finding.place:
            found["locations"] = [{"physicalLocation": _location(finding.place)}]
        return found

    def _fingerprint(self, finding: Finding) -> str:
        """Return what stays when a line is put in above: what is wrong, and which of those that agree."""
        parts = "\n".join(part.replace("\n", "\\n") for part in finding.same_as())
        self.seen[parts] += 1
        number = self.seen[parts]
        text = parts if number == 1 else f"{parts}\n{number}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _location(place: Place) -> dict[str, object]:
    found: dict[str, object] = {"artifactLocation": artifact(place.file)}
    if place.line:
        found["region"] = {"startLine": place.line} | ({"startColumn": place.column} if place.column else {})
    return found


def artifact(path: str) -> dict[str, str]:
    """Return a file as a URI: relative to the root, or whole where its path is."""
    if PurePath(path).is_absolute():
        return {"uri": f"file://{_escaped(path)}"}
    return {"uri": _escaped(path), "uriBaseId": _ROOT}


def _escaped(path: str) -> str:
    try:
        return quote(os.fsencode(path), safe="/")
    except UnicodeEncodeError:  # no file can be called so
        return quote(path, safe="/", errors="replace")
