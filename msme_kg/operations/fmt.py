"""Canonical form of all Turtle files, and current tables in the READMEs."""

from __future__ import annotations

from dataclasses import dataclass

from msme_kg.operations.apply import LOCK_TIMEOUT, require_writable
from msme_kg.operations.query import list_queries
from msme_kg.rdf.encoding import decode_utf8
from msme_kg.rendering.readme_tables import refresh_readmes
from msme_kg.repository import Repository, is_in_default_graph, is_shapes_file
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.formatting import format_file
from msme_kg.storage.journal import hash_content
from msme_kg.storage.snapshot import read_snapshot
from msme_kg.storage.transaction import commit, open_write_transaction


@dataclass(frozen=True)
class Formatting:
    """The outcome of formatting.

    Attributes:
        changed: the files that differ from their canonical form, or did.
        file_count: how many files were looked at.
    """

    changed: tuple[str, ...]
    file_count: int


def format_graph(
    repository: Repository, *, check: bool = False, lock_timeout: float = LOCK_TIMEOUT
) -> Formatting:
    """Write every Turtle file in canonical form, and update the tables of the READMEs.

    All files are formatted before the first is written, so one malformed file leaves the others alone.

    Args:
        repository: the graph.
        check: whether files are only compared.
        lock_timeout: seconds to wait for another writer.

    Raises:
        msme_kg.errors.InputError: a file is malformed.
        msme_kg.errors.UsageError: the graph is the one that comes with the package.
        msme_kg.errors.ConflictError: a file changed meanwhile; nothing was written.
    """
    if not check:
        require_writable(repository)
    old, new = read_snapshot(repository.root, lambda: _read_and_format(repository))
    changed = {path: content for path, content in new.items() if content != old[path]}
    if changed and not check:
        with open_write_transaction(repository.root, lock_timeout) as lock:
            commit(lock, changed, {path: hash_content(content) for path, content in old.items()})
    return Formatting(tuple(changed), len(old))


def _read_and_format(repository: Repository) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return the content of Turtle files and READMEs as it is and as it should be."""
    dataset = Dataset.from_repository(repository, repository.list_all_files)
    readmes = {path: repository.read(path) for path in repository.list_readmes()}
    default_graph, shapes = (
        Dataset(tuple(file for file in dataset.files if belongs(file.path)))
        for belongs in (is_in_default_graph, is_shapes_file)
    )
    texts = {path: decode_utf8(content, path) for path, content in readmes.items()}
    refreshed = refresh_readmes(texts, default_graph, shapes, list_queries(repository))
    old = {file.path: file.content for file in dataset.files} | readmes
    new = {file.path: format_file(file, dataset.prefixes) for file in dataset.files}
    return old, new | {path: text.encode() for path, text in refreshed.items()}
