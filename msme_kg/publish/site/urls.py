"""The folder of the page of each IRI within the site."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cached_property

from msme_kg.namespaces import BASE, LANGUAGES
from msme_kg.publish.folder_manifest import MANIFEST

PAGE_FILES = {LANGUAGES[0]: "index.html", LANGUAGES[1]: "zh-Hant.html"}
"""The file of a page in each language, in the page's folder."""

QUERY, SEARCH, ABOUT, ASSETS, DUMP = "query", "search", "about", "assets", "dump"
SERVICES = ("sparql", "check", "note", "api")
"""The folders of pages with the forms of services, which only a server has."""
UNDATED = frozenset((ASSETS, DUMP, *SERVICES))
"""The folders whose files do not depend on a day."""
FEED_FILE = "feed.atom"
"""The file of a feed, in the folder of a page; only a server has feeds."""
_RESERVED = {QUERY, SEARCH, ABOUT, ASSETS, DUMP, *SERVICES, "-", MANIFEST.casefold()}
_SAFE_SEGMENT = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
_FILE_EXTENSION = re.compile(r"\.(?:html|ttl|jsonld|csv|json|svg|rq|xml|atom)$", re.IGNORECASE)
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
"""Names that Windows gives to devices, with any extension."""
_HASHED_SECTION = "other"
_MAX_FOLDER_LENGTH = 200
"""The most characters of a folder: file systems allow 255 in a name, Windows 260 in a path."""


class PageUrls:
    """The page folder of each IRI under the base.

    No IRI leads out of the site, and no two IRIs share a folder: an IRI whose path is too long, taken, or no
    name of a folder on every system, gets a folder named by a hash.
    """

    def __init__(self, iris: Iterable[str]) -> None:
        self._folders: dict[str, str] = {}
        taken: set[str] = set()
        for iri in sorted(set(iris)):
            folder, salt = _to_folder(iri), ""
            section = folder.split("/")[0] if _is_safe(folder) else _HASHED_SECTION
            while not _is_safe(folder) or folder.casefold() in taken:  # file systems may ignore case
                folder, salt = f"{section}/{_hash(salt + iri)}", f"{salt} "
            taken.add(folder.casefold())
            self._folders[iri] = folder

    @property
    def sections(self) -> dict[str, list[str]]:
        """The IRIs of each section that can have a list page, sorted."""
        sections: dict[str, list[str]] = {}
        for iri in self._folders:
            sections.setdefault(extract_section(iri), []).append(iri)
        taken = {folder.casefold() for folder in self._folders.values()}
        return {
            section: iris
            for section, iris in sorted(sections.items())
            if _is_safe(section) and section.casefold() not in taken and section == section.casefold()
        }

    @cached_property
    def iris_by_folder(self) -> dict[str, str]:
        """The IRI of the page in each folder."""
        return {folder: iri for iri, folder in self._folders.items()}

    def find_folder(self, iri: str) -> str | None:
        """Return the folder of the page of an IRI; None if it has no page."""
        return self._folders.get(iri)


def is_under_base(iri: str) -> bool:
    """Tell whether an IRI is under the base and therefore has a page."""
    return iri.startswith(BASE) and iri != BASE


def extract_section(iri: str) -> str:
    """Return the first path segment of an IRI after the base, which names its kind."""
    return iri.removeprefix(BASE).partition("/")[0].partition("#")[0]


def _to_folder(iri: str) -> str:
    """Return the path of an IRI below the base; a fragment becomes a subfolder of its document."""
    return iri.removeprefix(BASE).replace("#", "/")


def _is_safe(folder: str) -> bool:
    parts = folder.split("/")
    if len(folder) > _MAX_FOLDER_LENGTH or parts[0].casefold() in _RESERVED:
        return False
    return all(
        _SAFE_SEGMENT.fullmatch(part) and not _FILE_EXTENSION.search(part) and not _DEVICE.fullmatch(part)
        for part in parts
    )


def _hash(iri: str) -> str:
    return f"x-{hashlib.sha256(iri.encode()).hexdigest()[:16]}"
