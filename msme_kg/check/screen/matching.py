"""Which terms regular expressions find something in, each term asked once."""

from __future__ import annotations

import json
import re
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from msme_kg.check.screen.columns import Truths
from msme_kg.check.screen.terms import Ids, Terms
from msme_kg.check.screen.tree import Pattern
from msme_kg.errors import SafetyError, printable

_SECONDS = 10.0
"""How long one pattern may search in all terms that it is asked for; honest ones take a fraction of it."""
_UNKNOWN, _NO, _YES = -1, 0, 1


class Matches:
    """Answers for the terms of a graph, remembered by pattern."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._known: dict[Pattern, np.ndarray[Any, np.dtype[np.int8]]] = {}
        self.grown = False
        """Whether an answer was found that was not known before."""

    def __call__(self, pattern: Pattern, numbers: Ids) -> Truths:
        """Tell which terms, none of them blank, a pattern finds something in.

        Raises:
            SafetyError: the pattern takes too long.
        """
        known = self._known.get(pattern)
        if known is None or len(known) < len(self._terms):
            wider = np.full(len(self._terms), _UNKNOWN, dtype=np.int8)
            wider[: 0 if known is None else len(known)] = () if known is None else known
            known = self._known[pattern] = wider
        fresh = numbers[known[numbers] == _UNKNOWN]
        if len(fresh):
            search, self.grown = re.compile(pattern.text, pattern.flags).search, True
            with _limited(pattern):
                answers = (search(one) is not None for one in self._terms.values_of(fresh))
                known[fresh] = np.fromiter(answers, np.int8, len(fresh))
        found: Truths = known[numbers] == _YES
        return found

    def parts(self, below: int) -> dict[str, bytes | memoryview]:
        """Return what is known of the terms with numbers below one as bytes, for a cache."""
        found: dict[str, bytes | memoryview] = {}
        for place, known in enumerate(self._known.values()):
            asked = np.flatnonzero(known[:below] != _UNKNOWN)
            found[f"{place}.numbers"] = asked.astype(np.int32).tobytes()
            found[f"{place}.answers"] = known[asked].tobytes()
        return {"patterns": json.dumps([(one.text, one.flags) for one in self._known]).encode(), **found}

    def learn(self, parts: Mapping[str, memoryview]) -> None:
        """Take what ``parts`` made bytes of, for the same terms."""
        for place, (text, flags) in enumerate(json.loads(bytes(parts["patterns"]))):
            known = np.full(len(self._terms), _UNKNOWN, dtype=np.int8)
            known[np.frombuffer(parts[f"{place}.numbers"], np.int32)] = np.frombuffer(
                parts[f"{place}.answers"], np.int8
            )
            self._known[Pattern(text, flags)] = known


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
