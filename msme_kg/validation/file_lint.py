"""What is wrong with a file itself though it parses: characters, prefixes, lists, what does not belong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import pyoxigraph as ox

from msme_kg.errors import Place
from msme_kg.namespaces import BASE, OWL, RDF, RDFS, SHACL, SKOS, XSD
from msme_kg.rdf.terms import Resource, parts
from msme_kg.repository import graph_iri
from msme_kg.shacl.report import Finding, Term
from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.source_map import Statement, statements
from msme_kg.validation.lint_messages import FAULTS
from msme_kg.validation.rdf_lists import malformed
from msme_kg.validation.source_tokens import Written, is_of_turtle, lines_of_blanks, written
from msme_kg.validation.unicode_lint import harmless, traps

# What prefixes stand for everywhere. Some are used for two namespaces in good faith.
_WELL_KNOWN: Mapping[str, tuple[str, ...]] = {
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
_NAMESPACES = {BASE, *(one for name, many in _WELL_KNOWN.items() if name != "schema" for one in many)}


def _other_scheme(namespace: str) -> str:
    scheme, _, rest = namespace.partition(":")
    return ("https:" if scheme == "http" else "http:") + rest


_SLIPS = tuple(_other_scheme(namespace) for namespace in _NAMESPACES)
_SCHEMES = "javascript|vbscript|data|file"
_SCHEME = re.compile(f"(?:{_SCHEMES}):", re.IGNORECASE)
# What could be amiss, told from the bytes: most files are read no further.
_ODD = re.compile(
    b"<(?:(?i:" + _SCHEMES.encode() + b"):|" + b"|".join(re.escape(one.encode()) for one in _SLIPS) + b")"
)
_PREFIX = re.compile(rb"prefix\s+([^\s:<]*):\s*<([^<>\s]*)>")
_ESCAPE = re.compile(rb"\\[uU]")
_SAYING = (b"imports", b"first", b"rest")
_NOTHING = re.compile(rb"(?:\s+|#[^\n\r]*|@?(?i:prefix|base)\s[^<\n]*<[^>]*>\s*\.?)*+")
_FOREIGN = graph_iri("foreign/x").removesuffix("x")


def check(files: Iterable[GraphFile]) -> Iterator[Finding]:
    """Yield what is wrong with files themselves; they are known to be well-formed.

    A file without faults is told from its bytes and costs little.
    """
    files = list(files)
    unusual: dict[str, list[tuple[_File, Written]]] = {}
    for one in files:
        file = _File(one)
        yield from file.findings()
        for word in file.unusual:
            unusual.setdefault(unicodedata.normalize("NFC", word.iri), []).append((file, word))
    if unusual:
        yield from _twins(files, unusual)


class _File:
    """One file, read as far as something in it could be wrong."""

    def __init__(self, file: GraphFile) -> None:
        self._file = file
        self.unusual: list[Written] = []
        """The IRIs that are not in normal form."""

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong."""
        content = self._file.content
        # What stands for itself has a base, and may hold shapes.
        foreign = self._file.graph.startswith(_FOREIGN) and self._file.base is None
        hidden = not is_of_turtle(self._file) or _has_escapes(content)
        if self._is_empty():
            yield self.finding("empty", 0)
        if hidden or _ODD.search(content) or not harmless(content):
            for word in written(self._file):
                yield from self._word(word)
        yield from self._prefixes()
        if hidden or _says(content) or (foreign and b"/ns/shacl#" in content):
            yield from self._statements(foreign)

    def finding(
        self, rule: str, line: int, value: str | None = None, focus: Term | None = None, begin: int = 0
    ) -> Finding:
        """Return a finding at a line of this file; what it is about begins at another, or there."""
        severity, message = FAULTS[rule]
        return Finding(
            severity=severity,
            message=message,
            shape=f"file/{rule}",
            focus=focus if focus is not None or not line else self._subjects.get(begin or line),
            value=ox.Literal(value) if value is not None else None,
            place=Place(self._file.path, line),
        )

    @cached_property
    def _statements_read(self) -> list[Statement]:
        return statements(self._file.content, self._file.base) if self._file.is_turtle else []

    @cached_property
    def _subjects(self) -> dict[int, ox.NamedNode]:
        """What each line is about, where it has a name."""
        return {
            one.line: one.subject for one in self._statements_read if isinstance(one.subject, ox.NamedNode)
        }

    def _is_empty(self) -> bool:
        content = self._file.content.removeprefix(b"\xef\xbb\xbf")
        if not is_of_turtle(self._file):
            return next(self._file.quads(), None) is None
        found = _NOTHING.match(content)
        return found is not None and found.end() == len(content)

    def _word(self, word: Written) -> Iterator[Finding]:
        if word.kind == "mark":
            return
        for rule, at in traps(word.text, iri=word.kind != "literal"):
            yield self.finding(rule, word.line_at(at), word.text, begin=word.line)
            if rule == "not-nfc" and word.iri:
                self.unusual.append(word)
        if word.kind == "iri":
            if _SCHEME.match(word.text):
                yield self.finding("iri-scheme", word.line, word.text)
            if word.text.startswith(_SLIPS):
                yield self.finding("namespace-scheme", word.line, word.text)

    def _prefixes(self) -> Iterator[Finding]:
        known: dict[str, str] = {}
        for name, iri in _PREFIX.findall(self._file.content.lower()):
            prefix, namespace = name.decode(), iri.decode()
            if known.setdefault(prefix, namespace) != namespace or _is_foreign(prefix, namespace):
                break
        else:
            return
        known = {}  # it may have stood within a text or a comment: now word by word
        words = [word for word in written(self._file) if word.kind != "mark"]
        for keyword, name, iri in zip(words, words[1:], words[2:], strict=False):
            if keyword.text.lower().lstrip("@") != "prefix" or (name.kind, iri.kind) != ("name", "iri"):
                continue
            prefix = name.text.removesuffix(":")
            if known.get(prefix, iri.text) != iri.text:
                yield self.finding("prefix-rebound", name.line, f"{prefix}: {iri.text}")
            known[prefix] = iri.text
            if _is_foreign(prefix, iri.text):
                yield self.finding("prefix-foreign", name.line, f"{prefix}: {iri.text}")

    def _statements(self, foreign: bool) -> Iterator[Finding]:
        quads = list(self._file.quads())
        for quad in quads:
            subject, predicate, value = parts(quad)
            if predicate.value == f"{OWL}imports":
                yield self._stated("imports", subject, predicate, value)
            elif foreign and any(
                isinstance(term, ox.NamedNode) and term.value.startswith(SHACL) for term in (predicate, value)
            ):
                yield self._stated("shape", subject, predicate, value)
        for kind, node, predicate, at_fault in malformed(quads):
            yield self._stated(f"list-{kind}", node, predicate, at_fault)

    def _stated(self, rule: str, subject: Resource, predicate: ox.NamedNode, value: Term | None) -> Finding:
        """Return a finding about a statement; blank nodes have no name to be found by."""
        known = None if isinstance(value, ox.BlankNode) else value
        if isinstance(subject, ox.BlankNode):
            line = self._labelled.get((subject.value, predicate.value)) or self._line_of(
                None, predicate, known
            )
            return self.finding(rule, line, getattr(known, "value", None))
        line = self._line_of(subject, predicate, known)
        if not line:
            at = self._file.content.find(subject.value.encode())
            line = self._file.content.count(b"\n", 0, at) + 1 if at >= 0 else 0
        return self.finding(rule, line, getattr(known, "value", None), subject)

    def _line_of(self, subject: ox.NamedNode | None, predicate: ox.NamedNode, value: Term | None) -> int:
        """Return the line of a statement, else of the first with its subject and property."""
        exact = self._lines.get((subject, predicate, value))
        return exact or self._lines.get((subject, predicate, ...), 0)

    @cached_property
    def _labelled(self) -> dict[tuple[str, str], int]:
        return lines_of_blanks(self._file)

    @cached_property
    def _lines(self) -> dict[tuple[object, object, object], int]:
        """The first line of each statement, and of each subject with a property, whatever its value."""
        found: dict[tuple[object, object, object], int] = {}
        for one in self._statements_read:
            for value in (one.value, ...):
                found.setdefault((one.subject, one.predicate, value), one.line)
        return found


def _has_escapes(content: bytes) -> bool:
    return _ESCAPE.search(content) is not None


def _says(content: bytes) -> bool:
    """Tell whether a text may use a property that has a remark of its own."""
    for word in _SAYING:
        at = content.find(word)
        while at >= 0:
            if content[max(0, at - 1) : at] in (b":", b"#"):
                return True
            at = content.find(word, at + 1)
    return False


def _is_foreign(prefix: str, namespace: str) -> bool:
    """Tell whether a well-known prefix stands for something else; another scheme is told apart."""
    meant = {one.lower() for one in _WELL_KNOWN.get(prefix, (namespace,))}
    return not {namespace.lower(), _other_scheme(namespace).lower()} & meant


def _twins(files: list[GraphFile], unusual: dict[str, list[tuple[_File, Written]]]) -> Iterator[Finding]:
    """Yield the IRIs that stand in two forms of Unicode, in one file or in several."""
    spelt = {normal: {word.iri for _, word in found} for normal, found in unusual.items()}
    for file in files:
        if not file.content.isascii() or _has_escapes(file.content):
            for word in written(file):
                if word.iri in spelt:
                    spelt[word.iri].add(word.iri)
    for normal, found in unusual.items():
        if len(spelt[normal]) > 1:
            for file_, word in found:
                yield file_.finding("twin-iri", word.line, word.text)
