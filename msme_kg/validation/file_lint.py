"""Lint of well-formed RDF files: suspicious characters, IRIs, prefixes and statements."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType

import pyoxigraph as ox

from msme_kg.errors import SourceLocation
from msme_kg.message_catalog import format_in_all_languages
from msme_kg.namespaces import BASE, OWL, SHACL, WELL_KNOWN_PREFIXES
from msme_kg.rdf.terms import Resource, split_quad
from msme_kg.rdf.tolerant_lexer import tokenize_loosely
from msme_kg.repository import to_graph_iri
from msme_kg.shacl.report import Finding, Term
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.source_map import SourceMap
from msme_kg.validation.rdf_lists import find_ill_formed_lists
from msme_kg.validation.source_tokens import SourceToken, read_source_tokens
from msme_kg.validation.statement_lint import (
    HIERARCHY,
    LIST_NAMES,
    Statement,
    extract_statements,
    find_circles,
    find_linted_names,
    find_suspicious_statements,
    find_unknown_name,
)
from msme_kg.validation.unicode_lint import describe_confusable, find_violated_rules, is_harmless

_SEVERITIES = {
    "imports": "info",
    "list-circle": "violation",
    "list-endless": "violation",
    "list-forked": "violation",
    "list-incomplete": "violation",
    "list-nil": "violation",
    "list-shared": "violation",
    "redefinition": "violation",
    "shape": "violation",
}
"""Severity by rule; a warning for all other rules."""

_WELL_KNOWN_NAMESPACES = {
    BASE,
    *(
        namespace
        for prefix, namespaces in WELL_KNOWN_PREFIXES.items()
        if prefix != "schema"
        for namespace in namespaces
    ),
}


def _swap_http_scheme(namespace: str) -> str:
    scheme, _, rest = namespace.partition(":")
    return ("https:" if scheme == "http" else "http:") + rest


_WRONG_SCHEME_NAMESPACES = tuple(_swap_http_scheme(namespace) for namespace in _WELL_KNOWN_NAMESPACES)
_UNSAFE_SCHEMES = "javascript|vbscript|data|file"
_UNSAFE_SCHEME = re.compile(f"(?:{_UNSAFE_SCHEMES}):", re.IGNORECASE)
# Fast search in the bytes of a file; only files with a match are tokenized.
_SUSPECT_IRI = re.compile(
    b"<(?:(?i:"
    + _UNSAFE_SCHEMES.encode()
    + b"):|"
    + b"|".join(re.escape(one.encode()) for one in _WRONG_SCHEME_NAMESPACES)
    + b")"
)
_PREFIX_DECLARATION = re.compile(rb"prefix\s+([^\s:<]*):\s*<([^<>\s]*)>")
_OPAQUE_ESCAPE = re.compile(rb"\\[uUbf]")
"""An escape that can stand for a character with a lint rule; ``\\b`` and ``\\f`` are control characters."""
_MAX_IRI_LENGTH = 4_000
"""The longest IRI, in characters: many servers and programs refuse longer ones."""
_LONG_IRI = re.compile(rb"<[^<>\s]{%d}" % _MAX_IRI_LENGTH)
_LONG_NAME = re.compile(rb":[^<>\s\"]{%d}" % (_MAX_IRI_LENGTH // 2))
_DECIMAL_COMMA = re.compile(rb",\d")
_NUMBER = re.compile(r"[+-]?[0-9]+")
# Schemes that are common as prefixes too, such as doi:.
_SCHEMES = re.compile(rb"data|doi|file|ftp|geo|https?|info|mailto|tag|tel|urn")
_EMPTY_DOCUMENT = re.compile(rb"(?:\s+|#[^\n\r]*|@?(?i:prefix|base)\s[^<\n]*<[^>]*>\s*\.?)*+")
_FOREIGN_GRAPH_PREFIX = to_graph_iri("foreign/x").removesuffix("x")


def lint(
    files: Iterable[GraphFile],
    others: Iterable[GraphFile] = (),
    with_names: Container[GraphFile] | None = None,
) -> Iterator[Finding]:
    """Yield lint findings for well-formed files.

    Files without suspicious bytes are not tokenized.

    Args:
        files: the files.
        others: further files, with which they may form circular hierarchies.
        with_names: the files with a name that a rule about statements is about; None if not known.
    """
    files = list(files)
    source_map = SourceMap(Dataset(tuple(files)))
    non_nfc_tokens: dict[str, list[tuple[_FileLinter, SourceToken]]] = {}
    edges: list[tuple[_FileLinter, Statement]] = []
    for file in files:
        linter = _FileLinter(file, source_map)
        yield from linter.lint_text()
        if with_names is None or file in with_names:
            yield from linter.lint_statements()
        for token in linter.non_nfc_tokens:
            non_nfc_tokens.setdefault(unicodedata.normalize("NFC", token.iri), []).append((linter, token))
        edges += ((linter, edge) for edge in linter.edges)
    own_count = len(edges)
    for file in others if edges else ():
        linter = _FileLinter(file, source_map)
        edges += ((linter, edge) for edge in linter.read_edges())
    own = {id(linter) for linter, _ in edges[:own_count]}
    for linter, statement in find_circles(edges):
        if id(linter) in own:
            yield linter.build_statement_finding("hierarchy-circle", *statement)
    if non_nfc_tokens:
        yield from _find_unicode_variants(files, non_nfc_tokens)


class _FileLinter:
    """Linter of one file, which is parsed only as far as its bytes give reason to."""

    def __init__(self, file: GraphFile, source_map: SourceMap) -> None:
        self._file = file
        self._source_map = source_map
        # A file validated with --alone has a base IRI and may contain shapes.
        self._forbids_shapes = file.graph.startswith(_FOREIGN_GRAPH_PREFIX) and file.base is None
        self.non_nfc_tokens: list[SourceToken] = []
        """The IRIs that are not in Unicode Normalization Form C (UAX #15)."""
        self.edges: list[Statement] = []
        """The statements of hierarchies, once the statements are linted."""

    def read_edges(self) -> list[Statement]:
        """Return the statements of hierarchies of a file that is not linted."""
        names = () if self._is_opaque else find_linted_names(self._file.content, is_data=False)
        quads = self._file.parse_raw() if self._is_opaque else self._parse_statements_at(list(names))
        found = find_suspicious_statements(quads, is_data=False)
        return [(subject, predicate, value) for rule, subject, predicate, value in found if rule == HIERARCHY]

    def lint_text(self) -> Iterator[Finding]:
        """Yield the findings about characters, IRIs and prefixes."""
        content = self._file.content
        if self._is_empty():
            yield self.build_finding("empty", 0)
        if (
            self._is_opaque
            or _SUSPECT_IRI.search(content)
            or _has_long_iri(content)
            or not is_harmless(content)
        ):
            for token in read_source_tokens(self._file):
                yield from self._lint_token(token)
        yield from self._lint_prefixes()
        if self._file.is_turtle_family:
            yield from self._lint_prefixes_in_iris()
            yield from self._lint_decimal_commas()

    def lint_statements(self) -> Iterator[Finding]:
        """Yield the findings about statements."""
        content, is_opaque = self._file.content, self._is_opaque
        is_data = self._forbids_shapes or self._file.path.startswith("data/")
        names = [] if is_opaque else list(find_linted_names(content, is_data=is_data))
        quads = self._file.parse_raw() if is_opaque else self._parse_statements_at(names)
        for rule, subject, predicate, value in find_suspicious_statements(quads, is_data=is_data):
            if rule == HIERARCHY:
                self.edges.append((subject, predicate, value))
            else:
                yield self.build_statement_finding(rule, subject, predicate, value)
        has_list_name = any(name.decode() in LIST_NAMES for _, name in names)
        if is_opaque or has_list_name or (self._forbids_shapes and b"/ns/shacl#" in content):
            yield from self._lint_lists_and_shapes()

    def build_finding(
        self,
        rule: str,
        line: int,
        value: str | None = None,
        focus: Term | None = None,
        start_line: int = 0,
        params: Mapping[str, str] = MappingProxyType({}),
    ) -> Finding:
        """Return a finding in this file.

        Args:
            rule: the rule, without the prefix of its id.
            line: the line, from 1; 0 for the whole file.
            value: the text at fault.
            focus: the entity; by default the subject of the statement on the line.
            start_line: the line where the token at fault begins, if that is another one.
            params: the parameters of the message.
        """
        if focus is None and line:
            focus = self._source_map.find_subject_at(self._file.path, start_line or line)
        return Finding(
            severity=_SEVERITIES.get(rule, "warning"),
            message=format_in_all_languages(f"lint.{rule}", **params),
            shape=f"lint/{rule}",
            focus_node=focus,
            value=ox.Literal(value) if value is not None else None,
            location=SourceLocation(self._file.path, line),
        )

    @cached_property
    def _is_opaque(self) -> bool:
        """True if the names in the statements cannot be found in the bytes of the file."""
        return not self._file.is_turtle_family or _has_escapes(self._file.content)

    def _is_empty(self) -> bool:
        content = self._file.content.removeprefix(b"\xef\xbb\xbf")
        if not self._file.is_turtle_family:
            return next(self._file.parse_quads(), None) is None
        return _EMPTY_DOCUMENT.fullmatch(content) is not None

    def _lint_token(self, token: SourceToken) -> Iterator[Finding]:
        if token.kind == "mark":
            return
        for rule, at in find_violated_rules(token.text, iri=token.kind != "literal"):
            params = describe_confusable(token.text, at) if rule == "look-alike" else {}
            yield self.build_finding(
                rule, token.find_line(at), token.text, start_line=token.line, params=params
            )
            if rule == "not-nfc" and token.iri:
                self.non_nfc_tokens.append(token)
        if len(token.iri) > _MAX_IRI_LENGTH:
            yield self.build_finding("long-iri", token.line, token.iri)
        if token.kind == "iri":
            if _UNSAFE_SCHEME.match(token.text):
                yield self.build_finding("iri-scheme", token.line, token.text)
            if token.text.startswith(_WRONG_SCHEME_NAMESPACES):
                yield self.build_finding("namespace-scheme", token.line, token.text)

    def _lint_prefixes(self) -> Iterator[Finding]:
        known: dict[str, str] = {}
        for name, iri in _PREFIX_DECLARATION.findall(self._file.content.lower()):
            prefix, namespace = name.decode(), iri.decode()
            if known.setdefault(prefix, namespace) != namespace or _is_misused_prefix(prefix, namespace):
                break
        else:
            return
        known = {}  # the match may lie in a literal or comment, so look at the tokens
        tokens = [token for token in read_source_tokens(self._file) if token.kind != "mark"]
        for keyword, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if keyword.text.lower().lstrip("@") != "prefix" or (name.kind, iri.kind) != ("name", "iri"):
                continue
            prefix = name.text.removesuffix(":")
            if known.get(prefix, iri.text) != iri.text:
                yield self.build_finding("prefix-rebound", name.line, f"{prefix}: {iri.text}")
            known[prefix] = iri.text
            if _is_misused_prefix(prefix, iri.text):
                yield self.build_finding("prefix-foreign", name.line, f"{prefix}: {iri.text}")

    def _parse_statements_at(self, names: list[tuple[int, bytes]]) -> Iterator[ox.Quad]:
        """Yield the quads around names that a rule is about; of most Turtle little is parsed."""
        file = self._file
        offsets = [offset for offset, name in names if name.decode() not in LIST_NAMES]
        if not offsets:
            return
        content = extract_statements(file.content, offsets) if file.is_turtle else file.content
        yield from GraphFile(file.path, file.graph, content, file.base).parse_raw()

    def _lint_prefixes_in_iris(self) -> Iterator[Finding]:
        """Yield the IRIs in angle brackets that begin with a prefix of the file, such as ``<rdf:type>``."""
        names = {name for name, _ in _PREFIX_DECLARATION.findall(self._file.content) if name}
        declared = {name for name in names if not _SCHEMES.fullmatch(name)}
        if not declared:
            return
        pattern = b"<(?:" + b"|".join(map(re.escape, sorted(declared))) + b"):(?!/)"
        if not re.search(pattern, self._file.content):
            return
        prefixes = tuple(f"{name.decode()}:" for name in declared)
        for token in read_source_tokens(self._file):  # the match may lie in a literal or comment
            if token.kind == "iri" and token.text.startswith(prefixes) and "://" not in token.text:
                yield self.build_finding("prefix-in-iri", token.line, token.text)

    def _lint_decimal_commas(self) -> Iterator[Finding]:
        """Yield the places where two numbers may be one with a decimal comma, such as ``1,5``."""
        content = self._file.content
        last, line, quote_count = 0, 1, 0
        for match in _DECIMAL_COMMA.finditer(content):
            place = match.start()
            if not content[place - 1 : place].isdigit():
                continue
            start, end = content.rfind(b"\n", 0, place) + 1, content.find(b"\n", place)
            tokens = list(
                tokenize_loosely(content[start : end if end >= 0 else None].decode("utf-8", "replace"))
            )
            column = len(content[start:place].decode("utf-8", "replace"))
            before = next((token.text for token in tokens if token.end == column), "")
            # A comma within a string, an IRI or a comment is no token.
            if not _NUMBER.fullmatch(before) or all(token.start != column for token in tokens):
                continue
            between, last = content[last:start], start
            line += between.count(b"\n")
            quote_count += between.count(b'"""') + between.count(b"'''")
            if quote_count % 2 == 0:
                yield self.build_finding("decimal-comma", line, before + match[0].decode())

    def _lint_lists_and_shapes(self) -> Iterator[Finding]:
        quads = list(self._file.parse_quads())
        for quad in quads:
            subject, predicate, value = split_quad(quad)
            if predicate.value == f"{OWL}imports":
                yield self.build_statement_finding("imports", subject, predicate, value)
            elif self._forbids_shapes and any(
                isinstance(term, ox.NamedNode) and term.value.startswith(SHACL) for term in (predicate, value)
            ):
                yield self.build_statement_finding("shape", subject, predicate, value)
        for rule, node, predicate, at_fault in find_ill_formed_lists(quads):
            yield self.build_statement_finding(rule, node, predicate, at_fault)

    def build_statement_finding(
        self, rule: str, subject: Resource, predicate: ox.NamedNode, value: Term | None
    ) -> Finding:
        """Return a finding about a triple."""
        location = self._source_map.locate(subject, predicate.value, value, self._file.graph)
        line = location.line if location else 0
        focus = subject if isinstance(subject, ox.NamedNode) else None
        params = find_unknown_name(predicate, value) if rule == "unknown-name" and value else {}
        written = params["name"].partition(":")[2] if params else focus.value if focus else ""
        if not line and written:
            offset = self._file.content.find(written.encode())
            line = self._file.content.count(b"\n", 0, offset) + 1 if offset >= 0 else 0
        known = None if isinstance(value, ox.BlankNode) else value
        return self.build_finding(rule, line, getattr(known, "value", None), focus, params=params)


def _has_long_iri(content: bytes) -> bool:
    """Return True if a file may have an IRI that is too long; text without spaces is examined."""
    stride = _MAX_IRI_LENGTH // 2
    for start in range(0, len(content) - stride, stride):
        block = slice(start, start + stride)
        if (
            content.find(b" ", block.start, block.stop) < 0
            and content.find(b"\n", block.start, block.stop) < 0
        ):
            run = content[max(0, start - stride) : start + 2 * _MAX_IRI_LENGTH]
            if _LONG_IRI.search(run) or _LONG_NAME.search(run):
                return True
    return False


def _has_escapes(content: bytes) -> bool:
    return _OPAQUE_ESCAPE.search(content) is not None


def _is_misused_prefix(prefix: str, namespace: str) -> bool:
    """Tell whether a well-known prefix is bound to another namespace, apart from its scheme."""
    expected = {known.lower() for known in WELL_KNOWN_PREFIXES.get(prefix, (namespace,))}
    return not {namespace.lower(), _swap_http_scheme(namespace).lower()} & expected


def _find_unicode_variants(
    files: list[GraphFile], non_nfc_tokens: dict[str, list[tuple[_FileLinter, SourceToken]]]
) -> Iterator[Finding]:
    """Yield the IRIs that occur in two Unicode normalization forms, in one file or in several."""
    spellings = {normal: {token.iri for _, token in tokens} for normal, tokens in non_nfc_tokens.items()}
    for file in files:
        if not file.content.isascii() or _has_escapes(file.content):
            for token in read_source_tokens(file):
                if token.iri in spellings:
                    spellings[token.iri].add(token.iri)
    for normal, tokens in non_nfc_tokens.items():
        if len(spellings[normal]) > 1:
            for linter, token in tokens:
                yield linter.build_finding("twin-iri", token.line, token.text)
