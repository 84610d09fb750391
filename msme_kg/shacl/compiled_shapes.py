"""Compiled shapes, loaded from the cache or compiled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msme_kg.shacl.compiled_json import dumps, loads
from msme_kg.shacl.forked_worker import start_worker
from msme_kg.shacl.model import CompiledShapes
from msme_kg.storage import cache
from msme_kg.storage.dataset import Dataset


def load_compiled_shapes(
    dataset: Dataset, meanwhile: Callable[[], object] | None = None, byte_count: int = 0
) -> CompiledShapes:
    """Return the compiled shapes of some files, from the cache or compiled and then cached.

    Args:
        dataset: the files.
        meanwhile: called while a worker compiles the shapes, if the input is large and they are not cached.
        byte_count: the size of the input that ``meanwhile`` reads.

    Raises:
        msme_kg.errors.KGError: a file is malformed; or what ``meanwhile`` raises.
    """
    shapes = cache.load("shapes", dataset.key, lambda parts: loads(bytes(parts["json"]), CompiledShapes))
    if shapes is not None:
        return shapes
    content = None
    if meanwhile is not None:
        with start_worker(partial(_compile_to_json, dataset), byte_count) as worker:
            if worker is not None:
                meanwhile()
                content = worker.read_result()
    shapes = _compile(dataset) if content is None else loads(content, CompiledShapes)
    cache.store("shapes", dataset.key, {"json": content or dumps(shapes)})
    return shapes


def _compile(dataset: Dataset) -> CompiledShapes:
    from msme_kg.shacl.compiler import compile_shapes  # cached shapes do not wait for it

    return compile_shapes(dataset.parse_quads())


def _compile_to_json(dataset: Dataset) -> bytes:
    return dumps(_compile(dataset))
