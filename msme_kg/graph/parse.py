"""One file or text of RDF to quads, with literals exactly as written and errors with their place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

import pyoxigraph as ox

from msme_kg.errors import InputError, Place, SafetyError, printable

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
DEEPEST = 100
"""How deep brackets may nest: a parser that recurses ends the process on much deeper input."""

BOM = b"\xef\xbb\xbf"
# What may hold brackets without nesting, then the brackets.
_BRACKETS = re.compile(
    rb'"""(?:[^"\\]|\\.|"(?!""))*"""|' + rb"'''(?:[^'\\]|\\.|'(?!''))*'''|"
    rb'"(?:[^"\\\n]|\\.)*"|' + rb"'(?:[^'\\\n]|\\.)*'|<[^<>\s\"{}|^`\\]*>|#[^\n]*|[\[({})\]]",
    re.DOTALL,
)
_LOOKS_LIKE = (
    (re.compile(rb"\s*<(?:!doctype html|html)", re.IGNORECASE), "an HTML page"),
    (re.compile(rb"\s*<\?xml"), "XML"),
    (re.compile(rb"version https://git-lfs"), "a Git LFS pointer"),
    (re.compile(rb"\x1f\x8b"), "gzip data"),
    (re.compile(rb"PK\x03\x04"), "a zip file"),
)
_MESSAGE_PLACE = re.compile(r"(?:Parser )?error (?:at|between) line \d+[^:]*: ")


def format_of(name: str) -> ox.RdfFormat:
    """Return the format that a file name's ending stands for.

    Standard input (``-``) is Turtle.

    Raises:
        InputError: the ending stands for none.
    """
    if name == "-":
        return ox.RdfFormat.TURTLE
    found = FORMATS.get(PurePath(name).suffix.lower())
    if found is None:
        raise InputError(
            f"the ending of {printable(name)!r} names no RDF format", hint=f"one of {' '.join(FORMATS)}"
        )
    return found


def parse(content: bytes, name: str, base: str | None = None) -> Iterator[ox.Quad]:
    """Yield the quads of one file, literals as written but for language tags, which come in lower case.

    Args:
        content: the bytes of the file.
        name: its name, for messages and for the format.
        base: what relative IRIs are resolved against; without it they are a fault.

    Raises:
        InputError: not UTF-8, or malformed; with line and column.
        SafetyError: brackets nest deeper than ``DEEPEST``.
    """
    rdf_format = format_of(name)
    content = content.removeprefix(BOM)
    _decodable(content, name)
    if rdf_format in {ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.JSON_LD}:
        _shallow(content, name)
    try:
        for quad in ox.parse(content, format=rdf_format, base_iri=base):
            if isinstance(quad.subject, ox.Triple) or isinstance(quad.object, ox.Triple):
                raise InputError("a quoted triple, which RDF 1.1 does not have", place=Place(name))
            yield quad
    except SyntaxError as error:
        raise _malformed(error, content, name) from None


def _decodable(content: bytes, name: str) -> None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        hint = next((f"it looks like {what}" for shape, what in _LOOKS_LIKE if shape.match(content)), None)
        raise InputError(
            "not UTF-8", place=Place(name, line), hint=hint or "save the file as UTF-8"
        ) from None


def _shallow(content: bytes, name: str) -> None:
    depth = 0
    for match in _BRACKETS.finditer(content):
        token = match[0]
        if token in b"[({":
            depth += 1
            if depth > DEEPEST:
                line = content.count(b"\n", 0, match.start()) + 1
                raise SafetyError(
                    f"brackets nest deeper than {DEEPEST}",
                    place=Place(name, line),
                    hint="write the structure with IRIs instead of nesting",
                )
        elif token in b"])}":
            depth -= 1


def _malformed(error: SyntaxError, content: bytes, name: str) -> InputError:
    what = _MESSAGE_PLACE.sub("", str(error.msg))
    hint = next((f"it looks like {what}" for shape, what in _LOOKS_LIKE if shape.match(content)), None)
    return InputError(
        printable(what),
        place=Place(name, error.lineno or 0, error.offset or 0),
        hint=hint or "correct the syntax there, then run the command again",
    )
