"""Start one server: ``python tests/triple_stores NAME`` prints its URLs and runs until interrupted.

``--seconds N`` limits the running time; ``--folder DIR`` keeps the data.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # `python FOLDER` puts only FOLDER on the path

from triple_stores import SERVERS
from triple_stores.process import AbsentError


def main() -> int:
    """Start the server named on the command line."""
    parser = argparse.ArgumentParser(prog="python tests/triple_stores", description=__doc__)
    parser.add_argument("name", choices=SERVERS)
    parser.add_argument("--seconds", type=int, default=3600)
    parser.add_argument("--port", type=int)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    module = importlib.import_module(f"triple_stores.{options.name}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="msme-kg-")))
        folder.mkdir(parents=True, exist_ok=True)
        try:
            server = stack.enter_context(module.serve(folder, port=options.port))
        except AbsentError as absent:
            print(f"Error: {absent}", file=sys.stderr)
            return 1
        print(f"push   {server.base}\nquery  {server.query}\nupdate {server.update}", flush=True)
        print(f"store  {server.store or 'none'}", flush=True)
        for name, value in server.environment.items():
            print(f"export {name}={value}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            time.sleep(options.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
