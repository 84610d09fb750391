"""Front of the server: an ASGI application that repeats cached responses and lets workers make the others."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from msme_kg.web.http_message import FORWARDED_HEADERS, METHODS, HttpRequest, HttpResponse
from msme_kg.web.problem import build_problem
from msme_kg.web.server.generation import Generations
from msme_kg.web.server.hot_cache import CacheKey, Headers, HotCache, ReadyResponse
from msme_kg.web.server.metrics import Metrics
from msme_kg.web.server.worker_pool import BusyError, TooLargeError, WorkerEndedError

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MAX_BODY_SIZE = 10 << 20
"""The largest content of a request in bytes."""
_MAX_DROPPED_SIZE = 4 * MAX_BODY_SIZE
_CLOSE = (("connection", "close"),)
BODY_SECONDS = 10.0
"""Time limit for the content of a request, in seconds."""
_COSTLY_PATHS = ("/sparql", "/api/check", "/api/validate", "/check", "/validate")
"""Paths whose requests may take long, whatever the graph is: users write what is evaluated."""
_LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}
_LEFT = HttpResponse(400, is_cacheable=False)
"""For a client that has left, which does not get it."""
_RETRY_SECONDS = 2
_LOG_SECONDS = 0.1
_NO_GZIP = re.compile(rb"gzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)")
_LARGE = 100_000
"""The size from which a response is compressed in a thread."""


@dataclass(frozen=True)
class FrontSettings:
    """The settings of a front.

    Attributes:
        prefix: the path under which the server is reached; empty or with a leading slash.
        cors: whether pages of other sites may read responses.
        is_loopback: whether only this machine can reach the server; then it answers to its own names only, so
            that no page of another site can reach it by a name that is made to point here (DNS rebinding).
    """

    prefix: str
    cors: bool
    is_loopback: bool


class Front:
    """The ASGI application; it never touches the graph."""

    def __init__(self, generations: Generations, settings: FrontSettings) -> None:
        """Create the application over the current generation of workers."""
        self._generations = generations
        self._settings = settings
        self._prefix = settings.prefix.encode()
        self._cache = HotCache()
        self._running: dict[tuple[object, ...], asyncio.Task[ReadyResponse]] = {}
        self._metrics = Metrics()
        self._lines: list[str] = []
        self._further: Headers = []
        if settings.cors:
            self._further = [(b"access-control-allow-origin", b"*")]
        generations.on_change = self._cache.clear

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, or follow the start and end of the server."""
        if scope["type"] == "lifespan":
            await self._follow_lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        began = time.perf_counter()
        headers = dict(scope["headers"])
        key = (
            scope["raw_path"],
            scope["query_string"],
            headers.get(b"accept", b""),
            headers.get(b"accept-language", b""),
        )
        method = scope["method"]
        response = None
        if method in {"GET", "HEAD"} and self._is_host_known(headers):
            response = self._cache.get(key)
        is_hit = response is not None
        if response is None:
            response = await self._find_response(scope, headers, key, receive)
        status, size = await self._send(response, headers, method, send)
        self._metrics.count_request(method, status, time.perf_counter() - began, is_hit=is_hit)
        path = scope["raw_path"].decode("ascii", "replace")
        seconds = time.perf_counter() - began
        self._log(f"{method} {path} {status} {size} {seconds * 1000:.1f}ms\n")

    def _log(self, line: str) -> None:
        """Queue a line for the log; lines are written together, since one write for each costs a tenth."""
        if not self._lines:
            asyncio.get_running_loop().call_later(_LOG_SECONDS, self._write_log)
        self._lines.append(line)

    def _write_log(self) -> None:
        sys.stderr.write("".join(self._lines))
        sys.stderr.flush()
        self._lines.clear()

    async def _follow_lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._generations.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._generations.stop()
                self._write_log()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _is_host_known(self, headers: dict[bytes, bytes]) -> bool:
        if not self._settings.is_loopback:
            return True
        host = headers.get(b"host", b"").decode("latin-1").lower()
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        return name in _LOOPBACK_NAMES

    async def _find_response(
        self, scope: Message, headers: dict[bytes, bytes], key: CacheKey, receive: Receive
    ) -> ReadyResponse:
        """Return the response of the server itself, or of a worker."""
        if not _is_from_proxy(scope):
            headers = {name: value for name, value in headers.items() if not name.startswith(b"x-forwarded-")}
        forwarded = {
            name.decode(): value.decode("latin-1")
            for name, value in headers.items()
            if name.decode("latin-1") in FORWARDED_HEADERS
        }
        path = unquote(scope["raw_path"][len(self._prefix) :].decode("ascii"), errors="replace")
        query_string = scope["query_string"].decode("ascii", "replace")
        method = "POST" if scope["method"] == "POST" else "GET"
        request = HttpRequest(method, path, query_string, forwarded, prefix=self._settings.prefix)
        own = self._answer_itself(scope, headers, request)
        if own is not None:
            return self._prepare(own)
        if method == "GET":
            return await self._ask_once(key, request)
        body = await _read_body(receive, request)
        if isinstance(body, HttpResponse):
            return self._prepare(body)
        return await self._ask_while_connected(replace(request, body=body), receive)

    def _answer_itself(
        self, scope: Message, headers: dict[bytes, bytes], request: HttpRequest
    ) -> HttpResponse | None:
        path, method = scope["raw_path"], scope["method"]
        if [name for name, _ in scope["headers"]].count(b"host") > 1:
            return build_problem(400, "host", request)
        if not self._is_host_known(headers):
            return build_problem(421, "host", request)
        if not path.startswith(self._prefix + b"/"):
            if path == self._prefix:
                return HttpResponse(308, headers=(("location", f"{self._settings.prefix}/"),))
            return build_problem(404, "no-page", request)
        if method not in METHODS:
            allow = (("allow", ", ".join(METHODS)),)
            return build_problem(405, "method", request, allow)
        if method == "OPTIONS":
            return HttpResponse(204, headers=self._build_preflight_headers(), is_cacheable=False)
        if method == "POST" and not self._is_origin_allowed(headers):
            return build_problem(403, "origin", request)
        own = path[len(self._prefix) :]
        if own == b"/-/health":
            pool = self._generations.current
            is_well = pool.is_alive
            text = f"{'ok' if is_well else 'loading'} {pool.version}\n"
            return HttpResponse(
                200 if is_well else 503, "text/plain; charset=utf-8", text.encode(), (), False
            )
        if own == b"/-/metrics":
            text = self._metrics.render(self._generations.current, len(self._cache))
            return HttpResponse(200, "text/plain; version=0.0.4; charset=utf-8", text.encode(), (), False)
        return None

    def _build_preflight_headers(self) -> tuple[tuple[str, str], ...]:
        allow = ", ".join(METHODS)
        if not self._settings.cors:
            return (("allow", allow),)
        return (
            ("allow", allow),
            ("access-control-allow-methods", allow),
            ("access-control-allow-headers", "accept, content-type"),
            ("access-control-max-age", "86400"),
        )

    def _is_origin_allowed(self, headers: dict[bytes, bytes]) -> bool:
        """Tell whether a page may send a form: one of this server, or any if that is asked for.

        A proxy names the host that its client knows; a page of another site cannot name it without asking
        for permission first.
        """
        origin = headers.get(b"origin")
        if origin is None or self._settings.cors:
            return True
        own = {headers.get(name) for name in (b"host", b"x-forwarded-host")}
        return origin.rpartition(b"://")[2] in own

    def _prepare(self, response: HttpResponse) -> ReadyResponse:
        return ReadyResponse(response, self._further)

    async def _ask_once(self, key: CacheKey, request: HttpRequest) -> ReadyResponse:
        """Ask a worker; equal requests to the same generation meanwhile wait for the same response."""
        running = (self._generations.current, request.path, request.query_string, *request.headers.items())
        task = self._running.get(running)
        if task is None:
            task = asyncio.create_task(self._ask_and_keep(key, request))
            self._running[running] = task
            task.add_done_callback(lambda _: self._running.pop(running, None))
        return await asyncio.shield(task)

    async def _ask_and_keep(self, key: CacheKey, request: HttpRequest) -> ReadyResponse:
        pool = self._generations.current
        response = await self._ask(request)
        ready = self._prepare(response)
        if response.status == 200 and response.is_cacheable and pool is self._generations.current:
            self._cache.add(key, ready)
        return ready

    async def _ask_while_connected(self, request: HttpRequest, receive: Receive) -> ReadyResponse:
        """Ask a worker, which is ended if the client leaves."""
        answer = asyncio.create_task(self._ask(request))
        left = asyncio.create_task(_wait_until_left(receive))
        try:
            await asyncio.wait({answer, left}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                answer.cancel()
                with suppress(asyncio.CancelledError):
                    await answer
                return self._prepare(_LEFT)
            return self._prepare(answer.result())
        finally:
            left.cancel()

    async def _ask(self, request: HttpRequest) -> HttpResponse:
        is_costly = request.path.startswith(_COSTLY_PATHS)
        try:
            return await self._generations.answer(request, is_costly=is_costly)
        except BusyError:
            self._metrics.refused += 1
            return build_problem(503, "busy", request, (("retry-after", str(_RETRY_SECONDS)),))
        except TooLargeError:
            return build_problem(413, "too-large", request)
        except WorkerEndedError as error:
            self._metrics.ended += 1
            self._log(f"a worker ended: {error.cause}\n")
            retry = (("retry-after", str(_RETRY_SECONDS)),)
            return build_problem(503, error.problem, request, retry, cause=error.cause)

    async def _send(
        self, response: ReadyResponse, headers: dict[bytes, bytes], method: str, send: Send
    ) -> tuple[int, int]:
        """Send a response, and return its status and size."""
        if_none_match = headers.get(b"if-none-match")
        if if_none_match is not None and method != "POST" and response.matches(if_none_match):
            await send({"type": "http.response.start", "status": 304, "headers": response.unchanged})
            await send({"type": "http.response.body", "body": b""})
            return 304, 0
        accepted = headers.get(b"accept-encoding", b"")
        if b"gzip" not in accepted or _NO_GZIP.search(accepted):
            fields, body = response.plain
        elif len(response.body) > _LARGE and "compressed" not in response.__dict__:
            fields, body = await asyncio.to_thread(lambda: response.compressed)
        else:
            fields, body = response.compressed
        await send({"type": "http.response.start", "status": response.status, "headers": fields})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
        return response.status, len(body)


def _is_from_proxy(scope: Message) -> bool:
    """Tell whether a request can be from a proxy on this machine, whose headers about its client count."""
    client = scope["client"]
    return client is None or ipaddress.ip_address(client[0]).is_loopback  # no address: a Unix socket


async def _read_body(receive: Receive, request: HttpRequest) -> bytes | HttpResponse:
    """Return the content of a request, or the response that refuses it.

    Content that is too large is received all the same, to a limit, and dropped: a client that is cut off
    while it sends would not see the response.
    """
    content, size = bytearray(), 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return _LEFT
                size += len(message.get("body", b""))
                if size <= MAX_BODY_SIZE:
                    content += message.get("body", b"")
                if not message.get("more_body") or size > _MAX_DROPPED_SIZE:
                    break
    except TimeoutError:
        return build_problem(408, "slow", request, _CLOSE)
    if size > MAX_BODY_SIZE:
        return build_problem(413, "body", request, _CLOSE, limit=MAX_BODY_SIZE >> 20)
    return bytes(content)


async def _wait_until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
