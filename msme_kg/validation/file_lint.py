"""What is wrong with a file itself though it parses: characters, prefixes, lists, what does not belong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import pyoxigraph as ox

from msme_kg.errors import SourceLocation
from msme_kg.namespaces import BASE, OWL, RDF, RDFS, SHACL, SKOS, XSD
from msme_kg.rdf.terms import Resource, split_quad
from msme_kg.repository import to_graph_iri
from msme_kg.shacl.report import Finding, Term
from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.source_map import LocatedTriple, parse_masking_bnodes
from msme_kg.validation.lint_messages import LINT_RULES
from msme_kg.validation.rdf_lists import find_ill_formed_lists
from msme_kg.validation.source_tokens import (
    SourceToken,
    find_bnode_lines,
    is_turtle_family,
    read_source_tokens,
)
from msme_kg.validation.unicode_lint import find_problems, is_harmless

# What prefixes stand for everywhere. Some are used for two namespaces in good faith.
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
    *(one for name, many in _WELL_KNOWN_PREFIXES.items() if name != "schema" for one in many),
}


def _swap_http_scheme(namespace: str) -> str:
    scheme, _, rest = namespace.partition(":")
    return ("https:" if scheme == "http" else "http:") + rest


_WRONG_SCHEME_NAMESPACES = tuple(_swap_http_scheme(namespace) for namespace in _WELL_KNOWN_NAMESPACES)
_UNSAFE_SCHEMES = "javascript|vbscript|data|file"
_UNSAFE_SCHEME = re.compile(f"(?:{_UNSAFE_SCHEMES}):", re.IGNORECASE)
# What could be amiss, told from the bytes: most files are read no further.
_SUSPECT_IRI = re.compile(
    b"<(?:(?i:"
    + _UNSAFE_SCHEMES.encode()
    + b"):|"
    + b"|".join(re.escape(one.encode()) for one in _WRONG_SCHEME_NAMESPACES)
    + b")"
)
_PREFIX_DECLARATION = re.compile(rb"prefix\s+([^\s:<]*):\s*<([^<>\s]*)>")
_UNICODE_ESCAPE = re.compile(rb"\\[uU]")
_LINTED_LOCAL_NAMES = (b"imports", b"first", b"rest")
_EMPTY_DOCUMENT = re.compile(rb"(?:\s+|#[^\n\r]*|@?(?i:prefix|base)\s[^<\n]*<[^>]*>\s*\.?)*+")
_FOREIGN_GRAPH_PREFIX = to_graph_iri("foreign/x").removesuffix("x")


def lint(files: Iterable[GraphFile]) -> Iterator[Finding]:
    """Yield what is wrong with files themselves; they are known to be well-formed.

    A file without faults is told from its bytes and costs little.
    """
    files = list(files)
    unusual: dict[str, list[tuple[_FileLinter, SourceToken]]] = {}
    for one in files:
        file = _FileLinter(one)
        yield from file.lint_file()
        for word in file.non_nfc_tokens:
            unusual.setdefault(unicodedata.normalize("NFC", word.iri), []).append((file, word))
    if unusual:
        yield from _find_unicode_variants(files, unusual)


class _FileLinter:
    """One file, read as far as something in it could be wrong."""

    def __init__(self, file: GraphFile) -> None:
        self._file = file
        self.non_nfc_tokens: list[SourceToken] = []
        """The IRIs that are not in normal form."""

    def lint_file(self) -> Iterator[Finding]:
        """Yield what is wrong."""
        content = self._file.content
        # What stands for itself has a base, and may hold shapes.
        foreign = self._file.graph.startswith(_FOREIGN_GRAPH_PREFIX) and self._file.base is None
        hidden = not is_turtle_family(self._file) or _has_escapes(content)
        if self._is_empty():
            yield self.build_finding("empty", 0)
        if hidden or _SUSPECT_IRI.search(content) or not is_harmless(content):
            for word in read_source_tokens(self._file):
                yield from self._lint_token(word)
        yield from self._lint_prefixes()
        if hidden or _has_linted_property(content) or (foreign and b"/ns/shacl#" in content):
            yield from self._lint_statements(foreign)

    def build_finding(
        self, rule: str, line: int, value: str | None = None, focus: Term | None = None, start_line: int = 0
    ) -> Finding:
        """Return a finding at a line of this file; what it is about begins at another, or there."""
        severity, message = LINT_RULES[rule]
        return Finding(
            severity=severity,
            message=message,
            shape=f"file/{rule}",
            focus_node=focus
            if focus is not None or not line
            else self._subject_by_line.get(start_line or line),
            value=ox.Literal(value) if value is not None else None,
            location=SourceLocation(self._file.path, line),
        )

    @cached_property
    def _parsed_statements(self) -> list[LocatedTriple]:
        return parse_masking_bnodes(self._file.content, self._file.base) if self._file.is_turtle else []

    @cached_property
    def _subject_by_line(self) -> dict[int, ox.NamedNode]:
        """What each line is about, where it has a name."""
        return {
            one.line: one.subject for one in self._parsed_statements if isinstance(one.subject, ox.NamedNode)
        }

    def _is_empty(self) -> bool:
        content = self._file.content.removeprefix(b"\xef\xbb\xbf")
        if not is_turtle_family(self._file):
            return next(self._file.parse_quads(), None) is None
        found = _EMPTY_DOCUMENT.match(content)
        return found is not None and found.end() == len(content)

    def _lint_token(self, word: SourceToken) -> Iterator[Finding]:
        if word.kind == "mark":
            return
        for rule, at in find_problems(word.text, iri=word.kind != "literal"):
            yield self.build_finding(rule, word.find_line(at), word.text, start_line=word.line)
            if rule == "not-nfc" and word.iri:
                self.non_nfc_tokens.append(word)
        if word.kind == "iri":
            if _UNSAFE_SCHEME.match(word.text):
                yield self.build_finding("iri-scheme", word.line, word.text)
            if word.text.startswith(_WRONG_SCHEME_NAMESPACES):
                yield self.build_finding("namespace-scheme", word.line, word.text)

    def _lint_prefixes(self) -> Iterator[Finding]:
        known: dict[str, str] = {}
        for name, iri in _PREFIX_DECLARATION.findall(self._file.content.lower()):
            prefix, namespace = name.decode(), iri.decode()
            if known.setdefault(prefix, namespace) != namespace or _is_misused_prefix(prefix, namespace):
                break
        else:
            return
        known = {}  # it may have stood within a text or a comment: now word by word
        words = [word for word in read_source_tokens(self._file) if word.kind != "mark"]
        for keyword, name, iri in zip(words, words[1:], words[2:], strict=False):
            if keyword.text.lower().lstrip("@") != "prefix" or (name.kind, iri.kind) != ("name", "iri"):
                continue
            prefix = name.text.removesuffix(":")
            if known.get(prefix, iri.text) != iri.text:
                yield self.build_finding("prefix-rebound", name.line, f"{prefix}: {iri.text}")
            known[prefix] = iri.text
            if _is_misused_prefix(prefix, iri.text):
                yield self.build_finding("prefix-foreign", name.line, f"{prefix}: {iri.text}")

    def _lint_statements(self, foreign: bool) -> Iterator[Finding]:
        quads = list(self._file.parse_quads())
        for quad in quads:
            subject, predicate, value = split_quad(quad)
            if predicate.value == f"{OWL}imports":
                yield self._build_statement_finding("imports", subject, predicate, value)
            elif foreign and any(
                isinstance(term, ox.NamedNode) and term.value.startswith(SHACL) for term in (predicate, value)
            ):
                yield self._build_statement_finding("shape", subject, predicate, value)
        for kind, node, predicate, at_fault in find_ill_formed_lists(quads):
            yield self._build_statement_finding(f"list-{kind}", node, predicate, at_fault)

    def _build_statement_finding(
        self, rule: str, subject: Resource, predicate: ox.NamedNode, value: Term | None
    ) -> Finding:
        """Return a finding about a statement; blank nodes have no name to be found by."""
        known = None if isinstance(value, ox.BlankNode) else value
        if isinstance(subject, ox.BlankNode):
            line = self._labelled_bnode_lines.get((subject.value, predicate.value)) or self._find_line(
                None, predicate, known
            )
            return self.build_finding(rule, line, getattr(known, "value", None))
        line = self._find_line(subject, predicate, known)
        if not line:
            at = self._file.content.find(subject.value.encode())
            line = self._file.content.count(b"\n", 0, at) + 1 if at >= 0 else 0
        return self.build_finding(rule, line, getattr(known, "value", None), subject)

    def _find_line(self, subject: ox.NamedNode | None, predicate: ox.NamedNode, value: Term | None) -> int:
        """Return the line of a statement, else of the first with its subject and property."""
        exact = self._statement_lines.get((subject, predicate, value))
        return exact or self._statement_lines.get((subject, predicate, ...), 0)

    @cached_property
    def _labelled_bnode_lines(self) -> dict[tuple[str, str], int]:
        return find_bnode_lines(self._file)

    @cached_property
    def _statement_lines(self) -> dict[tuple[object, object, object], int]:
        """The first line of each statement, and of each subject with a property, whatever its value."""
        found: dict[tuple[object, object, object], int] = {}
        for one in self._parsed_statements:
            for value in (one.value, ...):
                found.setdefault((one.subject, one.predicate, value), one.line)
        return found


def _has_escapes(content: bytes) -> bool:
    return _UNICODE_ESCAPE.search(content) is not None


def _has_linted_property(content: bytes) -> bool:
    """Tell whether a text may use a property that has a remark of its own."""
    for word in _LINTED_LOCAL_NAMES:
        at = content.find(word)
        while at >= 0:
            if content[max(0, at - 1) : at] in (b":", b"#"):
                return True
            at = content.find(word, at + 1)
    return False


def _is_misused_prefix(prefix: str, namespace: str) -> bool:
    """Tell whether a well-known prefix stands for something else; another scheme is told apart."""
    meant = {one.lower() for one in _WELL_KNOWN_PREFIXES.get(prefix, (namespace,))}
    return not {namespace.lower(), _swap_http_scheme(namespace).lower()} & meant


def _find_unicode_variants(
    files: list[GraphFile], non_nfc_tokens: dict[str, list[tuple[_FileLinter, SourceToken]]]
) -> Iterator[Finding]:
    """Yield the IRIs that stand in two forms of Unicode, in one file or in several."""
    spelt = {normal: {word.iri for _, word in found} for normal, found in non_nfc_tokens.items()}
    for file in files:
        if not file.content.isascii() or _has_escapes(file.content):
            for word in read_source_tokens(file):
                if word.iri in spelt:
                    spelt[word.iri].add(word.iri)
    for normal, found in non_nfc_tokens.items():
        if len(spelt[normal]) > 1:
            for file_, word in found:
                yield file_.build_finding("twin-iri", word.line, word.text)
