"""HTTP client with a total deadline, a size limit, and no redirects to other hosts."""

from __future__ import annotations

import http.client
import io
import os
import queue
import socket
import ssl
import threading
import time
from dataclasses import dataclass, replace
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from msme_kg.errors import RemoteError, UsageError
from msme_kg.sparql.endpoint import HttpUrl, parse_url
from msme_kg.sparql.protocol import HttpRequest

MAX_RESPONSE_BYTES = 50_000_000
"""The longest response, with its header and framing."""
MAX_REDIRECTS = 3
"""The most redirects of one request."""
MAX_RETRIES = 3
"""The most retries after ``Retry-After`` (RFC 9110 §10.2.3)."""

_MAX_ERROR_BYTES = 10_000
_RETRY_STATUSES = {429, 502, 503, 504}
_REDIRECT_STATUSES = {301, 302, 303, 307, 308}
_DEFAULT_HINT = "check the address, or add another --endpoint as a fallback"
# Of malformed responses: http.client passes on the ValueError of a negative chunk size.
_FAILURES = (OSError, http.client.HTTPException, ValueError)


@dataclass(frozen=True)
class Deadline:
    """A point in time by which work must end.

    Attributes:
        seconds: the time allowed, for messages.
        ends_at: the end by the monotonic clock.
    """

    seconds: float
    ends_at: float

    @classmethod
    def from_timeout(cls, seconds: float) -> Deadline:
        """Return the deadline a number of seconds from now."""
        return cls(seconds, time.monotonic() + seconds)

    def compute_remaining(self) -> float:
        """Return the seconds left, at least 0."""
        return max(self.ends_at - time.monotonic(), 0.0)

    def require_time(self) -> float:
        """Return the seconds left.

        Raises:
            TimeoutError: no time is left.
        """
        remaining = self.compute_remaining()
        if not remaining:
            raise TimeoutError
        return remaining

    def divide(self, attempts: int) -> Deadline:
        """Return the deadline of the first of several attempts that share the time left."""
        return self if attempts == 1 else Deadline.from_timeout(self.compute_remaining() / attempts)

    def shorten(self, seconds: float) -> Deadline:
        """Return the earlier of this deadline and the one a number of seconds from now."""
        return self if self.compute_remaining() <= seconds else Deadline.from_timeout(seconds)


@dataclass(frozen=True)
class HttpResponse:
    """A response of HTTP.

    Attributes:
        status: the status code.
        headers: the header fields.
        body: all of it; of an error response (status 300 and above) at most the first 10 kB.
        has_defined_length: whether it has a length or is chunked, so that a cut is seen (RFC 9112 §8).
    """

    status: int
    headers: Message
    body: bytes
    has_defined_length: bool


def build_endpoint_error(address: HttpUrl, message: str, hint: str = _DEFAULT_HINT) -> RemoteError:
    """Return an error that names the endpoint."""
    return RemoteError(f"{address.authority}: {message}", hint=hint)


def build_timeout_error(address: HttpUrl, deadline: Deadline) -> RemoteError:
    """Return the error for an endpoint whose answer was not sent and read in time."""
    return build_endpoint_error(
        address,
        f"no whole answer within {deadline.seconds:.3g} seconds",
        "narrow the query, raise the limit with --timeout SECONDS, or add another --endpoint",
    )


def send(request: HttpRequest, deadline: Deadline) -> HttpResponse:
    """Return the response to an idempotent request.

    A busy endpoint that sends ``Retry-After`` is asked again, if the deadline allows it.

    Raises:
        RemoteError: no response in time, one that is truncated or too long, or a redirect to another host.
    """
    for retries_left in range(MAX_RETRIES, -1, -1):
        response = _follow_redirects(request, deadline)
        pause = _parse_retry_after(response)
        if pause is None or not retries_left or pause >= deadline.compute_remaining():
            break
        time.sleep(pause)
    return response


def _parse_retry_after(response: HttpResponse) -> float | None:
    """Return the seconds to wait before a retry; None if the server asks for none (RFC 9110 §10.2.3)."""
    value = (response.headers.get("Retry-After") or "").strip()
    if response.status not in _RETRY_STATUSES or not value:
        return None
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except (ValueError, OverflowError):
        return None


def _follow_redirects(request: HttpRequest, deadline: Deadline) -> HttpResponse:
    """Return the response after redirects (RFC 9110 §15.4)."""
    for _ in range(MAX_REDIRECTS + 1):
        response = _exchange(request, deadline)
        location = response.headers.get("Location")
        if response.status not in _REDIRECT_STATUSES or location is None:
            return response
        request = _build_redirect(request, location, response.status)
    raise build_endpoint_error(request.address, f"it redirects more than {MAX_REDIRECTS} times")


def _build_redirect(request: HttpRequest, location: str, status: int) -> HttpRequest:
    """Return the request to a new URL on the same host and port; http may become https."""
    old = request.address
    try:
        new = parse_url(urljoin(old.url, location))
    except ValueError:  # such as an IPv6 address without its end
        new = None
    if new is None or not new.url.isascii():
        raise build_endpoint_error(old, "it redirects to no address of HTTP")
    if new.host != old.host:
        raise build_endpoint_error(
            old, "it redirects to another host", f"name that host if you trust it: {new.authority}"
        )
    if new.scheme != old.scheme:
        if new.scheme == "http":
            raise build_endpoint_error(old, "it redirects from https to http, which is not encrypted")
        if (old.port, new.port) != (80, 443):
            raise build_endpoint_error(old, "it redirects to another port")
    elif new.port != old.port:
        raise build_endpoint_error(old, "it redirects to another port")
    if status == 303:
        headers = {name: value for name, value in request.headers.items() if name.lower() != "content-type"}
        return HttpRequest(new, "GET", headers, None)
    return replace(request, address=new)


def _create_tls_context() -> ssl.SSLContext:
    """Return a context that trusts the certificates of the system, or those of ``SSL_CERT_FILE``.

    Raises:
        UsageError: that is a pipe or a device, for which OpenSSL would wait, or which has no end.
    """
    certificates = os.environ.get("SSL_CERT_FILE")
    if certificates and os.path.exists(certificates) and not os.path.isfile(certificates):
        raise UsageError("SSL_CERT_FILE is not a file", hint="name a file with certificates in PEM")
    return ssl.create_default_context()


def _resolve(address: HttpUrl, deadline: Deadline) -> list[Any]:
    """Return the socket addresses of a host; the call of the system has no timeout, so a thread waits for it.

    Raises:
        OSError: there is no such host, or no time is left.
        UnicodeError: the name cannot be that of a host.
        RemoteError: the name server does not answer in time.
    """
    answers: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM))
        except (OSError, ValueError) as error:
            answers.put(error)

    remaining = deadline.require_time()
    threading.Thread(target=look_up, daemon=True).start()
    try:
        answer = answers.get(timeout=remaining)
    except queue.Empty:
        raise build_endpoint_error(
            address,
            f"no name server gave its address within {deadline.seconds:.3g} seconds",
            "check the network, raise the limit with --timeout SECONDS, or add another --endpoint",
        ) from None
    if isinstance(answer, Exception):
        raise answer
    return answer


class _DeadlineReader(io.RawIOBase):
    """The bytes of a socket: each read gets the time that is left of one deadline, all reads one limit."""

    def __init__(self, source: _DeadlineSocket, address: HttpUrl) -> None:
        self._source = source
        self._address = address
        self._byte_count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader gives no other
        count = self._source.apply_deadline().recv_into(buffer)
        self._byte_count += count
        if self._byte_count > MAX_RESPONSE_BYTES:
            raise build_endpoint_error(
                self._address,
                f"the answer is longer than {MAX_RESPONSE_BYTES // 1_000_000} MB",
                "narrow the query, for example with LIMIT",
            )
        return count


class _DeadlineSocket:
    """A socket for ``http.client`` whose operations share one deadline.

    The standard library, urllib3, requests and httpx limit the time of each read, not their sum: a server
    that sends one byte a second blocks them for any time.
    """

    def __init__(self, address: HttpUrl, deadline: Deadline) -> None:
        self._address = address
        self._deadline = deadline
        self._socket = self._connect()
        if address.scheme == "https":
            try:
                tls = _create_tls_context()
                self._socket = tls.wrap_socket(self.apply_deadline(), server_hostname=address.host)
            except BaseException:
                self._socket.close()
                raise

    def _connect(self) -> socket.socket:
        failure: OSError = OSError("no such host")
        for family, kind, protocol, _, target in _resolve(self._address, self._deadline):
            self._socket = socket.socket(family, kind, protocol)
            try:
                self.apply_deadline().connect(target)
            except OSError as error:
                self._socket.close()
                failure = error
            else:
                return self._socket
        raise failure

    def apply_deadline(self) -> socket.socket:
        """Return the socket with the time left as its timeout.

        Raises:
            TimeoutError: no time is left.
        """
        self._socket.settimeout(self._deadline.require_time())
        return self._socket

    def sendall(self, data: bytes) -> None:
        """Send all bytes; the method of a TLS socket gives the whole timeout to each of its parts."""
        rest = memoryview(data)
        while rest:
            rest = rest[self.apply_deadline().send(rest) :]

    def makefile(self, _: str) -> io.BufferedReader:
        """Return a buffered reader."""
        return io.BufferedReader(_DeadlineReader(self, self._address))

    def close(self) -> None:
        """Do nothing: ``http.client`` closes a connection before the response is read."""

    def __enter__(self) -> _DeadlineSocket:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def _exchange(request: HttpRequest, deadline: Deadline) -> HttpResponse:
    address = request.address
    connection = http.client.HTTPConnection(address.host, address.port)
    try:
        with _DeadlineSocket(address, deadline) as connection.sock:
            headers = {**request.headers, "Host": address.authority}
            connection.request(request.method, address.target, request.body, headers)
            with connection.getresponse() as response:
                return _read_response(response, address)
    except TimeoutError:
        raise build_timeout_error(address, deadline) from None
    except _FAILURES as error:
        raise build_endpoint_error(address, _describe_error(error)) from None


def _describe_error(error: Exception) -> str:
    """Return a message for a failed connection; the text of a library might repeat credentials."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted: {error.verify_message}"
        case ssl.SSLError():
            return "the TLS handshake failed"
        case ConnectionRefusedError():
            return "it refused the connection"
        case socket.gaierror() | UnicodeError():
            return "no such host"
        case http.client.RemoteDisconnected():
            return "it closed the connection without an answer"
        case ConnectionError():
            return "it reset the connection"
        case http.client.IncompleteRead():
            return "the answer is cut"
        case http.client.HTTPException() | ValueError():
            return "its response is not valid HTTP"
        case _:
            return f"no connection: {getattr(error, 'strerror', None) or 'network error'}"


def _read_response(response: http.client.HTTPResponse, address: HttpUrl) -> HttpResponse:
    """Return the response with its body; of an error, with as much of the body as arrives."""
    length, is_chunked = response.length, bool(response.chunked)
    headers, body = response.headers, b""
    if response.status >= 300:
        try:
            body = response.read(_MAX_ERROR_BYTES)
        except _FAILURES:
            body = b""  # the status suffices
        return HttpResponse(response.status, headers, body, False)
    encoding = headers.get("Transfer-Encoding", "chunked" if is_chunked else "identity").strip().lower()
    if encoding != ("chunked" if is_chunked else "identity"):
        raise build_endpoint_error(address, "the answer has a transfer encoding that was not asked for")
    # Not read(): it would reserve memory for whatever length the server claims.
    body = b"".join(iter(lambda: response.read(1 << 16), b""))
    if length is not None and len(body) < length:
        raise build_endpoint_error(address, f"the answer is cut after {len(body)} of {length} bytes")
    return HttpResponse(response.status, headers, body, is_chunked or length is not None)
