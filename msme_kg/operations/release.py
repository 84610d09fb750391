"""Release: version and dates of a clean graph, and the manifest of the IRIs that it contains."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.changes.attestations import DATASET_CLASS, TYPE
from msme_kg.changes.release_manifest import format_manifest, get_manifest_path, list_released_versions
from msme_kg.errors import FindingError, UsageError, to_printable
from msme_kg.namespaces import DCAT, DCTERMS, OWL, XSD
from msme_kg.operations.apply import LOCK_TIMEOUT, require_writable
from msme_kg.operations.portal import Portal
from msme_kg.operations.site import Site
from msme_kg.operations.validate import Validation, validate
from msme_kg.publish.atomic_folder import TargetFolder
from msme_kg.rdf.terms import Term, split_quad
from msme_kg.repository import DATASET_FILE, MAIN_ONTOLOGY, Repository
from msme_kg.shacl.validator import Progress, ignore_progress
from msme_kg.sparql.parameters import read_current_date
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.git import list_uncommitted_files
from msme_kg.storage.journal import hash_content
from msme_kg.storage.patching import patch_file
from msme_kg.storage.transaction import commit, open_write_transaction

_NUMBER = "(?:0|[1-9][0-9]{0,8})"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")
_CITED_VERSION = re.compile(r"\bversion \d[\w.-]*, \d{4}\b")
_CITATION = ox.NamedNode(f"{DCTERMS}bibliographicCitation")
_ONTOLOGY_CLASS = ox.NamedNode(f"{OWL}Ontology")
_SHOWN_FILES = 3


@dataclass(frozen=True)
class Release:
    """The outcome of a release.

    Attributes:
        validation: the validation of the graph; with findings nothing is written.
        files: the files that were written, by path from the root.
    """

    validation: Validation
    files: tuple[str, ...] = ()


def release(
    repository: Repository,
    version: str,
    *,
    portal: TargetFolder | None = None,
    site: TargetFolder | None = None,
    lock_timeout: float = LOCK_TIMEOUT,
    lang: str = "en",
    progress: Progress = ignore_progress,
) -> Release:
    """Give a graph without findings a version, then build its portal bundle and its site.

    Dataset and ontology get version and date, and the manifest lists the IRIs that no later update may
    remove. All of it is written or nothing; the folders are replaced after that, each as a whole.

    Args:
        repository: the graph; in a git checkout it has no changes that are not committed.
        version: three numbers, such as ``1.2.0``, greater than those of earlier releases.
        portal: the folder of the portal bundle, if it is to be built.
        site: the folder of the site, likewise.
        lock_timeout: seconds to wait for another writer.
        lang: the language of messages.
        progress: receives the name of each stage.

    Raises:
        msme_kg.errors.UsageError: the version is malformed or not greater, or the graph is the one that
            comes with the package.
        msme_kg.errors.FindingError: changes are not committed.
        msme_kg.errors.InputError: a file of the graph is malformed, or the manifest of an earlier release.
        msme_kg.errors.LockedError: another writer holds the graph.
        msme_kg.errors.WriteError: a file or folder could not be written.
    """
    require_writable(repository)
    _require_greater(version, list_released_versions(repository))
    with open_write_transaction(repository.root, lock_timeout) as lock:
        _require_committed(repository)
        for earlier in list_released_versions(repository):
            repository.read_text(get_manifest_path(earlier))  # an unreadable one stops later updates
        validation = validate(repository, lang=lang, progress=progress)
        if validation.findings:
            return Release(validation)
        files, expected_hashes = _build_files(repository, version)
        commit(lock, files, expected_hashes)
    if portal is not None:
        progress("portal")
        Portal.read(repository).write(portal)
    if site is not None:
        Site.read(repository, progress=progress).write(site)
    return Release(validation, tuple(sorted(files)))


def _require_greater(version: str, earlier: list[str]) -> None:
    def parse(text: str) -> tuple[int, ...]:
        return tuple(map(int, text.split(".")))

    if not _VERSION.fullmatch(version):
        raise UsageError(f"{to_printable(version)!r} is not a version", hint="write three numbers: 1.2.0")
    latest = max((one for one in earlier if _VERSION.fullmatch(one)), key=parse, default=None)
    if latest is not None and parse(version) <= parse(latest):
        raise UsageError(f"{latest} has been released already", hint="choose a greater version")


def _require_committed(repository: Repository) -> None:
    """Refuse a graph with changes that git does not have.

    Raises:
        FindingError: there are some.
    """
    names = [to_printable(name) for name in list_uncommitted_files(repository)]
    if names:
        more = f" and {len(names) - _SHOWN_FILES} more" if len(names) > _SHOWN_FILES else ""
        what = f"not committed: {', '.join(names[:_SHOWN_FILES])}{more}"
        raise FindingError(what, hint="commit these files or undo their changes, then release")


def _build_files(repository: Repository, version: str) -> tuple[dict[str, bytes], Mapping[str, str | None]]:
    """Return the new content of the files of a release, and the hashes of what they were built from."""
    dataset = Dataset.from_repository(repository, repository.list_default_graph_files)
    manifest = get_manifest_path(version)
    files = {manifest: format_manifest(dataset.parse_quads()).encode()}
    hashes: dict[str, str | None] = {file.path: hash_content(file.content) for file in dataset.files}
    for file in dataset.files:
        if file.path in {MAIN_ONTOLOGY, DATASET_FILE}:
            added, removed = _update_version(file, version)
            files[file.path] = patch_file(file, added, removed, dataset.prefixes).content
    return files, {**hashes, manifest: None}


def _update_version(file: GraphFile, version: str) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """Return the quads to add and remove in a file that describes a dataset or ontology."""
    quads = list(file.parse_quads())
    added: list[ox.Quad] = []
    removed: list[ox.Quad] = []
    for quad in quads:
        if quad.predicate == TYPE:
            for predicate, value in _list_values(quad, version):
                removed += [one for one in quads if (one.subject, one.predicate) == (quad.subject, predicate)]
                added.append(ox.Quad(quad.subject, predicate, value, quad.graph_name))
        elif quad.predicate == _CITATION and isinstance(quad.object, ox.Literal):
            year = read_current_date().year
            text = _CITED_VERSION.sub(f"version {version}, {year}", quad.object.value)
            removed.append(quad)
            added.append(
                ox.Quad(
                    quad.subject, _CITATION, ox.Literal(text, language=quad.object.language), quad.graph_name
                )
            )
    return added, removed


def _list_values(quad: ox.Quad, version: str) -> Iterator[tuple[ox.NamedNode, Term]]:
    """Yield the properties of a release with their values, for the type of an ontology or dataset."""
    subject, _, cls = split_quad(quad)
    if cls == _ONTOLOGY_CLASS:
        yield ox.NamedNode(f"{OWL}versionInfo"), ox.Literal(version)
        yield ox.NamedNode(f"{OWL}versionIRI"), ox.NamedNode(f"{subject.value}/{version}")
    elif cls == DATASET_CLASS:
        day = read_current_date().isoformat()
        yield ox.NamedNode(f"{DCAT}version"), ox.Literal(version)
        yield ox.NamedNode(f"{DCTERMS}issued"), ox.Literal(day, datatype=ox.NamedNode(f"{XSD}date"))
