"""Time limit of ``sh:pattern``, alone and within the time limit of a command."""

from __future__ import annotations

import signal

import numpy as np
import pyoxigraph as ox
import pytest

from msme_kg.cli.watchdog import TimeLimit
from msme_kg.errors import SafetyError
from msme_kg.shacl import pattern_matching
from msme_kg.shacl.model import Pattern
from msme_kg.shacl.pattern_matching import RegexCache
from msme_kg.shacl.term_dictionary import TermDictionary

ENDLESS = Pattern("^(a+)+$", 0)
IDS = np.array([0], dtype=np.int64)


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch) -> RegexCache:
    monkeypatch.setattr(pattern_matching, "_TIMEOUT_SECONDS", 0.2)
    return RegexCache(TermDictionary([ox.Literal("a" * 60 + "!")]))


def test_a_search_without_end_names_its_pattern(cache: RegexCache) -> None:
    with pytest.raises(SafetyError, match="takes more than"):
        cache(ENDLESS, IDS)
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_the_limit_of_a_command_goes_on_after_that_of_a_search(cache: RegexCache) -> None:
    with TimeLimit(100):
        with pytest.raises(SafetyError, match="takes more than"):
            cache(ENDLESS, IDS)
        assert 90 < signal.getitimer(signal.ITIMER_REAL)[0] < 100
        assert cache(Pattern("^a", 0), IDS).all()
        assert 90 < signal.getitimer(signal.ITIMER_REAL)[0] < 100
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
