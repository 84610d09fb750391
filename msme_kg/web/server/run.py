"""Start and end of the server."""

from __future__ import annotations

import errno
import logging
import os
import socket
from collections.abc import Callable

from msme_kg.errors import WriteError, to_printable
from msme_kg.message_catalog import build_text
from msme_kg.repository import Repository
from msme_kg.web.missing_extra import build_missing_extra_error
from msme_kg.web.server.front import Front, FrontSettings
from msme_kg.web.server.generation import Generations
from msme_kg.web.server.worker_pool import PoolSettings

_BACKLOG = 2048
_SEND_BUFFER_SIZE = 256 << 10
"""The bytes that the system keeps of what is sent: too few to hide that a client receives nothing."""
_STOP_SECONDS = 1
_KEEP_ALIVE_SECONDS = 30
_FAILURES = {
    0: "web-no-host",
    errno.EADDRINUSE: "web-in-use",
    errno.EADDRNOTAVAIL: "web-no-address",
    errno.EACCES: "web-forbidden",
}
"""The keys of the messages on why an address cannot be listened on."""
_ABOUT_HOST = {"web-no-host", "web-no-address"}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def run_server(
    repository: Repository,
    host: str,
    port: int,
    settings: PoolSettings,
    *,
    cors: bool,
    notify: Callable[[str], None],
) -> None:
    """Serve a graph until a signal ends the server.

    Args:
        repository: the graph.
        host: the address to listen on.
        port: the port; 0 for any that is free.
        settings: the settings of the workers.
        cors: whether pages of other sites may read responses.
        notify: receives lines about the server, such as its address.

    Raises:
        msme_kg.errors.UsageError: the extra ``serve`` is not installed.
        msme_kg.errors.WriteError: the address is not free, or not of this machine.
        msme_kg.web.server.worker_pool.LoadError: the graph cannot be loaded.
    """
    try:
        import uvicorn

        from msme_kg.web.server.http_protocol import LimitedHttpProtocol
    except ImportError:
        raise build_missing_extra_error("serve") from None
    listener = _listen(host, port)
    with listener:
        generations = Generations(repository, settings, notify)
        front = Front(generations, FrontSettings(settings.prefix, cors, host in _LOOPBACK))
        config = uvicorn.Config(
            front,
            http=LimitedHttpProtocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
        shown = f"[{host}]" if ":" in host else host
        notify(f"http://{shown}:{listener.getsockname()[1]}{settings.prefix}/")
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL)  # the front writes the log
        uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError) as error:  # the latter for a name that cannot be one
        number = max(getattr(error, "errno", None) or 0, 0)  # below 0 for a name that is not known
        key = _FAILURES.get(number)
        reason = build_text(f"error.{key}") if key else os.strerror(number)
        raise WriteError(
            build_text("error.web-address", host=to_printable(host), port=port, reason=reason),
            hint=build_text("error.web-host" if key in _ABOUT_HOST else "error.web-port"),
        ) from None
    listener.setsockopt(
        socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_SIZE
    )  # its connections have it, too
    return listener
