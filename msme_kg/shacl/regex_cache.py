"""Which terms regular expressions find something in, each term asked once."""

from __future__ import annotations

import json
import re
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from msme_kg.errors import SafetyError, to_printable
from msme_kg.shacl.model import Pattern
from msme_kg.shacl.term_dictionary import Ids, TermDictionary
from msme_kg.shacl.triple_index import BooleanMask, find_in_sorted, sort_unique

_TIMEOUT_SECONDS = 10.0
"""How long one pattern may search in all terms that it is asked for; honest ones take a fraction of it."""
_NO_RESULTS: tuple[Ids, BooleanMask] = (np.empty(0, np.int64), np.empty(0, np.bool_))


class RegexCache:
    """Answers for the terms of a graph, remembered by pattern."""

    def __init__(self, terms: TermDictionary) -> None:
        self._terms = terms
        # For each pattern the numbers of the terms that it was asked about, sorted, and the answers.
        self._results: dict[Pattern, tuple[Ids, BooleanMask]] = {}
        self.has_new_results = False
        """Whether an answer was found that was not known before."""

    def __call__(self, pattern: Pattern, ids: Ids) -> BooleanMask:
        """Tell which terms, none of them blank, a pattern finds something in.

        Raises:
            SafetyError: the pattern takes too long.
        """
        asked, answers = self._results.get(pattern, _NO_RESULTS)
        fresh = sort_unique(ids[~find_in_sorted(ids, asked)])
        if len(fresh):
            search, self.has_new_results = re.compile(pattern.regex, pattern.flags).search, True
            with _limit_search_time(pattern):
                found = (search(one) is not None for one in self._terms.decode_strings(fresh))
                new = np.fromiter(found, np.bool_, len(fresh))
            places = np.searchsorted(asked, fresh)
            asked, answers = np.insert(asked, places, fresh), np.insert(answers, places, new)
            self._results[pattern] = asked, answers
        return answers[np.searchsorted(asked, ids)]

    def to_buffers(self, id_limit: int) -> dict[str, bytes | memoryview]:
        """Return what is known of the terms with numbers below one as bytes, for a cache."""
        found: dict[str, bytes | memoryview] = {}
        for place, (asked, answers) in enumerate(self._results.values()):
            end = np.searchsorted(asked, id_limit)
            found[f"{place}.numbers"] = asked[:end].astype(np.int32).tobytes()
            found[f"{place}.answers"] = answers[:end].tobytes()
        return {"patterns": json.dumps([(one.regex, one.flags) for one in self._results]).encode(), **found}

    def load_buffers(self, buffers: Mapping[str, memoryview]) -> None:
        """Take what ``parts`` made bytes of, for the same terms."""
        for place, (text, flags) in enumerate(json.loads(bytes(buffers["patterns"]))):
            asked = np.frombuffer(buffers[f"{place}.numbers"], np.int32).astype(np.int64)
            self._results[Pattern(text, flags)] = asked, np.frombuffer(buffers[f"{place}.answers"], np.bool_)


@contextmanager
def _limit_search_time(pattern: Pattern) -> Iterator[None]:
    """End a search that takes too long, unless a deadline does; outside the main thread none can."""
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return

    def raise_timeout(*_: object) -> None:
        raise SafetyError(
            f"the pattern {to_printable(pattern.regex, 80)!r} takes more than {_TIMEOUT_SECONDS:g} seconds",
            hint="write it without repeats inside repeats",
        )

    before = signal.signal(signal.SIGALRM, raise_timeout)
    signal.setitimer(signal.ITIMER_REAL, _TIMEOUT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
