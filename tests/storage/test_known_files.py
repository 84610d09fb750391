"""A large graph that has not changed is opened without reading its files."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from msme_kg.errors import ConflictError
from msme_kg.repository import Repository
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.storage import file_state, known_files
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.known_files import KnownFile, read_dataset, recall_dataset
from msme_kg.storage.subject_index import SubjectIndex, read_quads_about
from msme_kg.validation.validation_input import ValidationInput

EVENTS = "data/events/events.ttl"


@pytest.fixture
def repository(copy_of_graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Return a repository whose files are known, though it is small and new."""
    monkeypatch.setenv("MSME_KG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(known_files, "_MIN_BYTES", 0)
    monkeypatch.setattr(known_files, "MIN_AGE", 0)
    repository = Repository.find(copy_of_graph)
    time.sleep(0.05)  # more than a tick of the clock
    read_dataset(repository)
    return repository


def is_known(dataset: Dataset) -> bool:
    (events,) = (file for file in dataset.files if file.path == EVENTS)
    return isinstance(events, KnownFile) and "content" not in vars(events)


def test_known_files_are_those_that_would_be_read(repository: Repository) -> None:
    known = recall_dataset(repository)
    assert known is not None
    read = Dataset.from_repository(repository, repository.list_default_graph_files)
    assert is_known(known)
    assert known.key == read.key
    assert [file.size for file in known.files] == [len(file.content) for file in read.files]
    assert is_known(known)
    query = "SELECT * WHERE { ?s ?p ?o }"
    assert len(LocalEngine(known).select(query).rows) == len(LocalEngine(read).select(query).rows)


def test_a_lookup_reads_only_the_files_with_the_subject(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("msme_kg.storage.subject_index._CACHE_MIN_BYTES", 0)
    member = "https://w3id.org/msme-kg/member/us"
    for dataset in (ValidationInput.from_working_tree(repository).repository_files for _ in range(2)):
        assert is_known(dataset)
        SubjectIndex._from_turtle.cache_clear()
        assert {quad.subject.value for quad in read_quads_about(dataset.files, {member})} == {member}
    read = [file.path for file in dataset.files if "content" in vars(file)]
    assert read == ["data/actors/members.ttl", "ontology/msme.ttl"]  # the latter has lists: it has no index


@pytest.mark.parametrize("change", ["edited", "touched", "added", "removed", "replaced"])
def test_a_changed_file_is_read(repository: Repository, change: str) -> None:
    path = repository.root / EVENTS
    status = path.stat()
    if change == "edited":  # with its size and time of modification as before
        path.write_bytes(path.read_bytes().replace(b"2023", b"2024", 1))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    elif change == "touched":
        path.touch()
    elif change == "added":
        (path.parent / "more.ttl").write_text("<urn:a> <urn:b> <urn:c> .")
    elif change == "removed":
        (repository.root / "data/dataset.ttl").unlink()
    else:
        other = path.with_suffix(".new")
        other.write_bytes(path.read_bytes())
        other.replace(path)
    assert recall_dataset(repository) is None


def test_a_file_that_changes_after_the_graph_was_opened_is_an_error(repository: Repository) -> None:
    known = recall_dataset(repository)
    assert known is not None
    path = repository.root / EVENTS
    path.write_bytes(path.read_bytes() + b"\n")
    (events,) = (file for file in known.files if file.path == EVENTS)
    with pytest.raises(ConflictError, match="is not what it was when it was read"):
        _ = events.content


def test_files_that_were_just_written_are_not_known(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_files, "MIN_AGE", file_state.MIN_AGE)
    (repository.root / EVENTS).touch()
    read_dataset(repository)
    assert recall_dataset(repository) is None
