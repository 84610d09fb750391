"""One file or text of RDF to quads, with literals exactly as written and errors with their place."""

from __future__ import annotations

import json
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
# What may hold brackets without nesting, then what RDF 1.2 adds, then the brackets.
_BRACKETS = re.compile(
    rb'"""(?:[^"\\]|\\.|"(?!""))*"""|' + rb"'''(?:[^'\\]|\\.|'(?!''))*'''|"
    rb'"(?:[^"\\\n]|\\.)*"|' + rb"'(?:[^'\\\n]|\\.)*'|<[^<>\s\"{}|^`]*>|#[^\n\r]*|\\.|"
    rb"<<|\{\||@[A-Za-z0-9-]+--|[\[({})\]]",
    re.DOTALL,
)
# What is never closed runs to the end: else each later start would be tried in vain.
_JSON = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[{}\[\]:,]|[^\s"{}\[\]:,]+', re.DOTALL)
_XML = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)|"
    rb"""<[^<>!?"'](?:[^<>"']|"[^"]*"|'[^']*')*>""",
    re.DOTALL,
)
_BINARY = (
    (b"\x1f\x8b", "gzip data", "unpack it first"),
    (b"PK\x03\x04", "a zip file", "unpack it first"),
    (b"\x89PNG", "a PNG image", "name a file of RDF"),
    (b"%PDF-", "a PDF", "name a file of RDF"),
    (b"BZh", "bzip2 data", "unpack it first"),
    (b"\xfd7zXZ", "xz data", "unpack it first"),
    (b"\xff\xfe", "UTF-16, not UTF-8", "save the file as UTF-8"),
    (b"\xfe\xff", "UTF-16, not UTF-8", "save the file as UTF-8"),
)
_LOOKS_LIKE = (
    (re.compile(rb"\s*<(?:!doctype html|html)", re.IGNORECASE), "an HTML page", "download the RDF itself"),
    (re.compile(rb"\s*<(?:\?xml|rdf:RDF)"), "XML", "call it .rdf if it is RDF/XML"),
    (re.compile(rb"version https://git-lfs"), "a Git LFS pointer", "run git lfs pull"),
    (re.compile(rb"\s*[\[{]\s*[\"{}\]]"), "JSON", "call it .jsonld if it is JSON-LD"),
)
_CONFLICT = re.compile(rb"^(?:<{7} |={7}\r?$|>{7} )", re.MULTILINE)
_HINTS = (
    ("Invalid IRI code point", "write what an IRI may not hold in percent form, such as %20 for a blank"),
    ("No scheme found", "write the IRI whole, or declare @base"),
    ("has not been declared", "declare the prefix before it is used"),
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
    if re.match("[A-Za-z][A-Za-z0-9+.-]+://", name):
        raise InputError(
            f"{printable(name)!r} is not a file", hint="download it first: no address is fetched"
        )
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
    if rdf_format == ox.RdfFormat.JSON_LD:
        _safe_json(content, name)
    elif rdf_format == ox.RdfFormat.RDF_XML:
        _safe_xml(content, name)
    else:
        _shallow(content, name)
    try:
        for quad in ox.parse(content, format=rdf_format, base_iri=base):
            value = quad.object
            if isinstance(quad.subject, ox.Triple) or isinstance(value, ox.Triple):
                raise _newer("a quoted triple", Place(name))
            if isinstance(value, ox.Literal) and getattr(value, "direction", None) is not None:
                raise _newer("a text direction", Place(name))
            yield quad
    except SyntaxError as error:
        raise _malformed(error, content, name) from None


def _place(content: bytes, name: str, at: int) -> Place:
    start = content.rfind(b"\n", 0, at) + 1
    column = len(content[start:at].decode("utf-8", "replace")) + 1
    return Place(name, content.count(b"\n", 0, at) + 1, column)


def _newer(what: str, place: Place) -> InputError:
    return InputError(f"{what}, which RDF 1.1 does not have", place=place, hint="write it in RDF 1.1")


def _too_deep(place: Place) -> SafetyError:
    place = Place(place.file, place.line)
    return SafetyError(
        f"brackets nest deeper than {DEEPEST}", place=place, hint="write the structure with IRIs, not nested"
    )


def _decodable(content: bytes, name: str) -> None:
    for magic, what, hint in _BINARY:
        if content.startswith(magic):
            raise InputError(f"this is {what}", place=Place(name, 1, 1), hint=hint)
    if b"\0" in content:
        head = content[:200]
        if len(head) > 3 and max(head[::2].count(0), head[1::2].count(0)) * 3 > len(head):
            raise InputError(
                "this is UTF-16, not UTF-8", place=Place(name, 1, 1), hint="save the file as UTF-8"
            )
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError("not UTF-8", place=Place(name, line), hint=_encoding(content)) from None


def _encoding(content: bytes) -> str:
    odd = [byte for byte in content if byte >= 0x80]
    # In text of ours that is not UTF-8 single odd bytes are Western; in pairs they are Chinese.
    if re.search(rb"[\x80-\xff]{2}", content):
        return "save the file as UTF-8"
    kind = "Windows-1252" if any(byte < 0xA0 for byte in odd) else "Latin-1 or Windows-1252"
    return f"it looks like {kind}: save the file as UTF-8"


def _shallow(content: bytes, name: str) -> None:
    depth = 0
    for match in _BRACKETS.finditer(content):
        token = match[0]
        if token in b"[({":
            depth += 1
            if depth > DEEPEST:
                raise _too_deep(_place(content, name, match.start()))
        elif token in b"])}":
            depth -= 1
        elif (token == b"<<" and not _CONFLICT.search(content)) or token == b"{|":
            raise _newer("a quoted triple", _place(content, name, match.start()))
        elif token.startswith(b"@"):
            raise _newer("a text direction", _place(content, name, match.start()))


def _safe_xml(content: bytes, name: str) -> None:
    # Not even within comments: readers differ in where those end.
    found = re.search(rb"<!(?:DOCTYPE|ENTITY)", content, re.IGNORECASE)
    if found:
        raise SafetyError(
            "a DOCTYPE or ENTITY declaration",
            place=_place(content, name, found.start()),
            hint="write the text itself in place of entities, and remove the declaration",
        )
    depth = 0
    for match in _XML.finditer(content):
        tag = match[0]
        if tag.startswith(b"</"):
            depth -= 1
        elif not tag.startswith((b"<!", b"<?")) and not tag.endswith(b"/>"):
            depth += 1
            if depth > DEEPEST:
                raise _too_deep(_place(content, name, match.start()))


def _safe_json(content: bytes, name: str) -> None:
    """Refuse what a JSON-LD reader would fetch, or could not survive, or reads in more than one way."""
    # For each open bracket: the keys so far (None in an array), and the key that its value stands under.
    open_: list[tuple[set[bytes] | None, bytes]] = []
    key, expects_key = b"", False
    for match in _JSON.finditer(content):
        token = match[0]
        if token in b"{[":
            keys: set[bytes] | None = set() if token == b"{" else None
            open_.append((keys, key))
            expects_key = token == b"{"
            if len(open_) > DEEPEST:
                raise _too_deep(_place(content, name, match.start()))
        elif token in b"}]":
            key = open_.pop()[1] if open_ else b""
            expects_key = False
        elif token == b",":
            expects_key = bool(open_) and open_[-1][0] is not None
            key = open_[-1][1] if open_ and not expects_key else key
        elif token in {b"NaN", b"Infinity", b"-Infinity"}:
            raise InputError(
                f"{token.decode()} is not JSON",
                place=_place(content, name, match.start()),
                hint="write a number",
            )
        elif token.startswith(b'"') and expects_key:
            key, expects_key = _unquoted(token), False
            known = open_[-1][0]
            if known is not None and key in known:
                raise InputError(
                    "a key stands twice in one object",
                    place=_place(content, name, match.start()),
                    hint="put both values into one array",
                )
            if known is not None:
                known.add(key)
        elif token.startswith(b'"') and key in {b"@context", b"@import"}:
            raise SafetyError(
                "a remote context, which is never fetched",
                place=_place(content, name, match.start()),
                hint="put the context itself into the file",
            )


def _unquoted(token: bytes) -> bytes:
    try:
        return str(json.loads(token)).encode("utf-8", "surrogatepass")
    except ValueError:
        return token


def _malformed(error: SyntaxError, content: bytes, name: str) -> InputError:
    what = _MESSAGE_PLACE.sub("", str(error.msg))
    place = Place(name, error.lineno or 0, error.offset or 0)
    hint = "correct the syntax there, then run the command again"
    conflict = _CONFLICT.search(content)
    if conflict:
        place = _place(content, name, conflict.start())
        return InputError("a merge conflict of git", place=place, hint="resolve the conflict, then run again")
    nul = content.find(b"\0")  # Turtle allows it within a string, so it is a fault only where parsing ends
    if nul >= 0:
        return InputError("a NUL byte", place=_place(content, name, nul), hint="restore the file")
    is_xml = format_of(name) == ox.RdfFormat.RDF_XML
    for shape, kind, advice in _LOOKS_LIKE:
        if shape.match(content) and not (kind == "XML" and is_xml):
            if kind == "JSON" and format_of(name) == ox.RdfFormat.JSON_LD:
                continue
            return InputError(f"this is {kind}, not RDF as the ending says", place=place, hint=advice)
    hint = next((advice for words, advice in _HINTS if words in what), hint)
    return InputError(printable(what), place=place, hint=hint)
