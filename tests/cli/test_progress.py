"""Progress line: shown only on a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from conftest import LONGEST, Run, environment


def test_progress_is_shown_on_a_terminal_only(tmp_path: Path, run: Run) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "msme_kg", "validate", "--engine", "pyshacl"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=tmp_path,
        env=environment(),
    ) as process:
        os.close(theirs)
        output = b""
        try:
            while part := os.read(ours, 4096):
                output += part
        except OSError:  # EIO: on Linux, the other end is closed
            pass
        out, _ = process.communicate(timeout=LONGEST)
    os.close(ours)
    assert process.returncode == 0
    assert "\rvalidating …".encode() in output.replace(b"\x1b[K", b"")
    assert output.replace(b"\r\n", b"\n").endswith(b" s\n")
    assert out == b"0 violation, 0 warning, 0 info\n"
    piped = run("validate", "--engine", "pyshacl")
    assert "…" not in piped.err
    assert "\x1b" not in piped.err
