"""Canonical formatting of Turtle files, verified to preserve their triples."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from operator import lt

import pyoxigraph as ox

from msme_kg.errors import InputError, SourceLocation
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.rdf.parser import parse
from msme_kg.rdf.serializers import relabel_bnodes
from msme_kg.rdf.statement_lines import GraphLines, format_lines
from msme_kg.rdf.terms import normalize_nfc, split_quad
from msme_kg.rdf.turtle_lexer import tokenize
from msme_kg.storage import cache
from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.subject_index import SubjectIndex

_BATCH_BLOCKS = 1024
_CACHE_MIN_BYTES = 1 << 20
"""Size from which it is remembered that a file is in canonical form."""


def format_file(file: GraphFile, prefixes: PrefixMap) -> bytes:
    """Return a Turtle file in canonical form; a comment block at its top is kept.

    Raises:
        InputError: the file is malformed, has a comment elsewhere, which would be lost, or has a blank node
            that canonical Turtle cannot write.
        SafetyError: blank nodes nest too deep.
    """
    key = cache.compute_cache_key(cache.compute_code_key(), file.key, repr(dict(prefixes)))
    is_large = len(file.content) >= _CACHE_MIN_BYTES
    if is_large and cache.has_entry("canonical", key):
        return file.content
    if _is_canonical(file, prefixes):
        if is_large:
            cache.store("canonical", key, {})
        return file.content
    quads = list(parse(file.content, file.path))
    text = _write(file, quads, prefixes)
    if text != file.content:
        verify_round_trip(text, file.path, quads)
    return text


def _is_canonical(file: GraphFile, prefixes: PrefixMap) -> bool:
    """Return True if a file without blank nodes is in canonical form, a batch of its blocks at a time.

    Raises:
        InputError: the file has a comment that would be lost.
    """
    index = SubjectIndex.from_file(file) if b"_:" not in file.content else None
    if index is None:
        return False
    comment, writer = _extract_header_comment(file), CanonicalTurtleWriter(prefixes)
    header = "\n\n".join([*([comment] if comment else []), writer.preamble, ""])
    subjects = list(index.parse_subjects())
    is_ordered = all(map(lt, subjects, subjects[1:])) and file.content.endswith(b"\n.\n")
    if not is_ordered or index.header != header.encode():
        return False
    for start in range(0, len(subjects), _BATCH_BLOCKS):
        text = index.join_blocks(range(start, min(start + _BATCH_BLOCKS, len(subjects))))
        try:
            lines = sorted(set(format_lines(ox.parse(index.header + text, format=ox.RdfFormat.TURTLE))))
        except (SyntaxError, MemoryError):
            return False  # the parser of the whole file reports it with its place
        blocks = writer.format_graph(GraphLines("", [lines], []))
        if "\n\n".join(blocks).encode() != text.rstrip(b"\n"):
            return False
    return b"\n\n\n" not in file.content


def render_file(file: GraphFile, quads: Sequence[ox.Quad], prefixes: PrefixMap) -> bytes:
    """Return other triples in canonical form under the comment block of a file.

    Raises:
        InputError: the file has a comment elsewhere, which would be lost; or the triples have a blank node
            that canonical Turtle cannot write.
        SafetyError: blank nodes nest too deep.
    """
    text = _write(file, quads, prefixes)
    verify_round_trip(text, file.path, quads)
    return text


def _write(file: GraphFile, quads: Iterable[ox.Quad], prefixes: PrefixMap) -> bytes:
    return CanonicalTurtleWriter(prefixes).serialize(quads, _extract_header_comment(file), file.path).encode()


def verify_round_trip(text: bytes, path: str, quads: Iterable[ox.Quad]) -> None:
    """Verify that a text parses to the triples it was written from; otherwise a bug would corrupt data.

    Raises:
        AssertionError: it does not.
    """
    if _canonicalize_quads(parse(text, path)) != _canonicalize_quads(quads):
        raise AssertionError(f"the Turtle written for {path} does not have the triples it was written from")


def _extract_header_comment(file: GraphFile) -> str:
    """Return the comment lines at the top of a file; refuse any other comment."""
    lines: list[str] = []
    last_line = 0
    index = SubjectIndex.from_file(file)  # in canonical form, only the header has comments
    for token in tokenize((file.content if index is None else index.header).decode("utf-8-sig")):
        if token.kind != "comment":
            last_line = -1
        elif last_line < 0 or (lines and token.line != last_line + 1):
            raise InputError(
                "a comment that fmt would lose",
                location=SourceLocation(file.path, token.line),
                hint="move it to the head of the file, or say it with skos:editorialNote",
            )
        else:
            lines.append(unicodedata.normalize("NFC", token.text.rstrip()))
            last_line = token.line
    return "\n".join(lines)


def _canonicalize_quads(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Return triples with normalized text and structural labels: equal for isomorphic graphs.

    RDFC-1.0 in pyoxigraph takes cubic time on nested blank nodes: 100 levels 0.2 s, 1,000 more than 30 s.
    """
    return relabel_bnodes(
        ox.Quad(subject, predicate, normalize_nfc(value))
        for subject, predicate, value in map(split_quad, quads)
    )
