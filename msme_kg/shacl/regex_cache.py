"""Which terms regular expressions find something in, each term asked once."""

from __future__ import annotations

import json
import re
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from msme_kg.errors import SafetyError, printable
from msme_kg.shacl.model import Pattern
from msme_kg.shacl.term_dictionary import Ids, Terms
from msme_kg.shacl.triple_index import Truths, among, distinct

_SECONDS = 10.0
"""How long one pattern may search in all terms that it is asked for; honest ones take a fraction of it."""
_NOTHING: tuple[Ids, Truths] = (np.empty(0, np.int64), np.empty(0, np.bool_))


class Matches:
    """Answers for the terms of a graph, remembered by pattern."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        # For each pattern the numbers of the terms that it was asked about, sorted, and the answers.
        self._known: dict[Pattern, tuple[Ids, Truths]] = {}
        self.grown = False
        """Whether an answer was found that was not known before."""

    def __call__(self, pattern: Pattern, numbers: Ids) -> Truths:
        """Tell which terms, none of them blank, a pattern finds something in.

        Raises:
            SafetyError: the pattern takes too long.
        """
        asked, answers = self._known.get(pattern, _NOTHING)
        fresh = distinct(numbers[~among(numbers, asked)])
        if len(fresh):
            search, self.grown = re.compile(pattern.text, pattern.flags).search, True
            with _limited(pattern):
                found = (search(one) is not None for one in self._terms.values_of(fresh))
                new = np.fromiter(found, np.bool_, len(fresh))
            places = np.searchsorted(asked, fresh)
            asked, answers = np.insert(asked, places, fresh), np.insert(answers, places, new)
            self._known[pattern] = asked, answers
        return answers[np.searchsorted(asked, numbers)]

    def parts(self, below: int) -> dict[str, bytes | memoryview]:
        """Return what is known of the terms with numbers below one as bytes, for a cache."""
        found: dict[str, bytes | memoryview] = {}
        for place, (asked, answers) in enumerate(self._known.values()):
            end = np.searchsorted(asked, below)
            found[f"{place}.numbers"] = asked[:end].astype(np.int32).tobytes()
            found[f"{place}.answers"] = answers[:end].tobytes()
        return {"patterns": json.dumps([(one.text, one.flags) for one in self._known]).encode(), **found}

    def learn(self, parts: Mapping[str, memoryview]) -> None:
        """Take what ``parts`` made bytes of, for the same terms."""
        for place, (text, flags) in enumerate(json.loads(bytes(parts["patterns"]))):
            asked = np.frombuffer(parts[f"{place}.numbers"], np.int32).astype(np.int64)
            self._known[Pattern(text, flags)] = asked, np.frombuffer(parts[f"{place}.answers"], np.bool_)


@contextmanager
def _limited(pattern: Pattern) -> Iterator[None]:
    """End a search that takes too long, unless a deadline does; outside the main thread none can."""
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return

    def stop(*_: object) -> None:
        raise SafetyError(
            f"the pattern {printable(pattern.text, 80)!r} takes more than {_SECONDS:g} seconds",
            hint="write it without repeats inside repeats",
        )

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, _SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
