"""A server of a large graph: it answers as from memory, from a store that the next start opens."""

from __future__ import annotations

from pathlib import Path

from web_server.running import RunningServer, serve

PATHS = (
    "/index.html",
    "/member/us/zh-Hant.html",
    "/document/inf-msme-4-rev-2/index.html",
    "/document/inf-msme-4-rev-2/zh-Hant.html",
    "/attestation/member-us-1/index.html",
    "/source/brief/index.html",
    "/work-item/2023-1/index.html",
    "/membership/index.html",
    "/vocab/index.html",
    "/member/us/index.html?as_of=2021-06-30",
    "/search/index.html?q=buenos+aires+declaration",
    "/api/search?q=reviews+database&limit=5",
    "/api/members?as_of=2023-08-01",
    "/api/describe?name=Chinese+Taipei",
    "/sparql?query=SELECT+*+%7B+GRAPH+%3Fg+%7B+%3Fs+a+org%3APost+%7D+%7D",
)


def test_a_large_graph_is_served_from_a_store_with_the_same_answers(
    server: RunningServer, copy_of_graph: Path, tmp_path: Path
) -> None:
    file, caches = copy_of_graph / "data/actors/organizations.ttl", tmp_path / "caches"
    file.write_bytes(b"# A graph is large by the size of its files.\n" * 200_000 + b"\n" + file.read_bytes())
    for paths in (PATHS, ("/member/us/index.html", "/api/search?q=korea")):
        with serve("--workers", "2", root=copy_of_graph, more={"MSME_KG_CACHE": str(caches)}) as large:
            for path in paths:
                assert large.ask(path).body == server.ask(path).body, path
        (store,) = caches.glob("prepared-*")
        assert sorted(store.glob("*.sst"))
        for archive in caches.glob("names-*"):  # the next start does without
            archive.write_bytes(b"damaged")
