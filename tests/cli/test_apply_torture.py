"""Proves that an update that breaks off, or that many bring at once, is never lost in part; here in short."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from crash_safety.applying import apply, crowd
from crash_safety.harness import Figures, Subject, every_call, random_kills


@pytest.fixture
def update(tmp_path: Path) -> Subject:
    return apply(tmp_path)


def judged(figures: Figures) -> Figures:
    assert figures.lost == []
    assert figures.runs == figures.old + figures.new
    return figures


@pytest.mark.parametrize(
    ("how", "call", "fewest"), [("kill", "rename", 5), ("exit", "write", 4), ("EIO", "unlink", 3)]
)
def test_a_fault_at_any_call_leaves_the_old_or_the_new(
    update: Subject, how: str, call: str, fewest: int
) -> None:
    assert judged(every_call(update, how, call=call)).runs >= fewest


def test_a_kill_at_any_moment_leaves_the_old_or_the_new(update: Subject) -> None:
    assert judged(random_kills(update, 6, Random(1))).runs == 6  # noqa: S311


def test_many_who_wait_for_each_other_all_write(tmp_path: Path) -> None:
    assert judged(crowd(tmp_path, 4, 2)).new == 8


def test_who_does_not_wait_is_refused_and_loses_nothing(tmp_path: Path) -> None:
    figures = judged(crowd(tmp_path, 4, 2, timeout=0))
    assert figures.new >= 1
