"""Property test: whatever a request of the API carries, its response is right or a problem of the client."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from conftest import scale_examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from web_server.running import RunningServer

WORDS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["US", "2023-08-01", "2023", "2023-01/2023-06", "WT/MIN(17)/58", "member:us", "true", "貿易", "-1"]
    ),
    st.integers(-(10**12), 10**12).map(str),
)
ACCEPT = st.sampled_from(
    ["", "*/*", "text/html", "application/json", "text/csv;q=0.5", "image/png", "a", ",;q=x", "text/*"]
)
OTHER_PATHS = st.one_of(
    st.text(max_size=40).map(lambda text: f"/{quote(text)}"),
    st.sampled_from(
        ["/member/us", "/sparql", "/query/members/index.html", "/search/index.html", "/..%2f..%2fetc", "//"]
    ),
)


@pytest.fixture(scope="module")
def operations(server: RunningServer) -> list[tuple[str, str, list[dict[str, Any]]]]:
    description = json.loads(server.ask("/api/openapi.json").body)
    assert description["openapi"].startswith("3.1")
    found = [
        (path, method, operation.get("parameters", []))
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    assert len(found) >= 30
    return found


@settings(
    max_examples=scale_examples(150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_no_request_fails_the_server(
    server: RunningServer, operations: list[tuple[str, str, list[dict[str, Any]]]], data: st.DataObject
) -> None:
    headers = {
        "Accept": data.draw(ACCEPT),
        "Accept-Language": data.draw(st.sampled_from(["", "zh", "en;q=0", "x-"])),
    }
    if data.draw(st.integers(0, 9)) == 0:
        path, method, parameters = data.draw(OTHER_PATHS), "get", []
    else:
        path, method, parameters = data.draw(st.sampled_from(operations))
    values = {}
    for parameter in parameters:
        choices = parameter["schema"].get("enum")
        if parameter["required"] or data.draw(st.booleans()):
            valid = st.sampled_from(choices) if choices else WORDS
            values[parameter["name"]] = data.draw(st.one_of(valid, WORDS))
    if data.draw(st.integers(0, 9)) == 0:
        values[data.draw(st.text(max_size=10))] = data.draw(WORDS)
    target = f"{path}?{urlencode(values)}" if values else path
    if method == "post":
        body = data.draw(st.one_of(st.binary(max_size=200), st.just(b"<urn:a> <urn:b> <urn:c> .")))
        kinds = [
            "text/turtle",
            "application/ld+json",
            "application/sparql-update",
            "multipart/form-data",
            "a/b",
        ]
        reply = server.ask(target, {**headers, "Content-Type": data.draw(st.sampled_from(kinds))}, body)
    else:
        reply = server.ask(target, headers)
    assert reply.status < 500 or reply.status == 503, (target, reply.text[:500])
    if reply.status >= 400 and "text/html" not in headers["Accept"]:
        assert reply.headers["content-type"] == "application/problem+json"
        problem = json.loads(reply.body)
        assert problem["status"] == reply.status
        assert problem["detail"]
