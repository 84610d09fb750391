"""Sends a request and returns the whole answer, within a deadline and a size, and to no other host."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from dataclasses import dataclass, replace
from email.message import Message
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from msme_kg.errors import RemoteError
from msme_kg.sparql.endpoint import HttpUrl, parse_url
from msme_kg.sparql.protocol import HttpRequest

MAX_RESPONSE_BYTES = 50_000_000
"""The longest answer that is read."""
MAX_REDIRECTS = 3
"""How often an endpoint may say that it lives elsewhere on its host."""
MAX_RETRIES = 3
"""How often an endpoint that says when to come back is asked again."""

_MAX_ERROR_BYTES = 10_000
_RETRY_STATUSES = {429, 502, 503, 504}
_REDIRECT_STATUSES = {301, 302, 303, 307, 308}
_DEFAULT_HINT = "look at the address, or name another --endpoint that answers in its place"


@dataclass(frozen=True)
class Deadline:
    """When something must have ended.

    Attributes:
        seconds: how long it was allowed.
        ends_at: when, by the monotonic clock.
    """

    seconds: float
    ends_at: float

    @classmethod
    def from_timeout(cls, seconds: float) -> Deadline:
        """Return the deadline that many seconds from now."""
        return cls(seconds, time.monotonic() + seconds)

    def compute_remaining(self) -> float:
        """Return the seconds left; none left is 0."""
        return max(self.ends_at - time.monotonic(), 0.0)

    def divide(self, attempts: int) -> Deadline:
        """Return the deadline for the first of several that take what is left in turn."""
        return self if attempts == 1 else Deadline.from_timeout(self.compute_remaining() / attempts)


@dataclass(frozen=True)
class HttpResponse:
    """What came back.

    Attributes:
        status: of HTTP.
        headers: of HTTP.
        body: the whole of it, or its beginning where the status is a fault's.
        has_defined_length: whether the server said where it ends, so that a cut would have been noticed.
    """

    status: int
    headers: Message
    body: bytes
    has_defined_length: bool


def build_endpoint_error(address: HttpUrl, message: str, hint: str = _DEFAULT_HINT) -> RemoteError:
    """Return the fault of an endpoint."""
    return RemoteError(f"{address.authority}: {message}", hint=hint)


def send(request: HttpRequest, deadline: Deadline) -> HttpResponse:
    """Return the answer to a request that only reads.

    An endpoint that is busy and says when to come back is asked again, if there is time for it.

    Raises:
        RemoteError: no answer, none in time, one that is cut or too long, or one from elsewhere.
    """
    for retries_left in range(MAX_RETRIES, -1, -1):
        response = _follow_redirects(request, deadline)
        pause = _parse_retry_after(response)
        if pause is None or not retries_left or pause >= deadline.compute_remaining():
            break
        time.sleep(pause)
    return response


def _parse_retry_after(response: HttpResponse) -> float | None:
    """Return after how many seconds to come back; None if the server does not say."""
    said = (response.headers.get("Retry-After") or "").strip()
    if response.status not in _RETRY_STATUSES or not said:
        return None
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        return max(parsedate_to_datetime(said).timestamp() - time.time(), 0.0)
    except (ValueError, OverflowError):
        return None


def _follow_redirects(request: HttpRequest, deadline: Deadline) -> HttpResponse:
    """Return an answer from where the endpoint lives now."""
    for _ in range(MAX_REDIRECTS + 1):
        response = _exchange(request, deadline)
        location = response.headers.get("Location")
        if response.status not in _REDIRECT_STATUSES or location is None:
            return response
        request = _build_redirect(request, location, response.status)
    raise build_endpoint_error(request.address, f"it redirects more than {MAX_REDIRECTS} times")


def _build_redirect(request: HttpRequest, location: str, status: int) -> HttpRequest:
    """Return the request for a new address: the same host and port, or TLS in place of none."""
    old, new = request.address, parse_url(urljoin(request.address.url, location))
    if new is None or not new.url.isascii():
        raise build_endpoint_error(old, "it redirects to what is no address of the web")
    if new.host != old.host:
        raise build_endpoint_error(
            old, "it redirects to another host", f"name that host if you trust it: {new.authority}"
        )
    if new.scheme != old.scheme:
        if new.scheme == "http":
            raise build_endpoint_error(old, "it redirects from https to http, where anyone can listen")
        if (old.port, new.port) != (80, 443):
            raise build_endpoint_error(old, "it redirects to another port")
    elif new.port != old.port:
        raise build_endpoint_error(old, "it redirects to another port")
    if status == 303:
        headers = {name: one for name, one in request.headers.items() if name.lower() != "content-type"}
        return HttpRequest(new, "GET", headers, None)
    return replace(request, address=new)


class _DeadlineReader(io.RawIOBase):
    """The bytes of a socket; each read waits for what is left of the time, not anew."""

    def __init__(self, source: _DeadlineSocket) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader gives no other
        return self._source.apply_deadline().recv_into(buffer)


class _DeadlineSocket:
    """A socket as ``http.client`` uses one, all of whose work ends by one deadline.

    The standard library and the well-kept clients (urllib3, requests, httpx) bound each read of a socket and
    not their sum: a server that sends one byte a second holds them as long as it likes. Here every read gets
    only the time that is left, and HTTP itself stays the work of ``http.client``.
    """

    def __init__(self, address: HttpUrl, deadline: Deadline) -> None:
        self._deadline = deadline
        self._socket = self._connect(address)
        if address.scheme == "https":
            try:
                tls = ssl.create_default_context()
                self._socket = tls.wrap_socket(self.apply_deadline(), server_hostname=address.host)
            except BaseException:
                self._socket.close()
                raise

    def _connect(self, address: HttpUrl) -> socket.socket:
        fault: OSError = OSError("no such host")
        for family, kind, protocol, _, where in socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM
        ):
            self._socket = socket.socket(family, kind, protocol)
            try:
                self.apply_deadline().connect(where)
            except OSError as error:
                self._socket.close()
                fault = error
            else:
                return self._socket
        raise fault

    def apply_deadline(self) -> socket.socket:
        """Return the socket, ready to wait for what is left of the time."""
        left = self._deadline.compute_remaining()
        if not left:
            raise TimeoutError
        self._socket.settimeout(left)
        return self._socket

    def sendall(self, data: bytes) -> None:
        """Send all of it."""
        self.apply_deadline().sendall(data)

    def makefile(self, _: str) -> io.BufferedReader:
        """Return what reads from it."""
        return io.BufferedReader(_DeadlineReader(self))

    def close(self) -> None:
        """Leave it open: ``http.client`` closes a connection before the answer is read."""

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
        raise build_endpoint_error(
            address,
            f"no whole answer within {deadline.seconds:.3g} seconds",
            "ask for less, allow more with --timeout SECONDS, or name another --endpoint",
        ) from None
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise build_endpoint_error(address, _describe_error(error)) from None


def _describe_error(error: Exception) -> str:
    """Say what went wrong with a connection, in words of ours: a library's may repeat what was sent."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not to be trusted: {error.verify_message}"
        case ssl.SSLError():
            return "no secure connection: it does not speak TLS as it should"
        case ConnectionRefusedError():
            return "it refuses the connection"
        case socket.gaierror() | UnicodeError():
            return "no such host"
        case http.client.RemoteDisconnected():
            return "it closed the connection without an answer"
        case ConnectionError():
            return "it broke off the connection"
        case http.client.IncompleteRead():
            return "the answer is cut"
        case http.client.HTTPException():
            return "it does not speak HTTP as it should"
        case _:
            return f"no connection: {getattr(error, 'strerror', None) or 'the network is at fault'}"


def _read_response(response: http.client.HTTPResponse, address: HttpUrl) -> HttpResponse:
    """Read the answer, or of a fault as much as came."""
    length, is_chunked = response.length, bool(response.chunked)
    headers, body = response.headers, b""
    if response.status >= 300:
        try:
            body = response.read(_MAX_ERROR_BYTES)
        except (OSError, http.client.HTTPException):
            body = b""  # the status says enough
        return HttpResponse(response.status, headers, body, False)
    said = headers.get("Transfer-Encoding", "chunked" if is_chunked else "identity").strip().lower()
    if said != ("chunked" if is_chunked else "identity"):
        raise build_endpoint_error(address, "the answer comes in an encoding that was not asked for")
    pieces, size = [], 0
    while piece := response.read(1 << 16):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_RESPONSE_BYTES:
            raise build_endpoint_error(
                address,
                f"the answer is longer than {MAX_RESPONSE_BYTES // 1_000_000} MB",
                "ask for less, for example with LIMIT",
            )
    if length is not None and size < length:
        raise build_endpoint_error(address, f"the answer is cut after {size} of {length} bytes")
    return HttpResponse(response.status, headers, b"".join(pieces), is_chunked or length is not None)
