"""What a parser must not see, refused with its place: deep nesting, entities, contexts."""

from __future__ import annotations

import json
import re
from xml.parsers import expat

from msme_kg.errors import InputError, Place, SafetyError, printable

DEEPEST = 100
"""How deep brackets may nest: a parser that recurses ends the process on much deeper input."""

# What may hold brackets without nesting.
_QUIET = (
    rb'"""(?:[^"\\]++|\\.|"(?!""))*+"""|' + rb"'''(?:[^'\\]++|\\.|'(?!''))*+'''|"
    rb'"(?:[^"\\\n]++|\\.)*+"|' + rb"'(?:[^'\\\n]++|\\.)*+'|<[^<>\s\"{}|^`]*+>|#[^\n\r]*+|\\."
)
# All that stands between two brackets in one match, which costs far less than a match for each string.
_RUN = re.compile(
    rb"""(?:[^"'<>|~@#\\\[({})\]]++|"(?:[^"\\\n]++|\\.)++"|""(?!")|"""
    rb"""<[^<>\s"{}|^`\\]*+>|@[A-Za-z0-9-]*+|\#[^\n\r]*+)++""",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_IDLE = bytes(sorted(set(range(256)) - set(b"\"'<>|~@#\\[({})],\n\r")))
"""What neither is a bracket nor decides whether one counts; commas keep apart what is quoted."""
_DIRECTION = re.compile(rb"@[A-Za-z0-9-]*?--")
# The word first, then what stands before it: so it is looked for as fast as any fixed text.
_VERSION = re.compile(rb"version(?<![\w:.%\\\x80-\xff-]version)\s*[\"']")
# That, then what RDF 1.2 adds, then the brackets.
_BRACKETS = re.compile(
    _QUIET + rb"|<<|\{\||~|@[A-Za-z0-9-]+--|(?<![\"'])@version\b|"
    rb"(?<![\w:.%\\\x80-\xff-])(?i:version)(?=\s*[\"'])|[\[({})\]\x00]",
    re.DOTALL,
)
# What is never closed runs to the end: else each later start would be tried in vain.
_JSON = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[{}\[\]:,]|[^\s"{}\[\]:,]+', re.DOTALL)
_XML = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)|"
    rb"""<[^<>!?"'](?:[^<>"']|"[^"]*"|'[^']*')*>""",
    re.DOTALL,
)
_CONFLICT = re.compile(rb"^(?:<{7} |={7}\r?$|>{7} )", re.MULTILINE)
_NO_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")


def place_of(content: bytes, name: str, at: int) -> Place:
    """Return the place of a byte; lines are counted on line feeds, columns in characters."""
    start = content.rfind(b"\n", 0, at) + 1
    column = len(content[start:at].decode("utf-8", "replace")) + 1
    return Place(name, content.count(b"\n", 0, at) + 1, column)


def conflict(content: bytes) -> int:
    """Return where git left a merge conflict, or -1."""
    found = _CONFLICT.search(content)
    return found.start() if found else -1


def newer(what: str, place: Place) -> InputError:
    """Return the fault of a file that says what only RDF 1.2 can say."""
    return InputError(f"{what}, which RDF 1.1 does not have", place=place, hint="write it in RDF 1.1")


def safe_turtle(content: bytes, name: str) -> None:
    """Refuse Turtle, and its relatives, that nests too deep or says what RDF 1.1 cannot.

    A NUL is taken within quotes alone, where the grammar has it and the W3C's tests do: elsewhere it is what
    a crash left, and in a comment it would hide that the rest is lost.
    """
    if _is_plain(content):
        return
    depth = 0
    for match in _BRACKETS.finditer(content):
        token = match[0]
        if token in b"[({":
            depth += 1
            if depth > DEEPEST:
                raise too_deep(place_of(content, name, match.start()))
        elif token in b"])}":
            depth -= 1
        elif b"\0" in token and token[:1] not in b"\"'":
            at = match.start() + token.index(b"\0")
            raise InputError("a NUL byte", place=place_of(content, name, at), hint="restore the file")
        else:
            what = _what_is_newer(token)
            if what and not (token == b"<<" and conflict(content) >= 0):
                raise newer(what, place_of(content, name, match.start()))


def _is_plain(content: bytes) -> bool:
    """Tell whether a text surely nests no deeper than it may, and says nothing newer: most files are so."""
    if b"\0" in content or _VERSION.search(content.lower()):
        return False
    if _DIRECTION.search(content):
        return False
    # What an escape stands for is no bracket; a text without its idle bytes has the same brackets.
    lean = _ESCAPE.sub(b"", content) if b"\\" in content else content
    depth = deepest = 0
    for byte in _RUN.sub(b"", lean.translate(None, _IDLE)):
        if byte in b"[({":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"])}":
            depth -= 1
        else:
            return False
    return deepest <= DEEPEST


def _what_is_newer(token: bytes) -> str:
    if token in (b"<<", b"{|", b"~"):
        return "a quoted triple"
    if token.lstrip(b"@").lower() == b"version":
        return "a version"
    return "a text direction" if token.startswith(b"@") else ""


def too_deep(place: Place) -> SafetyError:
    """Return the fault of a file that nests too deep; its column is of no use."""
    return SafetyError(
        f"brackets nest deeper than {DEEPEST}",
        place=Place(place.file, place.line),
        hint="write the structure with IRIs, not nested",
    )


def safe_xml(content: bytes, name: str) -> None:
    """Refuse XML that declares entities, nests too deep or is not well-formed."""
    # Not even within comments: readers differ in where those end.
    found = re.search(rb"<!(?:DOCTYPE|ENTITY)", content, re.IGNORECASE)
    if found and not re.match(rb"\s*<!DOCTYPE html", content, re.IGNORECASE):
        raise SafetyError(
            "a DOCTYPE or ENTITY declaration",
            place=place_of(content, name, found.start()),
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
                raise too_deep(place_of(content, name, match.start()))
    if not found:
        _well_formed(content, name)


def _well_formed(content: bytes, name: str) -> None:
    """Refuse what is no XML: the parser of RDF takes some of it, and loses what follows."""
    reader = expat.ParserCreate("UTF-8", " ")
    try:
        reader.Parse(content, True)
    except expat.ExpatError as error:
        place = Place(name, error.lineno, error.offset + 1)
        raise InputError(
            f"XML: {printable(expat.ErrorString(error.code) or '')}",
            place=place,
            hint="correct the syntax there, then run the command again",
        ) from None


def safe_json(content: bytes, name: str, base: str | None) -> None:
    """Refuse what a JSON-LD reader would fetch, or could not survive, or reads in more than one way."""
    _JSONGuard(content, name, base).check()


class _JSONGuard:
    """Walks the tokens of JSON, well-formed or not, and knows under which key each stands."""

    def __init__(self, content: bytes, name: str, base: str | None) -> None:
        self._content = content
        self._name = name
        self._needs_scheme = base is None and b'"@base"' not in content
        # For each open bracket: the keys so far (None in an array), and the key that its value stands under.
        self._open: list[tuple[set[bytes] | None, bytes]] = []
        self._key = b""
        self._expects_key = False

    def check(self) -> None:
        """Refuse the first thing that is not safe."""
        for match in _JSON.finditer(self._content):
            token, at = match[0], match.start()
            if token in b"{[":
                self._open.append((set() if token == b"{" else None, self._key))
                self._expects_key = token == b"{"
                if len(self._open) > DEEPEST:
                    raise too_deep(self._place(at))
            elif token in b"}]":
                self._key = self._open.pop()[1] if self._open else b""
                self._expects_key = False
            elif token == b",":
                self._expects_key = bool(self._open) and self._open[-1][0] is not None
                if self._open and not self._expects_key:
                    self._key = self._open[-1][1]
            elif token in {b"NaN", b"Infinity", b"-Infinity"}:
                raise self._fault(f"{token.decode()} is not JSON", at, "write a number")
            elif token.startswith(b'"') and self._expects_key:
                self._take_key(_unquoted(token), at)
            elif token.startswith(b'"'):
                self._take_text(_unquoted(token), at)

    def _place(self, at: int) -> Place:
        return place_of(self._content, self._name, at)

    def _fault(self, what: str, at: int, hint: str) -> InputError:
        return InputError(what, place=self._place(at), hint=hint)

    def _take_key(self, key: bytes, at: int) -> None:
        self._key, self._expects_key = key, False
        known = self._open[-1][0]
        if known is None:
            return
        if key in known:
            raise self._fault("a key stands twice in one object", at, "put both values into one array")
        known.add(key)

    def _take_text(self, text: bytes, at: int) -> None:
        if self._key in {b"@context", b"@import"}:
            raise SafetyError(
                "a remote context, which is never fetched",
                place=self._place(at),
                hint="put the context itself into the file",
            )
        if self._key != b"@id" or any(key == b"@context" for _, key in self._open):
            return
        # A reader drops every statement about such a thing without a word.
        iri = text.decode("utf-8", "replace")
        if _NO_IRI.search(iri):
            raise self._fault("not an IRI", at, "write what an IRI may not hold in percent form")
        if self._needs_scheme and ":" not in iri:
            raise self._fault("a relative IRI without a base", at, "write the IRI whole, or give a @base")


def _unquoted(token: bytes) -> bytes:
    try:
        return str(json.loads(token)).encode("utf-8", "surrogatepass")
    except ValueError:
        return token
