"""RDF parser: the bytes of a file to quads, with lexical forms as written and errors with locations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import IO, cast

import pyoxigraph as ox

from msme_kg.errors import InputError, SafetyError, SourceLocation, UsageError, to_printable
from msme_kg.message_catalog import build_text
from msme_kg.rdf import parser_guards
from msme_kg.rdf.encoding import require_utf8
from msme_kg.rdf.line_reader import LineReader

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
"""RDF formats by file suffix."""
BOM = b"\xef\xbb\xbf"
_MESSAGE_LOCATION = re.compile(r"(?:Parser )?error (?:at|between) line \d+[^:]*: ")


def is_url(name: str) -> bool:
    """Return True if a name is a URL, not a file name."""
    return re.match("[A-Za-z][A-Za-z0-9+.-]+://", name) is not None


def get_format_for_path(name: str) -> ox.RdfFormat:
    """Return the RDF format of a file by its suffix; standard input (``-``) is Turtle.

    Raises:
        InputError: an unknown suffix.
        UsageError: the name is a URL; nothing is fetched.
    """
    if name == "-":
        return ox.RdfFormat.TURTLE
    if is_url(name):
        raise UsageError(
            f"{to_printable(name)!r} is not a file", hint="download it first: no address is fetched"
        )
    rdf_format = FORMATS.get(PurePath(name).suffix.lower())
    if rdf_format is None:
        is_sparql = PurePath(name).suffix.lower() in {".rq", ".ru"}
        hint = build_text("syntax-hint.sparql/query") if is_sparql else f"one of {' '.join(FORMATS)}"
        raise InputError(f"the ending of {to_printable(name)!r} names no RDF format", hint=hint)
    return rdf_format


def open_parser(content: bytes, name: str, base: str | None = None) -> ox.QuadParser:
    """Return a parser of one file, after checks that it is safe to run.

    Args:
        content: the bytes of the file.
        name: its name, for messages and for the format.
        base: the base IRI; without it relative IRIs are errors.

    Raises:
        InputError: not UTF-8, of another format, or RDF 1.2.
        SafetyError: RDF/XML or JSON-LD that nests too deep, declares entities or refers to a remote context.
    """
    rdf_format = get_format_for_path(name)
    content = content.removeprefix(BOM)
    require_utf8(content, name)
    if rdf_format == ox.RdfFormat.JSON_LD:
        parser_guards.reject_unsafe_jsonld(content, name, base)
    elif rdf_format == ox.RdfFormat.RDF_XML:
        parser_guards.reject_unsafe_rdfxml(content, name)
    else:
        parser_guards.reject_unsafe_turtle(content, name)
    return ox.parse(content, format=rdf_format, base_iri=base)


def parse(
    content: bytes, name: str, base: str | None = None, *, limits_nesting: bool = True
) -> Iterator[ox.Quad]:
    """Yield the quads of one file; literals as written, except that language tags are in lower case.

    Args:
        content: the bytes of the file.
        name: its name, for messages and for the format.
        base: the base IRI; without it relative IRIs are errors.
        limits_nesting: False if the caller calls ``limit_nesting`` on the quads between blank nodes.

    Raises:
        InputError: not UTF-8, malformed, or RDF 1.2; with line and column.
        SafetyError: nests too deep, declares entities or refers to a remote context.
    """
    rdf_format, parser = get_format_for_path(name), open_parser(content, name, base)
    try:
        if rdf_format in {ox.RdfFormat.JSON_LD, ox.RdfFormat.RDF_XML}:
            yield from _reject_rdf12(parser, name)
        elif limits_nesting:
            yield from parser_guards.reject_deep_nesting(parser, name)
        else:
            yield from parser
    except SyntaxError as error:
        raise _build_syntax_error(error, content.removeprefix(BOM), name, base) from None
    except MemoryError:
        from msme_kg.rdf.file_diagnosis import build_size_error

        raise build_size_error(content.removeprefix(BOM), name) from None
    except SafetyError:
        _raise_with_line(content, name, base)
        raise


def limit_nesting(quads: Iterable[ox.Quad], content: bytes, name: str, base: str | None = None) -> None:
    """Refuse a Turtle file if its anonymous blank nodes nest too deep.

    Args:
        quads: its quads of which subject and object are blank nodes.
        content: the bytes of the file.
        name: its name.
        base: the base IRI.

    Raises:
        SafetyError: with the line.
    """
    try:
        for _ in parser_guards.reject_deep_nesting(quads, name):
            pass
    except SafetyError:
        _raise_with_line(content, name, base)
        raise


def _raise_with_line(content: bytes, name: str, base: str | None) -> None:
    """Read a file that nests too deep again, which raises the same error with the line."""
    from msme_kg.rdf.turtle_source import parse_located  # queries do not wait for it

    parse_located(content, base, name)


def _reject_rdf12(quads: Iterator[ox.Quad], name: str) -> Iterator[ox.Quad]:
    for quad in quads:
        value = quad.object
        if isinstance(quad.subject, ox.Triple) or isinstance(value, ox.Triple):
            raise parser_guards.build_rdf12_error("a quoted triple", SourceLocation(name))
        if isinstance(value, ox.Literal) and getattr(value, "direction", None) is not None:
            raise parser_guards.build_rdf12_error("a text direction", SourceLocation(name))
        yield quad


def _build_syntax_error(error: SyntaxError, content: bytes, name: str, base: str | None) -> InputError:
    from msme_kg.rdf.file_diagnosis import build_syntax_error  # files that parse do not wait for it

    what = _MESSAGE_LOCATION.sub("", str(error.msg))
    line = error.lineno or _find_error_line(content, name, base)
    return build_syntax_error(content, name, what, line, error.offset or 0)


def _find_error_line(content: bytes, name: str, base: str | None) -> int:
    """Return the line at which parsing fails, for formats whose errors have no line."""
    lines = LineReader(content)
    try:
        for _ in ox.parse(cast("IO[bytes]", lines), format=get_format_for_path(name), base_iri=base):
            pass
    except SyntaxError:
        return lines.line_count
    return 0
