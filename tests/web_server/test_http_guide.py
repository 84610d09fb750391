"""The guide to the HTTP API: its examples run against a server."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess

import pytest
from documentation.http_reference import PATH

from web_server.running import RunningServer

ADDRESS = "http://127.0.0.1:8000/"
EXAMPLES = [
    pytest.param(*match, id=match[0].replace("\\\n", " ")[:60])
    for match in re.findall(
        r"```console\n\$ (.*?[^\\])\n(.*?)```", PATH.read_text(encoding="utf-8"), re.DOTALL
    )
]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(("command", "expected"), EXAMPLES)
def test_shown_answer_is_the_real_one(command: str, expected: str, server: RunningServer) -> None:
    """A shown answer is the whole one, or its beginning if a line with … follows."""
    words = shlex.split(command.replace("\\\n", " ").replace(ADDRESS, server.url))
    assert words[0] == "curl"
    answer = subprocess.run(words, capture_output=True, check=True).stdout.decode().replace("\r\n", "\n")
    beginning, mark, _ = expected.rstrip().partition("\n…")
    assert answer.startswith(beginning) if mark else answer.rstrip() == expected.rstrip()
