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


def _ask(method: str, url: str, body: Mapping[str, object] | None = None) -> Any:
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
        """Let the browser end."""
        _ask("DELETE", self._url)

    def _post(self, path: str, body: Mapping[str, object]) -> Any:
        return _ask("POST", self._url + path, body)

    def open(self, address: str) -> None:
        """Open a page, and wait until it and what it loads are there."""
        self._post("/url", {"url": address})

    def run(self, script: str, *words: object) -> Any:
        """Return what a script returns."""
        return self._post("/execute/sync", {"script": script, "args": list(words)})

    def wait(self, script: str, *words: object) -> Any:
        """Return what a script hands to the function that is its last argument."""
        return self._post("/execute/async", {"script": script, "args": list(words)})

    def devtools(self, command: str, **words: object) -> Any:
        """Run a command of the DevTools protocol."""
        return self._post("/goog/cdp/execute", {"cmd": command, "params": words})

    def complaints(self) -> list[str]:
        """Return what the browser complained of since it was last asked."""
        said = self._post("/se/log", {"type": "browser"})
        return [one["message"] for one in said if one["level"] in {"SEVERE", "WARNING"}]

    def requests(self) -> tuple[list[str], list[str]]:
        """Return the addresses that were asked for since it was last asked, and what failed of them."""
        asked: list[str] = []
        failed: list[str] = []
        for one in self._post("/se/log", {"type": "performance"}):
            message = json.loads(one["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.append(message["params"]["request"]["url"])
            elif message["method"] == "Network.loadingFailed":
                failed.append(message["params"]["errorText"])
        return asked, failed


@contextmanager
def browser(*, javascript: bool = True) -> Iterator[Browser]:
    """Start a browser, and stop it and its driver."""
    driver, chromium = shutil.which("chromedriver"), shutil.which("chromium")
    if driver is None or chromium is None:
        pytest.skip("Chromium and its driver are not installed: how a browser shows pages is not seen")
    with ExitStack() as stack:
        profile = tempfile.TemporaryDirectory(prefix="msme-kg-browser-", ignore_cleanup_errors=True)
        stack.enter_context(profile)
        process = subprocess.Popen(
            [driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        stack.enter_context(process)
        stack.callback(process.terminate)
        assert process.stdout
        started = (re.search(r"successfully on port (\d+)", line) for line in process.stdout)
        url = f"http://127.0.0.1:{next(found[1] for found in started if found)}/session"
        wanted = {"alwaysMatch": _wanted(chromium, profile.name, javascript)}
        session = _ask("POST", url, {"capabilities": wanted})["sessionId"]
        made = Browser(f"{url}/{session}")
        stack.callback(made.close)
        yield made


def _wanted(chromium: str, profile: str, javascript: bool) -> dict[str, object]:
    words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", _NO_NETWORK]
    options: dict[str, object] = {"args": [*words, f"--user-data-dir={profile}"], "binary": chromium}
    if not javascript:
        options["prefs"] = {"profile.managed_default_content_settings.javascript": 2}
    return {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
