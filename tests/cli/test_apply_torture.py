"""Crash safety of ``apply``: failed system calls, kills and concurrent writers; a short run."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from crash_safety.applying import apply, crowd, revert
from crash_safety.harness import Figures, Subject, every_call, random_kills


@pytest.fixture
def update(tmp_path: Path) -> Subject:
    return apply(tmp_path)


def assert_nothing_lost(figures: Figures) -> Figures:
    assert figures.lost == []
    assert figures.runs == figures.old + figures.new
    return figures


@pytest.mark.parametrize(
    ("how", "call", "fewest"), [("kill", "rename", 5), ("exit", "write", 4), ("EIO", "unlink", 3)]
)
def test_a_failed_system_call_leaves_the_old_or_the_new_state(
    update: Subject, how: str, call: str, fewest: int
) -> None:
    assert assert_nothing_lost(every_call(update, how, call=call)).runs >= fewest


@pytest.mark.parametrize(("how", "call", "fewest"), [("kill", "rename", 5), ("EIO", "fsync", 4)])
def test_a_failed_system_call_leaves_a_revert_done_or_not(
    tmp_path: Path, how: str, call: str, fewest: int
) -> None:
    assert assert_nothing_lost(every_call(revert(tmp_path), how, call=call)).runs >= fewest


def test_a_kill_leaves_the_old_or_the_new_state(update: Subject) -> None:
    assert assert_nothing_lost(random_kills(update, 6, Random(1))).runs == 6  # noqa: S311


def test_concurrent_writers_that_wait_all_succeed(tmp_path: Path) -> None:
    assert assert_nothing_lost(crowd(tmp_path, 4, 2)).new == 8


def test_concurrent_writers_that_do_not_wait_are_refused_without_loss(tmp_path: Path) -> None:
    figures = assert_nothing_lost(crowd(tmp_path, 4, 2, timeout=0))
    assert figures.new >= 1
