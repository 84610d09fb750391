"""Zygote process: loads the graph once, forks workers, and replaces those that end.

It is started by the front with a socket as standard input, over which it hands out the sockets of its workers
and is told which to kill. It ends, with its workers, when the front closes that socket or dies.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import select
import selectors
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from msme_kg.web.server.worker import MEMORY, TIME, run_worker

if TYPE_CHECKING:
    from msme_kg.web.services.application import Application
    from msme_kg.web.tools.tool_application import ToolApplication

_MESSAGE_SIZE = 65_536
_OUT_OF_MEMORY = re.compile(rb"memory allocation of \d+ bytes failed|std::bad_alloc")
"""Text that the native code of the engine writes before it ends a process that is refused memory."""


class _Zygote:
    """A control socket, a function that answers requests, and the workers that run it."""

    def __init__(self, control: socket.socket, settings: dict[str, Any]) -> None:
        """Load the graph.

        Raises:
            msme_kg.errors.KGError: a file is malformed.
        """
        self._control = control
        self._memory_bytes: int = settings["memory_bytes"]
        self._application = _load_application(settings)
        self._application.prepare()
        self._workers: dict[int, tuple[int, int]] = {}
        self._last_number = 0
        _settle_memory()

    @property
    def version(self) -> str:
        """The version of the graph that the workers have."""
        return self._application.version

    def fork_worker(self) -> None:
        """Fork a worker and hand out its socket with its number."""
        if threading.active_count() != 1:
            raise RuntimeError("a process with threads cannot be forked")
        ours, theirs = socket.socketpair()
        self._last_number += 1
        with tempfile.TemporaryFile() as file:
            native_output = os.dup(file.fileno())
        pid = os.fork()
        if pid == 0:
            self._start_worker(ours, theirs, native_output)
        theirs.close()
        self._workers[pid] = self._last_number, native_output
        socket.send_fds(self._control, [_encode({"worker": self._last_number})], [ours.fileno()])
        ours.close()

    def _start_worker(self, ours: socket.socket, theirs: socket.socket, native_output: int) -> None:
        ours.close()
        self._control.close()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        run_worker(theirs, self._application.answer, self._memory_bytes, native_output)

    def kill_worker(self, number: int) -> None:
        """Kill a worker; no other process can have its process id, since it is our child."""
        for pid, (other, _) in self._workers.items():
            if other == number:
                os.kill(pid, signal.SIGKILL)

    def reap_workers(self) -> None:
        """Tell the front which workers ended, and how, and replace them."""
        while self._workers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            number, native_output = self._workers.pop(pid)
            cause = _find_cause(os.waitstatus_to_exitcode(status), os.pread(native_output, _MESSAGE_SIZE, 0))
            os.close(native_output)
            self._control.send(_encode({"ended": number, "cause": cause}))
            self.fork_worker()

    def kill_all(self) -> None:
        """Kill all workers and wait for their ends."""
        for pid in self._workers:
            os.kill(pid, signal.SIGKILL)
        for pid in self._workers:
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _find_cause(code: int, native_output: bytes) -> str:
    """Return what ended a worker: a limit, else its signal or exit code.

    Args:
        code: its exit code; negative for a signal.
        native_output: what native code wrote, which says so when it is refused memory.
    """
    if code == -signal.SIGALRM:
        return TIME
    if _OUT_OF_MEMORY.search(native_output):
        return MEMORY
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"exit code {code}"


@contextmanager
def _end_with_front(control: socket.socket) -> Iterator[None]:
    """Let this process and its children end at once if the front closes the socket; it sends nothing now."""
    fcntl.fcntl(control, fcntl.F_SETOWN, -os.getpgrp())  # which get SIGIO, whose default action is to end
    flags = fcntl.fcntl(control, fcntl.F_GETFL)
    fcntl.fcntl(control, fcntl.F_SETFL, flags | os.O_ASYNC)
    if select.select([control], [], [], 0)[0]:  # closed before
        sys.exit()
    yield
    fcntl.fcntl(control, fcntl.F_SETFL, flags)


def _run_apart(function: Callable[[], object]) -> None:
    """Run a function in a process of its own, whose errors nobody sees."""
    pid = os.fork()
    if pid == 0:
        with suppress(Exception):
            function()
        os._exit(0)
    os.waitpid(pid, 0)


def _settle_memory() -> None:
    """Give back what loading has freed, and keep the rest in pages that processes share."""
    import ctypes
    import gc

    gc.collect()
    with suppress(AttributeError, OSError):  # a C library without this function
        ctypes.CDLL(None).malloc_trim(0)
    gc.freeze()


def _load_application(settings: dict[str, Any]) -> Application | ToolApplication:
    root, tool_language = settings["root"], settings["tool_language"]
    if tool_language is not None:
        from msme_kg.web.tools.tool_application import ToolApplication

        return ToolApplication.load(root, tool_language)
    from msme_kg.web.services.application import Application

    # What is computed and kept on disk would leave holes in the memory of this process, which reads it.
    _run_apart(partial(Application.fill_cache, root))
    application = Application.load(root, settings["prefix"])
    _run_apart(application.keep_long_pages)
    return application


def _encode(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode()


def main() -> None:
    """Run a zygote whose standard input is the control socket, which keeps messages apart."""
    from msme_kg.errors import KGError

    with socket.socket(fileno=os.dup(0)) as control:
        devnull = os.open(os.devnull, os.O_RDONLY)
        os.dup2(devnull, 0)
        os.close(devnull)
        content = control.recv(_MESSAGE_SIZE)
        if not content:
            return
        settings = json.loads(content)
        try:
            with _end_with_front(control):
                zygote = _Zygote(control, settings)
        except KGError as error:
            location = "" if error.location is None else f"{error.location}: "
            failure = {"failed": f"{location}{error.message}", "hint": error.hint, "code": error.exit_code}
            control.send(_encode(failure))
            sys.exit(error.exit_code)
        with suppress(BrokenPipeError, ConnectionResetError):  # the front is gone
            _run(zygote, control, settings["workers"])
        zygote.kill_all()


def _run(zygote: _Zygote, control: socket.socket, workers: int) -> None:
    """Fork workers and replace them until the front is gone."""
    reader, writer = socket.socketpair()
    with reader, writer:
        reader.setblocking(False)
        writer.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        control.send(_encode({"loaded": zygote.version}))
        for _ in range(workers):
            zygote.fork_worker()
        _serve(zygote, control, reader)
        signal.set_wakeup_fd(-1)


def _serve(zygote: _Zygote, control: socket.socket, wake_reader: socket.socket) -> None:
    """Follow orders and replace workers until the front closes the control socket."""
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(wake_reader, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is wake_reader:
                    with suppress(BlockingIOError):
                        wake_reader.recv(_MESSAGE_SIZE)
                    zygote.reap_workers()
                    continue
                message = control.recv(_MESSAGE_SIZE)
                if not message:
                    return
                zygote.kill_worker(json.loads(message)["kill"])


if __name__ == "__main__":
    main()
