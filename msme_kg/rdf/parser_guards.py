"""Guards that refuse input a parser would crash on, hang on, expand, fetch or misread.

pyoxigraph reads 1,000,000 levels of ``[ ]`` or ``( )`` in linear time, so the nesting of Turtle is counted on
the parsed quads, for the code behind the parser. It crashes on nested triple terms of RDF 1.2 and on nested
JSON-LD, and its time grows with the cube of the depth of RDF/XML: these are refused before they are parsed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from xml.parsers import expat

import pyoxigraph as ox

from msme_kg.errors import InputError, SafetyError, SourceLocation, find_close_matches
from msme_kg.namespaces import RDF
from msme_kg.rdf.bnode_labels import is_anonymous
from msme_kg.rdf.source_excerpt import locate_offset

MAX_NESTING_DEPTH = 100
"""Maximum depth of brackets, elements and containers in input and in canonical Turtle."""

_REST = ox.NamedNode(f"{RDF}rest")

_RDF12_MARKS = (b"<<", b"{|", b"~")
_BASE_DIRECTION = re.compile(rb"@[A-Za-z0-9-]*?--")
# The literal text first, then its lookbehind: the search is as fast as for a fixed string.
_VERSION_DIRECTIVE = re.compile(rb"version(?<![\w:.%\\\x80-\xff-]version)\s*[\"']")
# Strings, IRIs, comments and escapes hide what looks like a token of RDF 1.2; these follow, then NUL.
_RDF12_TOKEN = re.compile(
    rb'"""(?:[^"\\]++|\\.|"(?!""))*+"""|' + rb"'''(?:[^'\\]++|\\.|'(?!''))*+'''|"
    rb'"(?:[^"\\\n]++|\\.)*+"|' + rb"'(?:[^'\\\n]++|\\.)*+'|<[^<>\s\"{}|^`]*+>|#[^\n\r]*+|\\."
    rb"|<<|\{\||~|@[A-Za-z0-9-]+--|(?<![\"'])@version\b|"
    rb"(?<![\w:.%\\\x80-\xff-])(?i:version)(?=\s*[\"'])|\x00",
    re.DOTALL,
)
# Unclosed tokens match up to the end; otherwise each later offset would be tried in vain.
JSON_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[{}\[\]:,]|[^\s"{}\[\]:,]++', re.DOTALL)
_JSON_LD_KEYWORDS = re.findall(
    "@[a-z]+",
    "@base @container @context @direction @graph @id @import @included @index @json @language @list @nest "
    "@none @prefix @propagate @protected @reverse @set @type @value @version @vocab",
)
"""JSON-LD 1.1 §1.7; a processor ignores other keys of this form."""
_XML_DECLARATION = re.compile(rb"<!(?:ENTITY|DOCTYPE(?!\s+html\b[^>\[]*>))", re.IGNORECASE)
_CONFLICT_START = re.compile(rb"^<{7} ", re.MULTILINE)
_LANGUAGE_TAG = re.compile(rb"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_INVALID_IRI_CHAR = re.compile(r"[\x00-\x20<>\"{}|^`\\]")


def build_rdf12_error(feature: str, location: SourceLocation) -> InputError:
    """Return the error for a feature of RDF 1.2."""
    return InputError(
        f"{feature}, which RDF 1.1 does not have",
        location=location,
        hint="write it in RDF 1.1",
        code="syntax/rdf-1.2",
    )


def build_nesting_error(location: SourceLocation | None) -> SafetyError:
    """Return the error for a structure that nests too deep; the column is left out."""
    return SafetyError(
        f"brackets nest deeper than {MAX_NESTING_DEPTH}",
        location=location and SourceLocation(location.file, location.line),
        hint="write the structure with IRIs, not nested",
    )


def reject_unsafe_turtle(content: bytes, name: str) -> None:
    """Refuse features of RDF 1.2 and stray NULs in Turtle, N-Triples, TriG and N-Quads.

    A NUL is allowed within quotes only (RDF 1.1 Turtle §6.5, STRING_LITERAL_QUOTE); elsewhere it is a trace
    of a crash, and in a comment it would hide that the rest of the file is lost.

    Raises:
        InputError: with line and column.
    """
    if not (
        any(mark in content for mark in (*_RDF12_MARKS, b"\0"))
        or _BASE_DIRECTION.search(content)
        or _VERSION_DIRECTIVE.search(content.lower())
    ):
        return
    for match in _RDF12_TOKEN.finditer(content):
        token = match[0]
        if b"\0" in token and token[:1] not in b"\"'":
            offset = match.start() + token.index(b"\0")
            location = locate_offset(content, name, offset)
            hint = "restore the file: a program that ended early leaves such bytes"
            raise InputError("a NUL byte", location=location, hint=hint, code="syntax/nul")
        feature = _describe_rdf12_feature(token)
        if feature and not (token == b"<<" and _CONFLICT_START.search(content)):
            raise build_rdf12_error(feature, locate_offset(content, name, match.start()))


def _describe_rdf12_feature(token: bytes) -> str:
    if token in _RDF12_MARKS:
        return "a quoted triple"
    if token.lstrip(b"@").lower() == b"version":
        return "a version"
    return "a text direction" if token.startswith(b"@") else ""


def reject_deep_nesting(quads: Iterable[ox.Quad], name: str) -> Iterator[ox.Quad]:
    """Yield the quads of a Turtle file, then refuse it if its anonymous blank nodes nest too deep.

    An anonymous blank node is the object of at most one triple, so these nodes form trees. Labels in the
    file that look like those of anonymous nodes may form cycles, which end the walk.

    Args:
        quads: the quads as parsed.
        name: the file's name, for messages.

    Raises:
        SafetyError: deeper than ``MAX_NESTING_DEPTH``; the cells of a list are on one level.
    """
    parents: dict[ox.BlankNode, ox.BlankNode] = {}
    later_cells: set[ox.BlankNode] = set()
    for quad in quads:
        value = quad.object
        if isinstance(value, ox.BlankNode) and isinstance(quad.subject, ox.BlankNode) and is_anonymous(value):
            parents[value] = quad.subject
            if quad.predicate == _REST:
                later_cells.add(value)
        yield quad
    depths: dict[ox.BlankNode, int] = {}
    for start in list(parents):
        path: dict[ox.BlankNode, None] = {}
        node = start
        while node in parents and node not in depths and node not in path:
            path[node] = None
            node = parents[node]
        for child in reversed(path):
            depths[child] = depths.get(parents[child], 1) + (child not in later_cells)
        if depths[start] > MAX_NESTING_DEPTH:
            raise build_nesting_error(SourceLocation(name))


def reject_unsafe_rdfxml(content: bytes, name: str) -> None:
    """Refuse XML that declares entities, nests too deep or is not well-formed.

    pyoxigraph accepts some XML that is not well-formed, and loses what follows.

    Raises:
        InputError: not well-formed, with line and column.
        SafetyError: a declaration, or elements nest deeper than ``MAX_NESTING_DEPTH``.
    """
    # Not even within comments: parsers differ in where those end.
    declaration = _XML_DECLARATION.search(content)
    if declaration:
        raise SafetyError(
            "a DOCTYPE or ENTITY declaration",
            location=locate_offset(content, name, declaration.start()),
            hint="write the text itself in place of entities, and remove the declaration",
        )
    parser = expat.ParserCreate("UTF-8", " ")
    depth = 0

    def open_element(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_NESTING_DEPTH:
            raise build_nesting_error(SourceLocation(name, parser.CurrentLineNumber))

    def close_element(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = open_element, close_element
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        from msme_kg.rdf.file_diagnosis import build_syntax_error  # files that parse do not wait for it

        message = expat.ErrorString(error.code) or ""
        raise build_syntax_error(content, name, message, error.lineno, error.offset + 1) from None


def reject_unsafe_jsonld(content: bytes, name: str, base: str | None) -> None:
    """Refuse JSON-LD that nests too deep, refers to a remote context, or is ambiguous.

    Raises:
        InputError: a duplicate key, a number that is not JSON, or a key or IRI that the parser would drop.
        SafetyError: nests deeper than ``MAX_NESTING_DEPTH``, or refers to a remote context.
    """
    _JSONGuard(content, name, base).check()


class _JSONGuard:
    """Scanner of JSON tokens, well-formed or not, that tracks the key of each value."""

    def __init__(self, content: bytes, name: str, base: str | None) -> None:
        self._content = content
        self._name = name
        self._needs_scheme = base is None and b'"@base"' not in content
        # For each open container: its keys so far (None for an array), and the key of the container itself.
        self._open_containers: list[tuple[set[bytes] | None, bytes]] = []
        self._current_key = b""
        self._expects_key = False
        self._previous = b""
        self._is_malformed = False  # what follows the place would be misread; the parser reports it

    def check(self) -> None:
        """Raise an error for the first unsafe token."""
        for match in JSON_TOKEN.finditer(self._content):
            token, offset = match[0], match.start()
            starts_value = token not in {b"}", b"]", b",", b":"}
            self._is_malformed |= starts_value and self._previous not in {b"", b"{", b"[", b",", b":"}
            self._previous = token
            if token in b"{[":
                self._open_containers.append((set() if token == b"{" else None, self._current_key))
                self._expects_key = token == b"{"
                if len(self._open_containers) > MAX_NESTING_DEPTH:
                    raise build_nesting_error(self._locate(offset))
            elif token in b"}]":
                self._current_key = self._open_containers.pop()[1] if self._open_containers else b""
                self._expects_key = False
            elif token == b",":
                self._expects_key = bool(self._open_containers) and self._open_containers[-1][0] is not None
                if self._open_containers and not self._expects_key:
                    self._current_key = self._open_containers[-1][1]
            elif token in {b"NaN", b"Infinity", b"-Infinity"}:
                raise self._build_error("number-form/json", offset, value=token.decode())
            elif token.startswith(b'"') and self._expects_key:
                self._check_key(_decode_string(token), offset)
            elif token.startswith(b'"'):
                self._check_string(_decode_string(token), offset)

    def _locate(self, offset: int) -> SourceLocation:
        return locate_offset(self._content, self._name, offset)

    def _check_key(self, key: bytes, offset: int) -> None:
        self._current_key, self._expects_key = key, False
        name = key.decode("utf-8", "replace")
        if re.fullmatch("@[A-Za-z]+", name) and name not in _JSON_LD_KEYWORDS:
            (near,) = find_close_matches(name, _JSON_LD_KEYWORDS, 1, 0)
            raise self._build_error("json-ld/keyword", offset, name=name, near=near)
        keys = self._open_containers[-1][0]
        if keys is None:
            return
        if key in keys:
            raise self._build_error("duplicate-key/json", offset)
        keys.add(key)

    def _check_string(self, text: bytes, offset: int) -> None:
        if self._current_key in {b"@context", b"@import"}:
            raise SafetyError(
                "a remote context, which is never fetched",
                location=self._locate(offset),
                hint="put the context itself into the file",
            )
        if self._is_malformed:
            return
        # The parser silently drops a value with such a tag, and every triple with such a subject.
        if self._current_key == b"@language" and not _LANGUAGE_TAG.fullmatch(text):
            tag = text.decode("utf-8", "replace")
            variant = "underscore" if "_" in tag else "form"
            raise self._build_error(f"language-tag/{variant}", offset, tag=tag, plain=tag.replace("_", "-"))
        if self._current_key != b"@id" or any(key == b"@context" for _, key in self._open_containers):
            return
        iri = text.decode("utf-8", "replace")
        invalid = _INVALID_IRI_CHAR.search(iri)
        if invalid:
            code = f"%{ord(invalid[0]):02X}"
            raise self._build_error("iri-character/one", offset, char=invalid[0], code=code)
        if self._needs_scheme and ":" not in iri:
            raise self._build_error("relative-iri/path", offset, iri=iri, base='"@base": "https://…"')

    def _build_error(self, key: str, offset: int, **params: str) -> InputError:
        from msme_kg.rdf.syntax_diagnosis import Diagnosis  # files that parse do not wait for it

        text = self._content.decode("utf-8", "replace")
        place = len(self._content[:offset].decode("utf-8", "replace"))
        return Diagnosis(key, place, **params).to_error(text, self._name)


def _decode_string(token: bytes) -> bytes:
    try:
        return str(json.loads(token)).encode("utf-8", "surrogatepass")
    except ValueError:
        return token
