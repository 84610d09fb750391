"""Figures of a running server in the text format of Prometheus."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from msme_kg.web.server.worker_pool import WorkerPool

_BUCKETS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0)


class Metrics:
    """Counters since the start of the server.

    Attributes:
        refused: the requests for which no worker became free in time.
        ended: the requests whose worker a limit or a fault ended.
    """

    def __init__(self) -> None:
        self.refused = 0
        self.ended = 0
        self._hits = 0
        self._requests: Counter[tuple[str, int]] = Counter()
        self._buckets = [0] * len(_BUCKETS)
        self._seconds = 0.0

    def count_request(self, method: str, status: int, seconds: float, *, is_hit: bool) -> None:
        """Count a request that was answered.

        Args:
            method: its method.
            status: the status of the response.
            seconds: from its headers to the end of the response.
            is_hit: whether the response was cached.
        """
        self._requests[method, status] += 1
        self._hits += is_hit
        self._seconds += seconds
        for place, bound in enumerate(_BUCKETS):
            if seconds <= bound:
                self._buckets[place] += 1
                break

    def render(self, pool: WorkerPool, cached: int) -> str:
        """Return all figures.

        Args:
            pool: the current workers.
            cached: the number of cached responses.
        """
        total = sum(self._requests.values())
        lines = ["# TYPE msme_kg_requests_total counter"]
        lines += [
            f'msme_kg_requests_total{{method="{method}",status="{status}"}} {count}'
            for (method, status), count in sorted(self._requests.items())
        ]
        lines.append("# TYPE msme_kg_request_seconds histogram")
        reached = 0
        for bound, count in zip(_BUCKETS, self._buckets, strict=True):
            reached += count
            lines.append(f'msme_kg_request_seconds_bucket{{le="{bound}"}} {reached}')
        lines += [
            f'msme_kg_request_seconds_bucket{{le="+Inf"}} {total}',
            f"msme_kg_request_seconds_sum {self._seconds:.6f}",
            f"msme_kg_request_seconds_count {total}",
        ]
        for name, kind, value in (
            ("cache_hits_total", "counter", self._hits),
            ("refused_total", "counter", self.refused),
            ("ended_early_total", "counter", self.ended),
            ("cached_responses", "gauge", cached),
            ("workers_busy", "gauge", pool.busy),
            ("workers_idle", "gauge", pool.idle),
            ("requests_waiting", "gauge", pool.waiting),
        ):
            lines += [f"# TYPE msme_kg_{name} {kind}", f"msme_kg_{name} {value}"]
        lines += ["# TYPE msme_kg_graph_info gauge", f'msme_kg_graph_info{{version="{pool.version}"}} 1', ""]
        return "\n".join(lines)
