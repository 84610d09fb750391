"""What a parser must not see, refused with its place: deep nesting, entities, contexts."""

from __future__ import annotations

import json
import re
from xml.parsers import expat

from msme_kg.errors import InputError, SafetyError, SourceLocation, to_printable

MAX_NESTING_DEPTH = 100
"""How deep brackets may nest: a parser that recurses ends the process on much deeper input."""

# What may hold brackets without nesting.
_OPAQUE_TOKENS = (
    rb'"""(?:[^"\\]++|\\.|"(?!""))*+"""|' + rb"'''(?:[^'\\]++|\\.|'(?!''))*+'''|"
    rb'"(?:[^"\\\n]++|\\.)*+"|' + rb"'(?:[^'\\\n]++|\\.)*+'|<[^<>\s\"{}|^`]*+>|#[^\n\r]*+|\\."
)
# All that stands between two brackets in one match, which costs far less than a match for each string.
_BRACKETLESS_RUN = re.compile(
    rb"""(?:[^"'<>|~@#\\\[({})\]]++|"(?:[^"\\\n]++|\\.)++"|""(?!")|"""
    rb"""<[^<>\s"{}|^`\\]*+>|@[A-Za-z0-9-]*+|\#[^\n\r]*+)++""",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_IGNORABLE_BYTES = bytes(sorted(set(range(256)) - set(b"\"'<>|~@#\\[({})],\n\r")))
"""What neither is a bracket nor decides whether one counts; commas keep apart what is quoted."""
_BASE_DIRECTION = re.compile(rb"@[A-Za-z0-9-]*?--")
# The word first, then what stands before it: so it is looked for as fast as any fixed text.
_VERSION_DIRECTIVE = re.compile(rb"version(?<![\w:.%\\\x80-\xff-]version)\s*[\"']")
# That, then what RDF 1.2 adds, then the brackets.
_GUARDED_TOKEN = re.compile(
    _OPAQUE_TOKENS + rb"|<<|\{\||~|@[A-Za-z0-9-]+--|(?<![\"'])@version\b|"
    rb"(?<![\w:.%\\\x80-\xff-])(?i:version)(?=\s*[\"'])|[\[({})\]\x00]",
    re.DOTALL,
)
# What is never closed runs to the end: else each later start would be tried in vain.
_JSON_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[{}\[\]:,]|[^\s"{}\[\]:,]+', re.DOTALL)
_XML_TOKEN = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)|"
    rb"""<[^<>!?"'](?:[^<>"']|"[^"]*"|'[^']*')*>""",
    re.DOTALL,
)
_CONFLICT_MARKER = re.compile(rb"^(?:<{7} |={7}\r?$|>{7} )", re.MULTILINE)
_INVALID_IRI_CHAR = re.compile(r"[\x00-\x20<>\"{}|^`\\]")


def locate_offset(content: bytes, name: str, offset: int) -> SourceLocation:
    """Return the place of a byte; lines are counted on line feeds, columns in characters."""
    start = content.rfind(b"\n", 0, offset) + 1
    column = len(content[start:offset].decode("utf-8", "replace")) + 1
    return SourceLocation(name, content.count(b"\n", 0, offset) + 1, column)


def find_merge_conflict(content: bytes) -> int:
    """Return where git left a merge conflict, or -1."""
    found = _CONFLICT_MARKER.search(content)
    return found.start() if found else -1


def build_rdf12_error(feature: str, place: SourceLocation) -> InputError:
    """Return the fault of a file that says what only RDF 1.2 can say."""
    return InputError(f"{feature}, which RDF 1.1 does not have", location=place, hint="write it in RDF 1.1")


def reject_unsafe_turtle(content: bytes, name: str) -> None:
    """Refuse Turtle, and its relatives, that nests too deep or says what RDF 1.1 cannot.

    A NUL is taken within quotes alone, where the grammar has it and the W3C's tests do: elsewhere it is what
    a crash left, and in a comment it would hide that the rest is lost.
    """
    if _is_trivially_safe(content):
        return
    depth = 0
    for match in _GUARDED_TOKEN.finditer(content):
        token = match[0]
        if token in b"[({":
            depth += 1
            if depth > MAX_NESTING_DEPTH:
                raise build_nesting_error(locate_offset(content, name, match.start()))
        elif token in b"])}":
            depth -= 1
        elif b"\0" in token and token[:1] not in b"\"'":
            at = match.start() + token.index(b"\0")
            raise InputError("a NUL byte", location=locate_offset(content, name, at), hint="restore the file")
        else:
            what = _describe_rdf12_feature(token)
            if what and not (token == b"<<" and find_merge_conflict(content) >= 0):
                raise build_rdf12_error(what, locate_offset(content, name, match.start()))


def _is_trivially_safe(content: bytes) -> bool:
    """Tell whether a text surely nests no deeper than it may, and says nothing newer: most files are so."""
    if b"\0" in content or _VERSION_DIRECTIVE.search(content.lower()):
        return False
    if _BASE_DIRECTION.search(content):
        return False
    # What an escape stands for is no bracket; a text without its idle bytes has the same brackets.
    lean = _ESCAPE.sub(b"", content) if b"\\" in content else content
    depth = deepest = 0
    for byte in _BRACKETLESS_RUN.sub(b"", lean.translate(None, _IGNORABLE_BYTES)):
        if byte in b"[({":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"])}":
            depth -= 1
        else:
            return False
    return deepest <= MAX_NESTING_DEPTH


def _describe_rdf12_feature(token: bytes) -> str:
    if token in (b"<<", b"{|", b"~"):
        return "a quoted triple"
    if token.lstrip(b"@").lower() == b"version":
        return "a version"
    return "a text direction" if token.startswith(b"@") else ""


def build_nesting_error(place: SourceLocation) -> SafetyError:
    """Return the fault of a file that nests too deep; its column is of no use."""
    return SafetyError(
        f"brackets nest deeper than {MAX_NESTING_DEPTH}",
        location=SourceLocation(place.file, place.line),
        hint="write the structure with IRIs, not nested",
    )


def reject_unsafe_rdfxml(content: bytes, name: str) -> None:
    """Refuse XML that declares entities, nests too deep or is not well-formed."""
    # Not even within comments: readers differ in where those end.
    found = re.search(rb"<!(?:DOCTYPE|ENTITY)", content, re.IGNORECASE)
    if found and not re.match(rb"\s*<!DOCTYPE html", content, re.IGNORECASE):
        raise SafetyError(
            "a DOCTYPE or ENTITY declaration",
            location=locate_offset(content, name, found.start()),
            hint="write the text itself in place of entities, and remove the declaration",
        )
    depth = 0
    for match in _XML_TOKEN.finditer(content):
        tag = match[0]
        if tag.startswith(b"</"):
            depth -= 1
        elif not tag.startswith((b"<!", b"<?")) and not tag.endswith(b"/>"):
            depth += 1
            if depth > MAX_NESTING_DEPTH:
                raise build_nesting_error(locate_offset(content, name, match.start()))
    if not found:
        _require_well_formed_xml(content, name)


def _require_well_formed_xml(content: bytes, name: str) -> None:
    """Refuse what is no XML: the parser of RDF takes some of it, and loses what follows."""
    reader = expat.ParserCreate("UTF-8", " ")
    try:
        reader.Parse(content, True)
    except expat.ExpatError as error:
        place = SourceLocation(name, error.lineno, error.offset + 1)
        raise InputError(
            f"XML: {to_printable(expat.ErrorString(error.code) or '')}",
            location=place,
            hint="correct the syntax there, then run the command again",
        ) from None


def reject_unsafe_jsonld(content: bytes, name: str, base: str | None) -> None:
    """Refuse what a JSON-LD reader would fetch, or could not survive, or reads in more than one way."""
    _JSONGuard(content, name, base).check()


class _JSONGuard:
    """Walks the tokens of JSON, well-formed or not, and knows under which key each stands."""

    def __init__(self, content: bytes, name: str, base: str | None) -> None:
        self._content = content
        self._name = name
        self._needs_scheme = base is None and b'"@base"' not in content
        # For each open bracket: the keys so far (None in an array), and the key that its value stands under.
        self._open_containers: list[tuple[set[bytes] | None, bytes]] = []
        self._current_key = b""
        self._expects_key = False

    def check(self) -> None:
        """Refuse the first thing that is not safe."""
        for match in _JSON_TOKEN.finditer(self._content):
            token, at = match[0], match.start()
            if token in b"{[":
                self._open_containers.append((set() if token == b"{" else None, self._current_key))
                self._expects_key = token == b"{"
                if len(self._open_containers) > MAX_NESTING_DEPTH:
                    raise build_nesting_error(self._locate(at))
            elif token in b"}]":
                self._current_key = self._open_containers.pop()[1] if self._open_containers else b""
                self._expects_key = False
            elif token == b",":
                self._expects_key = bool(self._open_containers) and self._open_containers[-1][0] is not None
                if self._open_containers and not self._expects_key:
                    self._current_key = self._open_containers[-1][1]
            elif token in {b"NaN", b"Infinity", b"-Infinity"}:
                raise self._build_error(f"{token.decode()} is not JSON", at, "write a number")
            elif token.startswith(b'"') and self._expects_key:
                self._check_key(_decode_string(token), at)
            elif token.startswith(b'"'):
                self._check_string(_decode_string(token), at)

    def _locate(self, at: int) -> SourceLocation:
        return locate_offset(self._content, self._name, at)

    def _build_error(self, what: str, at: int, hint: str) -> InputError:
        return InputError(what, location=self._locate(at), hint=hint)

    def _check_key(self, key: bytes, at: int) -> None:
        self._current_key, self._expects_key = key, False
        known = self._open_containers[-1][0]
        if known is None:
            return
        if key in known:
            raise self._build_error("a key stands twice in one object", at, "put both values into one array")
        known.add(key)

    def _check_string(self, text: bytes, at: int) -> None:
        if self._current_key in {b"@context", b"@import"}:
            raise SafetyError(
                "a remote context, which is never fetched",
                location=self._locate(at),
                hint="put the context itself into the file",
            )
        if self._current_key != b"@id" or any(key == b"@context" for _, key in self._open_containers):
            return
        # A reader drops every statement about such a thing without a word.
        iri = text.decode("utf-8", "replace")
        if _INVALID_IRI_CHAR.search(iri):
            raise self._build_error("not an IRI", at, "write what an IRI may not hold in percent form")
        if self._needs_scheme and ":" not in iri:
            raise self._build_error(
                "a relative IRI without a base", at, "write the IRI whole, or give a @base"
            )


def _decode_string(token: bytes) -> bytes:
    try:
        return str(json.loads(token)).encode("utf-8", "surrogatepass")
    except ValueError:
        return token
