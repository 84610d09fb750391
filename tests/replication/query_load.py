"""Constant load of queries by several askers, each with the addresses of both proxies."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from conftest import ROOT

import msme_kg

QUERY = """\
SELECT ?label WHERE { <https://w3id.org/msme-kg/member/cn> rdfs:label ?label FILTER(LANG(?label) = "en") }"""
"""The repeated query: the English label of one Member, by which the states of the graph differ."""


@dataclass(frozen=True)
class Answer:
    """An answer to the query.

    Attributes:
        sent: when it was asked, by the monotonic clock.
        seconds: how long it took.
        label: the label in it.
    """

    sent: float
    seconds: float
    label: str


@dataclass
class Load:
    """Record of the queries.

    Attributes:
        answers: the answers.
        faults: error messages of queries without an answer.
    """

    answers: list[Answer] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def wait(self, least: int) -> None:
        """Wait for a number of further queries."""
        before = len(self.answers) + len(self.faults)
        while len(self.answers) + len(self.faults) < before + least:
            time.sleep(0.01)

    def list_labels(self, since: float, until: float = float("inf")) -> set[str]:
        """Return the labels in answers to queries that were sent in a span of time."""
        return {answer.label for answer in self.answers if since <= answer.sent <= until}

    def describe(self) -> str:
        """Return the number of queries and faults, and how long answers took."""
        times = quantiles((answer.seconds for answer in self.answers), n=100)
        return (
            f"{len(self.answers) + len(self.faults)} queries, {len(self.faults)} faults, "
            f"p50 {times[49] * 1000:.0f} ms, p99 {times[98] * 1000:.0f} ms"
        )


@contextlib.contextmanager
def run_queries(urls: Sequence[str], askers: int) -> Iterator[Load]:
    """Ask the query in several threads while the block runs; each second one prefers the second proxy."""
    load, over = Load(), threading.Event()

    def ask(number: int) -> None:
        first = number % len(urls)
        kg = msme_kg.open(ROOT, endpoint=[*urls[first:], *urls[:first]])
        while not over.is_set():
            sent = time.monotonic()
            try:
                (row,) = kg.engine.select(QUERY)
                load.answers.append(Answer(sent, time.monotonic() - sent, row["label"].value))
            except Exception as fault:  # noqa: BLE001 (any failure loses an answer)
                load.faults.append(f"{fault!r}")

    threads = [threading.Thread(target=ask, args=[number]) for number in range(askers)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        over.set()
        for thread in threads:
            thread.join()
