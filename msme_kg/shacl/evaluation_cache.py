"""Cache of evaluations and their reports by the content of data files and shapes files."""

from __future__ import annotations

from typing import Any, cast

from msme_kg.shacl.compiled_json import dumps, loads
from msme_kg.shacl.report import ValidationReport
from msme_kg.shacl.validation_results import Evaluation
from msme_kg.storage import cache

_CACHE_KIND = "results"
_MAX_FINDINGS = 10_000
"""Number of findings up to which the report is cached; of more, only the shorter evaluation is."""


def load(key: str) -> Evaluation | ValidationReport | None:
    """Return a cached evaluation or its report; None if there is none.

    Args:
        key: the cache key of the data files and the shapes files.
    """
    hint = cast(Any, Evaluation | ValidationReport)
    return cache.load(_CACHE_KIND, key, lambda parts: loads(bytes(parts["json"]), hint))


def store(key: str, evaluation: Evaluation, report: ValidationReport) -> None:
    """Cache the report of an evaluation, or the evaluation if pySHACL has to complete it."""
    is_short = not evaluation.undecided and len(report.findings) <= _MAX_FINDINGS
    cache.store(_CACHE_KIND, key, {"json": dumps(report if is_short else evaluation)})
