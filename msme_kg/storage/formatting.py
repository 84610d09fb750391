"""A file in its canonical form, checked to mean what it meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from msme_kg.errors import InputError, SourceLocation
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.rdf.parser import parse
from msme_kg.rdf.terms import Term, split_quad
from msme_kg.rdf.turtle_lexer import tokenize
from msme_kg.storage.dataset import GraphFile


def format_file(file: GraphFile, prefixes: PrefixMap) -> bytes:
    """Return the canonical form of a Turtle file; a comment block at its head is kept.

    Raises:
        InputError: malformed; or a comment stands elsewhere, which would be lost; or a blank node that
            canonical Turtle cannot write.
    """
    return render_file(file, list(parse(file.content, file.path)), prefixes)


def render_file(file: GraphFile, quads: Sequence[ox.Quad], prefixes: PrefixMap) -> bytes:
    """Return a file in canonical form that makes some statements; the comment block at its head is kept.

    Raises:
        InputError: a comment stands elsewhere, which would be lost; or a blank node that canonical Turtle
            cannot write.
    """
    text = CanonicalTurtleWriter(prefixes).serialize(quads, _extract_header_comment(file), file.path).encode()
    verify_round_trip(text, file.path, quads)
    return text


def verify_round_trip(text: bytes, path: str, quads: Iterable[ox.Quad]) -> None:
    """Make sure that what is written says what it has to, or a fault of ours would change the data.

    Raises:
        AssertionError: it does not.
    """
    if _canonicalize_quads(parse(text, path)) != _canonicalize_quads(quads):
        raise AssertionError(f"the Turtle written for {path} does not mean what it has to")


def _extract_header_comment(file: GraphFile) -> str:
    """Return the comment lines that stand first; refuse any other comment."""
    head: list[str] = []
    last = 0
    for token in tokenize(file.content.decode("utf-8-sig")):
        if token.kind != "comment":
            last = -1
        elif last < 0 or (head and token.line != last + 1):
            raise InputError(
                "a comment that fmt would lose",
                location=SourceLocation(file.path, token.line),
                hint="move it to the head of the file, or say it with skos:editorialNote",
            )
        else:
            head.append(unicodedata.normalize("NFC", token.text.rstrip()))
            last = token.line
    return "\n".join(head)


def _canonicalize_quads(quads: Iterable[ox.Quad]) -> ox.Dataset:
    found = ox.Dataset(
        ox.Quad(subject, predicate, _normalize_nfc(value))
        for subject, predicate, value in map(split_quad, quads)
    )
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return found


def _normalize_nfc(term: Term) -> Term:
    """Return a term with its text in Unicode's composed form (NFC), as it is written."""
    if not isinstance(term, ox.Literal):
        return term
    text = unicodedata.normalize("NFC", term.value)
    if term.language:
        return ox.Literal(text, language=term.language)
    return ox.Literal(text, datatype=term.datatype)
