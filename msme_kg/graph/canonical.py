"""A file in its canonical form, checked to mean what it meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import pyoxigraph as ox

from msme_kg.errors import InputError, Place
from msme_kg.graph.dataset import GraphFile
from msme_kg.graph.order import Term, parts
from msme_kg.graph.parse import parse
from msme_kg.graph.tokens import tokens
from msme_kg.graph.turtle import TurtleWriter
from msme_kg.names import Prefixes


def canonical(file: GraphFile, prefixes: Prefixes) -> bytes:
    """Return the canonical form of a Turtle file; a comment block at its head is kept.

    Raises:
        InputError: malformed; or a comment stands elsewhere, which would be lost; or a blank node that
            canonical Turtle cannot write.
    """
    quads = list(parse(file.content, file.path))
    head = _head(file)
    text = TurtleWriter(prefixes).write(quads, head, file.path).encode()
    # What is written must be what was read, or a fault of ours would change the data.
    if _meaning(parse(text, file.path)) != _meaning(quads):
        raise AssertionError(f"canonical Turtle of {file.path} does not mean what the file means")
    return text


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
