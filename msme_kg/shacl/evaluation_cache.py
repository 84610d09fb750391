"""Cache of evaluations by the content of data files and shapes files."""

from __future__ import annotations

from msme_kg.shacl.compiled_json import dumps, loads
from msme_kg.shacl.validation_results import Evaluation
from msme_kg.storage import cache

_CACHE_KIND = "results"


def load(key: str) -> Evaluation | None:
    """Return a cached evaluation; None if there is none.

    Args:
        key: the cache key of the data files and the shapes files.
    """
    return cache.load(_CACHE_KIND, key, lambda parts: loads(bytes(parts["json"]), Evaluation))


def store(key: str, evaluation: Evaluation) -> None:
    """Cache an evaluation."""
    cache.store(_CACHE_KIND, key, {"json": dumps(evaluation)})
