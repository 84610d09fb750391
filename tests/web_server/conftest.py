"""One running server for the tests that only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from web_server.running import RunningServer, serve


@pytest.fixture(scope="session")
def server() -> Iterator[RunningServer]:
    with serve("--time-limit", "20") as running:
        yield running
