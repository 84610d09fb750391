"""Time limit of ``sh:pattern``, alone and within the time limit of a command."""

from __future__ import annotations

import re
import signal

import numpy as np
import pyoxigraph as ox
import pytest
from elementpath.regex import translate_pattern as translate
from hypothesis import given
from hypothesis import strategies as st

from msme_kg.cli.watchdog import TimeLimit
from msme_kg.errors import SafetyError
from msme_kg.shacl import pattern_matching
from msme_kg.shacl.model import Pattern
from msme_kg.shacl.pattern_matching import RegexCache
from msme_kg.shacl.pattern_translation import _PLAIN, translate_pattern
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


ATOMS = ["a", "b", "-", " ", "/", "\\.", "\\d", "[a-c1]", "[^a]", "[.()-]", "[^ ]", "(a|b)", "(a-)", "(|b)"]
QUANTIFIERS = ["", "", "?", "*", "+", "{2}", "{1,2}"]


@given(
    st.lists(st.tuples(st.sampled_from(ATOMS), st.sampled_from(QUANTIFIERS)).map("".join), max_size=5),
    st.sampled_from(["", "^"]),
    st.sampled_from(["", "$"]),
    st.text("ab1-. /(\n٣", max_size=6),
)
def test_a_plain_pattern_matches_as_its_translation_does(
    parts: list[str], start: str, end: str, text: str
) -> None:
    regex = start + "".join(parts) + end
    assert _PLAIN.fullmatch(regex)
    pattern = translate_pattern(regex, "")
    own, other = (re.search(one, text) for one in (pattern.regex, translate(regex, 0)))
    assert (own and own.span()) == (other and other.span())


@pytest.mark.parametrize(
    "regex", ["a*+", "a*?", "(?i)a", "(?=a)", "[a-[b]]", "[[a]", ".", "\\w", "a$b", "a^", "é"]
)
def test_a_pattern_that_two_languages_read_otherwise_is_not_plain(regex: str) -> None:
    assert not _PLAIN.fullmatch(regex)
