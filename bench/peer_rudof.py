"""Validation with pyrudof, as a process: ``peer_rudof.py SHAPES DATA REPORT``."""

from __future__ import annotations

import sys
from pathlib import Path

from pyrudof import ResultShaclValidationFormat, Rudof, RudofConfig


def main(shapes: str, data: str, report: str) -> None:
    """Read both files, validate, and write the report as Turtle."""
    rudof = Rudof(RudofConfig())
    rudof.read_data(data)
    rudof.read_shacl(shapes)
    rudof.validate_shacl()
    text = rudof.serialize_shacl_validation_results(ResultShaclValidationFormat.Turtle)
    Path(report).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
