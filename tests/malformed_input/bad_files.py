"""Make the files that git cannot store or should not: links, pipes, deep and large files."""

from __future__ import annotations

import gzip
import os
import random
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

HEAD = "@prefix ex: <http://example.org/> .\n"
RDF_XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="http://example.org/">\n'
TRIPLE = "ex:a ex:b ex:c .\n"


def _nested(deep: int, start: str, end: str, between: str = "") -> str:
    return f"{start}{between}" * deep + f"{between}{end}" * deep


def _xml(deep: int) -> str:
    node = '<rdf:Description rdf:about="http://example.org/a"><ex:b>'
    return RDF_XML + _nested(deep // 2, node, "</ex:b></rdf:Description>") + "</rdf:RDF>"


def _entities() -> str:
    doctype = f'<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY x "{"x" * 10_000}">]>\n'
    about = '<rdf:Description rdf:about="http://example.org/a"><ex:b>'
    return f"{doctype}{RDF_XML}{about}{'&x;' * 10_000}</ex:b></rdf:Description></rdf:RDF>"


def _json(deep: int) -> str:
    return _nested(deep, '{"http://example.org/b": ', "}", "").replace(": }", ": {}}")


TEXTS: dict[str, Callable[[], str]] = {
    "containers/nested-lists-20000.ttl": lambda: f"<http://e/a> <http://e/b> {_nested(20_000, '(', ')')} .",
    "containers/nested-brackets-20000.ttl": lambda: f"{'[ <http://e/b> ' * 20_000}1{' ]' * 20_000} .",
    "containers/nested-101.ttl": lambda: (
        f"<http://e/a> <http://e/b> {_nested(101, '(', ')').replace('()', '(1)')} ."
    ),
    "containers/nested-101-lines.ttl": lambda: (
        f"<http://e/a> <http://e/b>\n{_nested(101, '(', ')', chr(10)).replace(2 * chr(10), ' 1 ')} ."
    ),
    "containers/accepted-nested-100.ttl": lambda: f"<http://e/a> <http://e/b> {_nested(100, '(', ')')} .",
    "containers/accepted-list-20000.ttl": lambda: f"<http://e/a> <http://e/b> ( {'1 ' * 20_000}) .",
    "containers/accepted-literal-1-mb.ttl": lambda: f'<http://e/a> <http://e/b> "{"x" * 1_000_000}" .',
    "containers/accepted-iri-200-kb.ttl": lambda: f"<http://e/{'x' * 200_000}> <http://e/b> 1 .",
    "containers/long-line-then-fault.ttl": lambda: HEAD + f'ex:a ex:b "{"x" * 1_000_000}" , ?x .\n',
    "containers/many-lines-then-fault.ttl": lambda: HEAD + TRIPLE * 200_000 + "ex:a ex:b ?x .\n",
    "containers/nested-graphs-20000.trig": lambda: f"<http://e/g> {_nested(20_000, '{', '}')}",
    "formats-xml/quadratic-blow-up.rdf": _entities,
    "formats-xml/nested-101.rdf": lambda: _xml(102),
    "formats-xml/nested-20000.rdf": lambda: _xml(20_000),
    "formats-json/nested-101.jsonld": lambda: _json(101),
    "formats-json/nested-objects-20000.jsonld": lambda: _json(20_000),
    "formats-json/nested-arrays-20000-unclosed.jsonld": lambda: "[" * 20_000,
    "parameters/query-nested-parentheses-5000.rq": lambda: f"ASK {{ FILTER({_nested(5000, '(', ')', '')}) }}",
    "parameters/query-nested-braces-5000.rq": lambda: f"ASK {_nested(5000, '{', '}')}",
    "parameters/query-nested-lists-240.rq": lambda: f"ASK {{ ?s ?p {_nested(240, '(', ')')} }}",
    "parameters/query-not-20000.rq": lambda: f"ASK {{ FILTER({'!' * 20_000}true) }}",
    "parameters/query-values-100000.rq": lambda: f"SELECT * {{ VALUES ?x {{ {'1 ' * 100_000} }} }}",
    "parameters/query-chain-10000.rq": lambda: f"ASK {{ FILTER(1{'+1' * 10_000} = 1) }}",
}
GRAPHS = ("root-with-link-out", "root-with-folder-out", "root-with-link-to-nothing", "root-with-pipe")


def make(folder: Path) -> None:
    """Make the files in a copy of this folder."""
    for name, text in TEXTS.items():
        (folder / name).write_text(text(), encoding="utf-8")
    (folder / "containers/random-bytes.ttl").write_bytes(random.Random(0).randbytes(10_000))  # noqa: S311
    (folder / "containers/gzip-bomb.ttl").write_bytes(gzip.compress(bytes(64 << 20), mtime=0))
    _make_paths(folder / "paths")
    for graph in GRAPHS:
        shutil.copytree(folder / "graph", folder / "paths" / graph)
        at = folder / "paths" / graph / "data"
        match graph:
            case "root-with-link-out":
                (at / "a.ttl").symlink_to("/etc/passwd")
            case "root-with-folder-out":
                (at / "actors").symlink_to("/etc", target_is_directory=True)
            case "root-with-link-to-nothing":
                (at / "a.ttl").symlink_to("nothing.ttl")
            case _:
                os.mkfifo(at / "a.ttl")


def _make_paths(folder: Path) -> None:
    (folder / "link-to-passwd.ttl").symlink_to("/etc/passwd")
    (folder / "link-to-passwd-beside.ttl").symlink_to("/etc/passwd")
    (folder / "link-to-device.ttl").symlink_to("/dev/zero")
    (folder / "link-to-nothing.ttl").symlink_to("nothing.ttl")
    (folder / "link-to-itself.ttl").symlink_to("link-to-itself.ttl")
    (folder / "accepted-link-within.ttl").symlink_to("accepted-capitals.TTL")
    (folder / "folder.ttl").mkdir()
    os.mkfifo(folder / "pipe.ttl")
    for name in ("escape\x1b[31m.ttl", "bidi\u202e.ttl"):
        (folder / name).write_text("<http://e/a> <http://e/b> ?x .\n", encoding="utf-8")
    # A socket's address may not be long, whatever the folder's is.
    here = os.getcwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("socket.ttl")
    finally:
        os.chdir(here)
