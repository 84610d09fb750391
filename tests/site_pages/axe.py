"""The axe-core script for accessibility checks, fetched once by npm."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

VERSION = "4.14.1"
_FOLDER = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "msme-kg-tests"


def script() -> str:
    """Return the script; skip the test if npm cannot fetch it."""
    path = _FOLDER / f"axe-core-{VERSION}.js"
    if not path.is_file():
        _fetch(path)
    return path.read_text("utf-8")


def _fetch(path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed: axe-core cannot be fetched, accessibility is not judged")
    _FOLDER.mkdir(parents=True, exist_ok=True)
    fetched = subprocess.run(
        [npm, "pack", "--silent", f"axe-core@{VERSION}", "--pack-destination", _FOLDER],
        capture_output=True,
        timeout=120,
        check=False,
    )
    archive = _FOLDER / f"axe-core-{VERSION}.tgz"
    if fetched.returncode or not archive.is_file():
        pytest.skip("npm cannot fetch axe-core from here: accessibility is not judged")
    with tarfile.open(archive) as packed:
        member = packed.extractfile("package/axe.min.js")
        assert member is not None
        content = member.read()
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)
