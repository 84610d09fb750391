"""One file or text of RDF to quads, with literals exactly as written and errors with their place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO, cast

import pyoxigraph as ox

from msme_kg.errors import InputError, SourceLocation, UsageError, to_printable
from msme_kg.rdf import parser_guards
from msme_kg.rdf.encoding import require_utf8

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
BOM = b"\xef\xbb\xbf"
_CONTENT_SIGNATURES = (
    (re.compile(rb"\s*<(?:!doctype html|html)", re.IGNORECASE), "an HTML page", "download the RDF itself"),
    (re.compile(rb"\s*<(?:\?xml|rdf:RDF)"), "XML", "call it .rdf if it is RDF/XML"),
    (re.compile(rb"version https://git-lfs"), "a Git LFS pointer", "run git lfs pull"),
    (re.compile(rb"\s*[\[{]\s*[\"{}\]]"), "JSON", "call it .jsonld if it is JSON-LD"),
    (re.compile(rb"\s*(?:@prefix|@base|PREFIX|BASE)\s"), "Turtle", "call it .ttl"),
)
_FORMAT_BY_KIND = {"XML": ox.RdfFormat.RDF_XML, "JSON": ox.RdfFormat.JSON_LD}
_HINTS = (
    ("Invalid IRI code point", "write what an IRI may not hold in percent form, such as %20 for a blank"),
    ("No scheme found", "write the IRI whole, or declare @base"),
    ("has not been declared", "declare the prefix before it is used"),
    ("subtag", "write a language tag such as en or zh-Hant"),
)
_MESSAGE_LOCATION = re.compile(r"(?:Parser )?error (?:at|between) line \d+[^:]*: ")


def is_url(name: str) -> bool:
    """Tell whether a name is an address, and not that of a file."""
    return re.match("[A-Za-z][A-Za-z0-9+.-]+://", name) is not None


def get_format_for_path(name: str) -> ox.RdfFormat:
    """Return the format that a file name's ending stands for.

    Standard input (``-``) is Turtle.

    Raises:
        InputError: the ending stands for none.
        UsageError: it is an address, which is never fetched.
    """
    if name == "-":
        return ox.RdfFormat.TURTLE
    if is_url(name):
        raise UsageError(
            f"{to_printable(name)!r} is not a file", hint="download it first: no address is fetched"
        )
    found = FORMATS.get(PurePath(name).suffix.lower())
    if found is None:
        raise InputError(
            f"the ending of {to_printable(name)!r} names no RDF format", hint=f"one of {' '.join(FORMATS)}"
        )
    return found


def open_parser(content: bytes, name: str, base: str | None = None) -> ox.QuadParser:
    """Return a parser of one file that is safe to run, at the first quad.

    Args:
        content: the bytes of the file.
        name: its name, for messages and for the format.
        base: what relative IRIs are resolved against; without it they are a fault.

    Raises:
        InputError: not UTF-8, or of another format.
        SafetyError: brackets nest too deep, or something would be fetched or expanded.
    """
    rdf_format = get_format_for_path(name)
    content = content.removeprefix(BOM)
    require_utf8(content, name)
    if rdf_format == ox.RdfFormat.JSON_LD:
        parser_guards.reject_unsafe_jsonld(content, name, base)
    elif rdf_format == ox.RdfFormat.RDF_XML:
        try:
            parser_guards.reject_unsafe_rdfxml(content, name)
        except InputError as fault:
            raise _diagnose_content(content, name) or fault from None
    else:
        parser_guards.reject_unsafe_turtle(content, name)
    return ox.parse(content, format=rdf_format, base_iri=base)


def parse(content: bytes, name: str, base: str | None = None) -> Iterator[ox.Quad]:
    """Yield the quads of one file, literals as written but for language tags, which come in lower case.

    Args:
        content: the bytes of the file.
        name: its name, for messages and for the format.
        base: what relative IRIs are resolved against; without it they are a fault.

    Raises:
        InputError: not UTF-8, or malformed; with line and column.
        SafetyError: brackets nest too deep, or something would be fetched or expanded.
    """
    rdf_format, read = get_format_for_path(name), open_parser(content, name, base)
    try:
        if rdf_format not in {ox.RdfFormat.JSON_LD, ox.RdfFormat.RDF_XML}:
            yield from read  # what RDF 1.1 does not have was told from the text
            return
        for quad in read:
            value = quad.object
            if isinstance(quad.subject, ox.Triple) or isinstance(value, ox.Triple):
                raise parser_guards.build_rdf12_error("a quoted triple", SourceLocation(name))
            if isinstance(value, ox.Literal) and getattr(value, "direction", None) is not None:
                raise parser_guards.build_rdf12_error("a text direction", SourceLocation(name))
            yield quad
    except SyntaxError as error:
        raise _build_syntax_error(error, content.removeprefix(BOM), name, base) from None


def _diagnose_content(content: bytes, name: str) -> InputError | None:
    """Return what a file that is malformed is in truth, if that can be told."""
    conflict = parser_guards.find_merge_conflict(content)
    if conflict >= 0:
        place = parser_guards.locate_offset(content, name, conflict)
        return InputError(
            "a merge conflict of git", location=place, hint="resolve the conflict, then run again"
        )
    own = get_format_for_path(name)
    others = {ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD}
    for shape, kind, advice in _CONTENT_SIGNATURES:
        if shape.match(content) and _FORMAT_BY_KIND.get(kind) != own and (kind != "Turtle" or own in others):
            what = f"this is {kind}, not RDF as the ending says" if kind != "Turtle" else "this is Turtle"
            return InputError(what, location=SourceLocation(name, 1, 1), hint=advice)
    return None


def _build_syntax_error(error: SyntaxError, content: bytes, name: str, base: str | None) -> InputError:
    what = _MESSAGE_LOCATION.sub("", str(error.msg))
    place = SourceLocation(name, error.lineno or _find_error_line(content, name, base), error.offset or 0)
    hint = "correct the syntax there, then run the command again"
    hint = next((advice for words, advice in _HINTS if words in what), hint)
    return _diagnose_content(content, name) or InputError(to_printable(what), location=place, hint=hint)


class _LineReader:
    """A file that gives its parser one line at a time, and so knows which one was read last."""

    def __init__(self, content: bytes) -> None:
        self._lines = iter(re.findall(rb"[^\n]*\n|[^\n]+", content))
        self._remainder = b""
        self.line_count = 0

    def read(self, size: int = -1) -> bytes:
        """Return the rest of a line, or the next one."""
        if not self._remainder:
            self._remainder = next(self._lines, b"")
            self.line_count += bool(self._remainder)
        given, self._remainder = (
            (self._remainder[:size], self._remainder[size:]) if size >= 0 else (self._remainder, b"")
        )
        return given


def _find_error_line(content: bytes, name: str, base: str | None) -> int:
    """Return the line at which parsing ends, for formats whose errors have none."""
    lines = _LineReader(content)
    try:
        for _ in ox.parse(cast("IO[bytes]", lines), format=get_format_for_path(name), base_iri=base):
            pass
    except SyntaxError:
        return lines.line_count
    return 0
