"""Each finding and exit code has a section in docs/errors.md; ``--update-golden`` writes those of checks."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from documentation.error_reference import (
    BEGIN,
    END,
    PATH,
    list_finding_ids,
    render_checks,
    render_syntax,
)
from msme_kg import errors

OWN_EXIT_CODES = {0, 130}
"""Codes that no class of error carries: success, and an interruption."""


def error_classes() -> list[type[errors.KGError]]:
    return [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.KGError)]


def sections(prefix: str) -> set[str]:
    return set(re.findall(rf"(?m)^### ({prefix}\S+)$", PATH.read_text(encoding="utf-8")))


@pytest.mark.parametrize(("name", "render"), [("checks", render_checks), ("syntax", render_syntax)])
def test_made_parts_are_headers_of_checks_and_messages(
    name: str, render: Callable[[], str], request: pytest.FixtureRequest
) -> None:
    text = PATH.read_text(encoding="utf-8")
    begin, end = BEGIN.format(name), END.format(name)
    before, _, rest = text.partition(begin)
    assert rest, begin
    made = f"{before}{begin}\n\n{render()}\n{end}{rest.partition(end)[2]}"
    if request.config.getoption("--update-golden"):
        PATH.write_text(made, encoding="utf-8")
    assert PATH.read_text(encoding="utf-8") == made, "run make docs"


def test_each_finding_has_a_section() -> None:
    assert list_finding_ids() - sections("(?:lint|convention|policy)/") == set()


def test_each_exit_code_has_a_section() -> None:
    codes = {one.exit_code for one in error_classes()} | OWN_EXIT_CODES
    assert {
        int(code) for code in re.findall(r"(?m)^### Exit code (\d+)", PATH.read_text(encoding="utf-8"))
    } == codes


def test_each_class_of_error_is_named() -> None:
    text = PATH.read_text(encoding="utf-8")
    assert [one.__name__ for one in error_classes() if f"`{one.__name__}`" not in text] == []
