"""An address for the published files is looked at before the graph is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Run
from site_pages.small import small_root

BAD = [
    "http://[::1",
    "http://[:::]/",
    "http://[1.2.3.4]/",
    "http://localhost:99999/x",
    "http://localhost:0/",
    "https://x.example/%zz/",
    "https://x.example/%",
    "https://%zz.example/",
    "https://x.example/\x01/",
    "https://x.example/%0aOptions/",
    "https://x.example/\ufffe/",
    "https://x.example/\ue000/",
    "https://x.example/\u202e/",
    "https://x.example/a b/",
    "https://x.example/?q",
    "https://x.example/#f",
    "https://user@x.example/",
]


@pytest.mark.parametrize("address", BAD, ids=ascii)
@pytest.mark.parametrize(
    ("command", "option"), [("site", "--base-url"), ("portal", "--base-url"), ("portal", "--endpoint")]
)
def test_a_malformed_address_is_refused_first(
    run: Run, tmp_path: Path, address: str, command: str, option: str
) -> None:
    root = small_root(tmp_path / "graph")
    (root / "data/broken.ttl").write_text("<a> <b>")
    ended = run(command, "out", option, address, "--root", root)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Error: ")
    assert f"is not an address for {option}\nhint: give the full URL" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["graph"]


@pytest.mark.parametrize(
    "address", ["http://[::1]:8080/x", "https://臺灣.example/資料/", "https://x.example/a%20b/", "HTTP://X/"]
)
@pytest.mark.parametrize("command", ["site", "portal"])
def test_other_addresses_are_published(run: Run, tmp_path: Path, address: str, command: str) -> None:
    ended = run(command, "out", "--base-url", address, "--root", small_root(tmp_path / "graph"))
    assert ended.code == 0, ended.err
    shown = tmp_path / "out" / ("sitemap.xml" if command == "site" else "catalog.ttl")
    assert f"{address.rstrip('/')}/" in shown.read_text("utf-8")
