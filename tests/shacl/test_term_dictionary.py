"""Terms are read from buffers as they were, whatever their length."""

from __future__ import annotations

import numpy as np
import pyoxigraph as ox
import pytest

from msme_kg.namespaces import XSD
from msme_kg.shacl.term_dictionary import TermDictionary, encode_terms

CHARACTERS = '\n\r\t"\\é\x01\b u0041'


@pytest.mark.parametrize("repeats", [1, 1_000_000])
def test_literals_are_read_from_buffers_as_they_were(repeats: int) -> None:
    """The longer ones are beyond what the parser of pyoxigraph takes."""
    text = CHARACTERS * repeats
    terms = [
        ox.NamedNode("urn:a"),
        ox.Literal(text),
        ox.Literal(text, language="en"),
        ox.Literal(text, datatype=ox.NamedNode(f"{XSD}token")),
    ]
    read = TermDictionary.from_buffers(encode_terms(terms))
    assert read.get_terms(np.array([3, 0, 2, 1])) == [terms[place] for place in (3, 0, 2, 1)]


def test_terms_are_told_apart_by_their_ends() -> None:
    texts = [
        "供提案",
        "供方案",
        "設提案",
        "供",
        "案",
        "",
        "a案",
        "供 ",
        "Ab",
        "ab",
        "a",
        "\uff21b",
        "\u2f00案",
        "é案",
    ]
    terms = TermDictionary.from_buffers(encode_terms([ox.Literal(text) for text in texts]))

    def select(first: str, last: str) -> list[str]:
        possible = terms.can_match_ends(np.arange(len(texts)), {first}, {last})
        return [text for text, is_possible in zip(texts, possible, strict=True) if is_possible]

    assert select("供", "案") == ["供提案", "供方案", "", "供 ", "\u2f00案", "é案"]
    assert select("A", "B") == ["", "Ab", "ab", "\uff21b"]
    assert select("é", "b") == ["", "供 ", "Ab", "ab", "\uff21b"]
