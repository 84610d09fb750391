"""Local server that counts connections, to prove that there are none."""

from __future__ import annotations

from socket import create_server
from threading import Thread


class Trap:
    """Server that accepts connections, counts them and answers none.

    Attributes:
        address: host and port.
        connections: how many there were.
    """

    def __init__(self) -> None:
        self._server = create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self.connections = 0
        Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:  # closed
                return
            self.connections += 1
            connection.close()

    def close(self) -> None:
        """Stop listening."""
        self._server.close()
