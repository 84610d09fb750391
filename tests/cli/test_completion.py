"""Shell completion of commands, queries, options and values."""

from __future__ import annotations

import pytest
from conftest import Run


def complete(run: Run, *words: str) -> list[str]:
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
def test_values_are_completed(run: Run, words: list[str], expected: set[str]) -> None:
    assert expected <= set(complete(run, *words))


def test_only_matching_values_are_completed(run: Run) -> None:
    assert complete(run, "query", "member-profile", "--member", "MX") == ["MX", "mx"]
