"""A large graph is answered from a store on disk, which never answers anything else than the files do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Run

from msme_kg.entities.name_archive import NAMES, NameArchive
from msme_kg.operations.prepared_graph import compute_archive_key, store_derived
from msme_kg.repository import Repository
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.storage import prepared_store
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.prepared_store import open_prepared_store, prepare_store

STATEMENTS = "SELECT * WHERE { ?s ?p ?o }"


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty cache folder, with stores on disk for graphs of any size."""
    monkeypatch.setenv("MSME_KG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(prepared_store, "_MIN_BYTES", 0)
    return tmp_path / "cache"


def read_dataset(root: Path) -> Dataset:
    repository = Repository.find(root)
    return Dataset.from_repository(repository, repository.list_default_graph_files)


def prepare(dataset: Dataset) -> None:
    prepare_store(dataset)


def find_store(caches: Path) -> Path:
    (folder,) = caches.glob("prepared-*")
    return folder


@pytest.fixture
def dataset(root: Path, caches: Path) -> Dataset:
    dataset = read_dataset(root)
    prepare(dataset)
    assert open_prepared_store(dataset) is not None
    assert caches.stat().st_mode & 0o077 == find_store(caches).stat().st_mode & 0o077 == 0
    return dataset


def test_store_has_the_statements_of_the_files(dataset: Dataset) -> None:
    memory, disk = LocalEngine(dataset), LocalEngine(dataset, open_prepared_store(dataset))
    assert len(disk.select(STATEMENTS).rows) == len(memory.select(STATEMENTS).rows)
    in_graphs = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert set(disk.select(in_graphs).rows) == set(memory.select(in_graphs).rows)
    assert disk.prefixes == memory.prefixes


def test_archive_has_the_names_and_texts_of_the_store(root: Path, dataset: Dataset) -> None:
    repository = Repository.find(root)
    key = compute_archive_key(repository, dataset)
    assert NameArchive.load(NAMES, key) is None
    store_derived(repository, dataset, LocalEngine(dataset, open_prepared_store(dataset)))
    archive = NameArchive.load(NAMES, key)
    assert archive is not None
    named = [f"https://w3id.org/msme-kg/{name}/us" for name in ("member", "membership")]
    assert archive.find_named("us") == named
    assert archive.find_named("nothing") == []
    annex = "https://w3id.org/msme-kg/document/inf-msme-4-rev-2-annex-3"
    assert "Annex 3 of INF/MSME/4/Rev.2" in [name.name for name in archive.list_about([annex])]
    assert {name.entity_iri for name in archive.list_about([named[0], "urn:nothing"])} == {named[0]}


def append_byte(folder: Path) -> None:
    with max(folder.glob("*.sst"), key=lambda path: path.stat().st_size).open("ab") as file:
        file.write(b"x")


def change_byte(folder: Path) -> None:
    path = max(folder.glob("*.sst"), key=lambda path: path.stat().st_size)
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace_store(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    ox.Store(str(folder)).add(ox.Quad(*[ox.NamedNode("urn:forged")] * 3))


def link_store(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to("elsewhere")


@pytest.mark.parametrize(
    "harm",
    [
        append_byte,
        change_byte,
        replace_store,
        link_store,
        lambda folder: folder.joinpath("CURRENT").unlink(),
        lambda folder: folder.joinpath("further").touch(),
        lambda folder: folder.joinpath("further").mkdir(),
        lambda folder: folder.chmod(0o777),
        lambda folder: folder.parent.chmod(0o777),
        lambda folder: folder.parent.joinpath("secret").write_bytes(b"0" * 32),
        lambda folder: next(folder.parent.glob("seal-*")).unlink(),
        lambda folder: next(folder.parent.glob("seal-*")).write_bytes(b""),
    ],
)
def test_damaged_or_foreign_store_is_not_opened_and_written_anew(
    dataset: Dataset, caches: Path, harm: Callable[[Path], object]
) -> None:
    harm(find_store(caches))
    assert open_prepared_store(dataset) is None
    caches.chmod(0o700)
    if find_store(caches).is_symlink():
        find_store(caches).unlink()
    prepare(dataset)
    assert open_prepared_store(dataset) is not None


def test_store_that_is_removed_while_it_is_open_is_replaced_by_the_files(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def query(self, *_: object, **__: object) -> None:
            raise OSError("removed")

    engine = LocalEngine(dataset, open_prepared_store(dataset))
    monkeypatch.setattr(engine, "_union_store", Broken())
    assert len(engine.select(STATEMENTS).rows) == len(LocalEngine(dataset).select(STATEMENTS).rows)
    assert not engine.is_prepared


def test_changed_file_has_a_store_of_its_own_and_the_oldest_go(
    copy_of_graph: Path, dataset: Dataset, caches: Path
) -> None:
    for number in range(4):
        (copy_of_graph / "data/more.ttl").write_text(f"<urn:{number}> a <urn:c> .\n")
        changed = read_dataset(copy_of_graph)
        assert open_prepared_store(changed) is None
        prepare(changed)
        engine = LocalEngine(changed, open_prepared_store(changed))
        assert engine.select("SELECT ?s WHERE { ?s a <urn:c> }").rows == ((ox.NamedNode(f"urn:{number}"),),)
    assert open_prepared_store(dataset) is None
    assert len(list(caches.glob("prepared-*"))) == 3


def test_store_that_another_process_writes_is_left_to_it_unless_it_was_killed(
    root: Path, caches: Path
) -> None:
    dataset = read_dataset(root)
    work = caches / f".prepared-{dataset.key}"
    work.mkdir(parents=True)
    assert not prepared_store.can_prepare(dataset)
    with pytest.raises(FileExistsError):
        prepare(dataset)
    script = "import pyoxigraph, sys; store = pyoxigraph.Store(sys.argv[1]); print(1, flush=True); input()"
    command = [sys.executable, "-c", script, str(work)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"1\n"
        assert not prepared_store.can_prepare(dataset)
        writer.kill()
    assert prepared_store.can_prepare(dataset)
    prepare(dataset)
    assert open_prepared_store(dataset) is not None
    assert not work.exists()


def test_large_graph_is_prepared_by_its_first_command_and_answers_the_same(
    run: Run, copy_of_graph: Path, tmp_path: Path
) -> None:
    notes = "".join(f'<urn:note:{number}> <urn:text> "{"x" * 1000}" .\n' for number in range(9000))
    (copy_of_graph / "data/notes.ttl").write_text(notes)
    environment = {"MSME_KG_CACHE": str(tmp_path / "cache")}
    questions = [
        ("query", "evidence", "--thing", "US"),
        ("query", "documents", "--sponsor", "kore"),  # a begun word
        ("query", "declaration", "--symbol", "declaration"),  # a name that is preferred
        ("query", "package", "--annex", "融資"),
        ("describe", "INF/MSME/W/36"),
        ("describe", "附件六"),  # a derived name
        ("describe", "98 members"),  # a number
        ("describe", "https://trade4msmes.org/"),
        ("search", "Taiwan"),
        ("search", "聯合部長聲明"),  # the nearest names
        ("search", "of the trade4msmes"),
        ("search", "helpdesk for small businesses"),  # in texts
        ("search", "no such name at all"),
        ("query", "statistics", "--indicator", "share of frims"),  # all of a closed set
        ("query", "documents", "--sponsor", "Jappan"),  # a similar name
        ("describe", "Trade4MSMEz platfrom"),
        ("query", "members", "--as-of", "MC12"),  # an event in place of a day
        ("info",),
        ("brief", "--as-of", "2023-08-01"),
        ("brief", "--as-of", "2024-08-01"),  # from rows that the note before it kept
    ]
    first = [run("--root", copy_of_graph, *question, env=environment) for question in questions]
    until = time.monotonic() + 60
    while not list(tmp_path.glob("cache/seal-*")):
        assert time.monotonic() < until
        time.sleep(0.1)
    for answer in tmp_path.glob("cache/answer-*"):
        answer.unlink()
    assert [run("--root", copy_of_graph, *question, env=environment) for question in questions] == first
    assert {one.code for one in first} == {0, 2}
    absent = run("--root", copy_of_graph, *questions[0], env={"MSME_KG_CACHE": "/proc/nowhere"})
    assert absent == first[0]
