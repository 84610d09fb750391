"""A shell is offered the names of commands, queries, options and values."""

from __future__ import annotations

import pytest
from conftest import Run


def offered(run: Run, *words: str) -> list[str]:
    ended = run(
        env={
            "_MSME_KG_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(["msme-kg", *words]),
            "COMP_CWORD": str(len(words)),
        }
    )
    assert ended.err == ""
    return [line.partition(",")[2] for line in ended.out.splitlines()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["val"], {"validate"}),
        (["query", "memb"], {"members"}),
        (["query", "members", "--certainty", "p"], {"possible"}),
        (["query", "member-profile", "--member", "MX"], {"MX", "mx"}),
        (["query", "documents", "--kind", "Annual"], {"AnnualReport"}),
        (["query", "revisions", "--symbol", "wt/min(17)"], {"WT/MIN(17)/58", "WT/MIN(17)/58/Rev.1"}),
    ],
)
def test_values_are_offered(run: Run, words: list[str], expected: set[str]) -> None:
    assert expected <= set(offered(run, *words))


def test_only_what_fits_is_offered(run: Run) -> None:
    assert offered(run, "query", "member-profile", "--member", "MX") == ["MX", "mx"]
