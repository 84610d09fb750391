"""A headless browser without network access, driven by chromedriver over WebDriver."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

_SECONDS = 60
_NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


def _send(method: str, url: str, body: Mapping[str, object] | None = None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 (our own driver)
            return json.load(answer)["value"]
    except urllib.error.HTTPError as fault:
        with fault:
            raise AssertionError(json.load(fault)["value"]["message"]) from None


class Browser:
    """A browser session."""

    def __init__(self, session: str) -> None:
        self._url = session

    def close(self) -> None:
        """Close the browser."""
        _send("DELETE", self._url)

    def _post(self, path: str, body: Mapping[str, object]) -> Any:
        return _send("POST", self._url + path, body)

    def open(self, address: str) -> None:
        """Open a page, and wait until it is loaded."""
        self._post("/url", {"url": address})

    def run(self, script: str, *words: object) -> Any:
        """Run a script and return its result."""
        return self._post("/execute/sync", {"script": script, "args": list(words)})

    def wait(self, script: str, *words: object) -> Any:
        """Run a script and return the value that it passes to its last argument, a callback."""
        return self._post("/execute/async", {"script": script, "args": list(words)})

    def devtools(self, command: str, **words: object) -> Any:
        """Run a command of the DevTools protocol."""
        return self._post("/goog/cdp/execute", {"cmd": command, "params": words})

    def warnings(self) -> list[str]:
        """Return the warnings and errors logged since the last call."""
        entries = self._post("/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] in {"SEVERE", "WARNING"}]

    def requests(self) -> tuple[list[str], list[str]]:
        """Return the URLs requested since the last call, and the errors of failed requests."""
        requested: list[str] = []
        failed: list[str] = []
        for entry in self._post("/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                requested.append(message["params"]["request"]["url"])
            elif message["method"] == "Network.loadingFailed":
                failed.append(message["params"]["errorText"])
        return requested, failed


@contextmanager
def browser(*, javascript: bool = True) -> Iterator[Browser]:
    """Start a browser, and stop it and its driver."""
    driver, chromium = shutil.which("chromedriver"), shutil.which("chromium")
    if driver is None or chromium is None:
        pytest.skip("Chromium and its driver are not installed: the display of pages is not tested")
    with ExitStack() as stack:
        profile = tempfile.TemporaryDirectory(prefix="msme-kg-browser-", ignore_cleanup_errors=True)
        stack.enter_context(profile)
        process = subprocess.Popen(
            [driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        stack.enter_context(process)
        stack.callback(process.terminate)
        assert process.stdout
        matches = (re.search(r"successfully on port (\d+)", line) for line in process.stdout)
        url = f"http://127.0.0.1:{next(match[1] for match in matches if match)}/session"
        wanted = {"alwaysMatch": _build_capabilities(chromium, profile.name, javascript)}
        session = _send("POST", url, {"capabilities": wanted})["sessionId"]
        made = Browser(f"{url}/{session}")
        stack.callback(made.close)
        yield made


def _build_capabilities(chromium: str, profile: str, javascript: bool) -> dict[str, object]:
    words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", _NO_NETWORK]
    options: dict[str, object] = {"args": [*words, f"--user-data-dir={profile}"], "binary": chromium}
    if not javascript:
        options["prefs"] = {"profile.managed_default_content_settings.javascript": 2}
    return {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
