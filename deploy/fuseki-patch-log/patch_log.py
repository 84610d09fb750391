"""The patch log of a primary: one file for each transaction, numbered from 1 without gaps."""

from __future__ import annotations

import http.client
from pathlib import Path

_BEGIN, _COMMIT, _ABORT = b"TX .\n", b"TC .\n", b"TA .\n"
_REQUEST_SECONDS = 60


def list_patches(folder: Path) -> dict[int, Path]:
    """Return the files of a log by number, in order."""
    numbered = {path.suffix[1:]: path for path in folder.glob("patch.*") if path.suffix[1:].isdigit()}
    return dict(sorted((int(number), path) for number, path in numbered.items()))


def read_transaction(path: Path) -> bytes | None:
    """Return the transaction in a file of the log; empty if it was aborted, None if it is unfinished.

    A primary that is killed leaves a transaction without its end. Should another follow in the same file, the
    last one counts.
    """
    content = path.read_bytes()
    if content.endswith(_ABORT):
        return b""
    begin = content.rfind(b"\n" + _BEGIN) + 1
    if not content.endswith(_COMMIT) or not content.startswith(_BEGIN, begin):
        return None
    return content[begin:]


def post_patch(address: str, patch: bytes) -> None:
    """Apply a transaction to a store; repeating it changes nothing.

    Raises:
        OSError: the store is not reached, or does not confirm that it has applied it.
    """
    connection = http.client.HTTPConnection(address, timeout=_REQUEST_SECONDS)
    try:
        connection.request("POST", "/kg/patch", patch, {"Content-Type": "application/rdf-patch"})
        response = connection.getresponse()
        said = response.read()
    except http.client.HTTPException as error:
        raise OSError(f"{address}: {error!r}") from None
    finally:
        connection.close()
    if not 200 <= response.status < 300:
        raise OSError(f"{address} answered {response.status}: {said[:200]!r}")
