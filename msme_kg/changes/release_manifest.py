"""Manifests of releases: the IRIs that a release contained, which no later update may remove."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import PurePosixPath

import pyoxigraph as ox

from msme_kg.changes.attestations import is_attestation_iri
from msme_kg.namespaces import BASE
from msme_kg.repository import Repository

RELEASES_FOLDER = "data/releases"
_SUFFIX = ".txt"


def get_manifest_path(version: str) -> str:
    """Return the path of the manifest of a version."""
    return f"{RELEASES_FOLDER}/{version}{_SUFFIX}"


def list_released_versions(repository: Repository) -> list[str]:
    """Return the versions that have a manifest."""
    return [PurePosixPath(path).stem for path in repository.find_files_by_suffix((_SUFFIX,), RELEASES_FOLDER)]


def format_manifest(quads: Iterable[ox.Quad]) -> str:
    """Return the manifest of a graph: the IRI of each entity on a line, sorted.

    Attestations are left out: they describe where statements come from and change with them.
    """
    subjects = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    released = (iri for iri in subjects if iri.startswith(BASE) and not is_attestation_iri(iri))
    return "".join(f"{iri}\n" for iri in sorted(released))


class ReleasedIris:
    """The IRIs of all releases of a graph; of one without manifests every IRI counts as released."""

    def __init__(self, repository: Repository) -> None:
        """Take the graph; its manifests are read when they are needed."""
        self._repository = repository

    def include(self, iri: str) -> bool:
        """Return True for the IRI of an entity that was in a release.

        Raises:
            msme_kg.errors.InputError: a manifest cannot be read.
        """
        if not iri.startswith(BASE) or is_attestation_iri(iri):
            return False
        return self._manifests is None or any(f"\n{iri}\n" in text for text in self._manifests)

    @cached_property
    def _manifests(self) -> list[str] | None:
        texts = [
            f"\n{self._repository.read_text(get_manifest_path(version))}"
            for version in list_released_versions(self._repository)
        ]
        return texts or None
