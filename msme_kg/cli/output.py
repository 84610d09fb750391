"""Where results and remarks go: results to standard output or a file, all else to standard error."""

from __future__ import annotations

import sys
from pathlib import Path


def emit(text: str, output: str | None = None) -> None:
    """Write a result.

    Args:
        text: the whole of it.
        output: a file, which is replaced at once or not at all; ``-`` and None are standard output.

    Raises:
        msme_kg.errors.WriteError: the file cannot be written; it is unchanged.
    """
    if output is None or output == "-":
        sys.stdout.write(text)
    else:
        from msme_kg.graph.write import write_file  # only who writes waits for its imports

        write_file(Path(output), text.encode())


def note(text: str) -> None:
    """Write a remark for people."""
    sys.stderr.write(f"{text}\n")
