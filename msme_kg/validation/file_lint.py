"""Lint of well-formed RDF files: suspicious characters, IRIs, prefixes and statements."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from msme_kg.errors import SourceLocation
from msme_kg.message_catalog import format_in_all_languages
from msme_kg.namespaces import BASE, OWL, RDF, RDFS, SHACL, SKOS, XSD
from msme_kg.rdf.terms import Resource, split_quad
from msme_kg.repository import to_graph_iri
from msme_kg.shacl.report import Finding, Term
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.source_map import SourceMap
from msme_kg.validation.rdf_lists import find_ill_formed_lists
from msme_kg.validation.source_tokens import SourceToken, read_source_tokens
from msme_kg.validation.unicode_lint import find_violated_rules, is_harmless

_SEVERITIES = {
    "imports": "info",
    "list-circle": "violation",
    "list-endless": "violation",
    "list-forked": "violation",
    "list-incomplete": "violation",
    "list-nil": "violation",
    "list-shared": "violation",
    "shape": "violation",
}
"""Severity by rule; a warning for all other rules."""

# Common bindings as in https://prefix.cc; some prefixes are used for two namespaces in good faith.
_WELL_KNOWN_PREFIXES: Mapping[str, tuple[str, ...]] = {
    "adms": ("http://www.w3.org/ns/adms#",),
    "dc": ("http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"),
    "dcat": ("http://www.w3.org/ns/dcat#",),
    "dcterms": ("http://purl.org/dc/terms/",),
    "foaf": ("http://xmlns.com/foaf/0.1/",),
    "org": ("http://www.w3.org/ns/org#",),
    "owl": (OWL,),
    "prov": ("http://www.w3.org/ns/prov#",),
    "rdf": (RDF,),
    "rdfs": (RDFS,),
    "schema": ("https://schema.org/", "http://schema.org/"),
    "sh": (SHACL,),
    "skos": (SKOS,),
    "vann": ("http://purl.org/vocab/vann/",),
    "void": ("http://rdfs.org/ns/void#",),
    "xsd": (XSD,),
}
_WELL_KNOWN_NAMESPACES = {
    BASE,
    *(
        namespace
        for prefix, namespaces in _WELL_KNOWN_PREFIXES.items()
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
_LINTED_LOCAL_NAMES = (b"imports", b"first", b"rest")
_EMPTY_DOCUMENT = re.compile(rb"(?:\s+|#[^\n\r]*|@?(?i:prefix|base)\s[^<\n]*<[^>]*>\s*\.?)*+")
_FOREIGN_GRAPH_PREFIX = to_graph_iri("foreign/x").removesuffix("x")


def lint(files: Iterable[GraphFile]) -> Iterator[Finding]:
    """Yield lint findings for well-formed files.

    Files without suspicious bytes are not tokenized.
    """
    files = list(files)
    source_map = SourceMap(Dataset(tuple(files)))
    non_nfc_tokens: dict[str, list[tuple[_FileLinter, SourceToken]]] = {}
    for file in files:
        linter = _FileLinter(file, source_map)
        yield from linter.lint_file()
        for token in linter.non_nfc_tokens:
            non_nfc_tokens.setdefault(unicodedata.normalize("NFC", token.iri), []).append((linter, token))
    if non_nfc_tokens:
        yield from _find_unicode_variants(files, non_nfc_tokens)


class _FileLinter:
    """Linter of one file, which is parsed only as far as its bytes give reason to."""

    def __init__(self, file: GraphFile, source_map: SourceMap) -> None:
        self._file = file
        self._source_map = source_map
        self.non_nfc_tokens: list[SourceToken] = []
        """The IRIs that are not in Unicode Normalization Form C (UAX #15)."""

    def lint_file(self) -> Iterator[Finding]:
        """Yield the findings for this file."""
        content = self._file.content
        # A file validated with --alone has a base IRI and may contain shapes.
        forbids_shapes = self._file.graph.startswith(_FOREIGN_GRAPH_PREFIX) and self._file.base is None
        is_opaque = not self._file.is_turtle_family or _has_escapes(content)
        if self._is_empty():
            yield self.build_finding("empty", 0)
        if is_opaque or _SUSPECT_IRI.search(content) or not is_harmless(content):
            for token in read_source_tokens(self._file):
                yield from self._lint_token(token)
        yield from self._lint_prefixes()
        if is_opaque or _has_linted_property(content) or (forbids_shapes and b"/ns/shacl#" in content):
            yield from self._lint_statements(forbids_shapes)

    def build_finding(
        self, rule: str, line: int, value: str | None = None, focus: Term | None = None, start_line: int = 0
    ) -> Finding:
        """Return a finding in this file.

        Args:
            rule: the rule, without the prefix of its id.
            line: the line, from 1; 0 for the whole file.
            value: the text at fault.
            focus: the entity; by default the subject of the statement on the line.
            start_line: the line where the token at fault begins, if that is another one.
        """
        if focus is None and line:
            focus = self._source_map.find_subject_at(self._file.path, start_line or line)
        return Finding(
            severity=_SEVERITIES.get(rule, "warning"),
            message=format_in_all_languages(f"lint.{rule}"),
            shape=f"lint/{rule}",
            focus_node=focus,
            value=ox.Literal(value) if value is not None else None,
            location=SourceLocation(self._file.path, line),
        )

    def _is_empty(self) -> bool:
        content = self._file.content.removeprefix(b"\xef\xbb\xbf")
        if not self._file.is_turtle_family:
            return next(self._file.parse_quads(), None) is None
        return _EMPTY_DOCUMENT.fullmatch(content) is not None

    def _lint_token(self, token: SourceToken) -> Iterator[Finding]:
        if token.kind == "mark":
            return
        for rule, at in find_violated_rules(token.text, iri=token.kind != "literal"):
            yield self.build_finding(rule, token.find_line(at), token.text, start_line=token.line)
            if rule == "not-nfc" and token.iri:
                self.non_nfc_tokens.append(token)
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

    def _lint_statements(self, forbids_shapes: bool) -> Iterator[Finding]:
        quads = list(self._file.parse_quads())
        for quad in quads:
            subject, predicate, value = split_quad(quad)
            if predicate.value == f"{OWL}imports":
                yield self._build_statement_finding("imports", subject, predicate, value)
            elif forbids_shapes and any(
                isinstance(term, ox.NamedNode) and term.value.startswith(SHACL) for term in (predicate, value)
            ):
                yield self._build_statement_finding("shape", subject, predicate, value)
        for rule, node, predicate, at_fault in find_ill_formed_lists(quads):
            yield self._build_statement_finding(rule, node, predicate, at_fault)

    def _build_statement_finding(
        self, rule: str, subject: Resource, predicate: ox.NamedNode, value: Term | None
    ) -> Finding:
        """Return a finding about a triple."""
        location = self._source_map.locate(subject, predicate.value, value, self._file.graph)
        line = location.line if location else 0
        focus = subject if isinstance(subject, ox.NamedNode) else None
        if not line and focus is not None:
            offset = self._file.content.find(focus.value.encode())
            line = self._file.content.count(b"\n", 0, offset) + 1 if offset >= 0 else 0
        known = None if isinstance(value, ox.BlankNode) else value
        return self.build_finding(rule, line, getattr(known, "value", None), focus)


def _has_escapes(content: bytes) -> bool:
    return _OPAQUE_ESCAPE.search(content) is not None


def _has_linted_property(content: bytes) -> bool:
    """Tell whether a text may use a property that has a lint rule of its own."""
    for name in _LINTED_LOCAL_NAMES:
        at = content.find(name)
        while at >= 0:
            if content[max(0, at - 1) : at] in (b":", b"#"):
                return True
            at = content.find(name, at + 1)
    return False


def _is_misused_prefix(prefix: str, namespace: str) -> bool:
    """Tell whether a well-known prefix is bound to another namespace, apart from its scheme."""
    expected = {known.lower() for known in _WELL_KNOWN_PREFIXES.get(prefix, (namespace,))}
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
