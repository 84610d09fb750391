"""Tests of the comparison of reports: W3C validation reports and our findings in one form."""

from __future__ import annotations

import json
from pathlib import Path

import reports

EX = "http://example.org/"
TURTLE = """@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
[] a sh:ValidationReport ; sh:result [ a sh:ValidationResult ; sh:focusNode ex:a ;
    sh:sourceConstraintComponent sh:DisjointConstraintComponent ;
    sh:resultPath [ sh:oneOrMorePath [ sh:inversePath ex:p ] ] ;
    sh:detail [ sh:focusNode ex:c ] ] , [ a sh:ValidationResult ; sh:focusNode ex:b ;
    sh:sourceConstraintComponent sh:MaxCountConstraintComponent ;
    sh:resultPath ( ex:p [ sh:alternativePath ( ex:q ex:r ) ] ) ] .
"""
JSON = [
    {"focus": f"{EX}b", "path": "ex:p/(ex:q|ex:r)", "constraint": "sh:MaxCountConstraintComponent"},
    {"focus": f"{EX}a", "path": "(^ex:p)+", "constraint": "sh:DisjointConstraintComponent"},
]


def test_reports_of_both_forms_agree(tmp_path: Path) -> None:
    (tmp_path / "report.ttl").write_text(TURTLE, encoding="utf-8")
    (tmp_path / "report.json").write_text(json.dumps({"findings": JSON}), encoding="utf-8")
    theirs = reports.lines(tmp_path / "report.ttl", "shacl", {})
    ours = reports.lines(tmp_path / "report.json", "json", {"ex": EX})
    assert theirs == [f"<{EX}a>\tDisjoint\t^<{EX}p>+", f"<{EX}b>\tMaxCount\t<{EX}p>/<{EX}q>|<{EX}r>"]
    assert ours == theirs
