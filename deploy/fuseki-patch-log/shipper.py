"""Shipper of a patch log: sends each transaction of the primary to all replicas, in order."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from patch_log import list_patches, post_patch, read_transaction
from replica_cluster import Cluster, replace_file

POLL_SECONDS = 0.1
"""Pause between two looks at the log."""
RETRY_SECONDS = 0.5
"""Pause after a replica failed."""
KEPT_PATCHES = 1000
"""Number of files of the log that are kept after all replicas have them, for one restored from a copy."""


class Shipper:
    """Sends transactions to the replicas of a cluster.

    A replica that fails is taken out of the proxies until it has every transaction, since it comes back with
    old data. The proxies are told its state again and again: one that was restarted has forgotten it.
    """

    def __init__(self, cluster: Cluster, log: Path, replicas: Sequence[str], proxies: Sequence[str]) -> None:
        """Create a shipper.

        Args:
            cluster: the cluster.
            log: the folder with the patch log of the primary.
            replicas: the names of the replicas.
            proxies: the names of the proxies.
        """
        self._cluster = cluster
        self._log = log
        self._replicas = replicas
        self._proxies = proxies

    def ship(self) -> None:
        """Ship until the process ends."""
        for replica in self._replicas:
            threading.Thread(target=self._send_all, args=[replica], daemon=True).start()
        while True:
            self._remove_shipped()
            time.sleep(10)

    def read_position(self, replica: str) -> int:
        """Return the number of the last transaction that a replica has."""
        path = self._get_position_file(replica)
        return int(path.read_text(encoding="utf-8")) if path.exists() else 0

    def _send_all(self, replica: str) -> None:
        """Send a replica what it lacks, whenever there is something."""
        state, address = "ready", self._cluster.get_address(replica)
        while True:
            try:
                while self._send_next(replica, address):
                    pass
                state, pause = "ready", POLL_SECONDS
            except OSError as error:
                if state == "ready":
                    print(f"{replica} is taken out: {error}", file=sys.stderr, flush=True)
                state, pause = "maint", RETRY_SECONDS
            for proxy in self._proxies:
                self._cluster.ask_proxy(proxy, f"set server replicas/{replica} state {state}")
            time.sleep(pause)

    def _send_next(self, replica: str, address: str) -> bool:
        """Send a replica the next transaction; return whether there was one.

        Raises:
            OSError: the replica failed, or the log no longer has the transaction.
        """
        number = self.read_position(replica) + 1
        patches = list_patches(self._log)
        last = max(patches, default=0)
        if number == last + 1:
            return False
        if number > last:
            raise OSError(f"the log ends before transaction {number - 1}: was it emptied?")
        if number not in patches:
            raise OSError(f"transaction {number} is no longer in the log: copy another replica")
        # Looked up before the file is read: what has a successor is not written any more.
        is_last = number == last
        transaction = read_transaction(patches[number])
        if transaction is None and is_last:
            return False
        if transaction:
            post_patch(address, transaction)
        replace_file(self._get_position_file(replica), f"{number}\n")
        return True

    def _remove_shipped(self) -> None:
        """Remove old files of the log that all replicas have."""
        shipped = min(map(self.read_position, self._replicas))
        for number, path in list_patches(self._log).items():
            if number <= shipped - KEPT_PATCHES:
                path.unlink()

    def _get_position_file(self, replica: str) -> Path:
        """Return the file with the position of a replica, beside its store: both are copied together."""
        return self._cluster.folder / replica / "position"
