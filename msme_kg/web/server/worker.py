"""Worker process: answers one request after another; the kernel ends it when one takes too long."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import sys
from collections.abc import Callable
from typing import NoReturn

from msme_kg.web.http_message import LENGTHS_SIZE, HttpRequest, HttpResponse, decode_lengths

RequestHandler = Callable[[HttpRequest], HttpResponse]

TIME, MEMORY = "limit of time", "limit of memory"
"""The limits that end a worker, as causes of its end."""
MAX_OWN_SIZE = 12 << 20
"""The bytes that a worker may have without sharing them; with more, it is replaced after its answer."""
_FAULTS = 2048
"""The page faults after which a worker looks at its memory again: each can be a page more of its own."""
_OWN = re.compile(rb"^Private_Dirty:\s+(\d+) kB$", re.MULTILINE)


class _OwnMemory:
    """Memory that a worker shares with no other, where the system says how much that is."""

    def __init__(self) -> None:
        self._faults = 0

    def is_spent(self) -> bool:
        """Tell whether a new worker should take over."""
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        if faults - self._faults < _FAULTS:
            return False
        self._faults = faults
        try:
            with open("/proc/self/smaps_rollup", "rb") as file:
                match = _OWN.search(file.read())
        except OSError:
            return False
        return match is not None and int(match[1]) << 10 > MAX_OWN_SIZE


def run_worker(
    connection: socket.socket, handle: RequestHandler, memory_bytes: int, native_output: int
) -> NoReturn:
    """Answer the requests that come through a socket, and exit when it is closed.

    The time limit, which comes with a request, is an alarm with its default action: the kernel ends the
    process, whatever native code is running. The front sees the closed socket and answers for it.

    Args:
        connection: the socket.
        handle: answers a request.
        memory_bytes: how much the address space may grow.
        native_output: the descriptor of a file for what native code writes on standard error.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _limit_memory(memory_bytes)
    _move_native_output(native_output)
    memory = _OwnMemory()
    try:
        while lengths := _receive(connection, LENGTHS_SIZE):
            head_length, body_length = decode_lengths(lengths)
            head = _receive(connection, head_length)
            request, seconds = HttpRequest.decode(head, _receive(connection, body_length))
            signal.setitimer(signal.ITIMER_REAL, seconds)
            response = handle(request)
            signal.setitimer(signal.ITIMER_REAL, 0)
            connection.sendall(response.encode(is_last=memory.is_spent()))
    except (ConnectionError, EOFError):
        pass
    sys.stderr.flush()
    os._exit(0)


def _move_native_output(output: int) -> None:
    """Keep what native code writes when it is out of memory, such as a backtrace, out of the log.

    The front writes a line for it; errors of Python are logged all the same.
    """
    stream = open(os.dup(2), "w", encoding="utf-8", errors="backslashreplace", buffering=1)  # noqa: SIM115 (kept)
    sys.stderr = stream
    os.dup2(output, 2)


def _limit_memory(further: int) -> None:
    """Limit the address space to what is used now and some bytes more, where the system says what is used."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + further, resource.RLIM_INFINITY))
    except (OSError, ValueError):
        return


def _receive(connection: socket.socket, length: int) -> bytes:
    """Return exactly so many bytes; none if the socket is closed before the first.

    Raises:
        EOFError: it is closed within them.
    """
    content = bytearray()
    while len(content) < length:
        chunk = connection.recv(min(length - len(content), 1 << 20))
        if not chunk:
            if content:
                raise EOFError
            return b""
        content += chunk
    return bytes(content)
