"""The reference of commands is what the commands say; ``--update-golden`` writes it anew."""

from __future__ import annotations

import pytest

from documentation.cli_reference import PATH, render


def test_reference_is_what_the_commands_say(request: pytest.FixtureRequest) -> None:
    text = render()
    if request.config.getoption("--update-golden"):
        PATH.write_text(text, encoding="utf-8")
    assert PATH.read_text(encoding="utf-8") == text, "run make docs"
