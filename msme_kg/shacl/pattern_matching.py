"""Results of ``sh:pattern`` (SHACL §4.4.3) by pattern and term id, cached, within a time limit."""

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
from msme_kg.storage.type_check import require_type

_TIMEOUT_SECONDS = 10.0
"""The time limit for one pattern on all terms; ordinary patterns take a fraction of it."""
_NO_RESULTS: tuple[Ids, BooleanMask] = (np.empty(0, np.int64), np.empty(0, np.bool_))


class RegexCache:
    """Results of ``sh:pattern`` searches (SHACL §4.4.3) for the terms of a graph."""

    def __init__(self, terms: TermDictionary) -> None:
        self._terms = terms
        # For each pattern the sorted ids of the terms already searched, and the results.
        self._results: dict[Pattern, tuple[Ids, BooleanMask]] = {}
        self.has_new_results = False
        """There are results that the cache does not have."""

    def __call__(self, pattern: Pattern, ids: Ids) -> BooleanMask:
        """Return which terms a pattern matches; none of them may be blank.

        Raises:
            SafetyError: the pattern takes too long.
        """
        searched, results = self._results.get(pattern, _NO_RESULTS)
        fresh = sort_unique(ids[~find_in_sorted(ids, searched)])
        if len(fresh):
            search, self.has_new_results = re.compile(pattern.regex, pattern.flags).search, True
            with _limit_search_time(pattern):
                matches = (search(text) is not None for text in self._terms.decode_strings(fresh))
                new_results = np.fromiter(matches, np.bool_, len(fresh))
            positions = np.searchsorted(searched, fresh)
            searched = np.insert(searched, positions, fresh)
            results = np.insert(results, positions, new_results)
            self._results[pattern] = searched, results
        return results[np.searchsorted(searched, ids)]

    def to_buffers(self, id_limit: int) -> dict[str, bytes | memoryview]:
        """Return the results for terms with ids below a limit as buffers for the cache."""
        buffers: dict[str, bytes | memoryview] = {
            "patterns": json.dumps([(pattern.regex, pattern.flags) for pattern in self._results]).encode()
        }
        for position, (searched, results) in enumerate(self._results.values()):
            end = np.searchsorted(searched, id_limit)
            buffers[f"{position}.ids"] = searched[:end].astype(np.int32).tobytes()
            buffers[f"{position}.results"] = results[:end].tobytes()
        return buffers

    @classmethod
    def from_buffers(cls, terms: TermDictionary, buffers: Mapping[str, memoryview]) -> RegexCache:
        """Return the results from the buffers of ``to_buffers``, for the same terms.

        Raises:
            Exception: the buffers are not those of ``to_buffers``.
        """
        regex_cache = cls(terms)
        for position, (regex, flags) in enumerate(json.loads(bytes(buffers["patterns"]))):
            searched = np.frombuffer(buffers[f"{position}.ids"], np.int32).astype(np.int64)
            results = np.frombuffer(buffers[f"{position}.results"], np.bool_)
            if len(searched) != len(results) or (np.diff(searched) <= 0).any():
                raise ValueError(regex)
            regex_cache._results[require_type(Pattern(regex, flags), Pattern)] = searched, results
        return regex_cache


@contextmanager
def _limit_search_time(pattern: Pattern) -> Iterator[None]:
    """Interrupt a search that takes too long; needs the main thread.

    The timer of a limit that encloses this one goes on afterwards; if it ends sooner, it is the only one.
    """
    is_main = threading.current_thread() is threading.main_thread()
    remaining = signal.getitimer(signal.ITIMER_REAL)[0]
    if not is_main or 0 < remaining <= _TIMEOUT_SECONDS:
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
        elapsed = _TIMEOUT_SECONDS - signal.getitimer(signal.ITIMER_REAL)[0]
        signal.setitimer(signal.ITIMER_REAL, max(remaining - elapsed, 0))
        signal.signal(signal.SIGALRM, before)
