"""Folder with test suites and shapes of others, which are not part of the project.

It has ``w3c/rdf11/rdf-turtle``, ``w3c/shacl`` and ``dcat-ap-3.0.1``. Without it, their tests are skipped.
"""

from __future__ import annotations

import os
from pathlib import Path

VENDOR = Path(os.environ.get("MSME_KG_VENDOR", Path(__file__).resolve().parents[2] / "shared/vendor"))
