"""A file in its canonical form, checked to mean what it meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from msme_kg.errors import InputError, Place
from msme_kg.namespaces import Prefixes
from msme_kg.rdf.canonical_turtle import TurtleWriter
from msme_kg.rdf.parser import parse
from msme_kg.rdf.terms import Term, parts
from msme_kg.rdf.turtle_lexer import tokens
from msme_kg.storage.dataset import GraphFile


def canonical(file: GraphFile, prefixes: Prefixes) -> bytes:
    """Return the canonical form of a Turtle file; a comment block at its head is kept.

    Raises:
        InputError: malformed; or a comment stands elsewhere, which would be lost; or a blank node that
            canonical Turtle cannot write.
    """
    return with_statements(file, list(parse(file.content, file.path)), prefixes)


def with_statements(file: GraphFile, quads: Sequence[ox.Quad], prefixes: Prefixes) -> bytes:
    """Return a file in canonical form that makes some statements; the comment block at its head is kept.

    Raises:
        InputError: a comment stands elsewhere, which would be lost; or a blank node that canonical Turtle
            cannot write.
    """
    text = TurtleWriter(prefixes).write(quads, _head(file), file.path).encode()
    confirm(text, file.path, quads)
    return text


def confirm(text: bytes, path: str, quads: Iterable[ox.Quad]) -> None:
    """Make sure that what is written says what it has to, or a fault of ours would change the data.

    Raises:
        AssertionError: it does not.
    """
    if _meaning(parse(text, path)) != _meaning(quads):
        raise AssertionError(f"the Turtle written for {path} does not mean what it has to")


def _head(file: GraphFile) -> str:
    """Return the comment lines that stand first; refuse any other comment."""
    head: list[str] = []
    last = 0
    for token in tokens(file.content.decode("utf-8-sig")):
        if token.kind != "comment":
            last = -1
        elif last < 0 or (head and token.line != last + 1):
            raise InputError(
                "a comment that fmt would lose",
                place=Place(file.path, token.line),
                hint="move it to the head of the file, or say it with skos:editorialNote",
            )
        else:
            head.append(unicodedata.normalize("NFC", token.text.rstrip()))
            last = token.line
    return "\n".join(head)


def _meaning(quads: Iterable[ox.Quad]) -> ox.Dataset:
    found = ox.Dataset(
        ox.Quad(subject, predicate, _composed(value)) for subject, predicate, value in map(parts, quads)
    )
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return found


def _composed(term: Term) -> Term:
    """Return a term with its text in Unicode's composed form (NFC), as it is written."""
    if not isinstance(term, ox.Literal):
        return term
    text = unicodedata.normalize("NFC", term.value)
    if term.language:
        return ox.Literal(text, language=term.language)
    return ox.Literal(text, datatype=term.datatype)
