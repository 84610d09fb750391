"""Each how-to guide works word by word in a fresh copy of the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from documentation.guide_runner import copy_checkout, run_guide
from documentation.markdown import ROOT

GUIDES = sorted((ROOT / "docs/howto").glob("*.md"))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_guide_works(guide: Path, tmp_path: Path) -> None:
    assert run_guide(guide, copy_checkout(tmp_path / "msme-kg"))
